//! The other types of values.

use std::num::NonZeroUsize;

use ftc_cli::ColorChoice;
use ftc_cli::config::{ConfigValue, ForgeUrl, RepositoryName, ScanFormat};

#[test]
fn a_repository_is_owner_and_name() {
    let name = RepositoryName::parse("tikv/pd.rs").unwrap();
    assert_eq!(
        (name.owner(), name.name(), name.as_str()),
        ("tikv", "pd.rs", "tikv/pd.rs")
    );
    for text in [
        "", "pd", "/pd", "tikv/", "a/b/c", "a/..", "./b", "a b/c", "a/b?c", "ä/b",
    ] {
        assert!(RepositoryName::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_forge_is_a_directory() {
    let url = ForgeUrl::parse("local:../my forge").unwrap();
    assert_eq!(url.local_path(), Some(std::path::Path::new("../my forge")));
    assert_eq!(url.shown(), "local:../my forge");
    for text in ["", "local:", "local:a\nb", "https://example.com", "LOCAL:x"] {
        assert_eq!(
            ForgeUrl::parse(text).unwrap_err().to_string(),
            "expected `local:DIR`"
        );
    }
    let error = ForgeUrl::parse("forge").unwrap_err();
    assert_eq!(
        error.hints().collect::<Vec<_>>(),
        ["a directory is written `local:DIR`"]
    );
}

#[test]
fn a_count_is_at_least_one_and_only_digits() {
    assert_eq!(NonZeroUsize::parse("12").unwrap().get(), 12);
    for text in [
        "",
        "0",
        "-1",
        "+1",
        "1.5",
        "0x10",
        " 1",
        "99999999999999999999999",
    ] {
        let error = NonZeroUsize::parse(text).expect_err(text);
        assert_eq!(error.to_string(), "expected a whole number of at least 1");
    }
}

#[test]
fn a_choice_lists_its_words_and_guesses() {
    assert_eq!(ScanFormat::parse("jsonl"), Ok(ScanFormat::Jsonl));
    assert_eq!(ColorChoice::Never.shown(), "never");
    let error = ScanFormat::parse("markdwon").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected one of `human`, `json`, `jsonl`, `html`, `junit`, `markdown`"
    );
    assert_eq!(
        error.hints().collect::<Vec<_>>(),
        ["did you mean `markdown`?"]
    );
    assert_eq!(ScanFormat::parse("xyz").unwrap_err().hints().count(), 0);
}
