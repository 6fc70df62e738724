//! The crates that the architecture page names.

use std::collections::BTreeSet;

/// The folders that the section with `codemap` in its heading names, in whatever form: `crates/NAME`, `bins/NAME`, `xtask`.
/// The section ends at the next heading of its level or above.
pub fn folders(page: &str) -> BTreeSet<String> {
    section(page)
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '*' | '.')))
        .filter_map(|word| {
            let word = word.trim_end_matches(['.', '/']);
            let is_crate = word
                .strip_prefix("crates/")
                .or_else(|| word.strip_prefix("bins/"))
                .is_some_and(is_name);
            (is_crate || word == "xtask").then(|| word.to_owned())
        })
        .collect()
}

/// `*` and `ftc-*` stand for several crates, and a deeper path is a file of a crate: neither names one.
fn is_name(rest: &str) -> bool {
    !rest.is_empty()
        && rest
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn section(page: &str) -> String {
    let mut level = None;
    let mut fenced = false;
    let mut text = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let hashes = line.len() - line.trim_start_matches('#').len();
        // In a code block `#` begins a comment.
        let heading = !fenced && hashes > 0 && line[hashes..].starts_with(' ');
        match level {
            None if heading && line.to_lowercase().contains("codemap") => level = Some(hashes),
            Some(own) if heading && hashes <= own => level = None,
            Some(_) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    text
}
