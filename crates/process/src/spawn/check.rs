//! What can be known to be wrong before anything is started.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::find::{find_program, is_executable};
use crate::shim::spec::ChildCommand;
use crate::spawn::{Spawn, SpawnError};

impl Spawn {
    /// What is to be started, after all checks.
    pub(crate) fn resolve(&self) -> Result<ChildCommand, SpawnError> {
        self.check_for_nul()?;
        let directory = self.resolved_directory()?;
        let program = self.resolved_program(directory.as_deref())?;
        Ok(ChildCommand {
            program: program.into(),
            argv: self.argv.clone(),
            directory: directory.map(Into::into),
            environment: self.environment.clone(),
        })
    }

    fn check_for_nul(&self) -> Result<(), SpawnError> {
        let has_nul = |text: &OsStr| text.as_encoded_bytes().contains(&0);
        if let Some(index) = self.argv.iter().position(|argument| has_nul(argument)) {
            return Err(SpawnError::NulInArgument { index });
        }
        for (name, value) in &self.environment {
            if name.is_empty() || has_nul(name) || name.as_encoded_bytes().contains(&b'=') {
                return Err(SpawnError::BadVariableName { name: name.clone() });
            }
            if has_nul(value) {
                return Err(SpawnError::NulInVariable { name: name.clone() });
            }
        }
        if self
            .directory
            .as_deref()
            .is_some_and(|path| has_nul(path.as_os_str()))
        {
            return Err(SpawnError::DirectoryMissing {
                path: self.directory.clone().unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Absolute, so that it still means the same after the child has changed into it.
    fn resolved_directory(&self) -> Result<Option<PathBuf>, SpawnError> {
        let Some(directory) = &self.directory else {
            return Ok(None);
        };
        match std::path::absolute(directory) {
            Ok(directory) if directory.is_dir() => Ok(Some(directory)),
            _ => Err(SpawnError::DirectoryMissing {
                path: directory.clone(),
            }),
        }
    }

    fn resolved_program(&self, directory: Option<&Path>) -> Result<PathBuf, SpawnError> {
        let program = self.argv.first().ok_or(SpawnError::EmptyArgv)?;
        if program.as_encoded_bytes().contains(&b'/') {
            let path = match directory {
                Some(directory) => directory.join(program),
                None => PathBuf::from(program),
            };
            return match path.try_exists() {
                Ok(true) if is_executable(&path) => Ok(path),
                Ok(true) => Err(SpawnError::NotExecutable { program: path }),
                _ => Err(SpawnError::NotFound {
                    program: program.clone(),
                    searched: None,
                }),
            };
        }
        let path = self.environment.get(OsStr::new("PATH"));
        find_program(program, None, path.map(OsString::as_os_str)).ok_or_else(|| {
            SpawnError::NotFound {
                program: program.clone(),
                searched: Some(path.cloned().unwrap_or_default()),
            }
        })
    }
}

impl SpawnError {
    /// The system says `ENOENT` and `EACCES` for several different things; looking again tells them apart.
    pub(crate) fn of_start(
        program: PathBuf,
        directory: Option<PathBuf>,
        source: io::Error,
    ) -> Self {
        match (source.kind(), directory) {
            (io::ErrorKind::NotFound, Some(path)) if !path.is_dir() => {
                Self::DirectoryMissing { path }
            }
            (io::ErrorKind::NotFound, _) if program.exists() => {
                Self::InterpreterMissing { program }
            }
            (io::ErrorKind::NotFound, _) => Self::NotFound {
                program: program.into_os_string(),
                searched: None,
            },
            (io::ErrorKind::PermissionDenied, _) if !is_executable(&program) => {
                Self::NotExecutable { program }
            }
            _ => Self::Start { program, source },
        }
    }
}
