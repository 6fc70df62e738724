use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use ftc_durable::{Options, TEMP_PREFIX, remove_stale_temps, write_atomic_with};

#[test]
fn only_our_abandoned_files_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let stale = format!("{TEMP_PREFIX}0123456789aB");
    let too_long = format!("{stale}c");
    let not_ours = format!("{TEMP_PREFIX}01234-6789ab");
    let a_directory = format!("{TEMP_PREFIX}directory123");
    let a_link = format!("{TEMP_PREFIX}link12345678");
    fs::write(at(&stale), b"half").unwrap();
    fs::write(at(&too_long), b"").unwrap();
    fs::write(at(&not_ours), b"").unwrap();
    fs::create_dir(at(&a_directory)).unwrap();
    symlink(at(&too_long), at(&a_link)).unwrap();

    assert_eq!(remove_stale_temps(directory.path()).unwrap(), 1);
    assert!(!at(&stale).exists());
    for kept in [&too_long, &not_ours, &a_directory, &a_link] {
        assert!(at(kept).symlink_metadata().is_ok(), "{kept}");
    }
    assert_eq!(remove_stale_temps(directory.path()).unwrap(), 0);
}

#[test]
fn a_running_writer_keeps_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    write_atomic_with(&path, Options::default(), &mut |file| {
        file.write_all(b"first ")?;
        assert_eq!(remove_stale_temps(directory.path())?, 0);
        file.write_all(b"second")
    })
    .unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"first second");
}

#[test]
fn a_missing_directory_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let error = remove_stale_temps(&directory.path().join("missing")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn writers_and_sweeps_do_not_disturb_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            (0..200).try_for_each(|round| {
                let options = Options {
                    sync: ftc_durable::SyncLevel::RenameOnly,
                    ..Options::default()
                };
                write_atomic_with(&path, options, &mut |file| write!(file, "{round}"))
            })
        });
        while !writer.is_finished() {
            remove_stale_temps(directory.path()).unwrap();
        }
        writer.join().unwrap().unwrap();
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "199");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}
