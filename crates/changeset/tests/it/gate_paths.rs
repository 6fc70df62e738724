//! Allowed, forbidden and read-only paths.

use ftc_changeset::{GateVerdict, Mode, OldFile};

use crate::support::{Case, found, open_policy, path, policy, verdict};

fn with_paths(allowed: &str, forbidden: &str) -> ftc_changeset::Policy {
    policy(&format!(
        "version: 1\nexecutor:\n  allowed_paths: {allowed}\n  forbidden_paths: {forbidden}\n  \
         review_defaults: false\n  require_verification_for_risk: []\n  \
         constraints: {{windows_names: allow}}\n"
    ))
}

#[test]
fn nothing_is_allowed_unless_it_is_said() {
    for text in [
        "version: 1",
        "version: 1\nexecutor: {}",
        "version: 1\nexecutor: {allowed_paths: []}",
    ] {
        let found = Case::touching(&["a"]).found(&policy(text));
        assert!(
            found.contains(&"DENY allowed_paths a".to_owned()),
            "{found:?}"
        );
    }
}

/// Whether a pattern allows a path.
fn allows(pattern: &str, text: &str) -> bool {
    let found = Case::touching(&[text]).found(&with_paths(&format!("['{pattern}']"), "[]"));
    assert!(found.len() < 2, "{found:?}");
    found.is_empty()
}

