use std::fs;

use ftc_process::{Liveness, Process, ProcessIdentity, Signal};

use crate::support::{run, shell};

fn this_process() -> ProcessIdentity {
    ProcessIdentity::current().expect("this process is known")
}

#[test]
fn this_process_is_alive() {
    let identity = this_process();
    assert_eq!(identity.pid, std::process::id());
    assert_eq!(identity.liveness(), Liveness::Alive);
    assert_eq!(identity, this_process());
    assert_eq!(ProcessIdentity::of(identity.pid).unwrap(), Some(identity));
}

#[test]
#[cfg(target_os = "linux")]
fn it_is_what_the_system_says() {
    let outcome = run(&shell(
        "uname -n; cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/pid",
    ));
    let identity = this_process();
    assert_eq!(
        outcome.stdout.to_text(),
        format!(
            "{}\n{}\n{}\n",
            identity.host, identity.boot_id, identity.namespace
        )
    );
    assert!(identity.start_ticks > 0);
}

#[test]
fn a_process_that_has_ended_is_gone() {
    let pid = run(&shell("echo $$")).stdout.to_text();
    let mut identity = this_process();
    identity.pid = pid.trim().parse().unwrap();
    assert_eq!(identity.liveness(), Liveness::Gone);
    assert_eq!(ProcessIdentity::of(identity.pid).unwrap(), None);
}

