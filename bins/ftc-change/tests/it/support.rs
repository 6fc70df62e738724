//! A repository with a policy, a worktree that an agent edits, and a checkout that is changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What most tests are judged by.
pub const POLICY: &str = "\
version: 1
executor:
  allowed_paths: ['src/**', 'docs/**']
  forbidden_paths: ['*.pem']
  require_verification_for_risk: []
  require_health_checks_for_risk: []
  risk:
    rules:
      - {id: r-schema, when: {paths: ['src/schema/**']}, at_least: MEDIUM}
      - {id: r-core, when: {paths: ['src/core/**']}, at_least: HIGH}
    approvals: {LOW: 0, MEDIUM: 1, HIGH: 1, CRITICAL: 2}
";

/// `hub` is the repository, `hub/work` does not exist; `agent` and `live` are worktrees of it at the first commit.
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
        Self::with_policy(Some(POLICY))
    }

    pub fn with_policy(policy: Option<&str>) -> Self {
        let place = Self {
            directory: TempDir::new().expect("a temporary directory can be made"),
        };
        place.git(".", &["init", "-q", "-b", "main", "hub"]);
        place.write("hub/src/lib.rs", "pub fn one() -> u32 {\n    1\n}\n");
        place.write("hub/src/old.rs", "// old\n");
        place.write("hub/docs/page.md", "A page.\r\n");
        place.write("hub/src/schema/a.sql", "create table a (id int);\n");
        place.write("hub/src/core/a.rs", "// core\n");
        if let Some(policy) = policy {
            place.write("hub/ftc-policy.yaml", policy);
        }
        place.git("hub", &["add", "."]);
        place.git("hub", &["commit", "-q", "-m", "first"]);
        for worktree in ["agent", "live"] {
            place.git(
                "hub",
                &[
                    "worktree",
                    "add",
                    "-q",
                    "--detach",
                    &format!("../{worktree}"),
                ],
            );
        }
        place
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below the place")).expect("it can be made");
        fs::write(path, content).expect("a file can be written");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(self.path(directory))
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git starts");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .expect("git prints text")
            .trim_end()
            .to_owned()
    }

    /// Runs the program in the place, without the environment of whoever runs the tests but for `PATH`.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let output = Command::new(env!("CARGO_BIN_EXE_ftc-change"))
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("USER", "ada")
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
        Run {
            code: output.status.code().expect("the program is not killed"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// `check` of what the agent did, with a bundle.
    pub fn check(&self, arguments: &[&str]) -> Run {
        let mut all = vec![
            "check",
            "--repository",
            "hub",
            "--from",
            "agent",
            "--out",
            "bundle",
        ];
        all.extend(arguments);
        self.run(&all)
    }

    pub fn apply(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["apply", "bundle", "--to", "live"];
        all.extend(arguments);
        self.run(&all)
    }

    /// What git sees in the live checkout.
    pub fn status(&self) -> String {
        self.git("live", &["status", "--porcelain", "-uall"])
    }
}

impl Run {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
