use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use ftc_durable::{AppendError, AppendLog, LogReader, ReadError, SyncPolicy, TornTail};
use proptest::prelude::*;
use tempfile::TempDir;

fn log_of(records: &[&[u8]]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("the test has a disk");
    let path = directory.path().join("log");
    append_all(&path, records);
    (directory, path)
}

fn append_all(path: &Path, records: &[&[u8]]) {
    let mut log = AppendLog::open(path, SyncPolicy::OnRequest).expect("the log opens");
    for record in records {
        log.append(record).expect("the record is appended");
    }
    log.sync().expect("the log syncs");
}

type Contents = (Vec<Vec<u8>>, Option<TornTail>);

fn read(path: &Path) -> Result<Contents, ReadError> {
    let mut reader = LogReader::open(path)?;
    let records = reader
        .by_ref()
        .map(|record| Ok(record?.payload))
        .collect::<Result<_, _>>()?;
    Ok((records, reader.torn_tail()))
}

#[test]
fn the_format_is_the_documented_one() {
    let (_directory, path) = log_of(&[b"hello", b""]);
    // The sums were made apart from this crate: `printf '0000000000000001 00000005 hello' | sha256sum`.
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "ftc-log 1\n\
         0000000000000001 00000005 6761d1074be9e019 hello\n\
         0000000000000002 00000000 72305314f8d343b8 \n"
    );
}

#[test]
fn numbers_go_on_after_opening_again() {
    let (_directory, path) = log_of(&[b"one", b"two"]);
    let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
    assert_eq!(log.path(), path);
    assert_eq!(log.repaired(), None);
    assert_eq!(log.append(b"three").unwrap(), 3);
    assert_eq!(log.append(b"fo\nur\n").unwrap(), 4);
    let records: Vec<_> = LogReader::open(&path)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        records
            .iter()
            .map(|record| record.sequence)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(records[3].payload, b"fo\nur\n");
    let file = fs::read(&path).unwrap();
    let frame = &file[usize::try_from(records[2].offset).unwrap()..];
    assert!(frame.starts_with(b"0000000000000003 00000005 "));
}

#[test]
fn one_writer_at_a_time() {
    let (_directory, path) = log_of(&[b"one"]);
    let first = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
    let error = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap_err();
    assert!(
        matches!(error, AppendError::Locked { .. }) && error.is_retryable(),
        "{error:?}"
    );
    assert_eq!(read(&path).unwrap().0, [b"one"]);
    drop(first);
    AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
}

#[test]
fn every_torn_tail_is_reported_and_cut_off() {
    let (_directory, path) = log_of(&[b"one", b"two\n", b"three"]);
    let whole = fs::read(&path).unwrap();
    let start = whole.len() - (43 + 5 + 1);
    for length in start + 1..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let tail = read(&path).unwrap().1.unwrap();
        assert_eq!(
            (tail.offset, tail.length_bytes),
            (start as u64, (length - start) as u64)
        );
        let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
        assert_eq!(log.repaired(), Some(tail));
        assert_eq!(log.append(b"again").unwrap(), 3);
        drop(log);
        assert_eq!(
            read(&path).unwrap(),
            (
                vec![b"one".to_vec(), b"two\n".to_vec(), b"again".to_vec()],
                None
            )
        );
    }
}

#[test]
fn a_tail_whose_length_came_before_its_bytes_is_torn() {
    let (_directory, path) = log_of(&[b"one", b"two"]);
    let mut bytes = fs::read(&path).unwrap();
    let whole = bytes.len();
    bytes.resize(whole + 100, 0);
    fs::write(&path, &bytes).unwrap();
    let (records, tail) = read(&path).unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(tail.unwrap().offset, whole as u64);
}

#[test]
fn a_damaged_middle_is_an_error_that_names_the_offset() {
    let (_directory, path) = log_of(&[b"one", b"two", b"three"]);
    let whole = fs::read(&path).unwrap();
    let second = 10 + 43 + 3 + 1;
    for offset in second..=second + 43 + 3 {
        let mut bytes = whole.clone();
        bytes[offset] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "log `{}` is damaged at offset {second}, where record 2 belongs",
                path.display()
            ),
            "byte {offset}"
        );
        let error = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap_err();
        assert!(
            matches!(error, AppendError::Read(ReadError::Damaged { .. })),
            "{error:?}"
        );
        assert_eq!(
            fs::read(&path).unwrap(),
            bytes,
            "a refused log is not changed"
        );
    }
}

