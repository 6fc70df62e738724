//! The world of the demo: a project with a real race, the repository it is pushed to, a forge, people, and an agent.

use std::fs;
use std::path::{Path, PathBuf};

use ftc_cli::{CliError, Context, ExitCode};
use ftc_durable::{Digest, write_atomic};
use ftc_github::{LocalForge, LocalForgeSetup, Login, Permission};
use ftc_process::confine::Require;
use ftc_process::{ParentEnv, Spawn};
use ftc_state::{RepositoryName, StoreUrl};
use ftc_vcs::GitProgram;

use crate::args::Patch;
use crate::failed::failed;
use crate::settings::Settings;

/// The name of the repository on the forge.
const NAME: &str = "demo/mirrors";
/// Who the cleaner is there.
const BOT: &str = "ftc-bot";
/// Who maintains the project.
pub const MAINTAINER: &str = "alice";

const FILES: [(&str, &str); 7] = [
    (".gitignore", "/target\n"),
    ("Cargo.toml", include_str!("project/Cargo.toml.txt")),
    ("Cargo.lock", include_str!("project/Cargo.lock.txt")),
    ("src/lib.rs", include_str!("project/src/lib.rs.txt")),
    (
        "tests/refresh.rs",
        include_str!("project/tests/refresh.rs.txt"),
    ),
    ("gates.yaml", GATES),
    (
        "ftc-policy.yaml",
        include_str!("project/ftc-policy.yaml.txt"),
    ),
];

const GATES: &str = include_str!("project/gates.yaml.txt");

/// Where everything is.
pub struct World {
    pub root: PathBuf,
    pub git: GitProgram,
}

