//! Running the program in a repository of its own.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A repository with one commit, in which the program runs.
pub struct Place {
    directory: TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        let place = Self {
            directory: TempDir::new().expect("a temporary directory can be made"),
        };
        fs::create_dir(place.path("project")).expect("a directory can be made");
        place.git(&["init", "--quiet", "--initial-branch=main"]);
        fs::write(place.work().join("readme"), "one\n").expect("a file can be written");
        place.git(&["add", "--all"]);
        place.git(&["commit", "--quiet", "--message", "First"]);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        let directory = fs::canonicalize(self.directory.path()).expect("it was made");
        directory.join(name)
    }

    pub fn work(&self) -> PathBuf {
        self.path("project")
    }

    pub fn slot(&self, number: u32) -> PathBuf {
        self.work().join(".worktrees/s").join(number.to_string())
    }

    /// Runs git without the configuration of whoever runs the tests, and returns what it printed.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self
            .clean(Command::new("git"))
            .args(arguments)
            .current_dir(self.work())
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Tess Ter")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "t@example.com")))
            .output()
            .expect("git starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("git prints UTF-8")
    }

    fn clean(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("USER", "tess")
            .stdin(Stdio::null());
        command
    }

    /// The program in the repository.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_ftc-worktree")));
        command.args(arguments).current_dir(self.work());
        command
    }

    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Run {
        Run::from(
            self.command(arguments)
                .output()
                .expect("the program starts"),
        )
    }

    pub fn run_in(&self, directory: &Path, arguments: &[&str]) -> Run {
        let output = self.command(arguments).current_dir(directory).output();
        Run::from(output.expect("the program starts"))
    }

    /// The document of a run that must succeed.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        serde_json::from_str(&run.stdout).expect("the answer is JSON")
    }

    /// A shell that sees the program as `ftc-worktree`.
    pub fn shell(&self, script: &str) -> Run {
        let program = Path::new(env!("CARGO_BIN_EXE_ftc-worktree"));
        let beside = program.parent().expect("a program is in a directory");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(
            std::iter::once(beside.to_owned()).chain(std::env::split_paths(&path)),
        );
        let output = self
            .clean(Command::new("sh"))
            .args(["-euc", script])
            .env("PATH", path.expect("no directory has a colon"))
            .current_dir(self.work())
            .output();
        Run::from(output.expect("a shell starts"))
    }
}

impl From<std::process::Output> for Run {
    fn from(output: std::process::Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
        Self {
            code: output.status.code().expect("the program is not killed"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
