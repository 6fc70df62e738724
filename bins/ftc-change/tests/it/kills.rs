//! The program killed while it applies: `recover` leaves the checkout old or new.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;

use ftc_testkit::faults::KillSweep;

use super::support::Place;

#[test]
#[ignore = "needs strace"]
fn a_killed_apply_is_recovered_whole() {
    let place = Place::new();
    place.write("agent/src/lib.rs", "// changed\n");
    place.write("agent/src/made/new.rs", "// new\n");
    fs::remove_file(place.path("agent/src/old.rs")).unwrap();
    place.check(&[]).expect(0);
    let new = place.git("agent", &["status", "--porcelain", "-uall"]);
    let (bundle, live, keys) = (place.path("bundle"), place.path("live"), place.path("keys"));
    let seen = RefCell::new(BTreeSet::new());
    let keys = keys.to_str().unwrap();
    let report = KillSweep::new([env!("CARGO_BIN_EXE_ftc-change"), "apply"])
        .args([bundle.as_os_str(), "--to".as_ref(), live.as_os_str()])
        .args(["--key-dir", keys])
        .directory(place.path("."))
        .syscalls(["renameat2", "fdatasync", "linkat"])
        .run(
            || {
                // As a person would: the checkout is put back, the state directory is not git's business.
                place.git("live", &["reset", "-q", "--hard"]);
                place.git("live", &["clean", "-qfd"]);
                if live.join(".ftc").exists() {
                    fs::remove_dir_all(live.join(".ftc")).unwrap();
                }
            },
            |run| {
                let recover = place.run(&["recover", "live", "--key-dir", keys]);
                assert_eq!(recover.code, 0, "{run}: {recover:?}");
                let status = place.status();
                assert!(
                    status.is_empty() || status == new,
                    "{run}: {recover:?}: {status}"
                );
                assert!(run.killed || status == new, "{run}");
                assert!(!live.join(".ftc/txn").exists(), "{run}");
                seen.borrow_mut().insert(
                    recover
                        .stdout
                        .split([':', ',', '\n'])
                        .next()
                        .unwrap()
                        .to_owned(),
                );
            },
        )
        .unwrap();
    assert!(report.kills("renameat2") >= 3, "{report:?}");
    for outcome in ["taken back", "carried to its end", "nothing to recover"] {
        assert!(seen.borrow().contains(outcome), "{outcome}: {seen:?}");
    }
}
