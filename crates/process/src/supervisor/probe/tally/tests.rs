use std::time::Duration;

use super::{Answer, Tally, Turn};
use crate::supervisor::{Check, ProbeSpec};

fn spec() -> ProbeSpec {
    let mut spec = ProbeSpec::new(Check::LogLine {
        contains: "up".to_owned(),
    });
    spec.period = seconds(10);
    spec.initial_delay = seconds(5);
    spec.success_threshold = 2;
    spec.failure_threshold = 3;
    spec
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn answer(is_good: bool) -> Answer {
    Answer {
        at_unix: Duration::ZERO,
        problem: (!is_good).then(|| "no".to_owned()),
    }
}

/// Asks and answers at once, and tells which answers (counted from 1) changed anything.
fn turns(answers: &str) -> Vec<(usize, Turn)> {
    let spec = spec();
    let mut tally = Tally::begin(&spec, seconds(0));
    let mut turns = Vec::new();
    for (index, letter) in answers.chars().enumerate() {
        let now = tally.due().expect("no question is open");
        tally.ask(now);
        let turn = tally.answer(&spec, answer(letter == '+'), now);
        if turn != Turn::Nothing {
            turns.push((index + 1, turn));
        }
    }
    turns
}

#[test]
fn so_many_answers_in_a_row_decide() {
    for (answers, expected) in [
        ("+", vec![]),
        ("++", vec![(2, Turn::Passes)]),
        ("+-+-+-+-", vec![]),
        ("--", vec![]),
        ("---", vec![(3, Turn::Fails)]),
        ("++--+---", vec![(2, Turn::Passes), (8, Turn::Fails)]),
        ("------", vec![(3, Turn::Fails)]),
        (
            "---+++---",
            vec![(3, Turn::Fails), (5, Turn::Passes), (9, Turn::Fails)],
        ),
    ] {
        assert_eq!(turns(answers), expected, "{answers}");
    }
}

#[test]
fn questions_come_one_period_apart_and_one_at_a_time() {
    let spec = spec();
    let mut tally = Tally::begin(&spec, seconds(100));
    assert_eq!(tally.due(), Some(seconds(105)));
    tally.ask(seconds(105));
    assert_eq!(tally.due(), None);
    tally.answer(&spec, answer(true), seconds(107));
    assert_eq!(tally.due(), Some(seconds(115)));
    tally.ask(seconds(116));
    tally.answer(&spec, answer(true), seconds(190));
    assert_eq!(tally.due(), Some(seconds(190)));
    assert_eq!(tally.passes(), Some(true));
}