#[test]
fn a_missing_or_repeated_record_is_damage() {
    let (_directory, path) = log_of(&[b"one", b"two", b"six"]);
    let whole = fs::read(&path).unwrap();
    let (first, second, third) = (10, 57, 104);
    let without_second = [&whole[..second], &whole[third..]].concat();
    let second_twice = [&whole[..third], &whole[second..]].concat();
    let without_first = [&whole[..first], &whole[second..]].concat();
    for (bytes, damaged_at) in [
        (without_second, second),
        (second_twice, third),
        (without_first, first),
    ] {
        fs::write(&path, &bytes).unwrap();
        match read(&path).unwrap_err() {
            ReadError::Damaged { offset, .. } => assert_eq!(offset, damaged_at as u64),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_interrupted_creation_is_an_empty_log() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    for bytes in [&b""[..], b"ftc", b"ftc-log 1", b"\0\0\0\0\0\0\0\0\0\0"] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(read(&path).unwrap().0, [b""; 0]);
        append_all(&path, &[b"one"]);
        assert_eq!(read(&path).unwrap(), (vec![b"one".to_vec()], None));
    }
}

#[test]
fn foreign_and_newer_files_are_refused_and_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    for (bytes, message) in [
        (&b"#!/bin/sh\necho\n"[..], "is not a log of ours"),
        (b"x", "is not a log of ours"),
        (b"\0\0\0\0\0\0\0\0\0\0\0", "is not a log of ours"),
        (
            b"ftc-log 2\nwhatever",
            "has format version `2`, and only version `1` is known",
        ),
    ] {
        fs::write(&path, bytes).unwrap();
        assert!(read(&path).unwrap_err().to_string().ends_with(message));
        let error = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap_err();
        assert!(
            error.to_string().ends_with(message) && !error.is_retryable(),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn links_missing_files_and_oversized_records_are_errors() {
    let (directory, path) = log_of(&[b"one"]);
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    let error = AppendLog::open(&link, SyncPolicy::EachRecord).unwrap_err();
    assert!(matches!(error, AppendError::Io { .. }), "{error:?}");
    assert!(
        LogReader::open(&directory.path().join("missing"))
            .unwrap_err()
            .is_not_found()
    );

    let mut log = AppendLog::open(&path, SyncPolicy::EachRecord).unwrap();
    let error = log.append(&vec![0; (64 << 20) + 1]).unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { .. }), "{error:?}");
    assert_eq!(log.append(b"two").unwrap(), 2);
    assert_eq!(read(&path).unwrap().0, [b"one", b"two"]);
}

#[test]
fn a_record_that_looks_like_frames_is_only_a_record() {
    let (_directory, path) = log_of(&[b"one", b"two"]);
    let frames = fs::read(&path).unwrap();
    let (_other_directory, other) = log_of(&[&frames, b"\n", &frames]);
    assert_eq!(
        read(&other).unwrap().0,
        [frames.clone(), b"\n".to_vec(), frames]
    );
}

proptest! {
    #[test]
    fn what_is_appended_is_read(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..12)) {
        let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let (_directory, path) = log_of(&slices);
        prop_assert_eq!(read(&path).unwrap(), (records, None));
    }

    /// Whatever one byte does to a file, no record is ever read that was not appended, and none but the last can go unnoticed.
    #[test]
    fn a_changed_byte_is_noticed(position in any::<prop::sample::Index>(), change in 1..=255u8) {
        let records: [&[u8]; 3] = [b"alpha", b"beta", b"gamma"];
        let (_directory, path) = log_of(&records);
        let mut bytes = fs::read(&path).unwrap();
        let position = position.index(bytes.len());
        bytes[position] ^= change;
        fs::write(&path, &bytes).unwrap();
        if let Ok((read, tail)) = read(&path) {
            prop_assert_eq!(read, records[..2].to_vec());
            prop_assert!(tail.is_some());
        }
    }
}
