use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::thread::ScopedJoinHandle;

use ftc_durable::{LinkPolicy, Options, SyncLevel, WriteError, write_atomic, write_atomic_with};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("the file exists").mode() & 0o7777
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .expect("the directory exists")
        .map(|entry| {
            let name = entry.expect("the entry is readable").file_name();
            name.into_string().expect("the name is UTF-8")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_file_is_created_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new");
    write_atomic(&path, b"hello").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"hello");
    // What a plain creation gives under the umask of this process.
    fs::write(directory.path().join("plain"), b"").unwrap();
    assert_eq!(mode(&path), mode(&directory.path().join("plain")) & 0o644);
    assert_eq!(names(directory.path()), ["new", "plain"]);
}

#[test]
fn a_replaced_file_keeps_its_mode() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("script");
    fs::write(&path, b"old and longer than the new").unwrap();
    for kept in [0o755, 0o600, 0o444] {
        fs::set_permissions(&path, Permissions::from_mode(kept)).unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), kept);
    }
}

#[test]
fn a_given_mode_is_exact_for_new_and_for_replaced_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    for given in [0o666, 0o600, 0o755] {
        let options = Options {
            mode: Some(given),
            ..Options::default()
        };
        write_atomic_with(&path, options, &mut |file| file.write_all(b"k")).unwrap();
        assert_eq!(mode(&path), given);
    }
}

#[test]
fn links_are_refused_followed_or_replaced_as_asked() {
    let directory = tempfile::tempdir().unwrap();
    let (target, link) = (
        directory.path().join("target"),
        directory.path().join("link"),
    );
    fs::write(&target, b"old").unwrap();
    symlink(&target, &link).unwrap();

    let error = write_atomic(&link, b"new").unwrap_err();
    assert!(matches!(error, WriteError::Link { .. }), "{error:?}");
    assert_eq!(fs::read(&target).unwrap(), b"old");

    let with = |links, bytes: &'static [u8]| {
        let options = Options {
            links,
            ..Options::default()
        };
        write_atomic_with(&link, options, &mut |file| file.write_all(bytes))
    };
    with(LinkPolicy::Follow, b"through").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&target).unwrap(), b"through");

    with(LinkPolicy::Replace, b"instead").unwrap();
    assert!(!link.is_symlink());
    assert_eq!(fs::read(&link).unwrap(), b"instead");
    assert_eq!(fs::read(&target).unwrap(), b"through");
    assert_eq!(names(directory.path()), ["link", "target"]);
}

#[test]
fn a_dangling_link_is_refused_even_when_links_are_followed() {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("link");
    symlink(directory.path().join("nowhere"), &link).unwrap();
    let options = Options {
        links: LinkPolicy::Follow,
        ..Options::default()
    };
    let error = write_atomic_with(&link, options, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, WriteError::Inspect { .. }), "{error:?}");
    assert_eq!(names(directory.path()), ["link"]);
}

#[test]
fn a_failing_closure_leaves_the_old_file_and_no_temporary() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, b"old").unwrap();
    let error = write_atomic_with(&path, Options::default(), &mut |file| {
        file.write_all(b"half of the n")?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    })
    .unwrap_err();
    assert!(error.is_retryable());
    assert!(!error.is_replaced());
    assert_eq!(
        error.hints(),
        ["free space on that file system and try again"]
    );
    assert_eq!(
        error.to_string(),
        format!("failed to write the new content of `{}`", path.display())
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(directory.path()), ["file"]);
}

#[test]
fn what_is_not_a_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let sub = directory.path().join("sub");
    fs::create_dir(&sub).unwrap();
    for path in [
        sub.clone(),
        sub.join(".."),
        Path::new("/").to_owned(),
        sub.join("x/"),
    ] {
        let error = write_atomic(&path, b"").unwrap_err();
        assert!(
            matches!(error, WriteError::NotAFile { .. }),
            "{path:?}: {error:?}"
        );
        assert!(!error.is_retryable());
    }
    let error = write_atomic(&sub.join("missing/file"), b"").unwrap_err();
    assert!(
        matches!(error, WriteError::OpenDirectory { .. }),
        "{error:?}"
    );
    assert_eq!(names(directory.path()), ["sub"]);
    assert!(names(&sub).is_empty());
}

#[test]
fn an_unsynced_write_is_as_atomic() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("registry");
    let options = Options {
        sync: SyncLevel::RenameOnly,
        ..Options::default()
    };
    for round in 0..3 {
        write_atomic_with(&path, options, &mut |file| write!(file, "round {round}")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("round {round}"));
    }
    assert_eq!(names(directory.path()), ["registry"]);
}

#[test]
fn readers_beside_writers_see_whole_files_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let contents: Vec<Vec<u8>> = (0..4u8).map(|n| vec![b'a' + n; 50_000]).collect();
    write_atomic(&path, &contents[0]).unwrap();
    std::thread::scope(|scope| {
        let writers: Vec<_> = contents
            .iter()
            .map(|content| scope.spawn(|| (0..10).try_for_each(|_| write_atomic(&path, content))))
            .collect();
        while !writers.iter().all(ScopedJoinHandle::is_finished) {
            let read = fs::read(&path).unwrap();
            assert!(contents.contains(&read), "{} bytes", read.len());
        }
        for writer in writers {
            writer.join().unwrap().unwrap();
        }
    });
    assert_eq!(names(directory.path()), ["file"]);
}
