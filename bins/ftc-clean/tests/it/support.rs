//! A folder with everything that the program meets: a repository and its origin, a forge, a store, an agent, a configuration.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ftc_durable::Digest;
use ftc_github::{
    IssueNumber, LocalForge, LocalForgeSetup, Login, MergeOptions, Permission, ReviewState,
};
use ftc_process::ParentEnv;
use ftc_state::{Lifecycle, PageRequest, RepositoryName, Store, StoreUrl};
use ftc_vcs::{GitProgram, Repository};
use serde_json::Value;
use tempfile::TempDir;

pub const MAINTAINER: &str = "alice";
pub const BOT: &str = "ftc-bot";
const NAME: &str = "demo/mirrors";

/// What a run of the program gave.
#[derive(Debug)]
pub struct Run {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
        Self {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// The program in `directory` with nothing of the environment but where programs are.
pub fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ftc-clean"));
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", path())
        .env("HOME", directory.join("home"))
        .stdin(Stdio::null());
    command
}

pub fn run(command: &mut Command) -> Run {
    Run::from(command.output().expect("the program starts"))
}

fn path() -> String {
    ParentEnv::capture()
        .var("PATH")
        .expect("tests have a PATH")
        .to_owned()
}

/// The world.
pub struct World {
    root: TempDir,
    git: GitProgram,
    gates: Digest,
}

impl World {
    /// A world with these files in its repository, `gates.yaml` among them.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let root = TempDir::new().expect("a temporary folder can be made");
        let git = GitProgram::find(&ParentEnv::capture()).expect("git is there");
        let gates = files.iter().find(|(name, _)| *name == "gates.yaml");
        let gates = Digest::of_content(gates.expect("there are gates").1.as_bytes());
        let world = Self { root, git, gates };
        for (name, text) in files {
            world.write(&format!("project/{name}"), text);
        }
        Repository::init_bare(&world.path("origin.git"), "main", &world.git).unwrap();
        let project = world.path("project");
        for arguments in [
            &["init", "-q", "--initial-branch=main"][..],
            &["add", "--all"],
            &["commit", "-q", "-m", "A cache that asks several mirrors"],
            &["push", "-q", "../origin.git", "main"],
        ] {
            Self::git(&project, arguments);
        }
        world.make_forge();
        world.write("agent.toml", AGENT);
        fs::create_dir(world.path("counted")).unwrap();
        world.configure();
        world
    }

    /// The world of the scripted story: a test that passes at every fourth run, and an agent that mends it.
    pub fn scripted() -> Self {
        Self::new(&[
            ("run-tests.sh", SCRIPT),
            ("src/mode", "racy\n"),
            ("gates.yaml", GATES),
            ("ftc-policy.yaml", POLICY),
        ])
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below the root")).unwrap();
        fs::write(path, text).unwrap();
    }

    fn make_forge(&self) {
        let setup = LocalForgeSetup {
            repository: NAME.to_owned(),
            branches: self.path("origin.git"),
            default_branch: "main".to_owned(),
            people: vec![
                (login(MAINTAINER), Permission::Maintain),
                (login(BOT), Permission::Write),
            ],
        };
        LocalForge::init(&self.path("forge"), &setup, &self.git).unwrap();
    }

    fn configure(&self) {
        let root = self.root.path().display();
        let text = format!(
            "repository = \"{NAME}\"\nstore = \"sqlite:{root}/store.db\"\nforge = \"local:{root}/forge\"\n\n[clean]\n\
             directory = \"{root}/project\"\nagent = \"{root}/agent.toml\"\nscope = \"src/**\"\nwork = \"{root}/work\"\n"
        );
        self.write("person.toml", &text);
    }

    fn git(directory: &Path, arguments: &[&str]) {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("PATH", path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Alice")
                .env(format!("GIT_{role}_EMAIL"), "alice@example.com");
        }
        let run = run(&mut command);
        assert_eq!(run.code, Some(0), "git {arguments:?}: {}", run.stderr);
    }

