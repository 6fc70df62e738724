//! Where things lie on this machine, which is nobody's business on a forge.

use std::path::Path;

use ftc_github::PlannedWrite;

use crate::cleaner::Cx;

impl Cx {
    /// `write` with every place of this machine in its texts replaced by a word.
    pub(crate) fn without_places(&self, write: PlannedWrite) -> PlannedWrite {
        let hide = |text: String| self.hide_places(text);
        match write {
            PlannedWrite::EnsureIssue {
                marker,
                title,
                body,
                labels,
            } => PlannedWrite::EnsureIssue {
                marker,
                title: hide(title),
                body: hide(body),
                labels,
            },
            PlannedWrite::UpdateBlocks { issue, blocks } => PlannedWrite::UpdateBlocks {
                issue,
                blocks: blocks
                    .into_iter()
                    .map(|(name, text)| (name, hide(text)))
                    .collect(),
            },
            PlannedWrite::UpsertComment {
                issue,
                marker,
                body,
            } => PlannedWrite::UpsertComment {
                issue,
                marker,
                body: hide(body),
            },
            // What else is published is made of names in the repository.
            other => other,
        }
    }

    fn hide_places(&self, text: String) -> String {
        let parts = &self.parts;
        let repository = parts.code.work_dir().unwrap_or(parts.code.common_dir());
        // The work folder may lie in the repository.
        let places = [
            (parts.work.as_path(), "WORK"),
            (parts.key_directory.as_path(), "KEYS"),
            (repository, "REPOSITORY"),
        ];
        places
            .iter()
            .fold(text, |text, (path, word)| hide(text, path, word))
    }
}

/// Replaces `path` where it stands as a path of its own: `/app` is not in `src/app`, nor in `/apple`.
fn hide(text: String, path: &Path, word: &str) -> String {
    let Some(path) = path.to_str().filter(|path| path.len() > 1) else {
        return text;
    };
    let goes_on = |character: char| character.is_alphanumeric() || "._-".contains(character);
    let mut hidden = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(path) {
        let (before, found) = rest.split_at(at);
        let after = &found[path.len()..];
        let begins = !before.ends_with(|last| goes_on(last) || last == '/');
        hidden.push_str(before);
        hidden.push_str(if begins && !after.starts_with(goes_on) {
            word
        } else {
            path
        });
        rest = after;
    }
    hidden.push_str(rest);
    hidden
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::hide;

    #[test]
    fn only_whole_paths_are_hidden() {
        let hidden = |text: &str| hide(text.to_owned(), Path::new("/app"), "HERE");
        assert_eq!(
            hidden("at /app/x.rs:1, (/app) \"/app\""),
            "at HERE/x.rs:1, (HERE) \"HERE\""
        );
        for text in ["src/app/x.rs", "/apple", "x/app", "/app-2", "//app", ""] {
            assert_eq!(hidden(text), text);
        }
    }
}
