//! A JUnit report, for forges and dashboards that read nothing else.
//!
//! Each file is a suite and each failure a case; a failure that passed on retry is a `flakyFailure`, as Surefire writes
//! it. An input that could not be read is a case with an error, so that no reader takes it for passed.

use std::fmt::Write as _;
use std::io::{self, Write};

use ftc_fingerprint::Kind;

use super::{Renderer, text};
use crate::model::{FileFailure, FileResult, Summary};

/// Renders a JUnit report.
#[derive(Debug)]
pub struct Junit;

impl Renderer for Junit {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ftc-scan\">"
        )
    }

    fn file(&mut self, file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
        let errors = file
            .failures
            .iter()
            .filter(|failure| element(failure) == "error")
            .count();
        let failures = file
            .failures
            .iter()
            .filter(|failure| element(failure) == "failure")
            .count();
        writeln!(
            out,
            "  <testsuite name={} tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\">",
            Attribute(&file.file),
            file.failures.len()
        )?;
        writeln!(
            out,
            "    <properties>\n      <property name=\"ftc.class\" value=\"{}\"/>\n    </properties>",
            file.class
        )?;
        for failure in &file.failures {
            case(failure, out)?;
        }
        writeln!(out, "  </testsuite>")
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        for error in &summary.errors {
            writeln!(
                out,
                "  <testsuite name={name} tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    \
                 <testcase name={name} classname=\"ftc-scan\">\n      <error type=\"unreadable\" message={}/>\n    \
                 </testcase>\n  </testsuite>",
                Attribute(&error.error),
                name = Attribute(&error.file),
            )?;
        }
        writeln!(out, "</testsuites>")
    }
}

fn case(failure: &FileFailure, out: &mut dyn Write) -> io::Result<()> {
    let suite = failure.suite.as_deref().unwrap_or(failure.framework);
    let element = element(failure);
    writeln!(
        out,
        "    <testcase name={} classname={}>",
        Attribute(failure.title()),
        Attribute(suite)
    )?;
    writeln!(
        out,
        "      <properties>\n        <property name=\"ftc.class\" value=\"{}\"/>\n        \
         <property name=\"ftc.fingerprint\" value=\"{}\"/>\n      </properties>",
        failure.class, failure.fingerprint
    )?;
    writeln!(
        out,
        "      <{element} type=\"{}\" message={}>{}</{element}>\n    </testcase>",
        failure.kind,
        Attribute(&failure.message),
        Content(&failure.excerpt)
    )
}

/// The element that says how a case ended.
fn element(failure: &FileFailure) -> &'static str {
    match failure.kind {
        _ if failure.passed_on_retry => "flakyFailure",
        Kind::Assertion | Kind::Timeout | Kind::Race => "failure",
        _ => "error",
    }
}

/// A quoted attribute value.
struct Attribute<'a>(&'a str);

impl std::fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                // As they are, readers make spaces of them.
                '\n' => f.write_str("&#10;")?,
                '\t' => f.write_str("&#9;")?,
                _ => escape(character, f)?,
            }
        }
        f.write_char('"')
    }
}

/// Text between tags.
struct Content<'a>(&'a str);

impl std::fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .chars()
            .try_for_each(|character| escape(character, f))
    }
}

/// Writes a character so that it is one. What XML 1.0 forbids becomes U+FFFD; what it allows and acts on a terminal, or
/// reorders what is read, becomes a reference.
fn escape(character: char, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    match character {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '"' => f.write_str("&quot;"),
        '\n' | '\t' => f.write_char(character),
        '\u{fffe}' | '\u{ffff}' | '\0'..='\u{1f}' => f.write_char(char::REPLACEMENT_CHARACTER),
        _ if text::acts_on_reader(character) => write!(f, "&#{};", u32::from(character)),
        _ => f.write_char(character),
    }
}

#[cfg(test)]
mod tests {
    use ftc_report::junit::{Outcome, Parser, Summary as Read, TestCase};
    use insta::assert_snapshot;

    use super::super::samples::{self, failure, file, render};
    use super::*;

    fn read_back(text: &str) -> (Vec<TestCase>, Read) {
        let mut parser = Parser::new();
        parser.feed(text.as_bytes());
        let summary = parser.finish().expect("our own report is whole");
        (std::iter::from_fn(|| parser.next_case()).collect(), summary)
    }