    /// The program with this world's configuration, by a person who trusts its gates.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.root.path(), &[]);
        command
            .arg("--config")
            .arg(self.path("person.toml"))
            .args(arguments)
            .env("FTC_TRUST", self.gates.to_string())
            .env("FTC_COUNTER", self.path("counted/runs"));
        if arguments.contains(&"--once") {
            // The scripted tests remember how often they ran.
            command.arg("--write").arg(self.path("counted"));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }

    /// The same; anything but success fails the test.
    pub fn done(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        run
    }

    pub fn forge_of(&self, name: &str) -> LocalForge {
        LocalForge::open(&self.path("forge"), login(name), &self.git).unwrap()
    }

    pub fn approve(&self) {
        let issue = IssueNumber(self.lifecycle().issue.expect("there is an issue"));
        let forge = self.forge_of(MAINTAINER);
        forge.approve(issue, &login(MAINTAINER)).unwrap();
    }

    pub fn ask_for_changes(&self) {
        let forge = self.forge_of(MAINTAINER);
        let state = ReviewState::ChangesRequested;
        forge
            .review(self.pull(), &login(MAINTAINER), state, "Please say why.")
            .unwrap();
    }

    pub fn merge(&self) {
        let forge = self.forge_of(MAINTAINER);
        let by = login(MAINTAINER);
        forge
            .review(self.pull(), &by, ReviewState::Approved, "")
            .unwrap();
        forge
            .merge(self.pull(), &by, &MergeOptions::default())
            .unwrap();
    }

    fn pull(&self) -> IssueNumber {
        IssueNumber(self.lifecycle().pull.expect("there is a pull request"))
    }

    pub fn store(&self) -> Box<dyn Store> {
        ftc_state::open(&StoreUrl::sqlite(self.path("store.db"))).unwrap()
    }

    /// The only lifecycle.
    pub fn lifecycle(&self) -> Lifecycle {
        let name = RepositoryName::new(NAME).unwrap();
        let page = self
            .store()
            .list_lifecycles(&name, &PageRequest::first(10))
            .unwrap();
        let [lifecycle] = page.items.as_slice() else {
            panic!("{page:?}");
        };
        lifecycle.clone()
    }

    /// Plays the whole story.
    pub fn finished(self) -> Self {
        self.done(&["--once", "--source", "runs:4"]);
        self.approve();
        self.done(&["--once"]);
        self.merge();
        self.done(&["--once"]);
        self
    }
}

pub fn login(name: &str) -> Login {
    Login::new(name).unwrap()
}

/// Mends the race; when that is done, writes a comment.
const AGENT: &str = r#"name = "script"
argv = ["sh", "-c", '''
if [ "$(cat src/mode)" = fixed ]; then echo "Answers come in any order." >>src/notes; else echo fixed >src/mode; fi
''', "sh", "{prompt_file}"]
"#;

const GATES: &str = r#"version: 1
gates:
  - id: test
    argv: [sh, run-tests.sh]
    timeout: 1m
    env:
      pass: [FTC_COUNTER]
    rerun: [sh, run-tests.sh, "{test}"]
"#;

const POLICY: &str = "version: 1\nexecutor:\n  allowed_paths: [\"src/**\"]\n";

const SCRIPT: &str = r#"count=$(($(cat "$FTC_COUNTER" 2>/dev/null || echo 0) + 1))
echo "$count" >"$FTC_COUNTER"
printf '\nrunning 1 test\n'
if [ "$(cat src/mode)" = fixed ] || [ $((count % 4)) = 0 ]; then
    printf 'test refresh_keeps_the_newest ... ok\n\n'
    printf 'test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n'
    exit 0
fi
printf 'test refresh_keeps_the_newest ... FAILED\n\nfailures:\n\n---- refresh_keeps_the_newest stdout ----\n\n'
printf 'thread '\''refresh_keeps_the_newest'\'' panicked at src/cache.rs:4:5:\nthe cache keeps an old answer\n\n\n'
printf 'failures:\n    refresh_keeps_the_newest\n\n'
printf 'test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n'
exit 101
"#;
