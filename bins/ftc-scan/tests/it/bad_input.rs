//! Each kind of bad input: a clear error that names it, exit code 2, and the others are still scanned.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;

use crate::support::{FAILING, PASSING, Place, files, gzip, tests, zip};

/// Scans `name` between two good files and insists on the error for it alone.
#[track_caller]
fn check(place: &Place, name: &str, message: &str) {
    place.write("first.log", PASSING).write("last.log", FAILING);
    let run = place.run(&["--format", "jsonl", "first.log", name, "last.log"]);
    run.assert_refused(message);
    let objects = run.jsonl();
    assert_eq!(
        files(&objects),
        ["first.log", "last.log"],
        "the others are scanned"
    );
    assert_eq!(tests(&objects[1]), ["TestLease"]);
}

#[test]
fn missing_path() {
    check(
        &Place::new(),
        "nowhere/at.log",
        "no file or directory at `nowhere/at.log`",
    );
}

#[test]
fn unreadable_file() {
    let place = Place::new();
    place.write("secret.log", FAILING);
    fs::set_permissions(place.path("secret.log"), Permissions::from_mode(0o0)).unwrap();
    if fs::read(place.path("secret.log")).is_ok() {
        // Root reads everything. A path through a file is refused to it too.
        check(
            &place,
            "secret.log/below",
            "failed to open `secret.log/below`\n  caused by: Not a directory (os error 20)",
        );
    } else {
        check(
            &place,
            "secret.log",
            "failed to open `secret.log`\n  caused by: Permission denied (os error 13)",
        );
    }
}

#[test]
fn link_to_itself() {
    let place = Place::new();
    std::os::unix::fs::symlink("loop.log", place.path("loop.log")).unwrap();
    check(
        &place,
        "loop.log",
        "failed to open `loop.log`\n  caused by: Too many levels of symbolic links (os error 40)",
    );
}

#[test]
fn binary_file() {
    let place = Place::new();
    place.write("program", b"\x7fELF\x02\x01\x01\0\0\0");
    check(&place, "program", "`program` is binary: it is an ELF file");
    let noise: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    place.write("noise.log", noise);
    check(
        &place,
        "noise.log",
        "`noise.log` is binary: more than a twentieth of its beginning are control characters",
    );
}

#[test]
fn compression_that_is_not_read() {
    let place = Place::new();
    place.write("log.zst", b"\x28\xb5\x2f\xfd\x04\x58");
    check(
        &place,
        "log.zst",
        "`log.zst` is compressed with zstd, which is not supported",
    );
}

#[test]
fn truncated_gzip() {
    let place = Place::new();
    let whole = gzip(PASSING.repeat(1000).as_bytes());
    place.write("cut.log.gz", &whole[..whole.len() / 2]);
    check(
        &place,
        "cut.log.gz",
        "`cut.log.gz` is cut off: its gzip data ends early",
    );
    place.write("cut.gz", &whole[..5]);
    check(
        &place,
        "cut.gz",
        "`cut.gz` is cut off: its gzip data ends early",
    );
}

