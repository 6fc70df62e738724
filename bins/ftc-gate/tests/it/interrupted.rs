//! Ctrl-C.

use std::process::{Child, Stdio};

use ftc_process::{ParentEnv, Spawn};
use ftc_testkit::pipe::Pipe;

use crate::project::{Project, gates};

const SLEEPS: &str = "id: sleeps, argv: [sh, -c, \"trap '' INT TERM; exec 3>alive; setsid sleep 600 & echo started >&3; sleep 600\"]";

fn signal(child: &Child, name: &str) {
    let sent = Spawn::new(["sh", "-c", &format!("kill -{name} {}", child.id())])
        .inherit_from(&ParentEnv::capture())
        .run()
        .expect("a shell starts");
    assert!(sent.success());
}

fn answers(project: &Project) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(project.path(".ftc/gates"))
        .expect("a run has begun")
        .map(|entry| entry.expect("it can be listed").path())
        .map(|run| run.join("gate-run.json"))
        .collect()
}

#[test]
fn the_program_alone_is_interrupted_and_nothing_is_left_of_the_gate() {
    ftc_testkit::signals::let_children_hear();
    let project = Project::trusted(&gates(&[SLEEPS, "id: second, argv: [touch, second]"]));
    let mut pipe = Pipe::make(&project.path("alive"));
    let child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    pipe.wait();
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: the gate run was interrupted\n"
    );
    assert_eq!(pipe.read_until_nobody_is_left(), "tarted\n");
    assert!(!project.path("second").exists());
    assert!(answers(&project).iter().all(|answer| !answer.exists()));
}

/// SIGKILL cannot be handled, so it is the shim that notices.
#[test]
fn the_program_is_killed_and_nothing_is_left_of_the_gate() {
    let project = Project::trusted(&gates(&[SLEEPS]));
    let mut pipe = Pipe::make(&project.path("alive"));
    let mut child = project.command(&["run"]).spawn().unwrap();
    pipe.wait();
    child.kill().unwrap();
    child.wait().unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(pipe.read_until_nobody_is_left(), "tarted\n");
    }
}
