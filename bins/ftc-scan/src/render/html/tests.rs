//! The page as text; `tests/it/html.rs` shows it to a browser.

use std::collections::HashMap;

use ftc_fingerprint::Class;

use super::super::samples::{self, failure, file, render};
use super::*;

fn page(files: &[FileResult], summary: &Summary) -> String {
    render(&mut Html::default(), files, summary)
}

#[test]
fn a_page_says_the_most_important_first() {
    let page = page(&samples::files(), &samples::summary());
    let order = [
        "<h1>2 failures in 3 files</h1>\n<p>1 passed on retry, 1 input unreadable, scanned in 1.23 s</p>",
        "<input type=\"radio\" name=\"show\" id=\"show-all\" checked><span>all <b>3</b></span>",
        "id=\"show-regression\"><span>regression <b>1</b>",
        "<caption>Files</caption>",
        "<a href=\"#file-1\">unit/lease.log</a></td><td class=\"count\">2</td>",
        "<td>pass.log</td><td class=\"count\">0</td>",
        "<main id=\"failures\">",
        "<h2 id=\"file-1\">unit/lease.log</h2>",
        "<article class=\"failure unknown\" id=\"f1-3f3f3f3f3f3f\"",
        "<dt>seen</dt><dd>3x since 2026-11-02</dd>",
        "<summary>Excerpt, lines 12 to 14</summary>",
        "<article class=\"failure flaky\" id=\"f2-a1a1a1a1a1a1\"",
        "<ul class=\"notes\">\n<li>the tool counted 4 failures",
        "<dt>kind</dt><dd>build, E0308</dd>",
        "Inputs that could not be read",
        "fingerprints by the rules <code>f2</code>",
    ];
    let mut rest = page.as_str();
    for part in order {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("`{part}` in\n{rest}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn a_page_without_failures_says_so_and_offers_no_choice() {
    let summary = Summary {
        files: 1,
        ..Summary::default()
    };
    let page = page(&[file("pass.log", Class::Pass)], &summary);
    assert!(page.contains("<h1>0 failures in 1 file</h1>"), "{page}");
    assert!(page.contains("No failure was found."), "{page}");
    assert!(!page.contains("<fieldset>"), "{page}");
}

#[test]
fn hostile_text_stays_text() {
    const HOSTILE: &str = "</pre></style><script>alert(1)</script><img src=x onerror=alert(2)>\" ' &amp; \u{202e}\0\u{1b}[2J";
    let mut hostile = failure(HOSTILE, 2);
    hostile.message = HOSTILE.to_owned();
    hostile.excerpt = format!("{HOSTILE}\n{HOSTILE}");
    hostile.evidence = vec![HOSTILE.to_owned()];
    hostile.suite = Some(HOSTILE.to_owned());
    hostile.detail = Some(HOSTILE.to_owned());
    let hostile = FileResult {
        failures: vec![hostile],
        evidence: vec![HOSTILE.to_owned()],
        notes: vec![HOSTILE.to_owned()],
        ..file(HOSTILE, Class::Unknown)
    };
    let mut summary = samples::summary();
    summary.errors[0].error = HOSTILE.to_owned();
    let page = page(&[hostile], &summary);
    assert_eq!(page.matches("<style>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    for forbidden in [
        "<script",
        "<img",
        "\u{202e}",
        "\0",
        "\u{1b}",
        "onerror=alert(2)>",
    ] {
        assert!(!page.contains(forbidden), "{forbidden:?} in {page}");
    }
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{page}"
    );
    assert!(page.contains("&amp;amp;"), "{page}");
    // What is opened is closed, so that nothing got out of where it belongs.
    for tag in [
        "article", "section", "pre", "code", "details", "ul", "dl", "h3",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn lines_have_numbers_only_where_they_are_known() {
    let numbered = |numbers: &[u64]| {
        let mut failure = failure("TestLease", 1);
        failure.excerpt = "one\ntwo".to_owned();
        failure.excerpt_numbers = numbers.to_vec();
        let file = FileResult {
            failures: vec![failure],
            ..file("a.log", Class::Unknown)
        };
        page(&[file], &Summary::default())
    };
    let lines = "<pre class=\"log numbered\" tabindex=\"0\"><code><span class=\"l\" data-n=\"14\">one</span><span class=\"l\" data-n=\"12\">two</span></code></pre>";
    assert!(numbered(&[14, 12]).contains(lines));
    let lines = "<pre class=\"log\" tabindex=\"0\"><code><span class=\"l\">one</span><span class=\"l\">two</span></code></pre>";
    assert!(numbered(&[]).contains(lines));
    assert!(numbered(&[14]).contains(lines));
}

#[test]
fn a_page_does_not_grow_without_bounds() {
    let mut failure = failure("TestLease", 1);
    failure.excerpt = "line of a log\n".repeat(1100);
    let file = FileResult {
        failures: vec![failure; 1000],
        ..file("large.log", Class::Unknown)
    };
    let mut html = Html::default();
    let page = render(&mut html, &vec![file; 30], &Summary::default());
    assert!(page.len() < MAX_BYTES + 1024 * 1024, "{} bytes", page.len());
    assert!(page.contains("excerpts left out"));
    assert!(page.contains("more failures left out"));
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour is hex");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn every_text_can_be_read() {
    let pairs = [
        ("text", "page"),
        ("text", "panel"),
        ("muted", "page"),
        ("muted", "panel"),
        ("link", "page"),
        ("log-text", "log"),
        ("log-muted", "log"),
        ("page", "text"),
        ("regression-text", "regression"),
        ("infra-text", "infra"),
        ("flaky-text", "flaky"),
        ("unknown-text", "unknown"),
        ("pass-text", "pass"),
    ];
    let blocks: Vec<&str> = STYLE.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), 3, "light, dark, print");
    let colours = |block: &'static str| -> HashMap<&'static str, &'static str> {
        let block = block.split('}').next().expect("a split has a first part");
        let entries = block.split(';').filter_map(|entry| {
            let (name, value) = entry.trim().strip_prefix("--")?.split_once(": ")?;
            Some((name, value))
        });
        entries.collect()
    };
    let light = colours(blocks[0]);
    for scheme in &blocks {
        let own = colours(scheme);
        let of = |name: &str| {
            own.get(name)
                .or_else(|| light.get(name))
                .copied()
                .expect("it is set")
        };
        for (front, back) in pairs {
            let (front_light, back_light) = (luminance(of(front)), luminance(of(back)));
            let (more, less) = (front_light.max(back_light), front_light.min(back_light));
            let ratio = (more + 0.05) / (less + 0.05);
            assert!(ratio >= 4.5, "{front} on {back}: {ratio:.2} in {scheme}");
        }
        // What is not text but has to be seen.
        let ratio = (luminance(of("edge")) - luminance(of("page"))).abs();
        assert!(ratio > 0.05, "{ratio}");
    }
}
