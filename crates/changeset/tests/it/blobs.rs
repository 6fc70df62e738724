use std::fs;
use std::os::unix::fs::symlink;

use ftc_changeset::{BlobError, BlobStore, DirBlobs, MemoryBlobs};
use ftc_durable::Digest;

fn keeps_what_it_is_given(blobs: &dyn BlobStore) {
    let large = vec![7; 100_000];
    for bytes in [&b""[..], b"text\r\n", b"\0\xff\xfe", &large] {
        assert_eq!(
            blobs
                .get(&Digest::of_content(bytes))
                .expect("the store works"),
            None
        );
        let digest = blobs.put(bytes).expect("the store works");
        assert_eq!(digest, Digest::of_content(bytes));
        assert_eq!(blobs.put(bytes).expect("the store works"), digest);
        assert_eq!(
            blobs.get(&digest).expect("the store works").as_deref(),
            Some(bytes)
        );
    }
}

#[test]
fn both_stores_keep_what_they_are_given() {
    keeps_what_it_is_given(&MemoryBlobs::new());
    let folder = tempfile::tempdir().unwrap();
    keeps_what_it_is_given(&DirBlobs::new(folder.path().join("made/when/needed")));
}

#[test]
fn a_changed_file_is_noticed_and_mended_by_putting_again() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DirBlobs::new(folder.path());
    let digest = blobs.put(b"right").unwrap();
    fs::write(blobs.file(&digest), b"wrong").unwrap();
    let error = blobs.get(&digest).unwrap_err();
    assert!(matches!(error, BlobError::Corrupt { .. }), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(blobs.put(b"right").unwrap(), digest);
    assert_eq!(blobs.get(&digest).unwrap().unwrap(), b"right");
}

#[test]
fn links_and_folders_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = DirBlobs::new(folder.path());
    let outside = folder.path().join("outside");
    fs::write(&outside, b"secret").unwrap();
    let linked = Digest::of_content(b"secret");
    symlink(&outside, blobs.file(&linked)).unwrap();
    assert!(matches!(blobs.get(&linked), Err(BlobError::Io { .. })));
    let in_folder = Digest::of_content(b"folder");
    fs::create_dir(blobs.file(&in_folder)).unwrap();
    assert!(matches!(blobs.get(&in_folder), Err(BlobError::Io { .. })));
}
