//! One line of TAP that says how a test has ended.
//!
//! Format: <https://testanything.org/tap-version-14-specification.html>, and versions 12 and 13 before it.

/// `not ok 2 - name # TODO reason`.
#[derive(Debug, PartialEq)]
pub(super) struct Point<'a> {
    pub(super) indent: usize,
    pub(super) is_ok: bool,
    pub(super) number: Option<u64>,
    /// Without the dash; empty when the test has no name.
    pub(super) name: &'a str,
    pub(super) directive: Option<&'a str>,
}

pub(super) fn parse(text: &str) -> Option<Point<'_>> {
    let inner = text.trim_start_matches(' ');
    let indent = text.len() - inner.len();
    let (is_ok, rest) = match inner.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, inner.strip_prefix("ok")?),
    };
    if !indent.is_multiple_of(4) || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at(digits);
    let rest = if rest.is_empty() || rest.starts_with(' ') {
        rest.trim_start()
    } else {
        return None;
    };
    let rest = rest.strip_prefix('-').map_or(rest, str::trim_start);
    let (name, directive) = directive(rest);
    Some(Point {
        indent,
        is_ok,
        number: number.parse().ok(),
        name: name.trim(),
        directive,
    })
}

/// What stands behind ` # `; a name may hold an escaped sign.
fn directive(rest: &str) -> (&str, Option<&str>) {
    if let Some(directive) = rest.strip_prefix("# ") {
        return ("", Some(directive));
    }
    match rest.rfind(" # ") {
        Some(at) if !rest[..at].ends_with('\\') && is_directive(&rest[at + 3..]) => {
            (&rest[..at], Some(&rest[at + 3..]))
        }
        _ => (rest, None),
    }
}

/// What harnesses write there; anything else is part of the name.
fn is_directive(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    let words = [
        "todo", "skip", "time", "duration", "in ", "bail", "no_plan", "ms",
    ];
    words.iter().any(|word| lower.starts_with(word))
        || lower.starts_with(|c: char| c.is_ascii_digit())
}

impl Point<'_> {
    /// Whether it is expected to fail or was not run.
    pub(super) fn is_excused(&self) -> bool {
        self.directive.is_some_and(|directive| {
            let word = directive.get(..4).unwrap_or(directive);
            word.eq_ignore_ascii_case("todo") || word.eq_ignore_ascii_case("skip")
        })
    }

    pub(super) fn is_timeout(&self) -> bool {
        self.directive
            .is_some_and(|directive| directive.starts_with("timeout after "))
    }
}
