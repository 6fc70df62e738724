//! What a run with a shim tells, and what it refuses.

use std::time::Duration;

use ftc_process::{Containment, End, Event, Shim, Spawn, SpawnError, Stop};

use crate::place::{BY_A_SHIM, BY_ANYTHING, Held, Place};
use crate::support::{has_cgroup, is_running, run, shell, shim};

fn shims() -> [Shim; 2] {
    [shim(), shim().without_cgroup()]
}

#[test]
fn a_shim_of_another_release_is_refused() {
    let shim = shim();
    let other = run(&Spawn::new([shim.program()]).args(["__ftc-shim", "run", "0.0.0-1"]));
    assert_eq!(other.end, End::Exited(4));
    let folder = tempfile::tempdir().unwrap();
    let stranger = folder.path().join("shim");
    assert!(
        run(&shell("printf '#!/bin/sh\nexit 4\n' >shim; chmod +x shim").directory(folder.path()))
            .success()
    );
    let error = shell("true").shim(Shim::at(&stranger)).run().unwrap_err();
    let source = std::error::Error::source(&error).expect("it has a cause");
    assert_eq!(source.to_string(), "it is of another release");
}

#[test]
fn a_shim_changes_nothing_of_what_is_told() {
    for shim in shims() {
        let spawn = shell("echo out; echo err >&2; exit 3").shim(shim);
        let outcome = run(&spawn);
        assert_eq!(outcome.end, End::Exited(3));
        assert_eq!(outcome.stdout.to_text(), "out\n");
        assert_eq!(outcome.stderr.to_text(), "err\n");
        assert_eq!(outcome.survivors_killed, 0);
        assert!(!outcome.timed_out && !outcome.output_abandoned);
        assert!(outcome.duration <= outcome.total_duration);
        assert!(outcome.containment >= Containment::Subreaper);
        assert_eq!(outcome.confined, None);
    }
}

#[test]
fn the_child_of_a_shim_has_what_any_child_has() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    for shim in shims() {
        let script = "pwd -P; readlink /proc/self/fd/0; echo \"$A\"; echo $0; \
                      read -r pid name state ppid group rest </proc/self/stat; [ $pid = $group ] && echo leads; \
                      env | cut -d= -f1 | sort | tr '\\n' ' '";
        let spawn = Spawn::new(["sh", "-c", script, "$x"])
            .env("PATH", "/usr/bin:/bin")
            .env("A", "a  b")
            .directory(&path)
            .shim(shim);
        let text = run(&spawn).stdout.to_text();
        let mut lines = text.lines();
        assert_eq!(lines.next(), path.to_str());
        assert_eq!(lines.next(), Some("/dev/null"));
        assert_eq!(lines.next(), Some("a  b"));
        assert_eq!(lines.next(), Some("$x"));
        assert_eq!(lines.next(), Some("leads"));
        let names = lines.next().unwrap();
        assert!(
            names.contains("FTC_RUN ") && names.contains("TERM "),
            "{names}"
        );
        assert!(!names.contains("HOME"), "{names}");
    }
}

#[test]
fn it_inherits_no_descriptor_but_its_outputs() {
    // As in a parent that knows nothing of `O_CLOEXEC`.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    let leaked = std::fs::File::create(&path).unwrap();
    rustix::io::fcntl_setfd(&leaked, rustix::io::FdFlags::empty()).unwrap();
    let list = "readlink /proc/self/fd/* | grep secret; :";
    for shim in shims() {
        let outcome = run(&shell(list).shim(shim));
        assert_eq!(outcome.stdout.to_text(), "");
    }
    // It is passed on by those who do nothing about it.
    assert_eq!(
        run(&shell(list)).stdout.to_text(),
        format!("{}\n", path.display())
    );
}

#[test]
fn a_signal_is_told_as_one() {
    for shim in shims() {
        let outcome = run(&shell("kill -9 $$").shim(shim));
        assert_eq!(outcome.end, End::Signaled(9));
        assert!(!outcome.success() && !outcome.timed_out);
    }
}

#[test]
fn a_start_that_fails_is_the_same_error_with_a_shim() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("script");
    std::fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).unwrap();
    let no_header = directory.path().join("no-header");
    std::fs::write(&no_header, "echo no\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&no_header, mode).unwrap();

    let spawns = [
        Spawn::new([&script]),
        Spawn::new([&no_header]),
        Spawn::new(["/no/such/program"]),
        shell("true").arg("x".repeat(10 << 20)),
        shell("true").directory(directory.path().join("gone")),
    ];
    for spawn in spawns {
        let log = directory.path().join("log");
        let spawn = spawn.spill_to(&log, 100);
        let without = spawn.run().expect_err("it cannot run").to_string();
        for shim in shims() {
            let with = spawn.clone().shim(shim).run().expect_err("it cannot run");
            assert_eq!(with.to_string(), without);
            assert!(!log.exists());
        }
    }
}

#[test]
fn two_megabytes_of_arguments_arrive() {
    let arguments = (0..20).map(|_| "x".repeat(100_000));
    for shim in shims() {
        let spawn = shell("for a in \"$@\"; do echo ${#a}; done")
            .arg("sh")
            .args(arguments.clone())
            .shim(shim);
        assert_eq!(run(&spawn).stdout.to_text(), "100000\n".repeat(20));
    }
}

