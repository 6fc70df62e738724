//! The rules of [`RepoPath`](super::RepoPath).

use super::{RepoPath, RepoPathProblem, fold};

/// The first thing wrong with `path`.
pub(super) fn problem_of(path: &str) -> Option<RepoPathProblem> {
    if path.is_empty() {
        return Some(RepoPathProblem::Empty);
    }
    if path.len() > RepoPath::MAX_BYTES {
        return Some(RepoPathProblem::TooLong);
    }
    if path.starts_with('/') {
        return Some(RepoPathProblem::Absolute);
    }
    path.chars()
        .find_map(problem_of_character)
        .or_else(|| path.split('/').find_map(problem_of_component))
}

fn problem_of_character(character: char) -> Option<RepoPathProblem> {
    if character == '\\' {
        Some(RepoPathProblem::Backslash)
    } else if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
        Some(RepoPathProblem::Control)
    } else if is_bidi_control(character) {
        Some(RepoPathProblem::Bidi)
    } else if is_invisible(character) {
        Some(RepoPathProblem::Invisible)
    } else if is_private_or_noncharacter(character) {
        Some(RepoPathProblem::Unassigned)
    } else {
        None
    }
}

/// Whether `character` must be escaped to be seen.
pub(super) fn is_unseen(character: char) -> bool {
    character != '\\' && problem_of_character(character).is_some()
}

fn problem_of_component(component: &str) -> Option<RepoPathProblem> {
    match component {
        "" => Some(RepoPathProblem::EmptyComponent),
        "." => Some(RepoPathProblem::CurrentFolder),
        ".." => Some(RepoPathProblem::ParentFolder),
        _ if component.len() > RepoPath::MAX_COMPONENT_BYTES => {
            Some(RepoPathProblem::ComponentTooLong)
        }
        _ if is_git_folder(component) => Some(RepoPathProblem::GitFolder),
        _ => None,
    }
}

/// Whether git or a file system may take `component` for `.git`.
///
/// Case is ignored (macOS, Windows). NTFS ignores trailing dots and spaces, reads `:` as the start of a stream's name
/// (`.git::$INDEX_ALLOCATION`), and gives `.git` a short name: `GIT~1`, or another number when that one is taken. HFS+ ignores
/// invisible characters, which no path of ours may hold anyhow. Source: git's `is_ntfs_dotgit` and `is_hfs_dotgit`
/// (`path.c`, `utf8.c` of git 2.51).
fn is_git_folder(component: &str) -> bool {
    let name = name_on_disk(component);
    name == ".git"
        || name.strip_prefix("git~").is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// The name that a file system may make of `component`.
pub(super) fn name_on_disk(component: &str) -> String {
    let name = component.split(':').next().unwrap_or(component);
    fold(name.trim_end_matches(['.', ' ']))
}

/// The `Bidi_Control` property of Unicode 17 (`PropList.txt`).
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The `Default_Ignorable_Code_Point` property of Unicode 17 (`DerivedCoreProperties.txt`) but for the bidirectional controls;
/// further the characters that are drawn as an empty space but are no space, and every space but the ordinary one.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' | '\u{2800}')
        || (character.is_whitespace() && character != ' ')
}

/// Private use characters and noncharacters.
fn is_private_or_noncharacter(character: char) -> bool {
    matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFFC}' | '\u{FFFD}')
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// Names of devices on Windows, with or without an extension, and characters that its file systems refuse.
/// Source: Microsoft, "Naming Files, Paths, and Namespaces"; superscript digits count as digits there.
pub(super) fn is_reserved_on_windows(component: &str) -> bool {
    component.ends_with(['.', ' '])
        || component.contains(['<', '>', ':', '"', '|', '?', '*'])
        || is_device(component)
}

fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or(component);
    let stem = stem.trim_end_matches(' ').to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    ) {
        return true;
    }
    let number = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut digits = number.chars();
        let first = digits.next();
        first.is_some_and(|digit| digit.is_ascii_digit() || matches!(digit, '¹' | '²' | '³'))
            && digits.next().is_none()
    })
}
