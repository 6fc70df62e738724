//! What makes a literal the beginning of a secret.
//!
//! A rule looks at one occurrence of its literal. It may look ahead only a bounded number of bytes before it declines, or along
//! a run that [`Line::run_end`] remembers, so that a line full of literals takes linear time. Rules are asked independently of
//! each other and their findings are united: a finding must never keep another rule from looking.

mod header;
mod pair;
mod pem;
mod tokens;
mod url;
mod value;

pub(crate) use pem::{Continuation, OpenKey};

use crate::line::Line;
use crate::literals::{Rule, candidates};

/// Finds the secrets of one line. Returns a private key that is still open at its end.
pub(crate) fn examine(line: &mut Line<'_>) -> Option<OpenKey> {
    let mut open_key = None;
    for (rule, start, end) in candidates(line.text()) {
        match rule {
            Rule::Aws => tokens::aws(line, start, end),
            Rule::Bearer => tokens::bearer(line, end),
            Rule::GcpKey => tokens::gcp_key(line, start, end),
            Rule::GcpToken => tokens::gcp_token(line, start, end),
            Rule::GitHub => tokens::github(line, start, end),
            Rule::GitHubFineGrained => tokens::github_fine_grained(line, start, end),
            Rule::Header => header::header(line, end),
            Rule::Jwt => tokens::jwt(line, start),
            Rule::Npm => tokens::npm(line, start, end),
            Rule::Pem => open_key = pem::begin(line, start).or(open_key),
            Rule::PyPi => tokens::pypi(line, start, end),
            Rule::SlackHook => tokens::slack_hook(line, end),
            Rule::SlackToken => tokens::slack_token(line, start, end),
            Rule::Url => url::url(line, end),
            Rule::Pair(word) => pair::pair(line, word, start, end),
        }
    }
    open_key
}
