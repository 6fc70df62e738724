//! `--format html`, as a browser sees it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{FAILING, PASSING, Place};

/// What gets out of a page that does not escape it, in every place where a log can put text.
const HOSTILE: &str = "</pre></style><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> \u{202e}\u{2066} &lt;b&gt;";

/// A log whose test, message and excerpt are hostile, with a NUL in it.
fn hostile_log() -> String {
    format!(
        "=== RUN   TestLease\n    lease_test.go:41: {HOSTILE}\0\n--- FAIL: TestLease (0.01s)\n=== RUN   TestA/{}\n    a_test.go:1: no\n--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/{} (0.00s)\nFAIL\nFAIL\texample.com/{HOSTILE}\t0.014s\nFAIL\n",
        HOSTILE.replace(' ', "_"),
        HOSTILE.replace(' ', "_"),
    )
}

fn place() -> Place {
    let place = Place::new();
    place
        .write("logs/fail.log", FAILING)
        .write("logs/pass.log", PASSING)
        .write("logs/<img src=x onerror=alert(1)>.log", hostile_log())
        .write("logs/broken.gz", [0x1f, 0x8b, 8, 0]);
    place
}

fn page(place: &Place) -> String {
    let run = place.run(&["--format", "html", "logs"]);
    assert_eq!(run.code, 2, "one input is broken: {}", run.stderr);
    run.stdout
}

/// Shows a file to the browser with these arguments and returns what it prints.
fn browse(page: &Path, arguments: &[&str]) -> String {
    let home = tempfile::TempDir::new().expect("a temporary directory can be made");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--window-size=1200,1600",
        ])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .env("HOME", home.path())
        .output()
        .expect("the browser starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("a document is UTF-8")
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing() {
    let page = page(&place());
    assert!(page.starts_with("<!doctype html>\n"), "{page}");
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\""));
    for forbidden in [
        "<script", "<img", "<link", "<iframe", "@import", "url(", "\0", "\u{202e}",
    ] {
        assert!(!page.contains(forbidden), "{forbidden:?}");
    }
    // Every link stays on the page.
    for link in page.split("href=\"").skip(1) {
        assert!(link.starts_with('#'), "{link}");
    }
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for link in page
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert_eq!(
            ids.iter().filter(|id| **id == link).count(),
            1,
            "{link} among {ids:?}"
        );
    }
}

#[test]
#[ignore = "needs chromium"]
fn a_browser_shows_hostile_text_as_text() {
    let place = place();
    place.write("page.html", page(&place));
    let document = browse(&place.path("page.html"), &["--dump-dom"]);
    assert!(
        document.contains("<title>3 failures in 3 files - ftc-scan</title>"),
        "{document}"
    );
    assert_eq!(document.matches("<article ").count(), 3, "{document}");
    assert_eq!(document.matches("<style>").count(), 1, "{document}");
    for forbidden in ["<script", "<img"] {
        assert!(!document.contains(forbidden), "{forbidden}: {document}");
    }
    assert!(
        document.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"),
        "{document}"
    );
}

#[test]
#[ignore = "needs chromium"]
fn a_browser_draws_it_light_and_dark() {
    let place = place();
    place.write("page.html", page(&place));
    let drawn = |name: &str, scheme: &str| {
        let path = place.path(name);
        let screenshot = format!("--screenshot={}", path.display());
        let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
        browse(&place.path("page.html"), &[&screenshot, &scheme]);
        let picture = fs::read(path).expect("the picture is there");
        assert!(picture.starts_with(b"\x89PNG"), "{name}");
        assert!(picture.len() > 20_000, "{} bytes", picture.len());
        picture
    };
    assert!(
        drawn("light.png", "1") != drawn("dark.png", "0"),
        "the schemes differ"
    );
}
