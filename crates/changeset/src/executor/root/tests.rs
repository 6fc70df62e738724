use std::os::unix::fs::symlink;

use super::*;

/// The fallback must refuse what `openat2` refuses.
#[test]
fn the_walk_and_the_kernel_agree() {
    let place = tempfile::tempdir().unwrap();
    let inside = place.path().join("root");
    std::fs::create_dir_all(inside.join("a/b")).unwrap();
    std::fs::create_dir(place.path().join("outside")).unwrap();
    symlink("../outside", inside.join("link")).unwrap();
    symlink("b", inside.join("a/same")).unwrap();
    std::fs::File::create(inside.join("file")).unwrap();
    let root = Root::open(&inside).unwrap();

    for path in [
        ".",
        "a",
        "a/b",
        "link",
        "a/same",
        "file",
        "file/x",
        "absent",
        "a/absent/x",
    ] {
        let by_kernel = open_beneath(root.handle(), path).map(drop);
        let by_walk = walk(root.handle(), path).map(drop);
        assert_eq!(by_kernel.is_ok(), by_walk.is_ok(), "{path}");
        assert_eq!(
            by_kernel.is_ok(),
            [".", "a", "a/b"].contains(&path),
            "{path}"
        );
    }
}

#[test]
fn the_ancestors_of_a_path_are_its_directories() {
    assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a", "a/b"]);
    assert_eq!(ancestors("a").count(), 0);
    assert_eq!(split("a/b/c"), ("a/b", "c"));
    assert_eq!(split("a"), ("", "a"));
}
