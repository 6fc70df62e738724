//! The record of what happened.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use crate::support::Place;

#[test]
fn events_tell_what_happened_in_order() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    let id = lease.id().to_string();
    lease.release().unwrap();
    place.lease(&pool).release().unwrap();
    assert_eq!(
        place.events(),
        [
            "pool.created",
            "worktree.create.before",
            "worktree.create.after",
            "lease.acquired",
            "lease.released",
            "slot.scrub.before",
            "slot.scrub.after",
            "slot.scrub.before",
            "lease.acquired",
            "lease.released",
            "slot.scrub.before",
            "slot.scrub.after",
        ]
    );
    let text = fs::read_to_string(place.root().join("events.jsonl")).unwrap();
    let acquired: Value = serde_json::from_str(text.lines().nth(3).unwrap()).unwrap();
    assert_eq!(acquired["lease"], id.as_str());
    assert_eq!(acquired["owner"], "tester");
    assert_eq!(acquired["slot"], 1);
    assert_eq!(acquired["worktree"]["name"], "s/1");
    assert_eq!(acquired["commit"], place.first.to_string());
    assert!(acquired["ts"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_torn_last_line_harms_no_later_one() {
    let place = Place::new();
    place.pool();
    let path = place.root().join("events.jsonl");
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(br#"{"event":"lease.acq"#).unwrap();
    drop(file);
    place.lease(&place.pool()).release().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = text
        .lines()
        .partition(|line| serde_json::from_str::<Value>(line).is_ok());
    assert_eq!(bad, [r#"{"event":"lease.acq"#]);
    assert_eq!(good.len(), 7);
}
