//! How errors look.

use std::io;

use ftc_cli::{CliError, ExitCode, Terminal, printable, render_error};
use insta::assert_snapshot;
use proptest::prelude::*;

#[derive(Debug, thiserror::Error)]
#[error("failed to scan `{file}`")]
struct ScanError {
    file: &'static str,
    source: ReadError,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to read line {line}")]
struct ReadError {
    line: usize,
    source: io::Error,
}

fn nested(file: &'static str) -> CliError {
    let source = ReadError {
        line: 3,
        source: io::Error::other("the disk is on fire"),
    };
    CliError::usage(ScanError { file, source })
        .hint("buy a new disk")
        .hint("call the fire brigade")
}

fn rendered(error: &CliError, terminal: Terminal) -> String {
    let mut out = Vec::new();
    render_error(error, &mut out, terminal).expect("memory takes everything");
    String::from_utf8(out).expect("messages are UTF-8")
}

#[test]
fn the_whole_chain_is_shown_and_then_the_advice() {
    assert_snapshot!(rendered(&nested("a.log"), Terminal::PLAIN), @r"
    error: failed to scan `a.log`
      caused by: failed to read line 3
      caused by: the disk is on fire
    hint: buy a new disk
    hint: call the fire brigade
    ");
}

#[test]
fn only_labels_are_coloured() {
    let colored = Terminal {
        color: true,
        ..Terminal::PLAIN
    };
    let text = rendered(&nested("a.log"), colored);
    assert_eq!(
        text.lines().next(),
        Some("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m failed to scan `a.log`")
    );
    assert_eq!(
        text.lines().last(),
        Some("\u{1b}[1m\u{1b}[36mhint:\u{1b}[0m call the fire brigade")
    );
}

#[test]
fn a_hostile_name_cannot_act_on_the_terminal() {
    let text = rendered(&nested("\u{1b}]0;owned\u{7}\u{202e}gol.a"), Terminal::PLAIN);
    assert_eq!(
        text.lines().next(),
        Some(r"error: failed to scan `\u{1b}]0;owned\u{7}\u{202e}gol.a`")
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let error = CliError::output(io::ErrorKind::BrokenPipe.into());
    assert!(error.is_quiet());
    assert_eq!(error.code(), ExitCode::Yes);
    assert_eq!(rendered(&error, Terminal::PLAIN), "");
}

#[test]
fn a_broken_pipe_elsewhere_is_an_error_like_any_other() {
    let error = CliError::new(
        ExitCode::TryAgain,
        io::Error::from(io::ErrorKind::BrokenPipe),
    );
    assert!(!error.is_quiet());
    assert_eq!(error.code(), ExitCode::TryAgain);
    assert_eq!(rendered(&error, Terminal::PLAIN), "error: broken pipe\n");
}

#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let error = CliError::output(io::ErrorKind::StorageFull.into());
    assert_eq!(error.code(), ExitCode::Usage);
    assert_snapshot!(rendered(&error, Terminal::PLAIN), @r"
    error: failed to write to standard output
      caused by: no storage space
    ");
}

proptest! {
    #[test]
    fn nothing_that_acts_on_a_terminal_passes(text in "(?s).*") {
        let shown = printable(&text);
        let acts = |c: char| (c.is_control() && !"\n\t".contains(c)) || ('\u{202a}'..='\u{202e}').contains(&c);
        prop_assert!(!shown.contains(acts), "{:?}", shown);
    }

    #[test]
    fn clean_text_stays_as_it_is(text in "\\PC*") {
        prop_assert_eq!(printable(&text), text.trim_end());
    }
}
