use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_process::{Output, Spawn, SpawnError, SpillReader};
use rustix::process::{Pid, Signal, kill_process};

use crate::order::IN_TURN;
use crate::support::{is_running, parent, run, shell, wait_until};

/// Prints this in turn.
const SCRIPT: &str = "print 1 one; print 2 two; print 1 three";

fn in_turn(directory: &Path, script: &str) -> Spawn {
    shell(&format!("{IN_TURN}{script}"))
        .directory(directory)
        .spill_to(directory.join("spill"), 1 << 20)
        .spill_index()
}

fn only(path: &Path, output: Output) -> io::Result<String> {
    let mut text = String::new();
    let reader = SpillReader::open(path).expect("it opens");
    reader.only(output).read_to_string(&mut text).map(|_| text)
}

#[test]
fn all_or_one_output_or_pieces_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let outcome = run(&in_turn(directory.path(), SCRIPT));
    let spill = outcome.spill.unwrap();
    let index = spill.index.unwrap();
    assert_eq!(index.path, directory.path().join("spill.index"));
    assert_eq!(index.error, None);
    let mode = fs::metadata(&index.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);

    let mut reader = SpillReader::open(&spill.path).unwrap();
    assert_eq!(reader.total_bytes(), spill.written_bytes);
    assert_eq!(reader.order_unknown_from(), None);
    let mut all = String::new();
    reader.read_to_string(&mut all).unwrap();
    assert_eq!(all, "one\ntwo\nthree\n");
    assert_eq!(only(&spill.path, Output::Stdout).unwrap(), "one\nthree\n");
    assert_eq!(only(&spill.path, Output::Stderr).unwrap(), "two\n");

    let mut reader = SpillReader::open(&spill.path).unwrap();
    let mut buffer = [0; 3];
    let mut pieces = Vec::new();
    let mut last = Duration::ZERO;
    while let Some(piece) = reader.read_piece(&mut buffer).unwrap() {
        let (output, elapsed) = piece.source.unwrap();
        assert!(elapsed >= last && elapsed <= outcome.total_duration);
        last = elapsed;
        pieces.push((piece.offset, output, piece.bytes.to_vec()));
    }
    let starts: Vec<(u64, Output)> = pieces
        .iter()
        .map(|(at, output, _)| (*at, *output))
        .collect();
    assert_eq!(starts[2..4], [(4, Output::Stderr), (7, Output::Stderr)]);
    assert_eq!(starts[4], (8, Output::Stdout));
}

#[test]
fn without_an_index_the_order_is_not_known_and_nothing_is_made_up() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spill");
    run(&shell("echo hi").spill_to(&path, 100));
    assert!(!directory.path().join("spill.index").exists());
    let mut reader = SpillReader::open(&path).unwrap();
    assert_eq!(reader.order_unknown_from(), Some(0));
    let mut buffer = [0; 100];
    let piece = reader.read_piece(&mut buffer).unwrap().unwrap();
    assert_eq!((piece.bytes, piece.source), (&b"hi\n"[..], None));
    let error = only(&path, Output::Stdout).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let expected = format!(
        "from byte 0 of `{}` on it is not known which output is which",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn nothing_printed_is_nothing_read() {
    let directory = tempfile::tempdir().unwrap();
    run(&in_turn(directory.path(), "true"));
    let path = directory.path().join("spill");
    let mut reader = SpillReader::open(&path).unwrap();
    assert_eq!(
        (reader.total_bytes(), reader.order_unknown_from()),
        (0, None)
    );
    assert_eq!(reader.read_piece(&mut [0; 9]).unwrap(), None);
    assert_eq!(only(&path, Output::Stderr).unwrap(), "");
}

#[test]
fn beyond_the_limit_of_the_file_there_is_no_order_either() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("few");
    let script = "head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2";
    let outcome = run(&shell(script).spill_to(&path, 50).spill_index());
    assert_eq!(outcome.spill.unwrap().index.unwrap().error, None);
    let reader = SpillReader::open(&path).unwrap();
    assert_eq!(
        (reader.total_bytes(), reader.order_unknown_from()),
        (50, None)
    );
    let both = [Output::Stdout, Output::Stderr].map(|output| only(&path, output).unwrap().len());
    assert_eq!(both[0] + both[1], 50);
}