#[test]
fn a_shim_that_is_none_is_named() {
    for program in ["/bin/true", "/bin/false", "/no/such/shim", "/dev/null"] {
        let error = shell("exit 0")
            .shim(Shim::at(program))
            .run()
            .expect_err("it is no shim");
        assert!(matches!(error, SpawnError::Shim { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("failed to start the shim `{program}`")
        );
    }
}

#[test]
fn what_is_required_is_had_or_nothing_runs() {
    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("mark");
    let spawn = || shell("touch mark").directory(directory.path());

    let error = spawn().require(Containment::Subreaper).run().unwrap_err();
    assert_eq!(
        error.to_string(),
        "containment `subreaper` is required, and only `group` can be had"
    );
    let error = spawn()
        .shim(shim().without_cgroup())
        .require(Containment::Cgroup)
        .run()
        .unwrap_err();
    assert!(matches!(error, SpawnError::Containment { .. }), "{error:?}");
    assert!(!mark.exists());

    let outcome = spawn()
        .shim(shim().without_cgroup())
        .require(Containment::Subreaper)
        .run();
    assert_eq!(outcome.unwrap().containment, Containment::Subreaper);
    let outcome = spawn().shim(shim()).require(Containment::Cgroup).run();
    match outcome {
        Ok(outcome) => assert!(has_cgroup() && outcome.containment == Containment::Cgroup),
        Err(error) => assert!(!has_cgroup(), "{error}"),
    }
}

#[test]
fn events_come_in_order() {
    for held in BY_ANYTHING {
        let place = Place::new();
        let script = "trap '' TERM; echo ready; while :; do sleep 0.02; done";
        let spawn = held
            .prepare(place.spawn(script))
            .idle_timeout(Duration::from_millis(300));
        let mut told = Vec::new();
        let mut pid = 0;
        let outcome = spawn
            .run_with(&mut |event| match event {
                Event::Started { pid: started } => {
                    assert!(is_running(&started.to_string()));
                    pid = started;
                    told.push("started".to_owned());
                }
                Event::Output { bytes, .. } => told.push(String::from_utf8_lossy(bytes).into()),
                Event::Stopping { stop } => told.push(stop.to_string()),
                Event::Killing => told.push("killing".to_owned()),
                _ => {}
            })
            .unwrap();
        assert_eq!(outcome.stopped, Some(Stop::IdleTimeout));
        assert_eq!(told[0], "started");
        assert!(told.contains(&"idle limit".to_owned()), "{told:?}");
        if outcome.stdout.to_text() == "ready\n" {
            assert_eq!(told, ["started", "ready\n", "idle limit", "killing"]);
            assert_eq!(outcome.end, End::Signaled(9));
        }
        assert!(!is_running(&pid.to_string()));
        place.assert_empty(held);
    }
}

#[test]
fn what_a_child_used_is_told() {
    // Until it has used a tenth of a second of processor time by its own account.
    let busy = "while read -r p n s pp g se t tp f mi cm ma cma user rest </proc/self/stat; [ $user -lt 10 ]; do :; done";
    for held in BY_ANYTHING {
        let outcome = run(&held.prepare(shell(&busy.replace("/proc/self", "/proc/$$"))));
        assert!(outcome.success());
        let used = outcome.usage.user;
        assert!(used >= Duration::from_millis(90), "{held:?}: {used:?}");
        if held != Held::Group {
            assert!(outcome.usage.max_rss_bytes > 100_000);
        }
    }
}

#[test]
fn what_its_descendants_used_is_told_by_a_shim() {
    let busy = "while read -r p n s pp g se t tp f mi cm ma cma user rest </proc/$$/stat; [ $user -lt 10 ]; do :; done";
    for held in BY_A_SHIM {
        // Nobody waits for it but the shim.
        let script = format!("setsid sh -c '{busy}; echo >up' & read -r x <up");
        let place = Place::new();
        let outcome = run(&held.prepare(place.spawn(&script)));
        assert!(
            outcome.usage.user >= Duration::from_millis(90),
            "{outcome:?}"
        );
        place.assert_empty(held);
    }
}

#[test]
fn many_shims_at_once_do_not_disturb_each_other() {
    std::thread::scope(|scope| {
        for code in 0..16 {
            scope.spawn(move || {
                let script = format!("setsid sleep 1000 & echo {code}; exit {code}");
                let outcome = run(&shell(&script).shim(shim()));
                assert_eq!(outcome.end, End::Exited(code));
                assert_eq!(outcome.stdout.to_text(), format!("{code}\n"));
                assert!(!outcome.output_abandoned);
            });
        }
    });
}

#[test]
fn a_run_within_a_run_is_held_too() {
    if !has_cgroup() {
        return;
    }
    // The inner group is one beneath the outer, which goes with all that is in it.
    let script = "read -r own </proc/self/cgroup; own=$(sed -n 's/^0:://p' /proc/self/cgroup); \
                  for at in /sys/fs/cgroup /sys/fs/cgroup/unified; do \
                  mkdir $at$own/inner 2>/dev/null && echo 0 >$at$own/inner/cgroup.procs; done; \
                  setsid LONG & :";
    let place = Place::new();
    let outcome = run(&Held::ShimAndCgroup.prepare(place.spawn(script)));
    assert!(outcome.success(), "{outcome:?}");
    place.assert_empty(Held::ShimAndCgroup);
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .unwrap();
    for mount in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
        let Ok(entries) = std::fs::read_dir(format!("{mount}{own}")) else {
            continue;
        };
        for entry in entries.flatten() {
            assert!(!entry.path().join("inner").exists(), "{:?}", entry.path());
        }
    }
}