impl World {
    /// Makes everything in the empty folder `root`.
    pub fn make(root: &Path, patch: Patch, context: &Context) -> Result<Self, CliError> {
        let git = GitProgram::find(&context.env).map_err(failed)?;
        need_cargo(root, &context.env)?;
        let world = Self {
            root: root.to_owned(),
            git,
        };
        for (name, text) in FILES {
            write(&world.project().join(name), text)?;
        }
        world.run_git(
            &context.env,
            &world.root,
            &[
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                "origin.git",
            ],
        )?;
        let project = world.project();
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "--all"],
            &[
                "commit",
                "--quiet",
                "--message",
                "A cache that asks several mirrors",
            ],
            &["remote", "add", "origin", "../origin.git"],
            &["push", "--quiet", "origin", "main"],
        ] {
            world.run_git(&context.env, &project, arguments)?;
        }
        world.make_forge()?;
        world.write_agent(patch)?;
        world.write_configuration()?;
        Ok(world)
    }

    pub fn project(&self) -> PathBuf {
        self.root.join("project")
    }

    pub fn origin(&self) -> PathBuf {
        self.root.join("origin.git")
    }

    pub fn forge_directory(&self) -> PathBuf {
        self.root.join("forge")
    }

    pub fn configuration(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// The digest of the gate file, which the demo wrote itself and therefore trusts.
    pub fn gate_file() -> Digest {
        Digest::of_content(GATES.as_bytes())
    }

    /// The forge in the eyes of `login`.
    pub fn forge_of(&self, login: &str) -> Result<LocalForge, CliError> {
        let login = Login::new(login).map_err(CliError::usage)?;
        LocalForge::open(&self.forge_directory(), login, &self.git).map_err(failed)
    }

    /// What `config.toml` says, without the detour.
    pub fn settings(&self) -> Result<Settings, CliError> {
        let store = format!("sqlite:{}", self.root.join("store.db").display());
        Ok(Settings {
            directory: self.project(),
            repository: Some(RepositoryName::new(NAME).map_err(CliError::usage)?),
            forge: self.forge_directory(),
            login: BOT.to_owned(),
            store: store.parse::<StoreUrl>().map_err(CliError::usage)?,
            base: "main".to_owned(),
            remote: None,
            source: None,
            gate: None,
            scope: vec!["src/**".to_owned(), "tests/**".to_owned()],
            agent: Some(self.root.join("agent.toml")),
            state_directory: self.root.join("state"),
            work: self.root.join("work"),
            confinement: Some(Require::BestEffort),
            readable: Vec::new(),
            writable: Vec::new(),
        })
    }

    fn make_forge(&self) -> Result<(), CliError> {
        let login = |name: &str| Login::new(name).map_err(CliError::usage);
        let setup = LocalForgeSetup {
            repository: NAME.to_owned(),
            branches: self.origin(),
            default_branch: "main".to_owned(),
            people: vec![
                (login(MAINTAINER)?, Permission::Maintain),
                (login(BOT)?, Permission::Write),
            ],
        };
        LocalForge::init(&self.forge_directory(), &setup, &self.git).map_err(failed)?;
        Ok(())
    }

    /// The scripted agent is this very program, started like any other agent.
    fn write_agent(&self, patch: Patch) -> Result<(), CliError> {
        let program =
            std::env::current_exe().map_err(|error| CliError::new(ExitCode::Usage, error))?;
        let word = match patch {
            Patch::Good => "good",
            Patch::Wrong => "wrong",
            Patch::DeleteTest => "delete-test",
        };
        let argv = [
            program.to_string_lossy().as_ref(),
            "demo-agent",
            "--patch",
            word,
            "{prompt_file}",
        ]
        .map(toml_text)
        .join(", ");
        let text = format!(
            "# The coding agent of this story. Put another one in its place, and it gets the same prompt.\n\
             name = \"scripted\"\nargv = [{argv}]\ntimeout = \"2m\"\n"
        );
        write(&self.root.join("agent.toml"), &text)
    }

    fn write_configuration(&self) -> Result<(), CliError> {
        let path = |path: &Path| toml_text(path.to_string_lossy());
        let text = format!(
            "# `ftc-clean --config FILE ...` and `ftc --config FILE forge ...` work on this story with it.\n\
             repository = {}\nstore = {}\nforge = {}\n\n[clean]\ndirectory = {}\nagent = {}\nscope = \"src/**,tests/**\"\nwork = {}\n",
            toml_text(NAME),
            toml_text(format!("sqlite:{}", self.root.join("store.db").display())),
            toml_text(format!("local:{}", self.forge_directory().display())),
            path(&self.project()),
            path(&self.root.join("agent.toml")),
            path(&self.root.join("work")),
        );
        write(&self.configuration(), &text)
    }

    /// Runs git as a person of the story would, with no configuration but the story's.
    fn run_git(
        &self,
        env: &ParentEnv,
        directory: &Path,
        arguments: &[&str],
    ) -> Result<(), CliError> {
        let argv = std::iter::once(self.git.path().as_os_str())
            .chain(arguments.iter().map(std::ffi::OsStr::new));
        let mut spawn = Spawn::new(argv)
            .inherit_from(env)
            .directory(directory)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            spawn = spawn
                .env(format!("GIT_{role}_NAME"), MAINTAINER)
                .env(format!("GIT_{role}_EMAIL"), "alice@example.com");
        }
        let outcome = spawn.run().map_err(failed)?;
        if outcome.success() {
            return Ok(());
        }
        let words = outcome.stderr.to_text();
        Err(CliError::usage(format!(
            "git {} failed: {}",
            arguments.join(" "),
            words.trim()
        )))
    }
}

/// What the gates of the demo pass on, so that a toolchain in an unusual place is found.
const TOOLCHAIN: [&str; 3] = ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

/// The tests of the demo are Rust. Without a toolchain nothing is begun.
fn need_cargo(root: &Path, env: &ParentEnv) -> Result<(), CliError> {
    let mut spawn = Spawn::new(["cargo", "--version"])
        .inherit_from(env)
        .directory(root);
    for name in TOOLCHAIN {
        if let Some(value) = env.var(name) {
            spawn = spawn.env(name, value);
        }
    }
    let why = match spawn.run() {
        Ok(outcome) if outcome.success() => return Ok(()),
        Ok(outcome) => outcome.stderr.to_text().trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(CliError::usage(format!(
        "the demo needs a Rust toolchain, and `cargo --version` does not run: {why}"
    ))
    .hint("install one, see https://rustup.rs, or add its directory to `PATH`"))
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| {
        CliError::usage(format!("failed to make `{}`: {error}", folder.display()))
    })?;
    write_atomic(path, text.as_bytes()).map_err(CliError::usage)
}

fn toml_text(text: impl AsRef<str>) -> String {
    toml::Value::String(text.as_ref().to_owned()).to_string()
}
