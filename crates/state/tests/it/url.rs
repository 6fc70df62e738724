//! Store URLs.

use ftc_state::{OpenError, ParseStoreUrlError, StoreUrl, open};
use insta::assert_snapshot;

fn shown(text: &str) -> String {
    match text.parse::<StoreUrl>() {
        Ok(url) => url.to_string(),
        Err(error) => format!("{error}\n{}", error.hints().join("\n")),
    }
}

#[test]
fn the_accepted_forms() {
    assert_eq!(shown("sqlite:ftc.db"), "sqlite:ftc.db");
    assert_eq!(shown("sqlite:/var/lib/ftc.db"), "sqlite:/var/lib/ftc.db");
    assert_eq!(shown("sqlite:///var/lib/ftc.db"), "sqlite:/var/lib/ftc.db");
    assert_eq!(shown("SQLite://ftc.db"), "sqlite:ftc.db");
    assert_eq!(shown("memory:"), "memory:");
    let url: StoreUrl = "sqlite:a b?c.db".parse().unwrap();
    assert_eq!(url.path(), Some("a b?c.db".as_ref()));
    assert_eq!(url, StoreUrl::sqlite("a b?c.db"));
    assert_eq!(StoreUrl::memory().path(), None);
}

#[test]
fn a_path_without_scheme_is_helped() {
    assert_snapshot!(shown("target/ftc.db"), @"
    the store `target/ftc.db` has no scheme
    for a file write `sqlite:target/ftc.db`
    a store is `sqlite:PATH` or `memory:`
    ");
    assert_snapshot!(shown(""), @"
    the store `` has no scheme
    a store is `sqlite:PATH` or `memory:`
    ");
}

#[test]
fn other_schemes_are_told_the_forms() {
    assert_snapshot!(shown("postgres://u:pw@host/db"), @"
    the store scheme `postgres:` is unknown
    a store is `sqlite:PATH` or `memory:`
    ");
    assert_snapshot!(shown("sqlite:"), @"
    the store `sqlite:` names no file
    a store is `sqlite:PATH` or `memory:`
    ");
    assert_snapshot!(shown("sqlite::memory:"), @"
    the store `sqlite::memory:` names no file
    a store is `sqlite:PATH` or `memory:`
    ");
    assert_snapshot!(shown("memory:shared"), @"
    the store `memory:` takes no name, but 6 more characters follow it
    a store is `sqlite:PATH` or `memory:`
    ");
}

#[test]
fn mysql_is_understood_but_not_opened() {
    let url: StoreUrl = "mysql://ftc:hunter2@db.example.com:4000/ftc?ca=/x"
        .parse()
        .unwrap();
    let Err(error) = open(&url) else {
        panic!("a MySQL store was opened");
    };
    assert!(matches!(error, OpenError::MysqlUnsupported { .. }));
    assert!(!error.is_retryable());
    assert_snapshot!(
        format!("{error}\n{}", error.hints().join("\n")),
        @"
    the store `mysql://***@db.example.com:4000/ftc` needs the MySQL protocol, which this version does not support
    use `sqlite:PATH`, or `memory:` for one run
    "
    );
}

#[test]
fn no_form_shows_a_password() {
    for text in [
        "mysql://user:hunter2@host/db",
        "mysql://user:hunter2/@host/db?password=hunter2",
        "mysql:user:hunter2@host",
        "MYSQL://host/db?password=hunter2",
        "mysql://host/db#hunter2",
        "mysql://a@b:hunter2@host",
        "postgres://user:hunter2@host/db",
        "//user:hunter2@host/db",
        "hunter2@host",
        "memory:hunter2",
    ] {
        let shown = match text.parse::<StoreUrl>() {
            Ok(url) => {
                let error = open(&url).err().map(|error| format!("{error:?} {error}"));
                format!("{url} {url:?} {error:?}")
            }
            Err(error) => format!("{error} {error:?} {:?}", error.hints()),
        };
        assert!(!shown.contains("hunter2"), "{text}: {shown}");
    }
    let no_scheme = "hunter2@host".parse::<StoreUrl>();
    assert_eq!(
        no_scheme,
        Err(ParseStoreUrlError::NoScheme {
            shown: "***@host".to_owned()
        })
    );
}
