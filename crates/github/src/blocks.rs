//! Parts of a body that are ours, between two invisible lines, in a body that people edit too.
//!
//! A block is `<!-- FTC:NAME_START -->`, a line end, the text, a line end, `<!-- FTC:NAME_END -->`. A name has capital
//! letters, digits and `_`. Replacing a block changes no byte outside it. What people may have done to the markers is met
//! so that none of their text is ever lost:
//!
//! - A block is a START whose next marker, of whatever name, is its END. Of several with one name the first counts.
//! - Every other marker of that name (a START without END, a second block) is taken away when the block is replaced. The text
//!   around it stays, and is then ordinary text.
//! - Where there is no block, it is added at the end.
//! - Line ends do not make a difference: a web page that turned `\n` into `\r\n` has not changed a block.

use std::fmt::Write as _;
use std::ops::Range;

const OPENING: &str = "<!-- FTC:";
const CLOSING: &str = " -->";

/// The block `name` with `text`, markers included. Markers in `text` are made harmless, as in [`escape`]; a name is brought
/// into its form by capitals and `_`.
pub fn block(name: &str, text: &str) -> String {
    let name = normal_name(name);
    let text = without_markers(text);
    format!("{OPENING}{name}_START{CLOSING}\n{text}\n{OPENING}{name}_END{CLOSING}")
}

/// `body` with the block `name` saying `text`. See the [module](self) for what happens to damaged markers.
pub fn replace(body: &str, name: &str, text: &str) -> String {
    let name = normal_name(name);
    let block = block(&name, text);
    let mut body = without_strays(body, &name);
    let markers = markers(&body);
    let Some(first) = place(&markers, &name) else {
        append(&mut body, &block);
        return body;
    };
    let old = markers[first].range.start..markers[first + 1].range.end;
    if !same_lines(&body[old.clone()], &block) {
        body.replace_range(old, &block);
    }
    body
}

/// `body` with no marker of this name but those of its block.
fn without_strays(body: &str, name: &str) -> String {
    let mut body = body.to_owned();
    // Where one is taken away, what was before and behind it may come together as another.
    loop {
        let markers = markers(&body);
        let place = place(&markers, name);
        let is_stray =
            |index: usize| place.is_none_or(|first| index != first && index != first + 1);
        let stray =
            (0..markers.len()).find(|index| markers[*index].name == name && is_stray(*index));
        match stray {
            Some(index) => body.replace_range(markers[index].range.clone(), ""),
            None => return body,
        }
    }
}

/// The text of the block `name`; `None` where there is none, or only a damaged one.
pub fn read<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let markers = markers(body);
    let first = place(&markers, &normal_name(name))?;
    Some(inner(body, &markers[first], &markers[first + 1]))
}

/// Names and texts of all blocks, each name once, in the order of the body.
pub fn read_all(body: &str) -> Vec<(&str, &str)> {
    let markers = markers(body);
    let mut blocks: Vec<(&str, &str)> = Vec::new();
    for pair in markers.windows(2).filter(|pair| is_block(pair)) {
        if blocks.iter().all(|(name, _)| *name != pair[0].name) {
            blocks.push((pair[0].name, inner(body, &pair[0], &pair[1])));
        }
    }
    blocks
}

/// Where the blocks are, markers included, in the order of the body.
pub(crate) fn ranges(body: &str) -> Vec<Range<usize>> {
    let markers = markers(body);
    let blocks = markers.windows(2).filter(|pair| is_block(pair));
    blocks
        .map(|pair| pair[0].range.start..pair[1].range.end)
        .collect()
}

/// Other people's text for a body of ours: it can hold no marker, no block and no HTML comment, which could hide what follows.
/// Every `<!` becomes `&lt;!`, as does a `<` at the very end, which what is put behind it could complete.
pub fn escape(text: &str) -> String {
    let mut escaped = text.replace("<!", "&lt;!");
    if escaped.ends_with('<') {
        escaped.pop();
        escaped.push_str("&lt;");
    }
    escaped
}

/// Our own text inside a block: whatever could be taken for a marker of ours is made harmless, other comments stay.
fn without_markers(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut kept = 0;
    for (start, opening) in text.match_indices("<!--") {
        let after = text[start + opening.len()..].trim_start();
        let word: String = after.chars().take(4).collect();
        if word.eq_ignore_ascii_case("ftc:") {
            write!(harmless, "{}&lt;!--", &text[kept..start]).expect("a string takes everything");
            kept = start + opening.len();
        }
    }
    harmless.push_str(&text[kept..]);
    harmless
}

/// One marker in a body.
struct MarkerAt<'a> {
    range: Range<usize>,
    name: &'a str,
    side: Side,
}

#[derive(PartialEq, Eq)]
enum Side {
    Start,
    End,
}

fn markers(body: &str) -> Vec<MarkerAt<'_>> {
    let starts = body.match_indices(OPENING).map(|(start, _)| start);
    starts.filter_map(|start| marker_at(body, start)).collect()
}

fn marker_at(body: &str, start: usize) -> Option<MarkerAt<'_>> {
    let rest = &body[start + OPENING.len()..];
    let length = rest.bytes().take_while(|byte| is_name_byte(*byte)).count();
    rest[length..].starts_with(CLOSING).then_some(())?;
    let word = &rest[..length];
    let (name, side) = match (word.strip_suffix("_START"), word.strip_suffix("_END")) {
        (Some(name), _) => (name, Side::Start),
        (_, Some(name)) => (name, Side::End),
        _ => return None,
    };
    let end = start + OPENING.len() + length + CLOSING.len();
    (!name.is_empty()).then_some(MarkerAt {
        range: start..end,
        name,
        side,
    })
}

/// The index of the START of the block.
fn place(markers: &[MarkerAt<'_>], name: &str) -> Option<usize> {
    markers
        .windows(2)
        .position(|pair| is_block(pair) && pair[0].name == name)
}

fn is_block(pair: &[MarkerAt<'_>]) -> bool {
    pair[0].side == Side::Start && pair[1].side == Side::End && pair[0].name == pair[1].name
}

fn inner<'a>(body: &'a str, start: &MarkerAt<'_>, end: &MarkerAt<'_>) -> &'a str {
    let text = &body[start.range.end..end.range.start];
    let text = text
        .strip_prefix("\r\n")
        .or_else(|| text.strip_prefix('\n'))
        .unwrap_or(text);
    text.strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text)
}

fn append(body: &mut String, block: &str) {
    if !body.is_empty() {
        let have = body.len() - body.trim_end_matches('\n').len();
        body.push_str(&"\n\n"[have.min(2)..]);
    }
    body.push_str(block);
}

fn same_lines(left: &str, right: &str) -> bool {
    left == right || left.replace("\r\n", "\n") == right.replace("\r\n", "\n")
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

fn normal_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|character| match character.to_ascii_uppercase() {
            upper if upper.is_ascii_uppercase() || upper.is_ascii_digit() => upper,
            _ => '_',
        })
        .collect();
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}
