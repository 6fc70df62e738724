//! Store URLs and their secrets.

use ftc_cli::config::{ConfigValue, StoreUrl};
use proptest::prelude::*;

fn parse(text: &str) -> StoreUrl {
    StoreUrl::parse(text).expect("the URL is valid")
}

fn refused(text: &str) -> String {
    let error = StoreUrl::parse(text).expect_err("the URL is wrong");
    error.hints().collect::<Vec<_>>().join("; ")
}

#[test]
fn the_file_of_a_sqlite_store_is_all_that_follows() {
    let path = |text| {
        parse(text)
            .sqlite_path()
            .map(|path| path.display().to_string())
    };
    assert_eq!(path("sqlite:ftc.db").as_deref(), Some("ftc.db"));
    assert_eq!(
        path("sqlite:/var/a?b@c.db").as_deref(),
        Some("/var/a?b@c.db")
    );
    assert_eq!(path("sqlite:///var/ftc.db").as_deref(), Some("/var/ftc.db"));
    assert_eq!(path("memory:"), None);
    assert_eq!(path("mysql://host/db"), None);
}

#[test]
fn credentials_and_unknown_parameters_are_hidden() {
    let shown = |text| parse(text).to_string();
    assert_eq!(
        shown("mysql://ci:pw@db:4000/flaky"),
        "mysql://***@db:4000/flaky"
    );
    assert_eq!(shown("mysql://ci:p@w@db/flaky"), "mysql://***@db/flaky");
    assert_eq!(shown("mysql://token@db/flaky"), "mysql://***@db/flaky");
    assert_eq!(
        shown("mysql://db/flaky?ca=/ca.pem&sslkey=abc&timeout_ms=5"),
        "mysql://db/flaky?ca=/ca.pem&sslkey=***&timeout_ms=5"
    );
    assert_eq!(
        format!("{:?}", parse("mysql://a:b@c/d")),
        "StoreUrl(mysql://***@c/d)"
    );
    assert_eq!(parse("mysql://a:b@c/d").expose(), "mysql://a:b@c/d");
}

#[test]
fn a_url_knows_whether_it_holds_a_secret() {
    assert!(parse("mysql://u:pw@h/d").holds_secret());
    assert!(parse("mysql://h/d?password=x").holds_secret());
    assert!(!parse("mysql://u@h/d?ca=/c.pem").holds_secret());
    assert!(!parse("sqlite:a:b@c").holds_secret());
}

#[test]
fn what_is_no_store_is_refused_with_advice() {
    assert_eq!(
        refused("ftc.db"),
        "a database file is written `sqlite:PATH`"
    );
    assert_eq!(refused("sqlit:ftc.db"), "did you mean `sqlite:`?");
    assert_eq!(
        refused("sqlite::memory:"),
        "a store in memory is written `memory:`"
    );
    assert_eq!(
        refused("mysql://u:p/w@h/d"),
        "write `@`, `/`, `?` and `#` in a password as `%40`, `%2F`, `%3F` and `%23`"
    );
    for text in [
        "sqlite:",
        "memory:x",
        "mysql:h",
        "mysql://",
        "mysql://u:p@",
        "postgres://h/d",
        "sqlite:a\nb",
    ] {
        assert!(StoreUrl::parse(text).is_err(), "{text:?}");
    }
}

proptest! {
    /// Whatever the password is made of: a URL that is taken hides it, and one that is not is not repeated.
    #[test]
    fn a_password_is_never_shown(noise in "[a-z:/?#@&=%]{0,8}", tail in "[/?a-z@=]{0,6}") {
        let text = format!("mysql://user:{noise}SECRET{noise}@host{tail}");
        let shown = match StoreUrl::parse(&text) {
            Ok(url) => format!("{url} {url:?} {}", url.shown()),
            Err(error) => format!("{error} {:?}", error.hints().collect::<Vec<_>>()),
        };
        prop_assert!(!shown.contains("SECRET"), "{}", shown);
    }
}
