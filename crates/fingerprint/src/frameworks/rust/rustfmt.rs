//! rustfmt `--check`: the differences of each file, and nothing that sums them up.
//!
//! Format: `Diff in FILE at line N:` up to rustfmt 1.7.0, `Diff in FILE:N:` since (`src/emitter/diff.rs`).

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::line::Line;

const RUSTFMT: Framework = Framework::new("rustfmt", "rustfmt");

/// What stands above the end of a step that failed, or of the input: the last difference names its file.
pub(super) fn find(end: &Line<'_>) -> Option<Finding> {
    let mut below: Option<String> = None;
    for above in end.above() {
        let text = above.text.as_ref();
        if let Some(file) = file(text)
            && below.as_deref().is_some_and(is_difference)
        {
            let finding = Finding::new(RUSTFMT, None, Kind::Build, Block::of(&above));
            return Some(finding.saying(format!("`{file}` is not formatted")));
        }
        let is_blank = text.is_empty() && below.is_none();
        if !is_blank && !is_difference(text) {
            return None;
        }
        below = Some(text.to_owned());
    }
    None
}

/// Lines of a difference are added, removed or repeated ones.
fn is_difference(text: &str) -> bool {
    text.is_empty() || text.starts_with([' ', '+', '-']) || file(text).is_some()
}

fn file(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Diff in ")?.strip_suffix(':')?;
    let (file, number) = rest
        .rsplit_once(" at line ")
        .or_else(|| rest.rsplit_once(':'))?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !file.is_empty()).then_some(file)
}
