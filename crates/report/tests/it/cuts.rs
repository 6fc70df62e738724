//! How an input is cut into pieces does not matter.

use proptest::prelude::*;

use crate::dialects::{GOOGLETEST, GOTESTSUM, JEST, NEXTEST, NODE, PYTEST, SUREFIRE};
use crate::support::{read, read_in_pieces};

#[test]
fn real_reports_byte_by_byte() {
    for report in [PYTEST, GOTESTSUM, JEST, NODE, NEXTEST, SUREFIRE, GOOGLETEST] {
        let whole = read(report);
        assert!(whole.end.is_ok());
        for size in [1, 2, 3, 7, 64] {
            assert_eq!(
                read_in_pieces(report.as_bytes(), size),
                whole,
                "pieces of {size}"
            );
        }
    }
}

#[test]
fn every_prefix_of_a_report_is_read_without_a_panic_and_gives_a_prefix_of_its_cases() {
    let whole = read(SUREFIRE);
    for end in 0..SUREFIRE.len() {
        let cut = read(&SUREFIRE[..end]);
        let full = cut
            .cases
            .iter()
            .zip(&whole.cases)
            .filter(|(cut, whole)| cut == whole)
            .count();
        assert!(
            cut.cases.len() - full <= 1,
            "at most the last case is cut, at {end}"
        );
        assert!(cut.cases.len() <= whole.cases.len());
    }
}

/// Pieces that reports, and what only looks like one, are made of.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "<testsuites>",
        "</testsuites>",
        "<testsuite name='s' tests='2'>",
        "</testsuite>",
        "<testcase name='a'>",
        "</testcase>",
        "<testcase name=\"b>&lt;\"/>",
        "<failure message='m'>",
        "</failure>",
        "<rerunFailure>",
        "</rerunFailure>",
        "<stackTrace>",
        "</stackTrace>",
        "<system-out>",
        "</system-out>",
        "<![CDATA[",
        "]]>",
        "]]]",
        "<!--",
        "-->",
        "--",
        "<?xml version='1.0' encoding='latin1'?>",
        "<?",
        "?>",
        "<!DOCTYPE x [",
        "]>",
        "&lt;",
        "&#x1b;",
        "&nope;",
        "&",
        "<",
        ">",
        "\r\n",
        "\r",
        "\n",
        "text",
        "é",
        "\u{feff}",
        "\0",
        "'",
        "\"",
    ])
    .prop_map(|piece| piece.as_bytes().to_vec());
    let any = prop::collection::vec(any::<u8>(), 0..4);
    prop::collection::vec(prop_oneof![8 => piece, 1 => any], 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same(report in pieces(), size in 1_usize..20) {
        prop_assert_eq!(read_in_pieces(&report, size), read(&report));
    }

    #[test]
    fn any_cut_inside_a_suite_gives_the_same(inside in pieces(), size in 1_usize..20) {
        let report = [b"<testsuite><testcase name='c'>".as_slice(), &inside].concat();
        prop_assert_eq!(read_in_pieces(&report, size), read(&report));
    }

    #[test]
    fn sniffing_more_never_changes_a_decision(report in pieces(), cut in 0_usize..200) {
        use ftc_report::junit::{Sniff, sniff};
        let early = sniff(&report[..cut.min(report.len())]);
        prop_assert!(early == Sniff::Undecided || early == sniff(&report));
    }
}
