use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::time::{Duration, Instant};

use ftc_process::End;
use ftc_process::service::{LogCursor, LogPolicy, Service};

use crate::service_support::{Place, ended, read_all};
use crate::support::{parent, run, shell, wait_until};

fn policy(max_bytes: u64, keep: u32) -> LogPolicy {
    LogPolicy {
        max_bytes,
        max_age: None,
        keep,
    }
}

/// The log files of a service and their sizes, in order.
fn files(place: &Place) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(place.service())
        .expect("the test can be prepared")
        .map(|entry| entry.expect("the test can be prepared"))
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("log.0"))
        .map(|entry| {
            let name = entry
                .file_name()
                .into_string()
                .expect("the test can be prepared");
            (
                name,
                entry.metadata().expect("the test can be prepared").len(),
            )
        })
        .collect();
    files.sort();
    files
}

fn numbers(range: std::ops::RangeInclusive<u32>) -> String {
    range.fold(String::new(), |mut text, number| {
        writeln!(text, "{number}").expect("the test can be prepared");
        text
    })
}

#[test]
fn rotation_loses_no_line_and_repeats_none() {
    let place = Place::new();
    let mut command = place.command("seq 1 100000; echo the end >&2");
    command.log = policy(10_000, 1_000);
    let service = place.try_launch(&command).unwrap();
    // Read while it is written.
    let mut reader = Service::logs(&place.service());
    let mut live = String::new();
    while service.wait(Duration::ZERO).unwrap().is_none() {
        live.push_str(&read_all(&mut reader));
    }
    live.push_str(&read_all(&mut reader));
    assert_eq!(ended(&service).log_bytes_dropped, 0);

    let expected = numbers(1..=100_000) + "the end\n";
    assert!(live == expected, "{} bytes", live.len());
    assert!(place.log() == expected);
    assert_eq!(reader.missed_files(), 0);
    let files = files(&place);
    // 588 895 bytes and eight for the end.
    assert!((59..=70).contains(&files.len()), "{files:?}");
    assert!(files.iter().all(|(_, length)| *length <= 10_000));
    // Each begins with the beginning of a line.
    let mut whole = String::new();
    for (name, _) in &files {
        let text = fs::read_to_string(place.service().join(name)).unwrap();
        assert!(text.ends_with('\n'), "{name}");
        whole.push_str(&text);
    }
    assert!(whole == expected);
    assert_eq!(
        fs::read_link(place.service().join("log")).unwrap(),
        Path::new(&files.last().unwrap().0)
    );
}

#[test]
fn the_oldest_files_are_deleted_and_a_reader_is_told() {
    let place = Place::new();
    let mut command = place.command("seq 1 1000; read line <go; seq 1001 20000");
    command.log = policy(1_000, 2);
    assert!(run(&shell("mkfifo go").directory(place.work())).success());
    let service = place.try_launch(&command).unwrap();
    let mut reader = Service::logs(&place.service());
    let mut before = String::new();
    wait_until("the first thousand are there", || {
        place.log().ends_with("\n1000\n")
    });
    before.push_str(&read_all(&mut reader));
    assert!(before.ends_with("\n1000\n"));
    let missed_before = reader.missed_files();
    fs::write(place.file("go"), "go\n").unwrap();
    ended(&service);
    assert_eq!(files(&place).len(), 3);
    let kept = place.log();
    let first: u32 = kept.lines().next().unwrap().parse().unwrap();
    assert!(kept == numbers(first..=20_000), "{kept}");
    // The file that it was reading is held open and read to its end; those in between are gone.
    let after = read_all(&mut reader);
    assert!(after.ends_with(&kept));
    assert!(reader.missed_files() > missed_before + 50);
}

#[test]
fn a_place_in_the_log_outlives_its_reader() {
    let place = Place::new();
    let mut command = place.command("seq 1 5000");
    command.log = policy(2_000, 100);
    ended(&place.try_launch(&command).unwrap());
    let mut text = String::new();
    let mut cursor = LogCursor::default();
    loop {
        let mut reader = Service::logs(&place.service()).from_cursor(cursor);
        let lines = reader.read_new().unwrap();
        // Stored after any line, as JSON.
        let stored = serde_json::to_string(&reader.cursor()).unwrap();
        cursor = serde_json::from_str(&stored).unwrap();
        if lines.is_empty() {
            break;
        }
        for line in lines {
            text += &line.to_text();
            text += "\n";
        }
    }
    assert!(text == numbers(1..=5000));
}

