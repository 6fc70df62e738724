//! How errors and warnings look.

use std::error::Error;
use std::fmt::Write as _;
use std::io;

use anstyle::{AnsiColor, Style};

use crate::error::CliError;
use crate::terminal::Terminal;

/// The styles of labels; all plain where colour is not wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Styles {
    /// `error:`, and what failed.
    pub error: Style,
    /// `warning:`, and what deserves a look.
    pub warning: Style,
    /// `hint:`.
    pub hint: Style,
    /// What is well.
    pub good: Style,
    /// What stands out.
    pub strong: Style,
    /// What may be skipped.
    pub dim: Style,
}

impl Styles {
    /// The styles for what is written to `terminal`.
    pub fn of(terminal: Terminal) -> Self {
        if !terminal.color {
            return Self::default();
        }
        let bold = |color: AnsiColor| color.on_default().bold();
        Self {
            error: bold(AnsiColor::Red),
            warning: bold(AnsiColor::Yellow),
            hint: bold(AnsiColor::Cyan),
            good: bold(AnsiColor::Green),
            strong: Style::new().bold(),
            dim: Style::new().dimmed(),
        }
    }
}

/// Writes `error: ...`, the causes one per line, and `hint: ...` lines. A quiet error writes nothing.
pub fn render_error(
    error: &CliError,
    out: &mut dyn io::Write,
    terminal: Terminal,
) -> io::Result<()> {
    if error.is_quiet() {
        return Ok(());
    }
    let styles = Styles::of(terminal);
    let label = styles.error;
    writeln!(
        out,
        "{label}error:{label:#} {}",
        printable(&error.source().to_string())
    )?;
    let mut cause: Option<&(dyn Error + 'static)> = error.source().source();
    while let Some(error) = cause {
        writeln!(out, "  caused by: {}", printable(&error.to_string()))?;
        cause = error.source();
    }
    let label = styles.hint;
    for hint in error.hints() {
        writeln!(out, "{label}hint:{label:#} {}", printable(hint))?;
    }
    Ok(())
}

/// Writes `warning: ...`.
pub(crate) fn render_warning(
    message: &str,
    out: &mut dyn io::Write,
    terminal: Terminal,
) -> io::Result<()> {
    let label = Styles::of(terminal).warning;
    writeln!(out, "{label}warning:{label:#} {}", printable(message))
}

/// `text` with everything escaped that could act on a terminal or reorder what is read: error messages repeat names
/// out of hostile repositories and logs. Line feeds stay, and what follows one is indented.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '\n' => shown.push_str("\n  "),
            '\t' => shown.push('\t'),
            _ if acts_on_terminal(character) => {
                write!(shown, "{}", character.escape_unicode()).expect("a string takes everything");
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// A command as a person could type it into a shell: arguments that a shell would not take as they are stand in quotes.
///
/// ```
/// assert_eq!(ftc_cli::printable_argv(&["pytest", "-k", "a b", ""]), "pytest -k 'a b' ''");
/// ```
pub fn printable_argv(argv: &[impl AsRef<str>]) -> String {
    let is_plain =
        |character: char| character.is_alphanumeric() || "-_./:=,+@%".contains(character);
    let words: Vec<String> = argv
        .iter()
        .map(|word| match word.as_ref() {
            word if !word.is_empty() && word.chars().all(is_plain) => word.to_owned(),
            word => format!("'{}'", word.replace('\'', r"'\''")),
        })
        .collect();
    // One line, whatever is in the arguments.
    words
        .join(" ")
        .split('\n')
        .map(printable)
        .collect::<Vec<_>>()
        .join("\\n")
}

/// Control characters, and the marks and isolates of bidirectional text.
fn acts_on_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