#[test]
#[cfg(target_os = "linux")]
fn one_that_nobody_has_reaped_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    // The inner shell ends at once; its parent has become a program that does not wait for it.
    let script = "sh -c 'echo $$ >pid.new; mv pid.new pid' & exec tail -f /dev/null";
    let spawn = shell(script)
        .directory(directory.path())
        .timeout(std::time::Duration::from_secs(60));
    let path = directory.path().join("pid");
    std::thread::scope(|scope| {
        let child = scope.spawn(|| run(&spawn));
        crate::support::wait_until("the inner shell is a zombie", || {
            let Ok(pid) = fs::read_to_string(&path) else {
                return false;
            };
            fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
                .is_ok_and(|stat| stat.contains(") Z "))
        });
        let pid = fs::read_to_string(&path).unwrap().trim().parse().unwrap();
        assert_eq!(ProcessIdentity::of(pid).unwrap(), None);
        let parent = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let parent = parent
            .rsplit(") Z ")
            .next()
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        assert!(run(&shell(&format!("kill -9 {parent}"))).success());
        child.join().unwrap();
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_later_process_with_the_same_id_is_another() {
    let mut identity = this_process();
    identity.start_ticks += 1;
    assert_eq!(identity.liveness(), Liveness::Gone);
}

#[test]
#[cfg(target_os = "linux")]
fn another_boot_of_this_machine_has_none_of_its_processes() {
    let mut identity = this_process();
    identity.boot_id = "0e2f7c1a-0000-4000-8000-000000000000".to_owned();
    assert_eq!(identity.liveness(), Liveness::Gone);
}

#[test]
fn of_other_machines_and_containers_nothing_is_known() {
    let mut identity = this_process();
    identity.host.push_str("-2");
    assert_eq!(identity.liveness(), Liveness::Unknown);
    // Not even that it was rebooted: that is another boot of another machine.
    identity.boot_id.push('0');
    assert_eq!(identity.liveness(), Liveness::Unknown);

    if cfg!(target_os = "linux") {
        let mut identity = this_process();
        identity.namespace = "pid:[1]".to_owned();
        assert_eq!(identity.liveness(), Liveness::Unknown);
        identity.namespace.clear();
        assert_eq!(identity.liveness(), Liveness::Alive);
    }
}

#[test]
fn numbers_that_are_no_process_are_gone() {
    for pid in [0, i32::MAX as u32 - 1, u32::MAX] {
        assert_eq!(ProcessIdentity::of(pid).unwrap(), None, "{pid}");
    }
}

#[test]
fn it_can_be_stored() {
    let identity = this_process();
    let json = serde_json::to_string(&identity).unwrap();
    assert_eq!(
        serde_json::from_str::<ProcessIdentity>(&json).unwrap(),
        identity
    );

    let text = r#"{"pid":7,"start_ticks":9,"boot_id":"b","host":"h"}"#;
    let identity: ProcessIdentity = serde_json::from_str(text).unwrap();
    assert_eq!((identity.pid, identity.start_ticks), (7, 9));
    assert_eq!(identity.namespace, "");
}

#[cfg(target_os = "linux")]
mod held {
    use std::process::{Child, Command};
    use std::time::Duration;

    use super::{Liveness, Process, ProcessIdentity, Signal};

    type Edit = fn(&mut ProcessIdentity);

    /// A child that sleeps, killed at the end.
    struct Sleeper(Child);

    impl Sleeper {
        fn new() -> Self {
            Self(
                Command::new("sleep")
                    .arg("600")
                    .spawn()
                    .expect("the test can be prepared"),
            )
        }

        /// Of the program that it has become.
        fn exact(&self) -> ProcessIdentity {
            ProcessIdentity::exact_of(self.0.id())
                .expect("the test can be prepared")
                .expect("the test can be prepared")
        }
    }

    impl Drop for Sleeper {
        fn drop(&mut self) {
            // It is a child that sleeps: neither can fail while it is not waited for.
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_process_is_held_until_it_ends() {
        let mut sleeper = Sleeper::new();
        let identity = sleeper.exact();
        let process = Process::open(&identity).unwrap().expect("it sleeps");
        assert_eq!(process.identity(), &identity);
        assert!(!process.wait(Duration::ZERO).unwrap());
        process.signal(Signal::Term).unwrap();
        // It has ended as soon as it is a zombie.
        assert!(process.wait(Duration::from_secs(60)).unwrap());
        assert!(Process::open(&identity).unwrap().is_none());
        assert_eq!(identity.liveness(), Liveness::Gone);
        sleeper.0.wait().unwrap();
        assert!(process.wait(Duration::ZERO).unwrap());
        // Nobody gets it, whoever has the number by now.
        process.signal(Signal::Kill).unwrap();
        assert!(Process::open(&identity).unwrap().is_none());
    }

    #[test]
    fn numbers_that_are_no_process_are_not_opened() {
        for pid in [0, i32::MAX as u32 - 1, u32::MAX] {
            let mut identity = super::this_process();
            identity.pid = pid;
            assert!(Process::open(&identity).unwrap().is_none(), "{pid}");
        }
    }

    /// Weakness 11 of the executor: a dead owner's number was enough to be taken for the owner.
    #[test]
    fn executor_w11_each_part_of_an_identity_counts() {
        let sleeper = Sleeper::new();
        let identity = sleeper.exact();
        let edits: [(&str, Edit); 5] = [
            ("an earlier start", |identity| identity.start_ticks -= 1),
            ("a later start", |identity| identity.start_ticks += 1),
            ("another boot", |identity| {
                identity.boot_id = "0e2f7c1a-0000-4000-8000-000000000000".to_owned();
            }),
            ("another executable", |identity| {
                identity.executable = Some("1:1".to_owned());
            }),
            ("other arguments", |identity| {
                identity.arguments = Some("00".repeat(32));
            }),
        ];
        for (what, edit) in edits {
            let mut other = identity.clone();
            edit(&mut other);
            assert_eq!(other.liveness(), Liveness::Gone, "{what}");
            assert!(Process::open(&other).unwrap().is_none(), "{what}");
        }
        let elsewhere: [(&str, Edit); 2] = [
            ("another machine", |identity| identity.host.push_str("-2")),
            ("another container", |identity| {
                identity.namespace = "pid:[1]".to_owned();
            }),
        ];
        for (what, edit) in elsewhere {
            let mut other = identity.clone();
            edit(&mut other);
            assert_eq!(other.liveness(), Liveness::Unknown, "{what}");
            let error = Process::open(&other).unwrap_err().to_string();
            assert!(
                error.contains("cannot be told from here"),
                "{what}: {error}"
            );
        }
        assert_eq!(identity.liveness(), Liveness::Alive);
    }

    /// Weakness 8 of the loop: what was recorded was a number, and what got the signal was whoever had it.
    #[test]
    fn loop_w08_a_reused_number_gets_no_signal() {
        let mut sleeper = Sleeper::new();
        // The record of an earlier process whose number this one has got.
        let mut earlier = ProcessIdentity::of(sleeper.0.id()).unwrap().unwrap();
        earlier.start_ticks -= 100;
        assert!(Process::open(&earlier).unwrap().is_none());
        assert!(sleeper.0.try_wait().unwrap().is_none());
    }

    /// The same with a number that really is given again, by telling the kernel which one is the next.
    #[test]
    #[ignore = "needs root"]
    fn loop_w08_a_number_that_the_kernel_gives_again_gets_no_signal() {
        let (earlier, mut later) = (0..2_000)
            .find_map(|_| {
                let mut first = Command::new("sleep").arg("600").spawn().unwrap();
                let earlier = ProcessIdentity::of(first.id()).unwrap().unwrap();
                first.kill().unwrap();
                first.wait().unwrap();
                // Others may be quicker; then it is tried again.
                std::fs::write(
                    "/proc/sys/kernel/ns_last_pid",
                    (earlier.pid - 1).to_string(),
                )
                .unwrap();
                let later = Sleeper::new();
                let starts_later = || {
                    let later = ProcessIdentity::of(earlier.pid).unwrap().unwrap();
                    later.start_ticks > earlier.start_ticks
                };
                (later.0.id() == earlier.pid && starts_later()).then_some((earlier, later))
            })
            .expect("one of many attempts gets the number");
        assert_eq!(earlier.liveness(), Liveness::Gone);
        assert!(Process::open(&earlier).unwrap().is_none());
        assert!(later.0.try_wait().unwrap().is_none());
        let now = ProcessIdentity::of(earlier.pid).unwrap().unwrap();
        assert!(Process::open(&now).unwrap().is_some());
    }

    #[test]
    fn a_process_that_becomes_another_program_is_the_same_unless_it_was_to_be_exact() {
        let mut child = Command::new("sh")
            .args(["-c", "echo ready; read line; exec sleep 600"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        let identity = ProcessIdentity::of(child.id()).unwrap().unwrap();
        let exact = ProcessIdentity::exact_of(child.id()).unwrap().unwrap();
        assert_eq!(
            (identity.executable.clone(), identity.arguments.clone()),
            (None, None)
        );
        assert_eq!(exact.liveness(), Liveness::Alive);
        drop(child.stdin.take());
        crate::support::wait_until("it is another program", || {
            exact.liveness() == Liveness::Gone
        });
        assert_eq!(identity.liveness(), Liveness::Alive);
        assert!(Process::open(&identity).unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn an_exact_identity_can_be_stored() {
        let identity = ProcessIdentity::exact_of(std::process::id())
            .unwrap()
            .unwrap();
        let json = serde_json::to_string(&identity).unwrap();
        assert_eq!(
            serde_json::from_str::<ProcessIdentity>(&json).unwrap(),
            identity
        );
        assert_eq!(identity.arguments.as_ref().map(String::len), Some(64));
        assert!(identity.executable.is_some_and(|file| file.contains(':')));
        // What earlier releases read is unchanged.
        let plain = serde_json::to_string(&super::this_process()).unwrap();
        assert!(!plain.contains("executable") && !plain.contains("arguments"));
    }
}