#[test]
fn what_was_found_before_the_cut_is_not_lost() {
    let place = Place::new();
    let whole = gzip([FAILING, &PASSING.repeat(1000)].concat().as_bytes());
    place.write("cut.log.gz", &whole[..whole.len() - 9]);
    let run = place.run(&["--format", "jsonl", "cut.log.gz"]);
    run.assert_refused("`cut.log.gz` is cut off: its gzip data ends early");
    let objects = run.jsonl();
    assert_eq!(tests(&objects[0]), ["TestLease"]);
    let note = objects[0]["notes"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .as_str()
        .unwrap();
    assert!(
        note.starts_with("only ") && note.contains(" bytes could be read: `cut.log.gz` is cut off"),
        "{note}"
    );
}

#[test]
fn wrong_checksum_in_gzip() {
    let place = Place::new();
    let mut wrong = gzip(PASSING.as_bytes());
    let checksum = wrong.len() - 8;
    wrong[checksum] ^= 1;
    place.write("wrong.gz", wrong);
    check(
        &place,
        "wrong.gz",
        "`wrong.gz` is damaged gzip\n  caused by: corrupt gzip stream does not have a matching checksum",
    );
}

#[test]
fn gzip_inside_of_gzip() {
    let place = Place::new();
    place.write("twice.gz", gzip(&gzip(FAILING.as_bytes())));
    check(
        &place,
        "twice.gz",
        "`twice.gz` holds gzip inside of gzip, which is not opened",
    );
    place.write("zip.gz", gzip(&zip(&[("a.log", b"x")])));
    check(
        &place,
        "zip.gz",
        "`zip.gz` holds zip inside of gzip, which is not opened",
    );
}

#[test]
fn truncated_zip() {
    let place = Place::new();
    let whole = zip(&[("a.log", FAILING.as_bytes())]);
    place.write("cut.zip", &whole[..whole.len() - 10]);
    place.write("first.log", PASSING);
    let run = place.run(&["--format", "jsonl", "cut.zip", "first.log"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .starts_with("error: `cut.zip` is no whole zip archive\n  caused by: "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .ends_with("hint: download it again: it is probably incomplete\n"),
        "{}",
        run.stderr
    );
    assert_eq!(files(&run.jsonl()), ["first.log"]);
}

#[test]
fn wrong_checksum_in_zip() {
    let place = Place::new();
    let mut archive = zip(&[("a.log", PASSING.as_bytes()), ("b.log", FAILING.as_bytes())]);
    // The checksum in the central directory's first entry.
    let entry = archive
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    archive[entry + 16] ^= 1;
    place.write("run.zip", archive);
    let run = place.run(&["--format", "jsonl", "run.zip"]);
    run.assert_refused("`run.zip!/a.log` is damaged in its archive\n  caused by: Invalid checksum");
    assert_eq!(
        files(&run.jsonl()),
        ["run.zip!/b.log"],
        "the other members are scanned"
    );
}

#[test]
fn encrypted_member() {
    let place = Place::new();
    let mut archive = zip(&[("a.log", PASSING.as_bytes()), ("b.log", FAILING.as_bytes())]);
    // The flag for encryption, in the central directory and in the local header.
    let entry = archive
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    archive[entry + 8] |= 1;
    archive[6] |= 1;
    place.write("run.zip", archive);
    let run = place.run(&["--format", "jsonl", "run.zip"]);
    run.assert_refused("`run.zip!/a.log` is encrypted");
    assert_eq!(files(&run.jsonl()), ["run.zip!/b.log"]);
}

#[test]
fn binary_member() {
    let place = Place::new();
    place.write(
        "run.zip",
        zip(&[("a.log", b"\0\0\0\0"), ("b.log", FAILING.as_bytes())]),
    );
    let run = place.run(&["--format", "jsonl", "run.zip"]);
    run.assert_refused(
        "`run.zip!/a.log` is binary: more than a twentieth of its beginning are control characters",
    );
    assert_eq!(files(&run.jsonl()), ["run.zip!/b.log"]);
}

#[test]
fn gzip_that_expands_out_of_proportion() {
    let place = Place::new();
    place.write("bomb.gz", gzip(&vec![b'a'; 70 * 1024 * 1024]));
    check(
        &place,
        "bomb.gz",
        "`bomb.gz` expands to more than 500 times its size",
    );
}

#[test]
fn zip_that_expands_out_of_proportion() {
    let place = Place::new();
    let content = vec![b'a'; 40 * 1024 * 1024];
    place.write("bomb.zip", zip(&[("a.log", &content), ("b.log", &content)]));
    let run = place.run(&["--format", "jsonl", "bomb.zip"]);
    run.assert_refused("`bomb.zip!/b.log` expands to more than 500 times its size");
}

#[test]
fn zip_of_too_many_members() {
    let place = Place::new();
    let names: Vec<String> = (0..10_001).map(|index| format!("{index}.log")).collect();
    let members: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    place.write("many.zip", zip(&members));
    check(&place, "many.zip", "`many.zip` has more than 10000 members");
}

#[test]
fn zip_on_standard_input_that_is_too_large() {
    let place = Place::new();
    let mut archive = zip(&[("a.log", FAILING.as_bytes())]);
    archive.resize(33 * 1024 * 1024, 0);
    let run = place.run_with_input(&["-"], &archive);
    run.assert_refused("`-` is larger than 32 MiB on standard input");
    assert!(
        run.stderr
            .ends_with("hint: save it to a file and give the file\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn named_pipe_does_not_hang() {
    let place = Place::new();
    let path = place.path("pipe.log");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    check(&place, "pipe.log", "`pipe.log` is a named pipe, not a file");
    place.write("logs/a.log", PASSING);
    fs::rename(path, place.path("logs/pipe.log")).unwrap();
    let run = place.run(&["--format", "jsonl", "logs"]);
    assert_eq!(
        run.stderr,
        "warning: skipped `logs/pipe.log`: it is a named pipe\n"
    );
    assert_eq!(run.code, 0);
}

#[test]
fn socket_and_device() {
    let place = Place::new();
    let _listener = UnixListener::bind(place.path("socket.log")).unwrap();
    check(
        &place,
        "socket.log",
        "`socket.log` is a socket or a device without a driver, not a file",
    );
    check(&place, "/dev/null", "`/dev/null` is a device, not a file");
}

#[test]
fn empty_file_is_unknown_with_a_note() {
    let place = Place::new();
    place.write("empty.log", "").write("empty.gz", gzip(b""));
    let run = place.run(&["--format", "jsonl", "empty.log", "empty.gz"]);
    assert_eq!(run.code, 0);
    for object in run.jsonl() {
        assert_eq!(object["class"], "unknown");
        assert_eq!(object["notes"].as_array().unwrap().len(), 1, "{object}");
    }
}

#[test]
fn invalid_utf8_is_scanned() {
    let place = Place::new();
    place.write(
        "latin.log",
        [b"caf\xe9 \xff\xfe\n".as_slice(), FAILING.as_bytes()].concat(),
    );
    let run = place.run(&["--format", "jsonl", "latin.log"]);
    assert_eq!(run.code, 1);
    assert_eq!(tests(&run.jsonl()[0]), ["TestLease"]);
}

#[test]
fn an_overlong_line_is_scanned_and_noted() {
    let place = Place::new();
    place.write(
        "long.log",
        [&"x".repeat(3 * 1024 * 1024), "\n", FAILING].concat(),
    );
    let objects = place.jsonl(&["long.log"]);
    assert_eq!(tests(&objects[0]), ["TestLease"]);
    assert_eq!(
        objects[0]["notes"].as_array().unwrap().len(),
        1,
        "{}",
        objects[0]
    );
}

#[test]
fn directory_that_cannot_be_listed() {
    let place = Place::new();
    place
        .write("logs/closed/a.log", FAILING)
        .write("logs/z.log", PASSING);
    fs::set_permissions(place.path("logs/closed"), Permissions::from_mode(0o0)).unwrap();
    let is_root = fs::read_dir(place.path("logs/closed")).is_ok();
    let run = place.run(&["--format", "jsonl", "logs"]);
    fs::set_permissions(place.path("logs/closed"), Permissions::from_mode(0o700)).unwrap();
    if is_root {
        assert_eq!(
            files(&run.jsonl()),
            ["closed/a.log", "z.log"],
            "root lists everything"
        );
        return;
    }
    run.assert_refused(
        "failed to open `logs/closed`\n  caused by: Permission denied (os error 13)",
    );
    assert_eq!(files(&run.jsonl()), ["z.log"]);
}
