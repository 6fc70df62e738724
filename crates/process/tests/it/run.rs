use std::fs;

use ftc_process::{End, Spawn};

use crate::support::{is_running, parent, run, shell, wait_until};

#[test]
fn arguments_arrive_as_they_are() {
    let spawn = Spawn::new(["printf", "%s|"])
        .inherit_from(&parent())
        .arg("$HOME; rm *")
        .args(["", "a b", "'\"\\"]);
    let outcome = run(&spawn);
    assert_eq!(outcome.stdout.to_text(), "$HOME; rm *||a b|'\"\\|");
    assert!(outcome.success());
}

#[test]
fn codes_and_signals_are_told_apart() {
    for (script, end, text) in [
        ("exit 0", End::Exited(0), "exit code 0"),
        ("exit 137", End::Exited(137), "exit code 137"),
        ("kill -9 $$", End::Signaled(9), "signal 9"),
    ] {
        let outcome = run(&shell(script));
        assert_eq!(outcome.end, end);
        assert_eq!(outcome.end.to_string(), text);
        assert_eq!(outcome.success(), script == "exit 0");
        assert!(!outcome.timed_out && !outcome.output_abandoned);
        assert!(outcome.duration <= outcome.total_duration);
    }
}

#[test]
fn standard_input_is_empty() {
    let outcome = run(&shell("cat; readlink /proc/self/fd/0"));
    assert_eq!(outcome.stdout.to_text(), "/dev/null\n");
}

#[test]
fn the_child_works_in_its_directory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    let outcome = run(&shell("pwd -P").directory(&path));
    assert_eq!(outcome.stdout.to_text(), format!("{}\n", path.display()));

    // A program with a slash is taken from there.
    let program = path.join("tool");
    fs::copy("/bin/sh", &program).unwrap();
    let spawn = Spawn::new(["./tool", "-c", "echo $0"]).directory(&path);
    assert_eq!(run(&spawn).stdout.to_text(), "./tool\n");
}

#[test]
fn the_child_leads_a_group_of_its_own() {
    let outcome = run(&shell(
        "read -r pid name state parent group rest </proc/self/stat; echo $pid $group",
    ));
    let text = outcome.stdout.to_text();
    let (pid, group) = text.trim().split_once(' ').unwrap();
    assert_eq!(pid, group);
}

#[test]
fn what_it_leaves_in_the_background_is_killed_and_holds_nobody() {
    let outcome = run(&shell("sleep 1000 & echo $!; sleep 1000 & echo $!"));
    assert_eq!(outcome.end, End::Exited(0));
    assert!(!outcome.output_abandoned);
    let text = outcome.stdout.to_text();
    assert_eq!(text.lines().count(), 2);
    for pid in text.lines() {
        wait_until("the background process is gone", || !is_running(pid));
    }
}

#[test]
fn one_that_left_the_group_cannot_hold_us() {
    let directory = tempfile::tempdir().unwrap();
    // The shell ends only after the other has left the group, or the end of the group would take both.
    let script = "setsid sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' & \
                  while ! [ -e pid ]; do sleep 0.02; done; echo done";
    let outcome = run(&shell(script).directory(directory.path()));
    assert_eq!(outcome.end, End::Exited(0));
    assert_eq!(outcome.stdout.to_text(), "done\n");
    assert!(outcome.output_abandoned);

    let pid = fs::read_to_string(directory.path().join("pid")).unwrap();
    assert!(is_running(pid.trim()));
    assert!(run(&shell(&format!("kill -9 {pid}"))).success());
}

#[test]
fn many_at_once_do_not_disturb_each_other() {
    std::thread::scope(|scope| {
        for code in 0..16 {
            scope.spawn(move || {
                let outcome = run(&shell(&format!("sleep 1000 & echo {code}; exit {code}")));
                assert_eq!(outcome.end, End::Exited(code));
                assert_eq!(outcome.stdout.to_text(), format!("{code}\n"));
                assert!(!outcome.output_abandoned);
            });
        }
    });
}
