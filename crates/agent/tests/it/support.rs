//! What the tests share: a worktree, a folder for the run, and an agent that is a script.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ftc_agent::{
    AgentDriver, AgentError, AgentRun, AgentTask, CommandDriver, Profile, WorktreeState,
};
use ftc_process::ParentEnv;

/// A place for runs, with one file in the worktree.
pub struct Place {
    pub root: tempfile::TempDir,
    pub worktree: PathBuf,
    pub out: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder can be made");
        let path = root.path().canonicalize().expect("the test is set up");
        let worktree = path.join("worktree");
        fs::create_dir(&worktree).expect("the test is set up");
        fs::write(worktree.join("code"), "old\n").expect("the test is set up");
        fs::create_dir_all(path.join("person")).expect("the test is set up");
        Self {
            worktree,
            out: path.join("runs").join("1"),
            root,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root
            .path()
            .canonicalize()
            .expect("the test is set up")
            .join(name)
    }

    /// The environment of a person whose home is below the root.
    pub fn environment(&self, more: &[(&str, &str)]) -> ParentEnv {
        let path = ParentEnv::capture()
            .var("PATH")
            .expect("the test is set up")
            .to_owned();
        let home = self
            .path("person")
            .to_str()
            .expect("the test is set up")
            .to_owned();
        let all = [("PATH", path.as_str()), ("HOME", home.as_str())];
        all.iter().chain(more).copied().collect()
    }

    pub fn run(&self, driver: &dyn AgentDriver, prompt: &str) -> Result<AgentRun, AgentError> {
        driver.run(&AgentTask {
            worktree: &self.worktree,
            prompt,
            out: &self.out,
            watch: &Files(self.worktree.clone()),
            needs_change: true,
        })
    }

    /// Runs a profile in which `{script}` is the agent's script.
    pub fn run_script(&self, script: &str, rest: &str) -> AgentRun {
        self.run_script_in(script, rest, &[])
    }

    pub fn run_script_in(&self, script: &str, rest: &str, more: &[(&str, &str)]) -> AgentRun {
        let driver =
            CommandDriver::new(self.profile("agent", script, rest), self.environment(more));
        self.run(&driver, "do it").expect("the test is set up")
    }

    /// A profile that runs `script` with the prompt file, the worktree and the folder as arguments.
    pub fn profile(&self, name: &str, script: &str, rest: &str) -> Profile {
        let file = self.path(&format!("{name}.sh"));
        fs::write(&file, script).expect("the test is set up");
        let text = format!(
            "name = '{name}'\nargv = ['sh', '{}', '{{prompt_file}}', '{{worktree}}', '{{out}}']\n{rest}",
            file.display()
        );
        Profile::parse(&text, "agent.toml").expect("the test is set up")
    }

    pub fn transcript(&self) -> String {
        fs::read_to_string(self.out.join("transcript.log")).expect("the test is set up")
    }
}

/// All files of a folder with their content.
pub struct Files(pub PathBuf);

impl WorktreeState for Files {
    fn tree(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut files = BTreeMap::new();
        list(&self.0, &mut files)?;
        Ok(format!("{files:?}"))
    }
}

fn list(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.insert(path.clone(), fs::read(&path)?);
        }
    }
    Ok(())
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path)
        .expect("the test is set up")
        .permissions()
        .mode()
        & 0o7777
}
