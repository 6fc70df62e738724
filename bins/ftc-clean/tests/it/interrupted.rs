//! The program is ended, and nothing is left of what it started.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};

use ftc_process::{ParentEnv, Spawn};
use ftc_testkit::pipe::Pipe;

use crate::support::World;

const GATES: &str =
    "version: 1\ngates:\n  - {id: test, argv: [sh, hang.sh], env: {pass: [FTC_COUNTER]}}\n";

/// Listens to no signal, and leaves its process group.
const HANGS: &str = r#"trap '' INT TERM
exec 3>"${FTC_COUNTER%/*}/alive"
setsid sleep 600 &
echo started >&3
sleep 600
"#;

/// Sends a signal to this process and to no other, as a supervisor would.
fn signal(child: &Child, name: &str) {
    let sent = Spawn::new(["sh", "-c", &format!("kill -{name} {}", child.id())])
        .inherit_from(&ParentEnv::capture())
        .run()
        .unwrap();
    assert!(sent.success());
}

#[test]
fn whatever_signal_ends_the_program_ends_its_gates() {
    if !cfg!(target_os = "linux") {
        return;
    }
    ftc_testkit::signals::let_children_hear();
    for (name, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        let world = World::new(&[
            ("gates.yaml", GATES),
            ("hang.sh", HANGS),
            ("ftc-policy.yaml", "version: 1\n"),
        ]);
        let mut pipe = Pipe::make(&world.path("counted/alive"));
        let mut child = world
            .command(&["--once", "--source", "runs:1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        pipe.wait();
        signal(&child, name);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "{name}");
        assert_eq!(pipe.read_until_nobody_is_left(), "tarted\n", "{name}");
    }
}