#[test]
fn lines_of_both_outputs_are_whole() {
    let place = Place::new();
    // Each line in many small pieces, both at once.
    let script = "say() { i=0; while [ $i -lt 50 ]; do for c in $1 $1 $1 $1 $1; do printf %s $c; done; echo; i=$((i+1)); done; }
        say a & say b >&2 & wait";
    ended(&place.launch(script));
    let log = place.log();
    assert_eq!(log.lines().count(), 100);
    for line in log.lines() {
        assert!(line == "aaaaa" || line == "bbbbb", "{line}");
    }
}

#[test]
fn a_line_without_end_gets_one() {
    let place = Place::new();
    ended(&place.launch("printf one; printf two >&2"));
    let log = place.log();
    let mut lines: Vec<&str> = log.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["one", "two"]);
    // The next service goes on in the same file.
    ended(&place.launch("echo three"));
    assert!(place.log().ends_with("\nthree\n"));
    assert_eq!(files(&place).len(), 1);
}

#[test]
fn what_was_broken_off_is_not_glued_to_what_follows() {
    let place = Place::new();
    ended(&place.launch("echo one"));
    let path = place.service().join("log.00000001");
    // As a shim that was killed in the middle of a line leaves it.
    fs::write(&path, "one\ntw").unwrap();
    ended(&place.launch("echo three"));
    assert_eq!(place.log(), "one\ntw\nthree\n");
}

#[test]
fn a_very_long_line_comes_in_pieces_and_is_whole_in_the_files() {
    let place = Place::new();
    let script = "echo before; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo after";
    let mut command = place.command(script);
    command.log = policy(100_000, 1_000);
    ended(&place.try_launch(&command).unwrap());
    let whole: String = files(&place)
        .iter()
        .map(|(name, length)| {
            assert!(*length <= 600_000, "{name} has {length} bytes");
            fs::read_to_string(place.service().join(name)).unwrap()
        })
        .collect();
    let expected = format!("before\n{}\nafter\n", "x".repeat(3_000_000));
    assert!(whole == expected);
    let mut reader = Service::logs(&place.service());
    let mut pieces = Vec::new();
    loop {
        let lines = reader.read_new().unwrap();
        if lines.is_empty() {
            break;
        }
        pieces.extend(lines);
    }
    assert!(
        pieces
            .iter()
            .all(|piece| piece.bytes.len() < (1 << 20) + (64 << 10) + 1)
    );
    assert_eq!(pieces.iter().filter(|piece| piece.goes_on).count(), 2);
    assert!(place.log() == expected);
}

#[test]
fn a_line_longer_than_a_file_is_not_torn() {
    let place = Place::new();
    let long = "y".repeat(5_000);
    let mut command = place.command(&format!("echo one; echo {long}; echo two"));
    command.log = policy(100, 10);
    ended(&place.try_launch(&command).unwrap());
    assert_eq!(place.log(), format!("one\n{long}\ntwo\n"));
    let lengths: Vec<u64> = files(&place)
        .into_iter()
        .map(|(_, length)| length)
        .collect();
    assert_eq!(lengths, [4, 5_001, 4]);
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let place = Place::new();
    ended(&place.launch("printf '\\377\\000\\r\\n\\n'"));
    let mut reader = Service::logs(&place.service());
    let lines = reader.read_new().unwrap();
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.bytes.as_slice()).collect();
    assert_eq!(lines, [&b"\xff\0\r"[..], b""]);
}

#[test]
fn an_order_begins_a_new_file() {
    let place = Place::new();
    let script = "echo one; read line <go; echo two; exec sleep 600";
    assert!(run(&shell("mkfifo go").directory(place.work())).success());
    let service = place.launch(script);
    wait_until("the first line is there", || place.log() == "one\n");
    service.rotate().unwrap();
    assert_eq!(files(&place).len(), 2);
    fs::write(place.file("go"), "go\n").unwrap();
    wait_until("the second line is there", || place.log() == "one\ntwo\n");
    let sizes: Vec<u64> = files(&place)
        .into_iter()
        .map(|(_, length)| length)
        .collect();
    assert_eq!(sizes, [4, 4]);
    service.stop().unwrap();
}

#[test]
fn an_old_file_is_not_written_any_more() {
    let place = Place::new();
    assert!(run(&shell("mkfifo go").directory(place.work())).success());
    let mut command = place.command("echo one; read line <go; echo two");
    command.log = LogPolicy {
        max_age: Some(Duration::from_millis(1)),
        ..LogPolicy::default()
    };
    let service = place.try_launch(&command).unwrap();
    wait_until("the first line is there", || place.log() == "one\n");
    let began = Instant::now();
    wait_until("the file is old", || {
        began.elapsed() > Duration::from_millis(2)
    });
    fs::write(place.file("go"), "go\n").unwrap();
    ended(&service);
    assert_eq!(files(&place).len(), 2);
    assert_eq!(place.log(), "one\ntwo\n");
}

