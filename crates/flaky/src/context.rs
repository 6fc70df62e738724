//! What the failure points at in the repository.

use ftc_vcs::ObjectId;
use regex::Regex;

use crate::cleaner::Cx;
use crate::discover::{chosen_gate, load_gates};
use crate::error::FailureError;
use crate::step::Tracked;
use crate::text::Snippet;

/// Snippets in an analysis.
const MOST_SNIPPETS: usize = 3;
/// Lines before and after the one that is pointed at.
const AROUND: usize = 8;

/// What an analysis shows beside the failure itself.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) snippets: Vec<Snippet>,
    /// The command that runs the one test.
    pub(crate) rerun: Option<Vec<String>>,
}

/// Looks at the commit that failed. What cannot be found is left out: an analysis without it is still one.
pub(crate) fn collect(cx: &Cx, tracked: &Tracked) -> Result<Context, FailureError> {
    let commit = tracked
        .memo
        .rate
        .as_ref()
        .map_or("", |rate| rate.commit.as_str());
    let Ok(commit) = cx.parts.code.resolve(commit) else {
        return Ok(Context::default());
    };
    // An analysis needs no gate file, so what is wrong with it is told by whoever has to run it.
    let rerun = load_gates(cx, commit).ok().and_then(|file| {
        let gate = chosen_gate(cx, &file).ok()?;
        gate.rerun_argv(&tracked.test)
    });
    Ok(Context {
        snippets: snippets(cx, tracked, commit)?,
        rerun,
    })
}

fn snippets(cx: &Cx, tracked: &Tracked, commit: ObjectId) -> Result<Vec<Snippet>, FailureError> {
    let mut texts = vec![tracked.known.message.clone()];
    texts.extend(
        tracked
            .occurrences(cx)?
            .into_iter()
            .take(3)
            .map(|seen| seen.failure.excerpt),
    );
    let mut snippets: Vec<Snippet> = Vec::new();
    for (path, line) in texts.iter().flat_map(|text| places(text)) {
        let is_shown = snippets.iter().any(|snippet| {
            snippet.path == path && line.abs_diff(snippet.first_line + AROUND) <= AROUND
        });
        if is_shown {
            continue;
        }
        if let Some(bytes) = cx.parts.code.read_file(commit, &path)? {
            snippets.extend(snippet(&path, &String::from_utf8_lossy(&bytes), line));
        }
        if snippets.len() == MOST_SNIPPETS {
            break;
        }
    }
    Ok(snippets)
}

/// Every `path:line` of a text whose path stays inside the repository.
fn places(text: &str) -> Vec<(String, usize)> {
    let pattern = Regex::new(r"([A-Za-z0-9_][A-Za-z0-9_./-]*\.[A-Za-z]{1,6}):(\d{1,6})")
        .expect("the pattern is valid");
    pattern
        .captures_iter(text)
        .filter_map(|found| Some((found[1].to_owned(), found[2].parse().ok()?)))
        .filter(|(path, line)| {
            *line > 0 && !path.split('/').any(|part| part == ".." || part.is_empty())
        })
        .collect()
}

fn snippet(path: &str, text: &str, line: usize) -> Option<Snippet> {
    let lines: Vec<&str> = text.lines().collect();
    if line > lines.len() {
        return None;
    }
    let first = line.saturating_sub(AROUND + 1);
    let last = (line + AROUND).min(lines.len());
    Some(Snippet {
        path: path.to_owned(),
        first_line: first + 1,
        text: lines[first..last].join("\n"),
    })
}