#[test]
fn allowed_patterns_are_anchored_exact_and_cover_only_what_they_say() {
    for (pattern, text) in [
        ("docs/**", "docs/a.md"),
        ("docs/**", "docs/deep/a.md"),
        ("*.md", "a.md"),
        ("**/*.md", "a.md"),
        ("**/*.md", "x/y/a.md"),
        ("**", "x/y/.z"),
        ("src/{a,b}.rs", "src/b.rs"),
        ("src/[ab].rs", "src/a.rs"),
        ("src/?.rs", "src/x.rs"),
        (r"src/\*.rs", "src/*.rs"),
        ("café/*", "café/x"),
    ] {
        assert!(allows(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [
        ("docs/**", "docs"),
        ("docs/**", "Docs/a.md"),
        ("docs/**", "x/docs/a.md"),
        ("docs", "docs/a.md"),
        ("*.md", "docs/a.md"),
        ("docs/*", "docs/deep/a.md"),
        ("docs/*.md", "docs/a.MD"),
        ("src/?.rs", "src/é.rs"),
        ("café/*", "cafe\u{301}/x"),
    ] {
        assert!(!allows(pattern, text), "{pattern} {text}");
    }
}

/// Whether a pattern forbids a path.
fn forbids(pattern: &str, text: &str) -> bool {
    let decision = Case::touching(&[text]).judge(&with_paths("['**']", &format!("['{pattern}']")));
    match found(&decision).as_slice() {
        [] => false,
        [finding] => {
            assert_eq!(*finding, format!("DENY forbidden_paths {text}"));
            true
        }
        more => panic!("{more:?}"),
    }
}

#[test]
fn forbidden_patterns_reach_every_depth_everything_below_and_every_spelling() {
    for (pattern, text) in [
        (".env", ".env"),
        (".env", "a/.env"),
        (".env", "a/b/.env"),
        (".env", ".ENV"),
        (".env", "a/.Env"),
        (".env", ".env/x"),
        (".env.*", ".env.local"),
        ("*.pem", "deep/er/Key.PEM"),
        ("**/*.pem", "key.pem"),
        ("**/*.pem", "a/key.pem"),
        ("**/*schema*", "a/schema/x.rs"),
        ("**/*schema*", "my_schema.sql"),
        ("**/id_{rsa,dsa,ecdsa,ed25519}*", "home/id_rsa"),
        ("**/id_{rsa,dsa,ecdsa,ed25519}*", "id_ed25519.pub"),
        (".github/workflows/**", ".github/workflows/ci.yml"),
        (".github/workflows/**", ".GitHub/Workflows/ci.yml"),
        (".github", ".github/workflows/ci.yml"),
        ("secrets/", "a/secrets/x"),
        ("a/b", "a/b/c"),
        ("café", "CAFE\u{301}/x"),
        ("straße", "STRASSE"),
        ("file", "ﬁle"),
        ("k", "\u{212a}"),
        ("a?b", "aéb"),
        ("a[!x]b", "aéb"),
        ("[A-Z]x", "ax"),
        ("*", "anything/at/all"),
    ] {
        assert!(forbids(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [
        (".env", "env"),
        (".env", ".envrc"),
        (".env.*", ".env"),
        ("**/id_{rsa,dsa,ecdsa,ed25519}*", "src/id_map.rs"),
        (".github/workflows/**", "x/.github/workflows/ci.yml"),
        (".github/workflows/**", ".github/CODEOWNERS"),
        ("a/b", "x/a/b"),
        ("a/*/c", "a/b/x/c"),
        ("secrets/", "secretsx"),
    ] {
        assert!(!forbids(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn forbidden_beats_allowed_and_every_pattern_that_matches_is_named() {
    let case = Case::touching(&["keys/.env"]);
    let decision = case.judge(&with_paths("['keys/.env']", "['*.pem', '.env', 'keys/**']"));
    assert_eq!(verdict(&decision), GateVerdict::Deny);
    let pointers: Vec<_> = decision
        .findings
        .iter()
        .map(|finding| finding.policy_pointer.as_deref())
        .collect();
    assert_eq!(
        pointers,
        [
            Some("/executor/forbidden_paths/1"),
            Some("/executor/forbidden_paths/2")
        ]
    );
}

#[test]
fn read_only_paths_are_judged_like_forbidden_ones() {
    let policy = open_policy("read_only_paths: [vendor, 'docs/spec/**']");
    assert_eq!(
        Case::touching(&["Vendor/x.c", "docs/spec/a.md", "docs/b.md"]).found(&policy),
        [
            "DENY read_only_paths Vendor/x.c",
            "DENY read_only_paths docs/spec/a.md"
        ]
    );
}

#[test]
fn both_ends_of_a_rename_are_judged() {
    let policy = with_paths("['src/**', 'docs/**']", "['docs/secret/**']");
    let rename = |from: &str, to: &str| {
        let case = Case::new(|builder| {
            builder.rename(path(from), path(to), OldFile::regular(b"x"), None, None)
        });
        case.found(&policy)
    };
    assert_eq!(rename("src/a", "docs/a"), [] as [&str; 0]);
    assert_eq!(rename("src/a", "other/a"), ["DENY allowed_paths other/a"]);
    assert_eq!(rename("other/a", "src/a"), ["DENY allowed_paths other/a"]);
    assert_eq!(
        rename("src/a", "docs/secret/a"),
        ["DENY forbidden_paths docs/secret/a"]
    );
    assert_eq!(
        rename("docs/secret/a", "src/a"),
        ["DENY forbidden_paths docs/secret/a"]
    );
}

#[test]
fn operations_can_be_forbidden() {
    let policy = open_policy("forbidden_operations: [delete, rename]");
    let old = OldFile::regular(b"x");
    let case = Case::new(|builder| {
        builder
            .delete(path("a"), old)
            .rename(path("b"), path("c"), old, None, None)
            .modify(path("d"), old, b"y", None)
    });
    assert_eq!(
        case.found(&policy),
        [
            "DENY forbidden_operations a",
            "DENY forbidden_operations b",
            "DENY forbidden_operations c",
        ]
    );
}

#[test]
fn binary_content_needs_a_person_unless_the_policy_says_otherwise() {
    let judge = |more: &str, old: &[u8], new: &[u8]| {
        let case = Case::new(|builder| builder.modify(path("a"), OldFile::regular(old), new, None));
        case.found(&open_policy(more))
    };
    assert_eq!(judge("", b"text", b"a\0b"), ["NEED_APPROVAL binary a"]);
    assert_eq!(judge("", b"a\0b", b"text"), ["NEED_APPROVAL binary a"]);
    assert_eq!(judge("", b"latin-1 \xe9", b"latin-1 \xe8"), [] as [&str; 0]);
    let deny = "  constraints: {binary: deny}";
    assert_eq!(judge(deny, b"text", b"a\0b"), ["DENY binary a"]);
    let allow = "  constraints: {binary: allow}";
    assert_eq!(judge(allow, b"text", b"a\0b"), [] as [&str; 0]);
}

#[test]
fn a_change_of_mode_needs_a_person_unless_the_policy_says_otherwise() {
    let old = OldFile::regular(b"x");
    let case = Case::new(|builder| {
        builder
            .set_mode(path("a"), old, Mode::Executable)
            .modify(
                path("b"),
                OldFile::executable(b"x"),
                b"y",
                Some(Mode::Regular),
            )
            .create(path("c"), b"#!/bin/sh\n", Mode::Executable)
            .rename(path("d"), path("e"), old, None, Some(Mode::Executable))
            .modify(path("kept"), OldFile::executable(b"x"), b"y", None)
            .modify(
                path("said"),
                OldFile::executable(b"x"),
                b"y",
                Some(Mode::Executable),
            )
            .create(path("plain"), b"", Mode::Regular)
    });
    let expected: Vec<_> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|path| format!("NEED_APPROVAL mode_change {path}"))
        .collect();
    assert_eq!(case.found(&open_policy("")), expected);
    let deny = open_policy("  constraints: {mode_change: deny}");
    assert_eq!(verdict(&case.judge(&deny)), GateVerdict::Deny);
    let allow = open_policy("  constraints: {mode_change: allow}");
    assert_eq!(case.found(&allow), [] as [&str; 0]);
}

#[test]
fn names_that_windows_reserves_are_a_switch() {
    let case = Case::touching(&["src/aux.c"]);
    assert_eq!(
        case.found(&open_policy("")),
        ["DENY windows_names src/aux.c"]
    );
    let ask = open_policy("  constraints: {windows_names: need_approval}");
    assert_eq!(case.found(&ask), ["NEED_APPROVAL windows_names src/aux.c"]);
    let allow = open_policy("  constraints: {windows_names: allow}");
    assert_eq!(case.found(&allow), [] as [&str; 0]);
}