    #[test]
    fn a_report() {
        assert_snapshot!(render(&mut Junit, &samples::files(), &samples::summary()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="ftc-scan">
          <testsuite name="unit/lease.log" tests="2" failures="1" errors="0" skipped="0">
            <properties>
              <property name="ftc.class" value="flaky"/>
            </properties>
            <testcase name="TestLease/expires_after_the_renewal_was_refused_by_the_leader" classname="example.com/lease">
              <properties>
                <property name="ftc.class" value="unknown"/>
                <property name="ftc.fingerprint" value="3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f"/>
              </properties>
              <failure type="assertion" message="lease expired after 31ms">--- FAIL: TestLease (0.01s)
            lease_test.go:41: lease expired after 31ms</failure>
            </testcase>
            <testcase name="TestElection" classname="example.com/lease">
              <properties>
                <property name="ftc.class" value="flaky"/>
                <property name="ftc.fingerprint" value="a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"/>
              </properties>
              <flakyFailure type="timeout" message="lease expired after 31ms">--- FAIL: TestLease (0.01s)
            lease_test.go:41: lease expired after 31ms</flakyFailure>
            </testcase>
          </testsuite>
          <testsuite name="build.zip!/1_build.txt" tests="1" failures="0" errors="1" skipped="0">
            <properties>
              <property name="ftc.class" value="regression"/>
            </properties>
            <testcase name="error[E0308]: mismatched types" classname="cargo-test">
              <properties>
                <property name="ftc.class" value="regression"/>
                <property name="ftc.fingerprint" value="0707070707070707070707070707070707070707070707070707070707070707"/>
              </properties>
              <error type="build" message="error[E0308]: mismatched types&#10;expected `u32`">--- FAIL: TestLease (0.01s)
            lease_test.go:41: lease expired after 31ms</error>
            </testcase>
          </testsuite>
          <testsuite name="pass.log" tests="0" failures="0" errors="0" skipped="0">
            <properties>
              <property name="ftc.class" value="pass"/>
            </properties>
          </testsuite>
          <testsuite name="broken.gz" tests="1" failures="0" errors="1" skipped="0">
            <testcase name="broken.gz" classname="ftc-scan">
              <error type="unreadable" message="`broken.gz` is cut off: its gzip data ends early"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn our_own_parser_reads_it_back() {
        let (cases, summary) =
            read_back(&render(&mut Junit, &samples::files(), &samples::summary()));
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "TestLease/expires_after_the_renewal_was_refused_by_the_leader",
                "TestElection",
                "error[E0308]: mismatched types",
                "broken.gz"
            ]
        );
        assert!(cases[1].passed_on_retry());
        assert_eq!(
            cases[0].problem().unwrap().kind.as_deref(),
            Some("assertion")
        );
        assert_eq!(
            cases[0].problem().unwrap().text.text,
            samples::files()[0].failures[0].excerpt
        );
        assert!(matches!(cases[2].outcome, Outcome::Errored(_)));
        assert_eq!(
            cases[2].problem().unwrap().message.as_ref().unwrap().text,
            "error[E0308]: mismatched types\nexpected `u32`"
        );
        assert!(summary.totals_agree(), "{summary:?}");
        assert_eq!(summary.notes, []);
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut hostile = failure("</testcase><testcase name=\"x\"/>&lt;\u{1b}\u{fffe}", 1);
        hostile.excerpt = "]]></failure><!-- \u{0} &amp; \u{9b}".to_owned();
        let file = FileResult {
            failures: vec![hostile],
            ..file("a\"b<c>.log", ftc_fingerprint::Class::Unknown)
        };
        let (cases, summary) = read_back(&render(&mut Junit, &[file], &Summary::default()));
        assert_eq!(cases.len(), 1);
        assert_eq!(
            cases[0].name,
            "</testcase><testcase name=\"x\"/>&lt;\u{fffd}\u{fffd}"
        );
        assert_eq!(*cases[0].suite, ["a\"b<c>.log".to_owned()]);
        assert_eq!(
            cases[0].problem().unwrap().text.text,
            "]]></failure><!-- \u{fffd} &amp; \u{9b}"
        );
        assert_eq!(summary.notes, []);
    }
}
