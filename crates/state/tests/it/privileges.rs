//! Files that may be read but not written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use ftc_process::{End, Outcome};

use crate::recorder::{record, run, spawn, spawn_as};
use crate::support::{Place, assert_sound, dump};

/// Nobody's: permissions say nothing to root.
const ORDINARY_USER: &str = "65534";

/// Records as an ordinary user: this one, or nobody when this one is root.
fn record_as_ordinary_user(place: &Place, path: &Path) -> Outcome {
    let program = std::env::current_exe().expect("a test program can find itself");
    let this = fs::metadata("/proc/self").expect("this process is in /proc");
    if this.uid() != 0 {
        return run(&spawn(path, 1, 1));
    }
    // Nobody may not be able to get to where this program was built.
    let copy = place.directory.path().join("recorder");
    fs::copy(&program, &copy).expect("the program can be copied");
    let wrapper = ["setpriv", "--clear-groups", "--reuid", ORDINARY_USER, "--"];
    run(&spawn_as(&wrapper, &copy, path, 1, 1).env("TMPDIR", place.directory.path()))
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("the mode can be set");
}

fn assert_refused(outcome: &Outcome, words: &str) {
    let text = outcome.stderr.to_text();
    assert_eq!(outcome.end, End::Exited(101), "{text}");
    assert!(text.contains(words), "{text}");
}

#[test]
fn a_read_only_file_is_refused_and_left_alone() {
    let place = Place::new();
    record(&place.path, 0, 1);
    let before = fs::read(&place.path).unwrap();
    set_mode(&place.path, 0o444);
    set_mode(place.directory.path(), 0o777);
    let outcome = record_as_ordinary_user(&place, &place.path);
    assert_refused(&outcome, "ftc.db` is read-only");
    assert_eq!(fs::read(&place.path).unwrap(), before);
    set_mode(&place.path, 0o644);
    let store = place.open();
    assert_sound(&store);
    assert_eq!(dump(&store).runs.len(), 1);
}

#[test]
fn a_directory_that_may_not_be_written_is_refused() {
    let place = Place::new();
    let directory = place.directory.path().join("closed");
    fs::create_dir(&directory).unwrap();
    set_mode(&directory, 0o555);
    set_mode(place.directory.path(), 0o777);
    let outcome = record_as_ordinary_user(&place, &directory.join("ftc.db"));
    assert_refused(&outcome, "failed to open the store `sqlite:");
    assert!(!directory.join("ftc.db").exists());
    set_mode(&directory, 0o755);
}
