//! Making and opening a local forge.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ftc_vcs::{GitProgram, Repository};
use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::document::Files;
use super::people::People;
use super::seal::{SealKey, make_private};
use super::{LocalForge, Shared, Writes, layout};
use crate::error::Error;
use crate::ids::Login;
use crate::model::Permission;
use crate::rules;

/// The version of the layout.
const VERSION: u64 = 1;

/// What a new local forge is to be.
#[derive(Debug, Clone)]
pub struct LocalForgeSetup {
    /// `owner/name`.
    pub repository: String,
    /// The bare repository with the branches.
    pub branches: PathBuf,
    /// The branch that work starts from.
    pub default_branch: String,
    /// Who may do what; everybody else may do nothing. The account that the cleaner acts as needs [`Permission::Write`].
    pub people: Vec<(Login, Permission)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgeTable {
    version: u64,
    repository: String,
    branches: PathBuf,
    default_branch: String,
}

impl LocalForge {
    /// Makes a forge in `directory`, which must not have one yet. It is closed to other users.
    pub fn init(
        directory: &Path,
        setup: &LocalForgeSetup,
        git: &GitProgram,
    ) -> Result<(), OpenForgeError> {
        let forge_error = |source| OpenForgeError::Forge {
            path: directory.to_owned(),
            source,
        };
        let branches = check_init(directory, setup, git)?;
        let made = |source| forge_error(Error::io("create", directory, source));
        let is_new = !directory.exists();
        std::fs::create_dir_all(directory).map_err(made)?;
        if is_new {
            make_private(directory).map_err(made)?;
        }
        // `forge.toml` comes last: until it is there, there is no forge, and a new attempt begins anew.
        let key = SealKey::create(&directory.join(layout::KEY)).map_err(made)?;
        let files = Files {
            directory,
            key: &key,
            writes: Writes::Made,
        };
        let people = People::of(&setup.people);
        files
            .save_table(layout::PEOPLE, &people)
            .map_err(forge_error)?;
        let table = ForgeTable {
            version: VERSION,
            repository: setup.repository.clone(),
            branches,
            default_branch: setup.default_branch.clone(),
        };
        files.save_table(layout::FORGE, &table).map_err(forge_error)
    }

    /// Says whether [`init`](Self::init) would make a forge, and writes nothing.
    pub fn rehearse_init(
        directory: &Path,
        setup: &LocalForgeSetup,
        git: &GitProgram,
    ) -> Result<(), OpenForgeError> {
        check_init(directory, setup, git).map(drop)
    }

    /// Opens the forge in `directory` as `viewer` sees it.
    pub fn open(directory: &Path, viewer: Login, git: &GitProgram) -> Result<Self, OpenForgeError> {
        let forge_error = |source| OpenForgeError::Forge {
            path: directory.to_owned(),
            source,
        };
        let missing = || OpenForgeError::Missing {
            path: directory.to_owned(),
        };
        if !directory.join(layout::FORGE).exists() {
            return Err(missing());
        }
        let directory = std::fs::canonicalize(directory)
            .map_err(|source| forge_error(Error::io("find", directory, source)))?;
        let path = directory.join(layout::KEY);
        let key = SealKey::load(&path).map_err(|source| OpenForgeError::Key { path, source })?;
        let files = Files {
            directory: &directory,
            key: &key,
            writes: Writes::Made,
        };
        let table: Option<(ForgeTable, bool)> =
            files.load_table(layout::FORGE).map_err(forge_error)?;
        let (table, verified) = table.ok_or_else(missing)?;
        let path = directory.join(layout::FORGE);
        if !verified {
            return Err(OpenForgeError::Edited { path });
        }
        if table.version != VERSION {
            let version = table.version;
            return Err(OpenForgeError::Version { path, version });
        }
        let branches = open_branches(&table.branches, git)?;
        Ok(Self {
            shared: Arc::new(Shared {
                directory,
                repository: table.repository,
                default_branch: table.default_branch,
                branches,
                key,
            }),
            viewer,
            clock: Clock::default(),
            writes: Writes::Made,
        })
    }
}

/// Everything that can be wrong before anything is written; where the branches are.
fn check_init(
    directory: &Path,
    setup: &LocalForgeSetup,
    git: &GitProgram,
) -> Result<PathBuf, OpenForgeError> {
    let forge_error = |source| OpenForgeError::Forge {
        path: directory.to_owned(),
        source,
    };
    check(setup).map_err(forge_error)?;
    open_branches(&setup.branches, git)?;
    let branches = std::fs::canonicalize(&setup.branches)
        .map_err(|source| forge_error(Error::io("find", &setup.branches, source)))?;
    if directory.join(layout::FORGE).exists() {
        return Err(OpenForgeError::Exists {
            path: directory.to_owned(),
        });
    }
    if directory.exists() && !directory.is_dir() {
        let source = io::ErrorKind::NotADirectory.into();
        return Err(forge_error(Error::io("create", directory, source)));
    }
    Ok(branches)
}

fn check(setup: &LocalForgeSetup) -> Result<(), Error> {
    rules::branch(&setup.default_branch)?;
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match setup.repository.split_once('/') {
        Some((owner, name)) if part(owner) && part(name) => Ok(()),
        _ => Err(Error::invalid("the repository", "is not `owner/name`")),
    }
}

fn open_branches(path: &Path, git: &GitProgram) -> Result<Repository, OpenForgeError> {
    Repository::open(path, git).map_err(|source| OpenForgeError::Branches {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

/// Why a local forge could not be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenForgeError {
    /// There is none.
    #[error("there is no local forge in `{}`", path.display())]
    Missing {
        /// The directory.
        path: PathBuf,
    },
    /// There is one already.
    #[error("there is a local forge in `{}` already", path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// The key of the seals cannot be used.
    #[error("failed to read the key `{}`", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody edited `forge.toml`.
    #[error("`{}` was edited by hand", path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// A newer program made it.
    #[error("`{}` has version {version}, which this program does not know", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The version.
        version: u64,
    },
    /// The repository with the branches cannot be opened.
    #[error("failed to open the branches of the forge in `{}`", path.display())]
    Branches {
        /// The repository.
        path: PathBuf,
        /// Why.
        source: Box<ftc_vcs::OpenError>,
    },
    /// A file could not be read or written, or a value is not acceptable.
    #[error("failed to use the local forge in `{}`", path.display())]
    Forge {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: Error,
    },
}

impl OpenForgeError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Forge { source, .. } if source.is_retryable())
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Missing { path } => vec![format!(
                "make one with `ftc forge init {} --repo OWNER/NAME --branches REPOSITORY --person YOU=admin --person ftc-bot=write`",
                path.display()
            )],
            Self::Edited { .. } => vec![
                "restore the file from a backup; what is edited by hand is not trusted".to_owned(),
            ],
            Self::Forge { source, .. } => source.hints(),
            _ => Vec::new(),
        }
    }
}
