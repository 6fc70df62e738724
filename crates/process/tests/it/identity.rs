use std::fs;

use ftc_process::{Liveness, ProcessIdentity};

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
