//! What a tool complains of, without the place.

use crate::kind::Framework;

use super::place::Place;
use super::{FLAKE8, MYPY, PYLINT, PYRIGHT, RUFF};

#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) framework: Framework,
    pub(super) file: String,
    pub(super) line: Option<u64>,
    /// `F401`, `return-value`, `reportMissingImports`.
    pub(super) code: Option<String>,
    pub(super) message: String,
}

impl Complaint {
    fn new(framework: Framework, place: &Place, code: &str, message: String) -> Self {
        Self {
            framework,
            file: place.file.clone(),
            line: place.line,
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
            message,
        }
    }

    /// Whether a message of mypy has come to its code.
    pub(super) fn is_whole(&self) -> bool {
        code_behind(&self.message, '[', ']').is_some()
    }

    pub(super) fn is_about_imports(&self) -> bool {
        self.framework == RUFF && self.code.as_deref() == Some("I001")
    }
}

/// Reads what stands behind a place.
pub(super) fn of(place: &Place, rest: &str) -> Option<Complaint> {
    let rest = rest.trim_end();
    if let Some(said) = rest.strip_prefix("error: ") {
        if place.has_dash {
            let code = code_behind(said, '(', ')').filter(|code| code.starts_with("report"));
            let said = said.split(" (report").next().unwrap_or(said);
            return Some(Complaint::new(
                PYRIGHT,
                place,
                code.unwrap_or_default(),
                said.to_owned(),
            ));
        }
        let code = code_behind(said, '[', ']').unwrap_or_default();
        return Some(Complaint::new(MYPY, place, code, said.to_owned()));
    }
    place.line?;
    if let Some(inner) = rest.strip_prefix('[')
        && let Some((code, said)) = inner.split_once("] ")
    {
        return is_code(code).then(|| Complaint::new(RUFF, place, code, format!("{code} {said}")));
    }
    pylint(place, rest).or_else(|| ruff(place, rest))
}

/// `C0114: Missing module docstring (missing-module-docstring)`.
fn pylint(place: &Place, rest: &str) -> Option<Complaint> {
    let (code, said) = rest.split_once(": ")?;
    let is_own = code.len() == 5 && is_code(code) && "CRWEFI".contains(&code[..1]);
    let symbol = code_behind(said, '(', ')').filter(|_| is_own && !code.starts_with('I'))?;
    Some(Complaint::new(
        PYLINT,
        place,
        symbol,
        format!("{code}: {said}"),
    ))
}

/// ``F401 [*] `os` imported but unused``, `F401 'os' imported but unused`, `invalid-syntax: Expected an indented block`.
pub(super) fn ruff(place: &Place, rest: &str) -> Option<Complaint> {
    if let Some(said) = rest
        .strip_prefix("invalid-syntax: ")
        .or_else(|| rest.strip_prefix("SyntaxError: "))
    {
        return Some(Complaint::new(
            RUFF,
            place,
            "invalid-syntax",
            format!("invalid-syntax: {said}"),
        ));
    }
    let (code, said) = rest.split_once(' ')?;
    if !is_code(code) || said.is_empty() {
        return None;
    }
    let words = said.strip_prefix("[*] ").unwrap_or(said);
    let is_ruff = words.len() < said.len() || words.contains('`') || code == "I001";
    let framework = if is_ruff { RUFF } else { FLAKE8 };
    Some(Complaint::new(
        framework,
        place,
        code,
        format!("{code} {words}"),
    ))
}

/// `unformatted: File would be reformatted` of `ruff format --check`.
pub(super) fn unformatted(place: &Place, text: &str) -> Option<Complaint> {
    let message = format!("would reformat {}", place.file);
    text.starts_with("unformatted: ")
        .then(|| Complaint::new(RUFF, place, "unformatted", message))
}

/// `   1:8  F401 [*] ...` below the name of a file.
pub(super) fn grouped(text: &str, file: &str) -> Option<Complaint> {
    let inner = text.trim_start();
    let (place, rest) = inner.split_once(' ').filter(|_| inner.len() < text.len())?;
    let (line, column) = place.split_once(':')?;
    column.parse::<u64>().ok()?;
    let place = Place {
        file: file.trim_start_matches("./").to_owned(),
        line: Some(line.parse().ok()?),
        has_dash: false,
    };
    ruff(&place, rest.trim())
}

/// Capital letters and then digits, as `F401`, `SIM102`, `PLR0913`.
fn is_code(code: &str) -> bool {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = code.len() - digits.len();
    (1..=6).contains(&letters)
        && (3..=4).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The word in brackets at the end.
fn code_behind(text: &str, open: char, close: char) -> Option<&str> {
    let (_, code) = text.trim_end().strip_suffix(close)?.rsplit_once(open)?;
    let is_word = !code.is_empty()
        && code
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    is_word.then_some(code)
}
