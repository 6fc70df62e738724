//! Telling a report by its first bytes.

use ftc_report::junit::{Sniff, looks_like_junit, sniff};

#[test]
fn reports_are_recognised() {
    for report in [
        "<testsuite>",
        "<testsuites name='x'",
        "  \n<testsuite/>",
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- made > here --><testsuite>",
        "<!DOCTYPE t [<!ENTITY a '>'>]><testsuites>",
        "<j:testsuite xmlns:j='x'>",
    ] {
        assert!(looks_like_junit(report.as_bytes()), "{report}");
    }
}

#[test]
fn other_things_are_not() {
    for other in [
        "",
        "=== RUN   TestA",
        "<html>",
        "<?xml version='1.0'?><coverage>",
        "<testsuitex>",
        "text <testsuite>",
        "{",
        "<",
        "<3",
    ] {
        assert!(!looks_like_junit(other.as_bytes()), "{other}");
    }
}

#[test]
fn too_short_a_prefix_decides_nothing() {
    for prefix in [
        "",
        "\u{feff}",
        " ",
        "<",
        "<?xml version",
        "<!-",
        "<!-- x",
        "<!DOCT",
        "<tests",
        "<testsuites",
        "<x:",
    ] {
        assert_eq!(sniff(prefix.as_bytes()), Sniff::Undecided, "{prefix}");
    }
    for prefix in ["x", "<!x", "<3", "<html ", "<testsuiteX>"] {
        assert_eq!(sniff(prefix.as_bytes()), Sniff::Other, "{prefix}");
    }
    assert_eq!(sniff("x".repeat(100).as_bytes()), Sniff::Other);
    assert_eq!(
        sniff(format!("<{}", "x".repeat(100)).as_bytes()),
        Sniff::Other
    );
}
