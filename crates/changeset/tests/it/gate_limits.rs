//! Each limit: at it nothing is said, one beyond it is a finding.

use ftc_changeset::{GateVerdict, Mode, OldFile, Policy};

use crate::support::{Case, open_policy, path, verdict};

fn limited(constraint: &str) -> Policy {
    open_policy(&format!("  constraints: {{{constraint}}}"))
}

/// The rule, what was observed and the limit.
fn passed(case: &Case, policy: &Policy) -> Vec<(String, String, String)> {
    let decision = case.judge(policy);
    let findings = decision.findings.into_iter();
    findings
        .map(|finding| {
            let pointer = format!("/executor/constraints/{}", finding.rule_id);
            assert_eq!(finding.policy_pointer, Some(pointer));
            (
                finding.rule_id,
                finding.observed.unwrap_or_default(),
                finding.limit.unwrap_or_default(),
            )
        })
        .collect()
}

fn one(rule: &str, observed: &str, limit: &str) -> Vec<(String, String, String)> {
    vec![(rule.to_owned(), observed.to_owned(), limit.to_owned())]
}

#[test]
fn files_touched() {
    let old = OldFile::regular(b"x");
    // A rename touches two.
    let case = Case::new(|builder| {
        builder
            .rename(path("a"), path("b"), old, None, None)
            .delete(path("c"), old)
    });
    assert_eq!(passed(&case, &limited("max_files_touched: 3")), []);
    assert_eq!(
        passed(&case, &limited("max_files_touched: 2")),
        one("max_files_touched", "3", "2")
    );
}

#[test]
fn deletes() {
    let old = OldFile::regular(b"x");
    let case = Case::new(|builder| {
        builder
            .delete(path("a"), old)
            .delete(path("b"), old)
            .rename(path("c"), path("d"), old, None, None)
    });
    assert_eq!(passed(&case, &limited("max_deletes: 2")), []);
    assert_eq!(
        passed(&case, &limited("max_deletes: 1")),
        one("max_deletes", "2", "1")
    );
}

#[test]
fn bytes_of_one_file_and_of_all() {
    let case = Case::new(|builder| {
        builder
            .create(path("a"), &[b'a'; 1024], Mode::Regular)
            .create(path("b"), &[b'b'; 512], Mode::Regular)
            .delete(path("c"), OldFile::regular(&[b'c'; 4096]))
    });
    assert_eq!(passed(&case, &limited("max_file_bytes: 1KiB")), []);
    assert_eq!(
        passed(&case, &limited("max_file_bytes: 1023")),
        one("max_file_bytes", "1024", "1023")
    );
    assert_eq!(passed(&case, &limited("max_total_bytes: 1536B")), []);
    assert_eq!(
        passed(&case, &limited("max_total_bytes: 1535")),
        one("max_total_bytes", "1536", "1535")
    );
}

#[test]
fn the_limits_that_hold_when_none_are_given() {
    let many_lines = vec![b'\n'; 5_000];
    let case = Case::new(|builder| {
        let builder = (0..11).fold(builder, |builder, number| {
            builder.delete(path(&format!("d{number}")), OldFile::regular(b""))
        });
        let builder = builder.create(path("lines"), &many_lines, Mode::Regular);
        (0..40).fold(builder, |builder, number| {
            builder.create(
                path(&format!("c{number}")),
                &vec![b'a'; 500_000],
                Mode::Regular,
            )
        })
    });
    assert_eq!(
        case.found(&open_policy("")),
        [
            "DENY max_deletes -",
            "DENY max_files_touched -",
            "DENY max_patch_lines -",
            "DENY max_total_bytes -",
        ]
    );
    let case = Case::creating("a", &vec![b'a'; (1 << 20) + 1]);
    assert_eq!(case.found(&open_policy("")), ["DENY max_file_bytes a"]);
}

