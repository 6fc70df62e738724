//! The scripted agent: a program of its own that edits the worktree that it is started in, as a coding agent would.

use std::path::Path;

use ftc_cli::{CliError, Context, ExitCode};
use ftc_durable::write_atomic;

use crate::args::{DemoAgentArgs, Patch};

const CODE: &str = "src/lib.rs";
const TESTS: &str = "tests/refresh.rs";

const RACE: &str = "        *entry = Some(answer);\n";

/// An answer counts only if it is newer than what is there.
const MENDED: &str = "        if entry.as_ref().is_none_or(|kept| kept.version < answer.version) {
            *entry = Some(answer);
        }
";

/// Compares the wrong way round.
const WRONG: &str = "        if entry.as_ref().is_none_or(|kept| kept.version > answer.version) {
            *entry = Some(answer);
        }
";

const REASON: &str = "        // Answers arrive in any order, so the last one is not the newest.\n";

/// Does what `--patch` says. When the prompt has the words of a reviewer, answers them.
pub fn run(args: &DemoAgentArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let prompt = read(&args.prompt)?;
    let is_review = prompt.contains("Reviewers of it ask");
    let directory = context.directory.clone();
    let done = match (args.patch, is_review) {
        (Patch::Good, true) => edit(&directory.join(CODE), "        if entry.as_ref()", |line| {
            format!("{REASON}{line}")
        })?,
        (Patch::Good, false) => edit(&directory.join(CODE), RACE, |_| MENDED.to_owned())?,
        (Patch::Wrong, _) => edit(&directory.join(CODE), RACE, |_| WRONG.to_owned())?,
        (Patch::DeleteTest, _) => delete_test(&directory.join(TESTS))?,
    };
    context.print(|out| writeln!(out, "{done}"))?;
    Ok(ExitCode::Yes)
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("failed to read `{}`: {error}", path.display())))
}

fn edit(path: &Path, old: &str, new: impl FnOnce(&str) -> String) -> Result<String, CliError> {
    let text = read(path)?;
    if !text.contains(old) {
        return Err(CliError::usage(format!(
            "`{}` is not the file of the demo",
            path.display()
        )));
    }
    write(path, &text.replacen(old, &new(old), 1))
}

/// Takes the last test of the file away.
fn delete_test(path: &Path) -> Result<String, CliError> {
    let text = read(path)?;
    let Some((rest, _)) = text.rsplit_once("#[test]") else {
        return Err(CliError::usage(format!("`{}` has no test", path.display())));
    };
    write(path, &format!("{}\n", rest.trim_end()))
}

fn write(path: &Path, text: &str) -> Result<String, CliError> {
    write_atomic(path, text.as_bytes()).map_err(CliError::usage)?;
    Ok(format!("edited {}", path.display()))
}
