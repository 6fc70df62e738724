//! The names that tools put before the lines of the commands they run.
//!
//! Docker Compose 1.29 and 2 (`pkg/formatter`, `log_printer.py`): `web_1    | text`; `BuildKit` 0.12 to 0.20
//! (`util/progress/progressui`, plain): `#8 12.34 text`; Turborepo 1 and 2: `shop:test: text`; pnpm 8 to 10
//! (`default-reporter`): `packages/shop test: text`; Lerna 6 to 8: `@north/shop: text`; concurrently 7 to 9: `[0] text`; Jenkins
//! workflow-job 2.4x: `[linux] text` for parallel branches. 2024 to 2026.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Who writes a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Compose,
    Buildkit,
    Turbo,
    Pnpm,
    Lerna,
    Numbered,
    Branch,
}

impl Shape {
    pub(super) const ALL: [Self; 7] = [
        Self::Compose,
        Self::Buildkit,
        Self::Turbo,
        Self::Pnpm,
        Self::Lerna,
        Self::Numbered,
        Self::Branch,
    ];
}

/// What may be a label at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label<'a> {
    pub(super) shape: Shape,
    name: &'a [u8],
    /// Bytes of the line that belong to it.
    pub(super) length: usize,
}

/// No label is longer.
const LONGEST: usize = 120;

impl<'a> Label<'a> {
    pub(super) fn of(text: &'a [u8], has_branches: bool) -> Option<Self> {
        let head = &text[..text.len().min(LONGEST)];
        match head.first()? {
            b'#' => Self::buildkit(head),
            b'[' => Self::bracketed(head, has_branches),
            b'a'..=b'z' | b'0'..=b'9' | b'@' | b'.' => Self::compose(head)
                .or_else(|| Self::turbo(head))
                .or_else(|| Self::pnpm(head))
                .or_else(|| Self::lerna(head)),
            _ => None,
        }
    }

    /// A value for this label behind others.
    pub(super) fn hash(&self, others: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (others, self.shape as u8, self.name).hash(&mut hasher);
        hasher.finish()
    }

    /// `#8 12.34 `, with the seconds since the step began.
    fn buildkit(head: &'a [u8]) -> Option<Self> {
        let number = digits(&head[1..])?;
        let rest = head[1 + number..].strip_prefix(b" ")?;
        let seconds = digits(rest)?;
        let fraction = rest[seconds..].strip_prefix(b".")?;
        let fraction = digits(fraction).filter(|length| (1..=3).contains(length))?;
        let end = 1 + number + 1 + seconds + 1 + fraction;
        Self::up_to_blank(Shape::Buildkit, &head[..=number], head, end)
    }

    fn bracketed(head: &'a [u8], has_branches: bool) -> Option<Self> {
        let end = memchr::memchr(b']', head)?;
        let name = &head[1..end];
        let shape = if !name.is_empty() && name.len() <= 2 && name.iter().all(u8::is_ascii_digit) {
            Shape::Numbered
        } else if has_branches && is_branch(name) {
            Shape::Branch
        } else {
            return None;
        };
        Self::up_to_blank(shape, name, head, end + 1)
    }

    /// `web_1    | `.
    fn compose(head: &'a [u8]) -> Option<Self> {
        let bar = memchr::memchr(b'|', head)?;
        let name = head[..bar].trim_ascii_end();
        let is_name = name.len() < bar
            && name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(byte)
            });
        is_name.then_some(())?;
        Self::up_to_blank(Shape::Compose, name, head, bar + 1)
    }

    /// `@north/shop:test: `.
    fn turbo(head: &'a [u8]) -> Option<Self> {
        let package = package(head)?;
        let rest = head[package..].strip_prefix(b":")?;
        let task = word(rest, b"-_:")?;
        let task = task - usize::from(rest[..task].ends_with(b":"));
        let is_task = rest.first()?.is_ascii_lowercase() && rest[task..].starts_with(b":");
        is_task.then_some(())?;
        let end = package + 1 + task;
        Self::up_to_blank(Shape::Turbo, &head[..end], head, end + 1)
    }

    /// `packages/shop test: `, `packages/shop test$ vitest run`.
    fn pnpm(head: &'a [u8]) -> Option<Self> {
        let folder = word(head, b"-_./@")?;
        let is_folder = head[..folder] == *b"." || head[..folder].contains(&b'/');
        let rest = head[folder..].strip_prefix(b" ").filter(|_| is_folder)?;
        let task = word(rest, b"-_:")?;
        let task = task - usize::from(rest[..task].ends_with(b":"));
        let is_task = rest.first()?.is_ascii_lowercase()
            && (rest[task..].starts_with(b":") || rest[task..].starts_with(b"$"));
        is_task.then_some(())?;
        let end = folder + 1 + task;
        Self::up_to_blank(Shape::Pnpm, &head[..end], head, end + 1)
    }

    /// `@north/shop: `. Without a scope it could be anything.
    fn lerna(head: &'a [u8]) -> Option<Self> {
        let name = package(head).filter(|_| head[0] == b'@')?;
        head[name..].starts_with(b":").then_some(())?;
        Self::up_to_blank(Shape::Lerna, &head[..name], head, name + 1)
    }

    /// A label that ends with a blank, or with the line.
    fn up_to_blank(shape: Shape, name: &'a [u8], head: &[u8], end: usize) -> Option<Self> {
        let length = match head.get(end) {
            Some(b' ') => end + 1,
            None => end,
            Some(_) => return None,
        };
        Some(Self {
            shape,
            name,
            length,
        })
    }
}

/// The length of the digits at the start.
fn digits(text: &[u8]) -> Option<usize> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(count)
}

/// The length of the letters, digits and these at the start.
fn word(text: &[u8], others: &[u8]) -> Option<usize> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || others.contains(byte);
    let count = text.iter().take_while(is_part).count();
    (count > 0).then_some(count)
}

/// The length of a package's name, with or without a scope, at the start.
fn package(text: &[u8]) -> Option<usize> {
    let Some(rest) = text.strip_prefix(b"@") else {
        return word(text, b"-_");
    };
    let scope = word(rest, b"-_.")?;
    let name = word(rest[scope..].strip_prefix(b"/")?, b"-_.")?;
    Some(1 + scope + 1 + name)
}

/// What may be the name of a branch, and not the level of a message, a time or a step of the pipeline.
fn is_branch(name: &[u8]) -> bool {
    const OTHERS: [&[u8]; 12] = [
        b"Pipeline",
        b"info",
        b"error",
        b"warn",
        b"warning",
        b"debug",
        b"trace",
        b"INFO",
        b"ERROR",
        b"WARN",
        b"WARNING",
        b"DEBUG",
    ];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_. /:=,".contains(byte);
    name.first().is_some_and(u8::is_ascii_alphanumeric)
        && !name.ends_with(b" ")
        && name.iter().all(is_word)
        && !OTHERS.contains(&name)
}