#[test]
fn a_limit_can_ask_for_a_person_instead() {
    let case = Case::new(|builder| builder.create(path("a"), b"1\n2\n3\n", Mode::Regular));
    let judge = |on_limit: &str| {
        let text = format!(
            "  constraints: {{max_patch_lines: 2, max_file_bytes: 5}}\n  on_limit: {on_limit}"
        );
        case.found(&open_policy(&text))
    };
    assert_eq!(
        judge("deny"),
        ["DENY max_file_bytes a", "DENY max_patch_lines -"]
    );
    assert_eq!(
        judge("need_approval"),
        [
            "NEED_APPROVAL max_file_bytes a",
            "NEED_APPROVAL max_patch_lines -"
        ]
    );
    assert_eq!(
        judge("{max_patch_lines: need_approval}"),
        ["DENY max_file_bytes a", "NEED_APPROVAL max_patch_lines -"]
    );
}

/// The lines that a change of one file counts.
fn lines(old: &[u8], new: &[u8]) -> u64 {
    let case = Case::new(|builder| builder.modify(path("a"), OldFile::regular(old), new, None));
    let policy =
        limited("max_patch_lines: 0, max_file_bytes: 1GiB, max_total_bytes: 1GiB, binary: allow");
    match passed(&case, &policy).as_slice() {
        [] => 0,
        [(rule, observed, _)] if rule == "max_patch_lines" => {
            observed.parse().expect("lines are a number")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_added_and_removed_are_counted() {
    assert_eq!(lines(b"", b"a"), 1);
    assert_eq!(lines(b"a\n", b"a"), 2);
    assert_eq!(lines(b"a\nb\nc\n", b"a\nx\nc\n"), 2);
    assert_eq!(lines(b"a\nb\nc\n", b"a\nc\n"), 1);
    assert_eq!(lines(b"a\nb\n", b"b\na\n"), 2);
    // `diff` of ABCABBA and CBABAC, the example of Myers' paper: five.
    assert_eq!(lines(b"A\nB\nC\nA\nB\nB\nA\n", b"C\nB\nA\nB\nA\nC\n"), 5);
    // Line endings are part of a line, and a changed encoding changes all.
    assert_eq!(lines(b"a\r\nb\r\n", b"a\nb\n"), 4);
    assert_eq!(lines(b"\xe9\n", b"\xc3\xa9\n"), 2);
}

#[test]
fn binary_content_counts_a_line_for_80_bytes_begun() {
    assert_eq!(lines(&[0; 80], &[0; 81]), 3);
    assert_eq!(lines(b"text\n", &[0; 160]), 3);
    assert_eq!(lines(&[0; 1], b""), 1);
}

#[test]
fn a_moved_file_counts_only_what_changes_in_it() {
    let policy = limited("max_patch_lines: 0");
    let rename = |new| {
        let old = OldFile::regular(b"a\nb\n");
        Case::new(|builder| builder.rename(path("a"), path("b"), old, new, None))
    };
    assert_eq!(passed(&rename(None), &policy), []);
    assert_eq!(
        passed(&rename(Some(b"a\nc\n")), &policy),
        one("max_patch_lines", "2", "0")
    );
}

/// Two files without a common line would take the square of their length; they count as replaced, and soon.
#[test]
fn a_hopeless_comparison_is_cut_off_at_the_same_place_everywhere() {
    let numbered = |letter: char| {
        use std::fmt::Write as _;
        (0..20_000).fold(String::new(), |mut text, number| {
            writeln!(text, "{letter}{number}").unwrap();
            text
        })
    };
    let (old, new) = (numbered('a'), numbered('b'));
    assert_eq!(lines(old.as_bytes(), new.as_bytes()), 40_000);
}

#[test]
fn the_verdict_on_limits_is_the_strictest() {
    let case = Case::touching(&["a", "b"]);
    let policy = open_policy(
        "  constraints: {max_files_touched: 1, max_patch_lines: 1}\n  on_limit: {max_patch_lines: need_approval}",
    );
    assert_eq!(verdict(&case.judge(&policy)), GateVerdict::Deny);
}
