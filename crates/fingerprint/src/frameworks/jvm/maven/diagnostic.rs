//! What a compiler or a check says of a place in a file, as Maven prints it.

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::line::Line;

/// Compilers of the JVM's languages: their errors are the same whatever builds.
pub(in super::super) const JAVAC: Framework = Framework::new("javac", "javac");

/// One error at one place.
#[derive(Debug)]
pub(super) struct Diagnostic {
    file: String,
    message: String,
    block: Block,
}

const EXTENSIONS: &[&str] = &[".java", ".kt", ".kts", ".scala", ".groovy", ".xml"];

impl Diagnostic {
    /// `/src/Quota.java:[7,41] cannot find symbol`, `/src/Quota.kt: (7, 41) Unresolved`, `/src/Quota.java:7:41: text`.
    pub(super) fn parse(text: &str, line: &Line<'_>) -> Option<Self> {
        let end = EXTENSIONS
            .iter()
            .filter_map(|extension| {
                let at = text.find(&format!("{extension}:"))?;
                Some(at + extension.len())
            })
            .min()?;
        let file = text[..end].trim_start_matches("file://");
        if file.contains(' ') || file.is_empty() {
            return None;
        }
        let place = text[end + 1..].trim_start();
        let message = if let Some(rest) = place.strip_prefix('[') {
            rest.split_once(']')?.1
        } else if let Some(rest) = place.strip_prefix('(') {
            rest.split_once(')')?.1
        } else {
            after_numbers(place)?
        };
        let message = message.trim_start_matches([':', ' ']).trim_end();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        (!message.is_empty()).then(|| Self {
            file: file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned(),
            message: without_packages(message),
            block: Block::of(line),
        })
    }

    pub(super) fn push(&mut self, line: &Line<'_>) {
        self.block.push(line);
        add_detail(&mut self.message, &line.text);
    }

    pub(super) fn finding(self) -> Finding {
        let mut finding = Finding::new(JAVAC, None, Kind::Build, self.block).saying(self.message);
        finding.suite = Some(self.file);
        finding
    }
}

/// What stands below javac's message: the symbol that is missing belongs to it. Its place is named with the package here
/// and without it there, so it does not.
pub(in super::super) fn add_detail(message: &mut String, line: &str) {
    let Some(symbol) = line.trim().strip_prefix("symbol:") else {
        return;
    };
    let symbol = symbol.split_whitespace().collect::<Vec<_>>().join(" ");
    if !message.contains(" symbol: ") {
        message.push_str(" symbol: ");
        message.push_str(&without_packages(&symbol));
    }
}

/// Maven prints classes with their packages, the compiler itself without.
pub(in super::super) fn without_packages(message: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(is_name) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        match word.rsplit_once('.') {
            Some((package, class))
                if class.starts_with(|c: char| c.is_ascii_uppercase())
                    && package.starts_with(|c: char| c.is_ascii_lowercase()) =>
            {
                out.push_str(class);
            }
            _ => out.push_str(word),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The text behind `7:41: ` or `7: `.
fn after_numbers(text: &str) -> Option<&str> {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let line = digits(text);
    if line == 0 {
        return None;
    }
    let rest = text[line..].strip_prefix(':')?;
    let column = digits(rest);
    Some(if column > 0 {
        rest[column..].strip_prefix(':').unwrap_or(&rest[column..])
    } else {
        rest
    })
}