#[test]
fn nothing_is_at_the_place_of_the_index() {
    let directory = tempfile::tempdir().unwrap();
    let index = directory.path().join("spill.index");
    symlink("elsewhere", &index).unwrap();
    let error = in_turn(directory.path(), "touch ran").run().unwrap_err();
    assert!(
        matches!(&error, SpawnError::CreateSpill { path, .. } if *path == index),
        "{error:?}"
    );
    for name in ["spill", "elsewhere", "ran"] {
        assert!(!directory.path().join(name).exists(), "{name}");
    }
    fs::remove_file(&index).unwrap();

    let error = in_turn(directory.path(), "").directory("/no/such").run();
    assert!(error.is_err());
    let program = directory.path().join("tool");
    fs::write(&program, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let spawn = Spawn::new([&program]).spill_to(directory.path().join("spill"), 1);
    assert!(spawn.spill_index().run().is_err());
    assert!(!directory.path().join("spill").exists() && !index.exists());
}

#[test]
fn what_is_no_such_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    run(&in_turn(directory.path(), SCRIPT));
    let path = directory.path().join("spill");
    let index = directory.path().join("spill.index");
    let kind_of = |path: &Path| {
        let error = SpillReader::open(path).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("failed to open the output file `{}`", error.path.display())
        );
        (error.path, error.source.kind())
    };
    let code_of = |path: &Path| {
        let error = SpillReader::open(path).unwrap_err();
        (error.path, error.source.raw_os_error())
    };
    let followed_none = Some(rustix::io::Errno::LOOP.raw_os_error());
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(code_of(&link), (link.clone(), followed_none));
    assert_eq!(kind_of(directory.path()).1, io::ErrorKind::InvalidData);
    assert_eq!(
        kind_of(&directory.path().join("none")).1,
        io::ErrorKind::NotFound
    );

    let whole = fs::read(&index).unwrap();
    for (place, byte) in [(0, b'F'), (8, 2)] {
        let mut other = whole.clone();
        other[place] = byte;
        fs::write(&index, &other).unwrap();
        assert_eq!(kind_of(&path), (index.clone(), io::ErrorKind::InvalidData));
    }
    fs::remove_file(&index).unwrap();
    symlink(&link, &index).unwrap();
    assert_eq!(code_of(&path), (index, followed_none));
}

#[test]
fn a_file_that_is_cut_off_while_it_is_read_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    run(&in_turn(directory.path(), SCRIPT));
    let path = directory.path().join("spill");
    let mut reader = SpillReader::open(&path).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(5).unwrap();
    let mut bytes = Vec::new();
    let error = reader.read_to_end(&mut bytes).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(bytes, b"one\nt");
    // Opened anew, there are five bytes, and the index speaks of them.
    assert_eq!(only(&path, Output::Stderr).unwrap(), "t");
}

/// Set for the run of this test that is killed.
const VICTIM: &str = "FTC_TEST_VICTIM";

#[test]
fn who_is_killed_leaves_a_file_that_can_be_read() {
    if let Some(directory) = parent().var(VICTIM) {
        let directory = PathBuf::from(directory);
        let script = format!("{SCRIPT}; echo $$ >child; exec sleep 600");
        run(&in_turn(&directory, &script));
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let test = "readers::who_is_killed_leaves_a_file_that_can_be_read";
    let victim = Spawn::new([std::env::current_exe().unwrap().into_os_string()])
        .args(["--exact", test, "--nocapture"])
        .inherit_from(&parent())
        .env(VICTIM, directory.path());
    let child = directory.path().join("child");
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(|| run(&victim));
        // It tells its process id after everything was read that it printed.
        wait_until("everything was printed", || {
            fs::read_to_string(&child).is_ok_and(|text| text.ends_with('\n'))
        });
        let child = fs::read_to_string(&child).unwrap();
        let host = parent_of(child.trim());
        kill_process(host, Signal::KILL).unwrap();
        let outcome = run.join().unwrap();
        if is_running(child.trim()) {
            let pid = Pid::from_raw(child.trim().parse().unwrap()).unwrap();
            kill_process(pid, Signal::KILL).unwrap();
        }
        outcome
    });
    assert_eq!(outcome.end, ftc_process::End::Signaled(9));
    let path = directory.path().join("spill");
    assert_eq!(SpillReader::open(&path).unwrap().order_unknown_from(), None);
    assert_eq!(only(&path, Output::Stdout).unwrap(), "one\nthree\n");
    assert_eq!(only(&path, Output::Stderr).unwrap(), "two\n");
}

fn parent_of(pid: &str) -> Pid {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let fields = stat.rsplit(") ").next();
    let parent = fields.and_then(|fields| fields.split(' ').nth(1));
    let parent = parent.and_then(|parent| parent.parse().ok());
    parent.and_then(Pid::from_raw).expect("it has a parent")
}
