//! The other programs: finding and becoming them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use ftc_cli::{CliError, CommonArgs, Context, ExitCode, nearest};
use ftc_process::{ParentEnv, exec_replacing, find_program};

use crate::args::Args;

/// What the names of our programs begin with.
const PREFIX: &str = "ftc-";

/// The program that only other programs start.
const SHIM: &str = "shim";

/// Becomes the program that the first of `words` names; the rest are its arguments.
pub fn start(
    words: &[OsString],
    common: &CommonArgs,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let (name, rest) = words
        .split_first()
        .expect("clap gives an external subcommand with its name");
    let file_name: OsString = [OsStr::new(PREFIX), name].into_iter().collect();
    let beside = directory_of_this_program();
    let Some(program) = find_program(&file_name, beside.as_deref(), context.env.var_os("PATH"))
    else {
        return Err(unknown(name, &installed(&context.env)));
    };
    let args = common.to_args().into_iter().chain(rest.iter().cloned());
    let error = exec_replacing(&program, args);
    let code = if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    Err(CliError::new(code, error))
}

/// The programs that can be started, by the name that is written after `ftc`. The one that would be started is named
/// where there are several.
pub fn installed(env: &ParentEnv) -> BTreeMap<String, PathBuf> {
    let path = env.var_os("PATH");
    let directories = directory_of_this_program().into_iter().chain(
        path.into_iter()
            .flat_map(std::env::split_paths)
            .filter(|directory| directory.is_absolute()),
    );
    let mut programs = BTreeMap::new();
    for directory in directories {
        for (name, program) in programs_in(&directory) {
            programs.entry(name).or_insert(program);
        }
    }
    programs
}

/// The directory of this program, links resolved. The system does not always tell, and then there is none.
pub fn directory_of_this_program() -> Option<PathBuf> {
    let program = std::env::current_exe().and_then(fs::canonicalize).ok()?;
    program.parent().map(Path::to_owned)
}

fn programs_in(directory: &Path) -> Vec<(String, PathBuf)> {
    // A directory of PATH that cannot be read or does not exist has no programs; shells see it the same way.
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let file_name = entry.ok()?.file_name();
            let name = file_name.to_str()?.strip_prefix(PREFIX)?.to_owned();
            if name == SHIM {
                return None;
            }
            Some((name, find_program(&file_name, Some(directory), None)?))
        })
        .collect()
}

fn unknown(name: &OsStr, installed: &BTreeMap<String, PathBuf>) -> CliError {
    let shown = name.to_string_lossy();
    let error = CliError::usage(format!(
        "`{shown}` is no command of ftc, and there is no program `{PREFIX}{shown}`"
    ));
    let command = Args::command();
    let own = command.get_subcommands().map(clap::Command::get_name);
    let error = match nearest(&shown, own.chain(installed.keys().map(String::as_str))) {
        Some(nearest) => error.hint(format!("did you mean `ftc {nearest}`?")),
        None => error,
    };
    let names: Vec<&str> = installed.keys().map(String::as_str).collect();
    error.hint(match names.as_slice() {
        [] => "no programs were found beside ftc or on PATH".to_owned(),
        names => format!(
            "programs found beside ftc and on PATH: {}",
            names.join(", ")
        ),
    })
}