#[test]
fn the_last_lines_can_be_had() {
    let place = Place::new();
    let mut command = place.command("seq 1 3000");
    command.log = policy(1_000, 100);
    ended(&place.try_launch(&command).unwrap());
    for lines in [0, 1, 2, 199, 200, 201, 1_000, 2_999, 3_000, 5_000] {
        let mut reader = Service::logs(&place.service()).tail(lines).unwrap();
        let expected = u32::try_from(lines.min(3_000)).unwrap();
        assert_eq!(
            read_all(&mut reader),
            numbers(3_001 - expected..=3_000),
            "{lines}"
        );
    }
    let mut end = Service::logs(&place.service()).at_end().unwrap();
    assert_eq!(read_all(&mut end), "");
    ended(&place.launch("echo more"));
    assert_eq!(read_all(&mut end), "more\n");
}

/// Set for the run of this test in which files cannot grow.
const LITTLE_ROOM: &str = "FTC_TEST_LITTLE_LOG_ROOM";

#[test]
fn a_full_disk_does_not_end_it_and_is_said_in_the_log() {
    if parent().var(LITTLE_ROOM).is_some() {
        with_little_room();
        return;
    }
    // A limit on the size of files stands for a full disk. It would hold for all tests of this process, so that another one
    // runs this test again.
    let directory = tempfile::tempdir().unwrap();
    let outcome = run(
        &shell("ulimit -f 40; trap '' XFSZ; exec \"$0\" --exact \"$1\"")
            .args([
                std::env::current_exe().unwrap().into_os_string(),
                "service_log::a_full_disk_does_not_end_it_and_is_said_in_the_log".into(),
            ])
            .env(LITTLE_ROOM, "1")
            .env("TMPDIR", directory.path()),
    );
    let text = outcome.stdout.to_text() + &outcome.stderr.to_text();
    assert!(outcome.success() && text.contains("1 passed"), "{text}");
}

fn with_little_room() {
    let place = Place::new();
    assert!(run(&shell("mkfifo go").directory(place.work())).success());
    let service = place.launch("seq 1 20000; echo yes >printed; read line <go; echo again; exit 6");
    // `ulimit -f` counts blocks of 512 or 1024 bytes; in either case 108 894 bytes are too many.
    place.wait_for("printed");
    for _ in 0..20 {
        // The shim answers after it has read what was there.
        place.adopt_running();
    }
    service.rotate().expect("there is room for a new file");
    fs::write(place.file("go"), "go\n").expect("it reads");
    let record = ended(&service);
    assert_eq!(record.end, End::Exited(6));
    assert!(record.log_bytes_dropped > 0);
    let log = place.log();
    let notice = format!(
        "[ftc: {} bytes of output are missing here: File too large (os error 27)]",
        record.log_bytes_dropped
    );
    assert!(log.ends_with(&format!("\n{notice}\nagain\n")), "{log}");
    let kept: u64 = files(&place).iter().map(|(_, length)| length).sum();
    let said = notice.len() + "\nagain\n".len();
    let seen = kept - said as u64;
    // With a line end where the last line was broken off.
    let all = record.log_bytes_dropped + seen;
    assert!(all == 108_894 || all == 108_895, "{all}");
}

#[test]
#[ignore = "needs root"]
fn on_a_disk_that_is_really_full_its_end_is_still_recorded() {
    let place = Place::new();
    let disk = place.file("disk");
    fs::create_dir(&disk).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size=256k,mode=0700 none {}",
        disk.display()
    );
    assert!(run(&shell(&mount)).success());
    let mut command = place.command("seq 1 200000; exit 7");
    command.log = policy(50_000, 100);
    let launched = Service::launch(&disk.join("service"), &command, &crate::support::shim());
    let record = launched.map(|service| ended(&service));
    let mut log = String::new();
    if let Ok(mut file) = fs::File::open(disk.join("service/log.00000001")) {
        file.rewind().unwrap();
        file.read_to_string(&mut log).unwrap();
    }
    assert!(run(&shell(&format!("umount -l {}", disk.display()))).success());
    let record = record.unwrap();
    assert_eq!(record.end, End::Exited(7));
    assert!(record.log_bytes_dropped > 500_000, "{record:?}");
    assert!(log.starts_with("1\n2\n3\n"));
}
