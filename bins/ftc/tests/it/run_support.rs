//! Commands for `ftc run`, and whether anything is left of them.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::installation::{Installation, Outcome};

/// Where the programs of every system are.
pub const SYSTEM: (&str, &str) = ("PATH", "/usr/local/bin:/usr/bin:/bin");

/// Longer than anything here takes on the slowest machine; a test that waits for so long has failed.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs `ftc run FLAGS -- sh -c SCRIPT`.
pub fn shell(installation: &Installation, flags: &[&str], script: &str) -> Outcome {
    installation.run_with(&arguments(flags, script), &[SYSTEM], "")
}

/// The same in JSON: the document and the exit code.
pub fn shell_json(
    installation: &Installation,
    flags: &[&str],
    script: &str,
) -> (Value, Option<i32>) {
    let flags = [flags, &["--format", "json"]].concat();
    let outcome = shell(installation, &flags, script);
    let document = serde_json::from_str(&outcome.out);
    let document = document.unwrap_or_else(|error| panic!("{error}: {outcome:?}"));
    (document, outcome.code)
}

/// `ftc run FLAGS -- sh -c SCRIPT` with its outputs piped, for tests that do something to it while it runs.
pub fn start(installation: &Installation, flags: &[&str], script: &str) -> Child {
    piped(installation.command(&arguments(flags, script)))
}

fn piped(mut command: Command) -> Child {
    command
        .env(SYSTEM.0, SYSTEM.1)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ftc is installed")
}

fn arguments<'a>(flags: &[&'a str], script: &'a str) -> Vec<&'a str> {
    [&["run"], flags, &["--", "sh", "-c", script]].concat()
}

/// Reads a line that the command prints.
pub fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("it is piped");
    // What is read ahead is lost, and the commands here print no more than a line.
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("it is text");
    line
}

/// A pipe with a name, which every process of a command holds open: at its end nothing is left of them.
pub struct Lifeline {
    path: PathBuf,
    ended: mpsc::Receiver<()>,
}

impl Lifeline {
    pub fn new(installation: &Installation) -> Self {
        let path = installation.root().join("lifeline");
        let status = Command::new("mkfifo").arg(&path).status();
        assert!(status.expect("every system has mkfifo").success());
        let (sender, ended) = mpsc::channel();
        let lifeline = path.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // Opening waits for the command to open the other end.
            let read = File::open(&lifeline).and_then(|mut file| file.read_to_end(&mut bytes));
            if read.is_ok() {
                // A test that has failed does not wait any longer.
                let _ = sender.send(());
            }
        });
        Self { path, ended }
    }

    /// A script that leaves children in sessions of their own, some of them orphans, says `ready` and hangs.
    pub fn tree(&self) -> String {
        format!(
            "exec 3>'{}'; trap '' TERM INT HUP; setsid sleep 600 & (setsid sh -c 'sleep 600 & sleep 600' &) ; echo ready; while :; do sleep 600; done",
            self.path.display()
        )
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until nothing is left.
    pub fn expect_end(&self) {
        self.ended
            .recv_timeout(LIMIT)
            .expect("nothing is left of the command");
    }
}
