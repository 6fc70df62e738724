//! Where configuration is looked for, and how it is read.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ftc_process::ParentEnv;

use super::error::ConfigError;
use super::file::{self, Author, Entry};
use super::key::FlagValue;
use super::keys;
use super::origin::Origin;
use super::value::InvalidValue;

/// The name of a repository's own configuration file, in its root.
pub const REPOSITORY_FILE: &str = "ftc.toml";

/// A configuration file is written by hand; what is larger is something else.
const FILE_LIMIT_BYTES: u64 = 1024 * 1024;

/// Everything that configuration is read from, lowest precedence first.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Sources {
    /// The `ftc.toml` of the repository, whether or not it exists.
    pub repository_file: Option<PathBuf>,
    /// The user's own file, whether or not it exists.
    pub user_file: Option<UserFile>,
    /// The environment.
    pub env: ParentEnv,
    /// The flags that stand for a key.
    pub flags: Vec<FlagValue>,
}

/// The file with the layer of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFile {
    /// The usual place, where it need not exist.
    Usual(PathBuf),
    /// The file given with `--config`, which has to exist.
    Given(PathBuf),
}

impl UserFile {
    /// The path of the file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Usual(path) | Self::Given(path) => path,
        }
    }
}

impl Sources {
    /// Where a program that was started in `directory` with the environment `env` looks. `given` is the file of
    /// `--config`, which stands in for the user's file.
    ///
    /// The repository is the nearest directory from `directory` upwards with a `.git`; without one, only `directory`
    /// itself is looked at. The user's file is `$XDG_CONFIG_HOME/ftc/config.toml`, or `~/.config/ftc/config.toml`.
    pub fn discover(
        directory: &Path,
        env: &ParentEnv,
        given: Option<&Path>,
        flags: Vec<FlagValue>,
    ) -> Self {
        let root = directory
            .ancestors()
            .find(|ancestor| fs::symlink_metadata(ancestor.join(".git")).is_ok())
            .unwrap_or(directory);
        Self {
            repository_file: Some(root.join(REPOSITORY_FILE)),
            user_file: match given {
                Some(path) => Some(UserFile::Given(directory.join(path))),
                None => usual_user_file(env).map(UserFile::Usual),
            },
            env: env.clone(),
            flags,
        }
    }

    /// The entries of all layers, lowest precedence first.
    pub(crate) fn load_entries(&self) -> Result<Vec<Entry>, ConfigError> {
        let mut entries = Vec::new();
        if let Some(path) = &self.repository_file
            && let Some(text) = read_repository_file(path)?
        {
            entries.extend(file::parse(path, &text, Author::Repository)?);
        }
        if let Some(user_file) = &self.user_file
            && let Some(text) = read_user_file(user_file)?
        {
            entries.extend(file::parse(user_file.path(), &text, Author::Person)?);
        }
        entries.extend(self.environment()?);
        entries.extend(self.flags.iter().map(|flag| Entry {
            key: flag.key,
            text: flag.text.clone(),
            origin: Origin::Flag { flag: flag.flag },
        }));
        Ok(entries)
    }

    /// The variables of the table. An empty one counts as not set: that is how CI systems hand over what is missing.
    fn environment(&self) -> Result<Vec<Entry>, ConfigError> {
        let mut entries = Vec::new();
        for key in keys::ALL {
            let Some(value) = self
                .env
                .var_os(key.variable)
                .filter(|value| !value.is_empty())
            else {
                continue;
            };
            let origin = Origin::Environment {
                variable: key.variable,
            };
            let Some(text) = value.to_str() else {
                return Err(ConfigError::Value {
                    origin,
                    key: key.name,
                    value: None,
                    source: InvalidValue::expected("UTF-8"),
                });
            };
            entries.push(Entry {
                key,
                text: text.to_owned(),
                origin,
            });
        }
        Ok(entries)
    }
}

/// See the XDG base directory specification 0.8: a relative `XDG_CONFIG_HOME` is to be ignored.
fn usual_user_file(env: &ParentEnv) -> Option<PathBuf> {
    let absolute = |name: &str| {
        env.var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let home = absolute("XDG_CONFIG_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(home.join("ftc").join("config.toml"))
}

/// A repository's file is not trusted: a link could lead anywhere.
fn read_repository_file(path: &Path) -> Result<Option<String>, ConfigError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(ConfigError::Unsuitable {
            path: path.to_owned(),
            found: "a link, which a repository may not use for it",
        }),
        Ok(_) => read_regular(path).map(Some),
        Err(error) if is_absent(&error) => Ok(None),
        Err(source) => Err(ConfigError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// A person may link their own file to where they like, and give any file they like with `--config`: `/dev/null` for no
/// file at all, or the output of a command.
fn read_user_file(file: &UserFile) -> Result<Option<String>, ConfigError> {
    match file {
        UserFile::Given(path) => read(path).map(Some),
        UserFile::Usual(path) => match read_regular(path) {
            Err(ConfigError::Read { source, .. }) if is_absent(&source) => Ok(None),
            result => result.map(Some),
        },
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Asks before it opens, because opening a pipe waits for its writer.
fn read_regular(path: &Path) -> Result<String, ConfigError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => read(path),
        Ok(_) => Err(ConfigError::Unsuitable {
            path: path.to_owned(),
            found: "no regular file",
        }),
        Err(source) => Err(ConfigError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    let unsuitable = |found| ConfigError::Unsuitable {
        path: path.to_owned(),
        found,
    };
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(failed)?.take(FILE_LIMIT_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        return Err(unsuitable("larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| unsuitable("not UTF-8"))
}
