//! How often, and when.

use ftc_changeset::GateVerdict;
use jiff::{SignedDuration, Timestamp};

use crate::support::{Case, at, found, now, open_policy, verdict};

#[test]
fn so_many_changes_in_so_much_time() {
    let policy = open_policy(
        "frequency_limits:
  - {id: hourly, max: 2, per: 1h}
  - {id: daily, max: 3, per: 1d, otherwise: need_approval}",
    );
    let judge = |minutes_ago: &[i64]| {
        let mut case = Case::touching(&["a"]);
        let times = minutes_ago
            .iter()
            .map(|ago| now() - SignedDuration::from_mins(*ago));
        case.facts.history = Some(times.collect());
        case.found(&policy)
    };
    let none: [&str; 0] = [];
    assert_eq!(judge(&[]), none);
    assert_eq!(judge(&[1]), none);
    assert_eq!(judge(&[60, 61]), none);
    assert_eq!(judge(&[59, 61]), none);
    assert_eq!(judge(&[59, 0]), ["DENY hourly -"]);
    assert_eq!(judge(&[100, 200, 300]), ["NEED_APPROVAL daily -"]);
    assert_eq!(
        judge(&[1, 2, 300]),
        ["DENY hourly -", "NEED_APPROVAL daily -"]
    );
    // A clock that was set back forgives nothing.
    assert_eq!(judge(&[-5, -600]), ["DENY hourly -"]);
}

#[test]
fn an_unknown_history_is_no_clean_one() {
    let policy = open_policy("frequency_limits: [{id: hourly, max: 2, per: 1h}]");
    let decision = Case::touching(&["a"]).judge(&policy);
    assert_eq!(found(&decision), ["DENY hourly -"]);
    assert_eq!(
        decision.findings[0].policy_pointer.as_deref(),
        Some("/frequency_limits/0")
    );
}

/// Whether a change may be made at a time.
fn is_open(section: &str, time: &str) -> bool {
    let policy = open_policy(&format!("time_windows: {section}"));
    let mut case = Case::touching(&["a"]);
    case.facts.now = at(time);
    let decision = case.judge(&policy);
    if verdict(&decision) == GateVerdict::Allow {
        return true;
    }
    assert_eq!(found(&decision), ["DENY time_windows -"]);
    false
}

#[test]
fn changes_are_made_in_the_windows_that_are_allowed() {
    // 2026-11-02 is a Monday.
    let office = "{allowed: [{days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00'}]}";
    assert!(!is_open(office, "2026-11-02T08:59:59Z"));
    assert!(is_open(office, "2026-11-02T09:00:00Z"));
    assert!(is_open(office, "2026-11-02T16:59:59Z"));
    assert!(!is_open(office, "2026-11-02T17:00:00Z"));
    assert!(is_open(office, "2026-11-06T12:00:00Z"));
    assert!(!is_open(office, "2026-11-07T12:00:00Z"));
}

#[test]
fn a_window_may_run_over_midnight_and_belongs_to_the_day_it_begins_on() {
    let night = "{allowed: [{days: [fri], from: '22:00', to: '02:00'}]}";
    assert!(!is_open(night, "2026-11-06T01:00:00Z"));
    assert!(is_open(night, "2026-11-06T22:00:00Z"));
    assert!(is_open(night, "2026-11-07T01:59:59Z"));
    assert!(!is_open(night, "2026-11-07T02:00:00Z"));
    assert!(!is_open(night, "2026-11-07T23:00:00Z"));
}

#[test]
fn an_offset_moves_the_windows_and_the_days() {
    let tokyo = "{utc_offset: '+09:00', allowed: [{days: [tue], from: '00:00', to: '09:00'}]}";
    assert!(is_open(tokyo, "2026-11-02T15:00:00Z"));
    assert!(is_open(tokyo, "2026-11-02T23:59:00Z"));
    assert!(!is_open(tokyo, "2026-11-03T00:00:00Z"));
    assert!(!is_open(tokyo, "2026-11-02T14:59:00Z"));
}

#[test]
fn blocked_windows_beat_allowed_ones() {
    let section = "{allowed: [{}], blocked: [{days: [fri], from: '12:00'}]}";
    assert!(is_open(section, "2026-11-06T11:59:00Z"));
    assert!(!is_open(section, "2026-11-06T12:00:00Z"));
    assert!(!is_open(section, "2026-11-06T23:59:00Z"));
    assert!(is_open(section, "2026-11-07T00:00:00Z"));
    let only_blocked = "{blocked: [{days: [fri]}]}";
    assert!(is_open(only_blocked, "2026-11-05T12:00:00Z"));
    assert!(!is_open(only_blocked, "2026-11-06T12:00:00Z"));
}

#[test]
fn a_closed_window_can_ask_for_a_person_and_the_ends_of_time_do_no_harm() {
    let policy = open_policy("time_windows: {blocked: [{}], otherwise: need_approval}");
    for time in [now(), Timestamp::MIN, Timestamp::MAX] {
        let mut case = Case::touching(&["a"]);
        case.facts.now = time;
        assert_eq!(case.found(&policy), ["NEED_APPROVAL time_windows -"]);
    }
    let policy = open_policy(
        "time_windows: {utc_offset: '-18:00', allowed: [{}]}\nfrequency_limits: [{id: f, max: 1, per: 7d}]",
    );
    for time in [Timestamp::MIN, Timestamp::MAX] {
        let mut case = Case::touching(&["a"]);
        case.facts.now = time;
        case.facts.history = Some(Vec::new());
        assert_eq!(case.found(&policy), [] as [&str; 0]);
    }
}
