//! The literals by which secrets begin: one automaton finds them all in one scan.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// What a literal is the beginning of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Aws,
    Bearer,
    GcpKey,
    GcpToken,
    GitHub,
    GitHubFineGrained,
    Header,
    Jwt,
    Npm,
    Pem,
    PyPi,
    SlackHook,
    SlackToken,
    Url,
    Pair(Word),
}

/// How strongly a word says that a secret follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// `password`, `secret`: hardly ever followed by anything else.
    Strong,
    /// `token`: compilers say it about other things.
    Weak,
    /// `access_token`: compilers do not say it, but programs count them (`max_token=512`).
    Compound,
    /// `pwd`: a secret only in `pwd=value`, and not if the value is a path.
    Assigned,
}

/// In lower case; the case of the text does not matter here, and is looked at by the rules.
const LITERALS: &[(&str, Rule)] = &[
    ("akia", Rule::Aws),
    ("asia", Rule::Aws),
    ("bearer ", Rule::Bearer),
    ("aiza", Rule::GcpKey),
    ("ya29.", Rule::GcpToken),
    ("ghp_", Rule::GitHub),
    ("gho_", Rule::GitHub),
    ("ghu_", Rule::GitHub),
    ("ghs_", Rule::GitHub),
    ("ghr_", Rule::GitHub),
    ("github_pat_", Rule::GitHubFineGrained),
    ("authorization", Rule::Header),
    ("eyj", Rule::Jwt),
    ("npm_", Rule::Npm),
    ("-----begin", Rule::Pem),
    ("pypi-", Rule::PyPi),
    ("hooks.slack.com/", Rule::SlackHook),
    ("xox", Rule::SlackToken),
    ("xapp-", Rule::SlackToken),
    ("://", Rule::Url),
    ("password", Rule::Pair(Word::Strong)),
    ("passwd", Rule::Pair(Word::Strong)),
    ("passphrase", Rule::Pair(Word::Strong)),
    ("secret", Rule::Pair(Word::Strong)),
    ("secret_key", Rule::Pair(Word::Strong)),
    ("secret-key", Rule::Pair(Word::Strong)),
    ("secretkey", Rule::Pair(Word::Strong)),
    ("access_key", Rule::Pair(Word::Strong)),
    ("access-key", Rule::Pair(Word::Strong)),
    ("accesskey", Rule::Pair(Word::Strong)),
    ("account_key", Rule::Pair(Word::Strong)),
    ("accountkey", Rule::Pair(Word::Strong)),
    ("api_key", Rule::Pair(Word::Strong)),
    ("api-key", Rule::Pair(Word::Strong)),
    ("apikey", Rule::Pair(Word::Strong)),
    ("private_key", Rule::Pair(Word::Strong)),
    ("private-key", Rule::Pair(Word::Strong)),
    ("privatekey", Rule::Pair(Word::Strong)),
    ("token", Rule::Pair(Word::Weak)),
    ("pwd", Rule::Pair(Word::Assigned)),
    ("_auth", Rule::Pair(Word::Assigned)),
];

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        // The rules are asked about every occurrence: the beginning of one may lie inside of another.
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(LITERALS.iter().map(|(literal, _)| literal))
        .expect("a few dozen short literals are within every limit of the automaton")
});

/// Where the first literal begins, or a later one that ends no later.
pub(crate) fn first_candidate(text: &str) -> Option<usize> {
    AUTOMATON.find(text).map(|found| found.start())
}

/// Every literal in `text`: its rule, beginning and end, in the order of the ends.
pub(crate) fn candidates(text: &str) -> impl Iterator<Item = (Rule, usize, usize)> {
    AUTOMATON.find_overlapping_iter(text).map(|found| {
        (
            LITERALS[found.pattern().as_usize()].1,
            found.start(),
            found.end(),
        )
    })
}
