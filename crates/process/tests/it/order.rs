use std::fs;
use std::time::Duration;

use ftc_process::{Order, Outcome, Output};
use proptest::prelude::*;

use crate::support::{run, shell};

/// Prints to either output in turn, each time after the last was read, which the spill file shows.
pub const IN_TURN: &str = "printed=0
    print() {
        printf '%s\\n' \"$2\" >&$1
        printed=$((printed + ${#2} + 1))
        while test \"$(wc -c <spill)\" -lt $printed; do sleep 0.01; done
    }
    ";

fn in_turn(script: &str) -> Outcome {
    let directory = tempfile::tempdir().expect("a directory");
    run(&shell(&format!("{IN_TURN}{script}"))
        .directory(directory.path())
        .spill_to(directory.path().join("spill"), 1 << 20))
}

fn lengths(order: &Order) -> Vec<(Output, u64)> {
    order
        .first()
        .iter()
        .map(|segment| (segment.output, segment.length))
        .collect()
}

#[test]
fn both_outputs_are_merged_as_they_were_read() {
    let outcome = in_turn("print 1 one; print 2 two; print 1 three; print 1 four; exit 1");
    assert_eq!(outcome.merged_text(), "one\ntwo\nthree\nfour\n");
    let order = &outcome.order;
    // How long the shell took between `three` and `four` decides whether that is one segment.
    let lengths = lengths(order);
    assert_eq!(lengths[..2], [(Output::Stdout, 4), (Output::Stderr, 4)]);
    assert_eq!(
        lengths[2..].iter().map(|(_, length)| length).sum::<u64>(),
        11
    );
    assert!(
        lengths[2..]
            .iter()
            .all(|(output, _)| *output == Output::Stdout)
    );
    assert_eq!((order.last().count(), order.forgotten().segments), (0, 0));
    let times: Vec<Duration> = order
        .first()
        .iter()
        .map(|segment| segment.elapsed)
        .collect();
    assert!(times.is_sorted() && times.last() <= Some(&outcome.total_duration));
}

#[test]
fn silence_has_no_order() {
    let outcome = run(&shell("true"));
    assert_eq!(outcome.order, Order::default());
    assert_eq!(outcome.merged_text(), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_order_speaks_of_every_byte(pieces in prop::collection::vec((any::<bool>(), 0usize..90_000), 0..8)) {
        let directory = tempfile::tempdir().unwrap();
        let mut commands = Vec::new();
        let mut expected = [0, 0];
        for (to_stderr, length) in &pieces {
            let to = if *to_stderr { ">&2" } else { "" };
            commands.push(format!("head -c {length} /dev/zero {to}"));
            expected[usize::from(*to_stderr)] += *length as u64;
        }
        let outcome = run(&shell(&commands.join("\n")).directory(directory.path()).capture_limit(1_000));
        let mut known = [outcome.order.forgotten().stdout_bytes, outcome.order.forgotten().stderr_bytes];
        for segment in outcome.order.first().iter().chain(outcome.order.last()) {
            known[usize::from(segment.output == Output::Stderr)] += segment.length;
        }
        prop_assert_eq!(known, expected);
        prop_assert_eq!([outcome.stdout.total_bytes(), outcome.stderr.total_bytes()], expected);
        let notes = outcome.merged_text().matches(" omitted]\n").count();
        prop_assert_eq!(notes, expected.iter().filter(|bytes| **bytes > 1_000).count());
    }
}

#[test]
fn what_each_output_printed_does_not_depend_on_the_order() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("in"), vec![b'.'; 300_000]).unwrap();
    let script = "cat in & cat in >&2; wait";
    let outcome = run(&shell(script)
        .directory(directory.path())
        .capture_limit(1 << 20));
    assert_eq!(outcome.merged_text().len(), 600_000);
}
