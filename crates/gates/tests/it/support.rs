//! What the tests share.

use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ftc_gates::{
    FailedTest, GateFile, GateId, GateResult, GateRun, GateSpec, LogEvidence, LogReader,
    RunContext, run, run_gate,
};
use ftc_process::confine::Profile;
use ftc_process::{Confinement, ParentEnv, Shim};
use ftc_testkit::pipe::Pipe;
use tempfile::TempDir;

/// Any object id will do where nobody looks at git.
pub const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// A worktree, and a directory for what runs leave.
pub struct Place {
    root: TempDir,
    pub env: ParentEnv,
}

impl Place {
    pub fn new() -> Self {
        let root = TempDir::new().expect("a temporary directory can be made");
        fs::create_dir(root.path().join("worktree")).expect("it is new");
        Self {
            root,
            env: ParentEnv::capture(),
        }
    }

    /// A place whose gates can only inherit these variables and the search path of this machine.
    pub fn with_env(variables: &[(&str, &str)]) -> Self {
        let machine = ParentEnv::capture();
        let path = machine.var("PATH").expect("tests have a search path");
        let env = [("PATH", path)].iter().chain(variables).copied().collect();
        Self { env, ..Self::new() }
    }

    pub fn outside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn worktree(&self) -> PathBuf {
        self.root.path().join("worktree")
    }

    pub fn artifacts(&self) -> PathBuf {
        self.root.path().join("artifacts")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.worktree().join(name)
    }

    /// Writes a file into the worktree, and the directories that it needs.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the worktree"))
            .expect("a directory can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Runs one gate in a context that the test may change.
    pub fn run_gate_in(
        &self,
        spec: &GateSpec,
        change: impl FnOnce(&mut RunContext<'_>),
    ) -> GateResult {
        let (worktree, artifacts) = (self.worktree(), self.artifacts());
        let mut context = RunContext::new(&worktree, TREE, &self.env, &artifacts);
        context.reader = Some(&Reader);
        change(&mut context);
        run_gate(spec, &spec.argv, &context).expect("the gate can be run")
    }

    pub fn run_gate(&self, spec: &GateSpec) -> GateResult {
        self.run_gate_in(spec, |_| ())
    }

    /// Runs the gates of a file.
    pub fn run(&self, text: &str) -> GateRun {
        let (worktree, artifacts) = (self.worktree(), self.artifacts());
        let context = RunContext::new(&worktree, TREE, &self.env, &artifacts);
        run(&file(text), &context).expect("the gates can be run")
    }
}

/// Reads the log of the tool that the tests play: `ran N` and `failed NAME`, and `unreadable` makes it give up.
pub struct Reader;

impl LogReader for Reader {
    fn read(&self, log: &mut dyn Read) -> Result<LogEvidence, Box<dyn Error + Send + Sync>> {
        let mut text = String::new();
        log.read_to_string(&mut text)?;
        let mut tests_run = None;
        let mut failed = Vec::new();
        let mut retried = Vec::new();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("ran", count)) => tests_run = Some(count.parse()?),
                Some(("retried", name)) => retried.push(name.to_owned()),
                Some(("failed", name)) => failed.push(FailedTest::new(
                    Some(name.to_owned()),
                    Some(format!("fp-{name}")),
                    "it failed",
                )),
                _ if line == "unreadable" => return Err("the log makes no sense".into()),
                _ => {}
            }
        }
        Ok(LogEvidence::new(tests_run, failed).with_passed_on_retry(retried))
    }
}

/// A gate that runs a shell script, which is the shortest way to a program that behaves in a certain way.
pub fn script(script: &str) -> GateSpec {
    GateSpec::new(id("unit"), ["sh", "-c", script])
}

pub fn id(name: &str) -> GateId {
    GateId::new(name).expect("it is a gate id")
}

#[track_caller]
pub fn file(text: &str) -> GateFile {
    GateFile::parse(text, "gates.yaml").expect("the gate file is right")
}

/// The message, and the hints, of a gate file that cannot be used.
#[track_caller]
pub fn complaint(text: &str) -> String {
    let error = GateFile::parse(text, "gates.yaml").expect_err("the file is wrong");
    assert!(!error.is_retryable());
    let hints = error
        .hints()
        .into_iter()
        .map(|hint| format!("\nhint: {hint}"));
    [error.to_string()].into_iter().chain(hints).collect()
}

/// Outcome and reasons in one text.
pub fn shown(result: &GateResult) -> String {
    [result.outcome.to_string()]
        .into_iter()
        .chain(result.reasons.iter().map(|reason| format!("\n{reason}")))
        .collect()
}

pub fn log(result: &GateResult) -> String {
    read(result.log.as_deref().expect("it has a log"))
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Who holds the children of these tests.
pub fn shim() -> Shim {
    ftc_testkit::shim::example("gates-shim")
}

impl Place {
    /// Runs one gate with a shim and the confinement of gates.
    pub fn run_confined(&self, spec: &GateSpec) -> GateResult {
        self.run_gate_in(spec, |context| {
            context.shim = Some(shim());
            context.confinement = Some(Confinement::new(Profile::Gate));
        })
    }

    /// A pipe at this name in the worktree, of which the test has the end to read.
    pub fn pipe(&self, name: &str) -> Pipe {
        Pipe::make(&self.path(name))
    }
}
