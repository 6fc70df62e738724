use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use ftc_changeset::{RepoPath, RepoPathProblem};
use proptest::prelude::*;

use crate::support::path;

#[test]
fn ordinary_paths_are_taken_as_they_are() {
    for text in [
        "a",
        "src/lib.rs",
        "with space/and, comma",
        ".github/workflows/ci.yml",
        ".gitignore",
        ".git-blame-ignore-revs",
        "git",
        "git~",
        "git~x",
        "mygit~1",
        "...",
        "..a",
        "a..",
        "-rf",
        "café/naïve.txt",
        "cafe\u{301}.txt",
        "日本語/테스트.rs",
        "🦀.rs",
        "a:b",
        "CON",
        "$(touch x)",
        "'; rm -rf",
        "*",
        "~",
    ] {
        assert_eq!(path(text).as_str(), text);
    }
    assert!(RepoPath::new("a/".repeat(2047) + "a").is_ok());
    assert!(RepoPath::new("x".repeat(255)).is_ok());
}

#[test]
fn hostile_paths_are_refused_each_for_its_reason() {
    use RepoPathProblem as Problem;
    let long = "x".repeat(256);
    let very_long = "abc/".repeat(1024) + "a";
    let cases: &[(&str, Problem)] = &[
        ("", Problem::Empty),
        ("/", Problem::Absolute),
        ("/etc/passwd", Problem::Absolute),
        ("//server/share", Problem::Absolute),
        ("..", Problem::ParentFolder),
        ("../x", Problem::ParentFolder),
        ("a/../../x", Problem::ParentFolder),
        ("a/..", Problem::ParentFolder),
        (".", Problem::CurrentFolder),
        ("./.env", Problem::CurrentFolder),
        ("a/./b", Problem::CurrentFolder),
        ("a//b", Problem::EmptyComponent),
        ("a/", Problem::EmptyComponent),
        ("a\\b", Problem::Backslash),
        ("..\\..\\x", Problem::Backslash),
        ("a\0b", Problem::Control),
        ("a\nb", Problem::Control),
        ("a\u{1b}[2Jb", Problem::Control),
        ("a\u{7f}", Problem::Control),
        ("a\u{85}b", Problem::Control),
        ("a\u{2028}b", Problem::Control),
        ("x\u{202e}sr.exe", Problem::Bidi),
        ("\u{2066}a", Problem::Bidi),
        ("a\u{200f}", Problem::Bidi),
        ("a\u{61c}", Problem::Bidi),
        (".g\u{200d}it/config", Problem::Invisible),
        (".g\u{200c}it", Problem::Invisible),
        ("a\u{ad}b", Problem::Invisible),
        ("\u{feff}a", Problem::Invisible),
        ("a\u{3164}", Problem::Invisible),
        ("a\u{e0041}", Problem::Invisible),
        ("a\u{fe0f}", Problem::Invisible),
        ("a\u{a0}b", Problem::Invisible),
        ("a\u{3000}", Problem::Invisible),
        ("a\u{2800}", Problem::Invisible),
        ("a\u{e000}", Problem::Unassigned),
        ("a\u{fffd}", Problem::Unassigned),
        ("a\u{ffff}", Problem::Unassigned),
        ("a\u{10ffff}", Problem::Unassigned),
        (".git", Problem::GitFolder),
        (".git/config", Problem::GitFolder),
        ("sub/.git/config", Problem::GitFolder),
        (".GIT/config", Problem::GitFolder),
        (".Git", Problem::GitFolder),
        (".gıt", Problem::GitFolder),
        (".git.", Problem::GitFolder),
        (".git...", Problem::GitFolder),
        (".git ", Problem::GitFolder),
        (".git . .", Problem::GitFolder),
        (".git::$INDEX_ALLOCATION", Problem::GitFolder),
        (".git:stream/x", Problem::GitFolder),
        ("git~1", Problem::GitFolder),
        ("GIT~1/hooks/pre-commit", Problem::GitFolder),
        ("GIT~2", Problem::GitFolder),
        ("git~12", Problem::GitFolder),
        ("git~1.", Problem::GitFolder),
        (&long, Problem::ComponentTooLong),
        (&very_long, Problem::TooLong),
    ];
    for (text, problem) in cases {
        let error = RepoPath::new(*text).expect_err(text);
        assert_eq!(error.problem, *problem, "{text:?}");
        assert!(!error.is_retryable());
    }
}

