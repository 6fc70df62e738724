//! What is known of a stream.

use std::fs::File;

use ftc_cli::{ColorChoice, DEFAULT_WIDTH, Terminal};
use ftc_process::ParentEnv;

fn colored(is_terminal: bool, choice: ColorChoice, variables: &[(&str, &str)]) -> bool {
    let terminal = Terminal {
        is_terminal,
        ..Terminal::PLAIN
    };
    let env: ParentEnv = variables.iter().copied().collect();
    terminal.with_color(choice, &env).color
}

#[test]
fn auto_colours_a_terminal_and_nothing_else() {
    assert!(colored(true, ColorChoice::Auto, &[("TERM", "xterm")]));
    assert!(!colored(false, ColorChoice::Auto, &[("TERM", "xterm")]));
}

#[test]
fn auto_listens_to_the_environment() {
    let xterm = ("TERM", "xterm");
    let cases: [(bool, &[(&str, &str)]); 9] = [
        (false, &[("TERM", "dumb")]),
        (false, &[]),
        (false, &[xterm, ("NO_COLOR", "1")]),
        (true, &[xterm, ("NO_COLOR", "")]),
        (false, &[xterm, ("CLICOLOR", "0")]),
        (true, &[xterm, ("CLICOLOR", "1")]),
        (true, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]),
        (true, &[xterm, ("CLICOLOR_FORCE", "0")]),
        (false, &[xterm, ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]),
    ];
    for (expected, variables) in cases {
        assert_eq!(
            colored(true, ColorChoice::Auto, variables),
            expected,
            "{variables:?}"
        );
    }
    assert!(colored(
        false,
        ColorChoice::Auto,
        &[("CLICOLOR_FORCE", "1")]
    ));
}

#[test]
fn the_word_of_the_person_beats_the_environment() {
    assert!(colored(false, ColorChoice::Always, &[("NO_COLOR", "1")]));
    assert!(!colored(
        true,
        ColorChoice::Never,
        &[("TERM", "xterm"), ("CLICOLOR_FORCE", "1")]
    ));
}

fn width(columns: Option<&str>) -> usize {
    let null = File::open("/dev/null").expect("every system has it");
    let env: ParentEnv = columns
        .map(|columns| ("COLUMNS", columns))
        .into_iter()
        .collect();
    Terminal::probe(&null, &env).width
}

#[test]
fn columns_is_respected_where_it_is_a_number() {
    assert_eq!(width(Some("120")), 120);
    for nonsense in ["0", "-3", "wide", ""] {
        assert_eq!(width(Some(nonsense)), DEFAULT_WIDTH, "{nonsense:?}");
    }
    assert_eq!(width(None), 80);
}

#[test]
fn a_file_is_no_terminal() {
    let null = File::open("/dev/null").unwrap();
    let terminal = Terminal::probe(&null, &ParentEnv::default());
    assert_eq!(terminal, Terminal::PLAIN);
}
