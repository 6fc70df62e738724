//! The profile as it is written, checked key by key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};
use std::time::Duration;

use ftc_process::confine::Network;
use serde::Deserialize;
use toml::Spanned;

use super::argv::Argument;
use super::{PersonsPath, Profile, ProfileError};
use crate::time;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    name: Spanned<String>,
    argv: Spanned<Vec<Spanned<String>>>,
    prompt: Option<Spanned<Prompt>>,
    timeout: Option<Spanned<String>>,
    idle_timeout: Option<Spanned<String>>,
    #[serde(default)]
    unavailable_exit_codes: Vec<Spanned<i64>>,
    #[serde(default)]
    home_files: Vec<Spanned<String>>,
    network: Option<Network>,
    #[serde(default)]
    readable: Vec<Spanned<String>>,
    #[serde(default)]
    writable: Vec<Spanned<String>>,
    #[serde(default)]
    env: WireEnv,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Prompt {
    File,
    None,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WireEnv {
    #[serde(default)]
    pass: Vec<Spanned<String>>,
    #[serde(default)]
    set: BTreeMap<Spanned<String>, String>,
}

pub(super) fn parse(text: &str, origin: &str) -> Result<Profile, ProfileError> {
    let checker = Checker { text, origin };
    let wire: Wire = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        checker.error(offset, error.message().to_owned(), None)
    })?;
    Ok(Profile {
        name: checker.name(wire.name)?,
        argv: checker.argv(&wire.argv, wire.prompt.as_ref())?,
        timeout: checker.duration(wire.timeout)?.unwrap_or(DEFAULT_TIMEOUT),
        idle_timeout: checker.duration(wire.idle_timeout)?,
        unavailable_exit_codes: checker.exit_codes(wire.unavailable_exit_codes)?,
        home_files: checker.home_files(wire.home_files)?,
        network: wire.network.unwrap_or(Network::On),
        readable: checker.paths(&wire.readable)?,
        writable: checker.paths(&wire.writable)?,
        pass: wire
            .env
            .pass
            .into_iter()
            .map(|name| checker.variable(name))
            .collect::<Result<_, _>>()?,
        set: wire
            .env
            .set
            .into_iter()
            .map(|(name, value)| Ok((checker.variable(name)?, value)))
            .collect::<Result<_, _>>()?,
    })
}

/// Turns offsets into positions.
struct Checker<'a> {
    text: &'a str,
    origin: &'a str,
}

