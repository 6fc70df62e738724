//! A machine on which `ftc` is installed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// `ftc` in a directory of its own, a repository to work in, a home and a directory for `PATH`.
pub struct Installation {
    root: TempDir,
}

/// Installs a shell script.
pub fn script(program: &Path, body: &str) {
    executable(program, &format!("#!/bin/sh\n{body}\n"));
}

/// Installs an executable file. A child writes it, so that no test ever has it open for writing: it could then not be
/// started while a child of another test still holds it.
pub fn executable(program: &Path, text: &str) {
    let status = Command::new("/bin/sh")
        .args(["-c", r#"printf %s "$2" > "$1" && chmod +x "$1""#, "sh"])
        .args([program.as_os_str(), text.as_ref()])
        .status()
        .expect("every system has a shell");
    assert!(status.success());
}

/// What a program did.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Installation {
    pub fn new() -> Self {
        // Beside the build, so that the program can be linked instead of copied: a copy could still be open for writing
        // in a child of another test, and could then not be started.
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("cargo makes the directory");
        let installation = Self { root };
        for directory in [
            installation.bin(),
            installation.path(),
            installation.repository().join(".git"),
        ] {
            fs::create_dir_all(directory).expect("it is new");
        }
        fs::create_dir_all(installation.user_file().parent().expect("it has one"))
            .expect("it is new");
        fs::hard_link(env!("CARGO_BIN_EXE_ftc"), installation.bin().join("ftc"))
            .expect("same file system");
        installation
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn bin(&self) -> PathBuf {
        self.root().join("bin")
    }

    pub fn path(&self) -> PathBuf {
        self.root().join("path")
    }

    pub fn repository(&self) -> PathBuf {
        self.root().join("repository")
    }

    pub fn user_file(&self) -> PathBuf {
        self.root().join("home/.config/ftc/config.toml")
    }

    /// `ftc` with these arguments, for tests that do more with it than run it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.bin().join("ftc"));
        command
            .args(args)
            .current_dir(self.repository())
            .env_clear()
            .env("HOME", self.root().join("home"))
            .env("PATH", self.path());
        command
    }

    /// Runs `ftc` with these arguments and further variables.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)], stdin: &str) -> Outcome {
        let mut child = self
            .command(args)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ftc is installed");
        // A program that does not read its input has closed it, and that is no concern of these tests.
        drop(
            child
                .stdin
                .take()
                .expect("it is piped")
                .write_all(stdin.as_bytes()),
        );
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes| {
            let text = String::from_utf8(bytes).expect("our output is UTF-8");
            text.replace(
                self.root().to_str().expect("temporary names are UTF-8"),
                "ROOT",
            )
        };
        Outcome {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Runs `ftc` with these arguments.
    pub fn run(&self, args: &[&str]) -> Outcome {
        self.run_with(args, &[], "")
    }
}
