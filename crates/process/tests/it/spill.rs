use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ftc_process::{End, Output, Spawn, SpawnError, SpillReader};

use crate::order::IN_TURN;
use crate::support::{parent, run, shell};

#[test]
fn both_outputs_are_kept_whole_in_the_order_in_which_they_were_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.log");
    // Each word is written when the one before has been read.
    let script = "until_read() { until grep -q \"$1\" out.log; do sleep 0.01; done; }
        echo one; until_read one; echo two >&2; until_read two; echo three";
    let outcome = run(&shell(script)
        .directory(directory.path())
        .capture_limit(4)
        .spill_to(&path, 1000));
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let spill = outcome.spill.unwrap();
    assert!(spill.is_complete());
    assert_eq!((spill.written_bytes, spill.dropped_bytes), (14, 0));
    assert_eq!((spill.error, spill.error_kind), (None, None));
    assert_eq!(spill.path, path);
    // What is kept in memory is bounded as ever: two bytes from the beginning of `one three` and two from the end.
    assert_eq!(outcome.stdout.to_bytes(), b"one\n");
}

#[test]
fn without_being_asked_for_there_is_none() {
    assert_eq!(run(&shell("echo hi")).spill, None);
}

#[test]
fn beyond_the_limit_the_rest_is_counted_and_the_child_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    for limit in [0, 1, 100_000, 3_000_000] {
        let path = directory.path().join(limit.to_string());
        let script = "head -c 2000000 /dev/zero; head -c 1000000 /dev/zero >&2; exit 0";
        let outcome = run(&shell(script).spill_to(&path, limit));
        assert!(outcome.success());
        let spill = outcome.spill.unwrap();
        assert_eq!(spill.written_bytes, limit);
        assert_eq!(spill.dropped_bytes, 3_000_000 - limit);
        assert_eq!(spill.is_complete(), limit == 3_000_000);
        assert_eq!(fs::metadata(&path).unwrap().len(), limit);
    }
}

/// Set for the run of this test in which files cannot grow.
const LITTLE_ROOM: &str = "FTC_TEST_LITTLE_ROOM";

#[test]
fn a_full_disk_is_reported_and_the_child_goes_on() {
    if parent().var(LITTLE_ROOM).is_some() {
        with_little_room();
        return;
    }
    // A limit on the size of files stands for a full disk. It would hold for all tests of this process, so that another one
    // runs this test again.
    let directory = tempfile::tempdir().unwrap();
    let script = "ulimit -f 2; trap '' XFSZ; exec \"$0\" --exact \"$1\"";
    let test = "spill::a_full_disk_is_reported_and_the_child_goes_on";
    let outcome = run(&shell(script)
        .args([
            std::env::current_exe().unwrap().into_os_string(),
            test.into(),
        ])
        .env(LITTLE_ROOM, "1")
        .directory(directory.path()));
    let text = outcome.stdout.to_text();
    assert!(outcome.success() && text.contains("1 passed"), "{text}");
    assert!(directory.path().join("spill").exists());
}

fn with_little_room() {
    let path = Path::new("spill");
    let outcome = run(&shell("head -c 100000 /dev/zero; exit 3").spill_to(path, 1 << 20));
    assert_eq!(outcome.end, End::Exited(3));
    assert_eq!(outcome.stdout.total_bytes(), 100_000);
    let spill = outcome.spill.expect("it was asked for");
    assert_eq!(spill.error_kind, Some(io::ErrorKind::FileTooLarge));
    assert!(spill.error.as_deref().is_some_and(|text| !text.is_empty()));
    let length = fs::metadata(path).expect("the file is there").len();
    assert!((1..100_000).contains(&length));
    assert_eq!(spill.written_bytes, length);
    assert_eq!(spill.dropped_bytes, 100_000 - length);
    assert!(!spill.is_complete());
    with_little_room_for_the_index();
}

/// The index reaches 1024 bytes with its 63rd entry, and the file that it speaks of does not.
fn with_little_room_for_the_index() {
    std::fs::remove_file("spill").expect("the file is there");
    let script = "number=0; while test $number -lt 35; do
        number=$((number + 1)); print 1 ou; print 2 er; done";
    let spawn = shell(&format!("{IN_TURN}{script}"))
        .spill_to("spill", 1 << 20)
        .spill_index();
    let spill = run(&spawn).spill.expect("it was asked for");
    assert!(spill.is_complete() && spill.written_bytes == 210);
    let index = spill.index.expect("it was asked for");
    assert!(index.error.is_some_and(|text| !text.is_empty()));
    let reader = SpillReader::open("spill").expect("both can be read");
    assert_eq!(reader.order_unknown_from(), Some(62 * 3));
    let mut text = String::new();
    let error = reader.only(Output::Stderr).read_to_string(&mut text);
    assert!(error.is_err_and(|error| error.kind() == io::ErrorKind::InvalidData));
}

#[test]
fn nothing_is_overwritten_and_no_link_is_followed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "precious").unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink("elsewhere", &link).unwrap();
    for path in [&file, &link] {
        let marker = directory.path().join("ran");
        let spawn = shell(&format!("touch {}", marker.display())).spill_to(path, 1000);
        let error = spawn.run().unwrap_err();
        assert!(matches!(error, SpawnError::CreateSpill { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("failed to create the output file `{}`", path.display())
        );
        assert_eq!(error.hints().len(), 1);
        assert!(!marker.exists());
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert!(!directory.path().join("elsewhere").exists());

    let missing = directory.path().join("no/such/folder");
    let error = shell("true").spill_to(&missing, 1000).run().unwrap_err();
    assert!(matches!(&error, SpawnError::CreateSpill { path, .. } if *path == missing));
    assert!(error.hints().is_empty());
}

#[test]
fn a_child_that_cannot_start_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("tool");
    fs::write(&program, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = directory.path().join("spill");
    for argv in ["no-such-program-anywhere", program.to_str().unwrap()] {
        let error = Spawn::new([argv]).spill_to(&path, 10).run().unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        assert!(!path.exists());
    }
}
