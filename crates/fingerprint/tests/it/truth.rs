//! Compares what was found in the fixtures with their truths: a found name matches when the truth's tokens are its last ones;
//! failures without a name match by kind; failures of one group have one fingerprint, and those of two groups of a framework
//! have two.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ftc_fingerprint::{Failure, Scan};
use serde::Deserialize;

/// What one log must be read as.
#[derive(Debug, Deserialize)]
pub struct Truth {
    pub file: String,
    framework: String,
    failures: Vec<Expected>,
    class: String,
    class_basis: String,
    #[serde(default)]
    ignore_tests: Vec<String>,
    fp_scored: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    test: Option<String>,
    kind: String,
    #[serde(default)]
    kind_accept: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    group: Option<String>,
}

/// The truths below a folder.
pub fn load(folder: &Path) -> Vec<Truth> {
    let mut paths = Vec::new();
    crate::fixtures::walk(folder, &mut paths);
    paths.sort();
    let is_json = |path: &&std::path::PathBuf| path.extension().is_some_and(|end| end == "json");
    paths
        .iter()
        .filter(is_json)
        .map(|path| {
            let text = std::fs::read(path).expect("a truth can be read");
            serde_json::from_slice(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

/// Everything that is wrong, a line each.
#[derive(Debug, Default)]
pub struct Comparison {
    pub wrong: Vec<String>,
    /// By family and group.
    fingerprints: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Comparison {
    /// Compares one log.
    pub fn add(&mut self, truth: &Truth, scan: &Scan) {
        let mut left: Vec<&Failure> = scan.failures.iter().collect();
        let mut expected: Vec<&Expected> = truth.failures.iter().collect();
        // The longest names choose first, those without one last.
        expected
            .sort_by_key(|it| std::cmp::Reverse(it.name().map_or(0, |name| tokens(name).len())));
        for failure in expected {
            match take(failure, &mut left) {
                Some(hit) => self.compare(truth, failure, hit),
                None => self.say(
                    truth,
                    &format!("missed {:?} {}", failure.test, failure.kind),
                ),
            }
        }
        for extra in left {
            let name = extra.test.as_deref().map(tokens);
            let mut ignored = truth.ignore_tests.iter();
            if truth.fp_scored != Some(false) && !ignored.any(|it| name == Some(tokens(it))) {
                self.say(truth, &format!("extra {:?} {}", extra.test, extra.kind));
            }
        }
        let class = scan.class.to_string();
        if truth.class_basis != "unscored" && class != truth.class && class != "unknown" {
            self.say(truth, &format!("class {class}, not {}", truth.class));
        }
    }

    fn compare(&mut self, truth: &Truth, failure: &Expected, hit: &Failure) {
        let kind = hit.kind.to_string();
        let thrown = ["assertion", "panic"];
        let is_near = thrown.contains(&kind.as_str()) && thrown.contains(&failure.kind.as_str());
        if kind != failure.kind && !is_near && !failure.kind_accept.contains(&kind) {
            let text = format!("{:?} is {kind}, not {}", hit.test, failure.kind);
            self.say(truth, &text);
        }
        if let Some(group) = failure.group.as_ref().filter(|group| !group.is_empty()) {
            self.fingerprints
                .entry((family(truth).to_owned(), group.clone()))
                .or_default()
                .insert(hit.keys.exact.to_string());
        }
    }

    fn say(&mut self, truth: &Truth, text: &str) {
        self.wrong.push(format!("{}: {text}", truth.file));
    }

    /// Compares the fingerprints of all logs.
    pub fn finish(mut self) -> Vec<String> {
        let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for ((family, group), fingerprints) in &self.fingerprints {
            if fingerprints.len() > 1 {
                self.wrong
                    .push(format!("{group} is split: {fingerprints:?}"));
            }
            for fingerprint in fingerprints {
                if let Some(other) = owners.insert((family, fingerprint), group) {
                    self.wrong
                        .push(format!("{other} and {group} are joined: {fingerprint}"));
                }
            }
        }
        self.wrong
    }
}

/// Takes what was found for a failure out of the list, with every other failure of that name.
fn take<'a>(failure: &Expected, left: &mut Vec<&'a Failure>) -> Option<&'a Failure> {
    let Some(name) = failure.name() else {
        let nameless = |it: &&Failure| it.test.is_none();
        let accepted = |it: &&Failure| {
            let kind = it.kind.to_string();
            nameless(it) && (kind == failure.kind || failure.kind_accept.contains(&kind))
        };
        let at = left
            .iter()
            .position(accepted)
            .or_else(|| left.iter().position(nameless))?;
        return Some(left.remove(at));
    };
    let means = |it: &&Failure| {
        let mut names = failure.aliases.iter().map(String::as_str).chain([name]);
        let found = it.test.as_deref().map(tokens).unwrap_or_default();
        names.any(|name| found.ends_with(&tokens(name)))
    };
    let hit = left
        .iter()
        .find(|it| it.test.as_deref().map(tokens) == Some(tokens(name)))
        .or_else(|| left.iter().find(|it| means(it)))
        .copied()?;
    left.retain(|it| !means(it));
    Some(hit)
}

impl Expected {
    fn name(&self) -> Option<&str> {
        self.test.as_deref().filter(|name| !name.is_empty())
    }
}

/// Tools that report the same tests.
fn family(truth: &Truth) -> &str {
    match truth.framework.as_str() {
        "go-test" | "go-test-json" | "gotestsum" => "go",
        other => other,
    }
}

/// The parts of a name, after what stands in parentheses at its end (a line, a class, a time) is taken off.
fn tokens(name: &str) -> Vec<&str> {
    let whole = name.trim();
    let mut bare = whole;
    for _ in 0..3 {
        let inside = bare.trim_end().strip_suffix(')');
        let open = inside.and_then(|inside| inside.rfind(['(', ')']).map(|at| (inside, at)));
        if let Some((inside, at)) = open.filter(|(inside, at)| inside[*at..].starts_with('(')) {
            bare = inside[..at].trim_end();
        }
    }
    if bare.is_empty() { whole } else { bare }
        .split("::")
        .flat_map(|part| part.split(|c: char| "./>›#".contains(c) || c.is_whitespace()))
        .filter(|token| !token.is_empty())
        .collect()
}

#[test]
fn names_match_by_their_last_tokens() {
    assert_eq!(
        tokens("src/lib.rs - add (line 11)"),
        ["src", "lib", "rs", "-", "add"]
    );
    assert!(tokens("crate::tests::x").ends_with(&tokens("tests::x")));
    assert!(!tokens("TestX").ends_with(&tokens("TestX/sub")));
}
