//! `ftc help`.

use std::ffi::OsString;

use clap::CommandFactory as _;
use ftc_cli::{CliError, CommonArgs, Context, ExitCode};

use crate::args::Args;
use crate::programs;

/// Explains a command of ours, or becomes the named program with `--help`.
pub fn run(
    words: &[OsString],
    common: &CommonArgs,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let mut root = Args::command().term_width(context.stdout.width);
    root.build();
    let mut command = &mut root;
    for (depth, word) in words.iter().enumerate() {
        // Borrowed anew, because the borrow checker cannot see that a miss leaves `command` free.
        if command.find_subcommand(word).is_none() {
            return match depth {
                // `ftc help gate run` is `ftc-gate run --help`.
                0 => {
                    let help = std::iter::once("--help".into());
                    let words: Vec<OsString> = words.iter().cloned().chain(help).collect();
                    programs::start(&words, common, context)
                }
                _ => Err(CliError::usage(format!(
                    "`{}` has no command `{}`",
                    command.get_bin_name().unwrap_or("ftc"),
                    word.to_string_lossy()
                ))),
            };
        }
        command = command
            .find_subcommand_mut(word)
            .expect("it was found a moment ago");
    }
    let help = command.render_long_help();
    let help = if context.stdout.color {
        help.ansi().to_string()
    } else {
        help.to_string()
    };
    context.print(|out| out.write_all(help.as_bytes()))?;
    Ok(ExitCode::Yes)
}
