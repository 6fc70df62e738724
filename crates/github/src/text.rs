//! What a forge accepts as text, and how other people's text is put into ours.

use crate::blocks;

/// The most characters of a title.
pub const TITLE_LIMIT: usize = 256;
/// The most characters of a body or a comment.
pub const BODY_LIMIT: usize = 65_536;
/// The most characters of the name of a label.
pub const LABEL_LIMIT: usize = 50;
/// The most characters of the description of a label.
pub const LABEL_DESCRIPTION_LIMIT: usize = 100;

/// What stands where something was left out of a block.
const CUT: &str = "*(The rest was too long for this page.)*";

/// `title` on one line and within [`TITLE_LIMIT`]; one that is cut ends in `…`.
pub fn fit_title(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() <= TITLE_LIMIT {
        return line;
    }
    let mut cut: String = line.chars().take(TITLE_LIMIT - 1).collect();
    cut.push('…');
    cut
}

/// `body` within [`BODY_LIMIT`]. Blocks are shortened, the last one first, each between two of its lines, with a note that
/// says so; markers stay whole. Text outside blocks is cut at its end only when that is not enough.
pub fn fit_body(body: &str) -> String {
    fit_body_to(body, BODY_LIMIT)
}

fn fit_body_to(body: &str, limit: usize) -> String {
    let fitted = fit_blocks(body, limit);
    if fitted.chars().count() <= limit {
        return fitted;
    }
    cut_tail(cut_between_blocks(&fitted, limit), limit)
}

/// `body` with its blocks shortened, the last one first, until it has `limit` characters or no block can be shorter.
pub(crate) fn fit_blocks(body: &str, limit: usize) -> String {
    let mut fitted = body.to_owned();
    let names: Vec<String> = blocks::read_all(body)
        .iter()
        .rev()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    for name in names {
        let excess = fitted.chars().count().saturating_sub(limit);
        if excess == 0 {
            break;
        }
        let text = blocks::read(&fitted, &name).unwrap_or_default();
        let keep = text.chars().count().saturating_sub(excess);
        let shortened = shorten(text, keep);
        // A short block would only grow by the note.
        if shortened.len() < text.len() {
            fitted = blocks::replace(&fitted, &name, &shortened);
        }
    }
    fitted
}

/// Cuts text outside blocks, the last of it first, until the whole has `limit` characters.
fn cut_between_blocks(body: &str, limit: usize) -> String {
    let mut excess = body.chars().count().saturating_sub(limit);
    let mut parts: Vec<String> = Vec::new();
    let blocks = blocks::ranges(body);
    let mut end = body.len();
    for block in blocks.iter().rev().map(Some).chain([None]) {
        let start = block.map_or(0, |block| block.end);
        let between = &body[start..end];
        let length = between.chars().count();
        let kept = cut_tail(between.to_owned(), length - excess.min(length));
        excess = excess.saturating_sub(length - kept.chars().count());
        parts.push(kept);
        if let Some(block) = block {
            parts.push(body[block.clone()].to_owned());
            end = block.start;
        }
    }
    parts.reverse();
    parts.concat()
}

/// The first lines of `text` and the note, together at most `limit` characters where that is possible at all.
fn shorten(text: &str, limit: usize) -> String {
    // Room for the note and for what closes an open code block and `<details>`.
    let room = limit.saturating_sub(CUT.len() + 128);
    let mut kept = String::new();
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.chars().count();
        if length > room {
            break;
        }
        kept.push_str(line);
    }
    close_open_parts(&mut kept);
    kept.push_str(CUT);
    kept
}

/// Ends a code block and `<details>` that are still open, so that they do not swallow what follows.
fn close_open_parts(text: &mut String) {
    let mut fence: Option<String> = None;
    for line in text.lines() {
        fence = next_fence(fence, line);
    }
    if let Some(fence) = fence {
        text.push_str(&fence);
        text.push('\n');
    }
    let open = text.matches("<details").count();
    let closed = text.matches("</details>").count();
    // More than a few are not ours, and each costs room.
    for _ in 0..open.saturating_sub(closed).min(4) {
        text.push_str("\n</details>\n");
    }
    if !text.is_empty() {
        text.push('\n');
    }
}

/// The fence that is open after `line` when `open` was before it.
pub(crate) fn next_fence(open: Option<String>, line: &str) -> Option<String> {
    let trimmed = line.trim_start_matches(' ');
    if line.len() - trimmed.len() > 3 {
        return open;
    }
    let run: String = match trimmed.chars().next() {
        Some(character @ ('`' | '~')) => trimmed.chars().take_while(|c| *c == character).collect(),
        _ => return open,
    };
    match open {
        Some(open) if run.starts_with(&open) && trimmed[run.len()..].trim().is_empty() => None,
        Some(open) => Some(open),
        None if run.len() >= 3 && !(run.starts_with('`') && trimmed[run.len()..].contains('`')) => {
            Some(run)
        }
        None => None,
    }
}

/// Cuts the end of `text` off, but never part of an HTML comment.
fn cut_tail(mut text: String, limit: usize) -> String {
    let Some((mut end, _)) = text.char_indices().nth(limit) else {
        return text;
    };
    if let Some(start) = text[..end].rfind("<!--")
        && !text[start..end].contains("-->")
    {
        end = start;
    }
    text.truncate(end);
    text
}

/// Other people's text for one cell of a Markdown table: one line, nothing in it that is Markdown, HTML, a marker of ours or
/// a call of a person by `@name`.
pub fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cell = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            '\\' | '|' | '`' | '*' | '[' | ']' => {
                cell.push('\\');
                cell.push(character);
            }
            '<' => cell.push_str("&lt;"),
            // A zero-width space: forges look for names after the Markdown is rendered.
            '@' => cell.push_str("@&#8203;"),
            _ => cell.push(character),
        }
    }
    cell
}

/// Other people's text as a code block, which no line in it can end, and without markers of ours.
pub fn code_block(text: &str) -> String {
    let text = blocks::escape(text);
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{fence}text\n{text}{end}{fence}")
}
