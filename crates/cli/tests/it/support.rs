//! A program to run and a machine to run it on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ftc_cli::config::{Config, ConfigError, FlagValue, Sources};
use ftc_process::ParentEnv;
use tempfile::TempDir;

/// A repository and a home directory, both empty.
pub struct Machine {
    directory: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        let machine = Self {
            directory: TempDir::new().expect("the temporary directory is writable"),
        };
        fs::create_dir_all(machine.repository().join(".git")).expect("it is new");
        fs::create_dir_all(machine.home().join(".config/ftc")).expect("it is new");
        machine
    }

    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    pub fn repository(&self) -> PathBuf {
        self.root().join("repository")
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub fn with_repository_file(self, text: &str) -> Self {
        fs::write(self.repository().join("ftc.toml"), text).expect("the directory exists");
        self
    }

    pub fn with_user_file(self, text: &str) -> Self {
        fs::write(self.home().join(".config/ftc/config.toml"), text).expect("the directory exists");
        self
    }

    /// The environment with this `HOME` and `variables`.
    pub fn env(&self, variables: &[(&str, &str)]) -> ParentEnv {
        let home = self.home();
        let mut all = vec![("HOME", home.to_str().expect("temporary names are UTF-8"))];
        all.extend(variables);
        all.into_iter().collect()
    }

    pub fn sources(&self, variables: &[(&str, &str)], flags: Vec<FlagValue>) -> Sources {
        Sources::discover(&self.repository(), &self.env(variables), None, flags)
    }

    pub fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.sources(&[], Vec::new()))
    }

    /// The message, the causes and the hints, with the machine's own directory as `ROOT`.
    pub fn complaint(&self, error: ConfigError) -> String {
        let mut rendered = Vec::new();
        ftc_cli::render_error(&error.into(), &mut rendered, ftc_cli::Terminal::PLAIN)
            .expect("memory takes everything");
        String::from_utf8(rendered)
            .expect("messages are UTF-8")
            .replace(
                self.root().to_str().expect("temporary names are UTF-8"),
                "ROOT",
            )
    }

    /// The complaint of a repository file with this content.
    pub fn repository_complaint(text: &str) -> String {
        let machine = Self::new().with_repository_file(text);
        let error = machine.load().err().expect("the file is wrong");
        machine.complaint(error)
    }
}

/// A writer whose content can be looked at later.
#[derive(Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub fn text(&self) -> String {
        let bytes = self.0.lock().expect("no writer panics").clone();
        String::from_utf8(bytes).expect("our output is UTF-8")
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that always fails in this way.
pub struct Failing(pub io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