#[test]
fn a_path_that_is_not_utf8_is_refused_and_can_be_shown() {
    let error = RepoPath::from_path(Path::new(OsStr::from_bytes(b"a\xffb"))).unwrap_err();
    assert_eq!(error.problem, RepoPathProblem::NotUtf8);
    assert_eq!(RepoPath::from_path(Path::new("a/b")).unwrap(), path("a/b"));
}

#[test]
fn a_refused_path_is_shown_without_what_could_deceive() {
    let error = RepoPath::new("a\u{202e}\u{1b}[0m`b").unwrap_err();
    assert_eq!(
        error.to_string(),
        "path `a\\u{202e}\\u{1b}[0m\\u{60}b` holds a character that turns the direction of text"
    );
}

#[test]
fn spellings_of_one_file_have_one_key() {
    for same in [
        &["README.md", "readme.MD", "ReadMe.md"][..],
        &["café", "cafe\u{301}", "CAFÉ", "CAFE\u{301}"],
        &["straße", "STRASSE", "strasse", "STRAẞE"],
        &["ς", "σ", "Σ"],
        &["\u{212a}elvin", "kelvin", "Kelvin"],
        &["ﬁle", "file"],
        &["ſ", "s", "S"],
    ] {
        let keys: Vec<_> = same.iter().map(|text| path(text).fold_key()).collect();
        assert!(keys.iter().all(|key| *key == keys[0]), "{same:?}: {keys:?}");
    }
    assert_ne!(path("a").fold_key(), path("b").fold_key());
    assert_ne!(path("e").fold_key(), path("é").fold_key());
}

#[test]
fn a_folder_is_above_what_is_in_it_however_it_is_spelled() {
    assert!(path("a").is_above(&path("a/b")));
    assert!(path("A").is_above(&path("a/b/c")));
    assert!(!path("a").is_above(&path("a")));
    assert!(!path("a").is_above(&path("ab/c")));
}

#[test]
fn names_that_windows_reserves_are_known() {
    for reserved in [
        "CON",
        "con",
        "src/aux.c",
        "nul.tar.gz",
        "COM1",
        "lpt9.txt",
        "COM¹",
        "a:b",
        "what?",
        "a*",
        "<a>",
        "a|b",
        "say \"a\"",
        "trailing.",
        "trailing ",
        "con .txt",
        "CONIN$",
    ] {
        assert!(path(reserved).reserved_on_windows().is_some(), "{reserved}");
    }
    for free in [
        "console",
        "auxiliary.c",
        "COM",
        "COM10",
        "com",
        "a.b",
        "nul-like",
    ] {
        assert_eq!(path(free).reserved_on_windows(), None, "{free}");
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_stays_beneath_the_root(text in "\\PC{0,40}|[./a~gitGIT: ]{0,12}|[ -~/]{0,30}") {
        if let Ok(path) = RepoPath::new(text.clone()) {
            prop_assert_eq!(path.as_str(), &text);
            prop_assert!(path.as_path().is_relative());
            let mut depth = 0;
            for component in path.as_path().components() {
                prop_assert!(matches!(component, std::path::Component::Normal(_)));
                depth += 1;
            }
            prop_assert_eq!(depth, path.components().count());
            prop_assert!(!path.fold_key().split('/').any(|name| name == ".git"));
        }
    }

    #[test]
    fn the_key_of_a_key_is_the_key(text in "[a-zA-ZßÉéﬁσςΣİıſK\u{301}/]{1,20}") {
        if let Ok(path) = RepoPath::new(text)
            && let Ok(folded) = RepoPath::new(path.fold_key()) {
            prop_assert_eq!(folded.fold_key(), path.fold_key());
        }
    }

    #[test]
    fn case_never_makes_another_file(text in "[a-zäöüéσ./_-]{1,20}") {
        if let Ok(lower) = RepoPath::new(text.clone())
            && let Ok(upper) = RepoPath::new(text.to_uppercase()) {
            prop_assert_eq!(lower.fold_key(), upper.fold_key());
        }
    }
}