impl Checker<'_> {
    fn error(&self, offset: usize, message: String, hint: Option<&str>) -> ProfileError {
        let hint = hint.map(str::to_owned);
        ProfileError::at(self.text, offset, self.origin, message, hint)
    }

    fn name(&self, name: Spanned<String>) -> Result<String, ProfileError> {
        let text = name.get_ref();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > 64 || !text.chars().all(is_plain) {
            let hint = "use letters, digits, `-`, `_` and `.`, 64 at most";
            let message = format!("`{}` cannot be the name of an agent", text.escape_debug());
            return Err(self.error(name.span().start, message, Some(hint)));
        }
        Ok(name.into_inner())
    }

    fn argv(
        &self,
        argv: &Spanned<Vec<Spanned<String>>>,
        prompt: Option<&Spanned<Prompt>>,
    ) -> Result<Vec<Argument>, ProfileError> {
        let mut arguments = Vec::new();
        for item in argv.get_ref() {
            let argument = Argument::parse(item.get_ref()).map_err(|(message, hint)| {
                self.error(item.span().start, message, hint.as_deref())
            })?;
            if arguments.is_empty() {
                self.check_program(&argument, item.span().start)?;
            }
            arguments.push(argument);
        }
        if arguments.is_empty() {
            let message = "`argv` names no program".to_owned();
            return Err(self.error(argv.span().start, message, None));
        }
        let has_prompt = arguments.contains(&Argument::PromptFile);
        let message = match prompt.map(|prompt| (prompt.get_ref(), prompt.span().start)) {
            Some((Prompt::File, at)) if !has_prompt => {
                (at, "`argv` does not pass `{prompt_file}` on")
            }
            Some((Prompt::None, at)) if has_prompt => {
                (at, "`argv` passes `{prompt_file}` on all the same")
            }
            _ => return Ok(arguments),
        };
        Err(self.error(message.0, message.1.to_owned(), None))
    }

    /// A relative path would name a file of the worktree, which is the repository's and not the person's.
    fn check_program(&self, program: &Argument, at: usize) -> Result<(), ProfileError> {
        let message = match program {
            Argument::Literal(name) if name.is_empty() => "the program is empty".to_owned(),
            Argument::Literal(name) if name.contains('/') && !Path::new(name).is_absolute() => {
                format!("program `{name}` would be taken from the worktree")
            }
            Argument::Literal(_) => return Ok(()),
            Argument::Worktree | Argument::PromptFile | Argument::Out => {
                "a placeholder cannot be the program".to_owned()
            }
        };
        let hint = "give a name that is looked up in `PATH`, or an absolute path";
        Err(self.error(at, message, Some(hint)))
    }

    fn duration(&self, text: Option<Spanned<String>>) -> Result<Option<Duration>, ProfileError> {
        let Some(text) = text else {
            return Ok(None);
        };
        if let Some(duration) = time::parse(text.get_ref()) {
            return Ok(Some(duration));
        }
        let message = format!("`{}` is not a duration", text.get_ref().escape_debug());
        let hint = "write a whole number above 0 and `ms`, `s`, `m` or `h`: `90s`, `10m`";
        Err(self.error(text.span().start, message, Some(hint)))
    }

    fn exit_codes(&self, codes: Vec<Spanned<i64>>) -> Result<Vec<i32>, ProfileError> {
        codes
            .into_iter()
            .map(|code| {
                if let Ok(number @ 1..=255) = i32::try_from(*code.get_ref()) {
                    return Ok(number);
                }
                let message = format!("{} is no exit code of a failure", code.get_ref());
                Err(self.error(code.span().start, message, Some("they go from 1 to 255")))
            })
            .collect()
    }

    fn home_files(&self, files: Vec<Spanned<String>>) -> Result<Vec<String>, ProfileError> {
        let mut known = BTreeSet::new();
        files
            .into_iter()
            .map(|file| {
                let (at, file) = (file.span().start, file.into_inner());
                let mut parts = Path::new(&file).components().peekable();
                let is_below = parts.peek().is_some()
                    && !file.contains('\0')
                    && parts.all(|part| matches!(part, Component::Normal(_)));
                let message = if !is_below {
                    format!("`{}` is no path below the home", file.escape_debug())
                } else if !known.insert(file.clone()) {
                    format!("`{file}` is listed twice")
                } else {
                    return Ok(file);
                };
                Err(self.error(at, message, None))
            })
            .collect()
    }

    fn paths(&self, paths: &[Spanned<String>]) -> Result<Vec<PersonsPath>, ProfileError> {
        paths
            .iter()
            .map(|path| {
                PersonsPath::parse(path.get_ref()).ok_or_else(|| {
                    let message = format!(
                        "`{}` would be taken from the worktree",
                        path.get_ref().escape_debug()
                    );
                    let hint = "give an absolute path, or one below your home: `~/.config/agent`";
                    self.error(path.span().start, message, Some(hint))
                })
            })
            .collect()
    }

    fn variable(&self, name: Spanned<String>) -> Result<String, ProfileError> {
        let (at, name) = (name.span().start, name.into_inner());
        if name == "HOME" {
            let hint = "list what the agent needs of the home under `home_files`";
            let message = "the agent gets a private `HOME`".to_owned();
            return Err(self.error(at, message, Some(hint)));
        }
        if name.is_empty() || name.contains(['=', '\0']) {
            let name = name.escape_debug();
            let message = format!("`{name}` cannot be the name of an environment variable");
            return Err(self.error(at, message, None));
        }
        Ok(name)
    }
}
