use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ftc_process::find_program;

fn program(directory: &Path, name: &str, mode: u32) -> PathBuf {
    fs::create_dir_all(directory).expect("the test has a disk");
    let path = directory.join(name);
    fs::write(&path, "").expect("the test has a disk");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("the file is ours");
    path
}

#[test]
fn beside_comes_first_then_the_path_in_order() {
    let root = tempfile::tempdir().unwrap();
    let [beside, first, second] = ["beside", "first", "second"].map(|name| root.path().join(name));
    let path = std::env::join_paths([&first, &second]).unwrap();
    let find = || find_program("tool", Some(&beside), Some(&path));
    assert_eq!(find(), None);
    let in_second = program(&second, "tool", 0o755);
    assert_eq!(find(), Some(in_second.clone()));
    // Not executable, and a directory: both are passed over.
    program(&first, "tool", 0o644);
    fs::create_dir_all(beside.join("tool")).unwrap();
    assert_eq!(find(), Some(in_second));
    let in_first = program(&first, "tool", 0o755);
    assert_eq!(find(), Some(in_first));
    fs::remove_dir(beside.join("tool")).unwrap();
    let in_beside = program(&beside, "tool", 0o755);
    assert_eq!(find(), Some(in_beside));
}

#[test]
fn only_bare_names_and_absolute_directories_are_searched() {
    let root = tempfile::tempdir().unwrap();
    program(root.path(), "tool", 0o755);
    let path = Some(root.path().as_os_str());
    assert!(find_program("tool", None, path).is_some());
    for name in ["", "./tool", "/bin/sh", "sub/tool"] {
        assert_eq!(find_program(name, Some(root.path()), path), None, "{name}");
    }
    assert_eq!(find_program("tool", None, None), None);
    assert_eq!(
        find_program("Cargo.toml", None, Some(OsStr::new(":.:"))),
        None
    );
}
