//! A repository with gates, and a person with a home.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ftc_durable::Digest;
use tempfile::TempDir;

pub struct Project {
    root: TempDir,
}

/// What a run of the program gave. The machine's own directory is `ROOT`, and what differs from run to run is masked.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A gate file with these gates, each a line of YAML in braces.
pub fn gates(gates: &[&str]) -> String {
    let lines = gates.iter().map(|gate| format!("  - {{{gate}}}\n"));
    ["version: 1\ngates:\n".to_owned()]
        .into_iter()
        .chain(lines)
        .collect()
}

impl Project {
    /// A repository without a commit.
    pub fn empty() -> Self {
        let root = TempDir::new().expect("a temporary directory can be made");
        let project = Self { root };
        fs::create_dir_all(project.path("")).expect("it is new");
        fs::create_dir_all(project.home()).expect("it is new");
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project
    }

    /// A repository whose one commit has this gate file.
    pub fn new(gate_file: &str) -> Self {
        let project = Self::empty();
        project.write("gates.yaml", gate_file);
        project.commit("Add gates");
        project
    }

    /// The same, and its gate file is trusted.
    pub fn trusted(gate_file: &str) -> Self {
        let project = Self::new(gate_file);
        project.trust(gate_file);
        project
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join("project").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the project")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Somebody",
                "-c",
                "user.email=somebody@example.com",
            ])
            .args(args)
            .current_dir(self.path(""))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.home())
            .output()
            .expect("the tests need git");
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout)
            .expect("git prints UTF-8")
            .trim()
            .to_owned()
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    pub fn commit_gates(&self, gate_file: &str) {
        self.write("gates.yaml", gate_file);
        self.commit("Change the gates");
    }

    /// Writes what `ftc trust` would.
    pub fn trust(&self, gate_file: &str) {
        let directory = self.home().join(".local/state/ftc");
        fs::create_dir_all(&directory).expect("it can be made");
        let digest = Digest::of_content(gate_file.as_bytes());
        let text = format!(
            r#"{{"schema": "ftc.trust/1", "trusted": [{{"digest": "{digest}", "origin": "a test", "since": "2026-01-01T00:00:00Z"}}]}}"#
        );
        fs::write(directory.join("trust.json"), text).expect("it can be written");
    }

    pub fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// The program, to be started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ftc-gate"));
        command
            .args(args)
            .current_dir(self.path(""))
            .env_clear()
            .env("HOME", self.home())
            .env(
                "PATH",
                std::env::var_os("PATH").expect("tests have a search path"),
            );
        command
    }

    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let output = self
            .command(args)
            .envs(variables.iter().copied())
            .output()
            .expect("the program starts");
        let root = self.root().canonicalize().expect("it exists");
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .expect("our output is UTF-8")
                .replace(root.to_str().expect("temporary names are UTF-8"), "ROOT")
                .replace(
                    self.root().to_str().expect("temporary names are UTF-8"),
                    "ROOT",
                )
        };
        Run {
            code: output.status.code().expect("the program is not killed"),
            out: without_shortfalls(&masked(&text(output.stdout))),
            err: text(output.stderr),
        }
    }
}

/// Kernels differ in what they can confine, and the program says so.
fn without_shortfalls(text: &str) -> String {
    let mut lines = text.split_inclusive('\n').peekable();
    let mut rest = String::new();
    while let Some(line) = lines.next() {
        if line.trim_start() == "not all gates could be confined wholly:\n" {
            while lines.next_if(|line| line.starts_with("    ")).is_some() {}
        } else {
            rest.push_str(line);
        }
    }
    rest
}

/// Durations and names of run directories, as words.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut word = String::new();
    for character in text.chars() {
        if [' ', '\n', '/'].contains(&character) {
            masked.push_str(mask(&word));
            masked.push(character);
            word.clear();
        } else {
            word.push(character);
        }
    }
    masked + mask(&word)
}

fn mask(word: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = word.strip_suffix('s').and_then(|word| word.split_once('.'));
    let moment = word.strip_suffix('Z').and_then(|word| word.split_once('T'));
    if seconds.is_some_and(|(whole, part)| digits(whole) && digits(part)) {
        "TIME"
    } else if moment.is_some_and(|(date, time)| digits(date) && digits(time)) {
        "RUN"
    } else {
        word
    }
}
