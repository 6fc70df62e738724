//! The README is what the program does.

use crate::support::Place;

const README: &str = include_str!("../../README.md");

/// The blocks of the README in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let rest = README.split(opening.as_str()).skip(1);
    rest.map(|block| block.split("```").next().expect("a block ends"))
        .collect()
}

/// The last line without the time that it took.
fn without_time(text: &str) -> &str {
    text.trim_end()
        .rsplit_once(" in ")
        .expect("the last line says how long it took")
        .0
}

#[test]
fn the_transcripts_are_real() {
    let place = Place::new();
    place.write("unit.log", blocks("text")[0]);
    let transcripts = blocks("console");
    assert_eq!(transcripts.len(), 2);
    for transcript in transcripts {
        let (command, expected) = transcript
            .split_once('\n')
            .expect("an answer follows the command");
        let arguments: Vec<&str> = command
            .strip_prefix("$ ftc-scan ")
            .expect("it is our command")
            .split(' ')
            .collect();
        let run = place.run(&arguments);
        assert_eq!(
            without_time(&run.stdout),
            without_time(expected),
            "{}",
            run.stderr
        );
    }
}
