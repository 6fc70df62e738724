//! Running the program in a directory of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A log of go test with one failure.
pub const FAILING: &str = "\
=== RUN   TestLease
    lease_test.go:41: lease expired after 31ms
--- FAIL: TestLease (0.01s)
=== RUN   TestElection
--- PASS: TestElection (0.00s)
FAIL
FAIL\texample.com/lease\t0.014s
FAIL
";

/// A log of go test in which everything passed.
pub const PASSING: &str = "\
=== RUN   TestLease
--- PASS: TestLease (0.00s)
PASS
ok  \texample.com/lease\t0.011s
";

/// A directory with inputs, in which the program runs.
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
        Self {
            directory: TempDir::new().expect("a temporary directory can be made"),
        }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, and the directories that it needs.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below the place"))
            .expect("a directory can be made");
        fs::write(path, content).expect("a file can be written");
        self
    }

    /// The program, without the environment of whoever runs the tests.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ftc-scan"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("HOME", self.path("home"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Run {
        Run::from(
            self.command(arguments)
                .output()
                .expect("the program starts"),
        )
    }

    /// Runs it with `input` on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("it was piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("the program ends");
        // A program that refuses its input need not read it all.
        drop(writer.join().expect("the writer does not panic"));
        Run::from(output)
    }

    /// The objects of `--format jsonl`, whatever the exit code.
    pub fn jsonl(&self, arguments: &[&str]) -> Vec<Value> {
        self.run(&[&["--format", "jsonl"], arguments].concat())
            .jsonl()
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

impl Run {
    pub fn jsonl(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("the answer is JSON")
    }

    /// Insists that this one input could not be read for this reason, and that nothing else is said.
    #[track_caller]
    pub fn assert_refused(&self, message: &str) {
        assert_eq!(self.code, 2, "{self:?}");
        assert!(
            self.stderr.starts_with(&format!("error: {message}\n")),
            "{}",
            self.stderr
        );
        assert_eq!(self.stderr.matches("error: ").count(), 1, "{}", self.stderr);
    }
}

/// The names of the files in an answer.
pub fn files(objects: &[Value]) -> Vec<&str> {
    objects
        .iter()
        .map(|object| object["file"].as_str().expect("a file has a name"))
        .collect()
}

/// The tests that failed in a file.
pub fn tests(object: &Value) -> Vec<&str> {
    let failures = object["failures"].as_array().expect("a file has failures");
    failures
        .iter()
        .map(|failure| failure["test"].as_str().unwrap_or("(none)"))
        .collect()
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(content)
        .expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// A zip archive of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("the name is free");
        writer
            .write_all(content)
            .expect("a vector takes everything");
    }
    writer
        .finish()
        .expect("a vector takes everything")
        .into_inner()
}
