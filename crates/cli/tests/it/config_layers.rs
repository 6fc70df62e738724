//! Who beats whom, and how a value tells where it comes from.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;

use ftc_cli::config::{
    Config, FilePosition, FlagValue, Origin, ScanFormat, Sources, UserFile, keys,
};
use ftc_process::ParentEnv;
use insta::assert_snapshot;

use crate::support::Machine;

#[test]
fn every_default_is_a_value_of_its_key() {
    // `defaults` parses each default; those of today are listed here so that a change is seen.
    let config = Config::defaults();
    let set: Vec<_> = config
        .explain()
        .into_iter()
        .filter_map(|key| Some((key.key, key.value?)))
        .collect();
    let expected = [
        ("clean.base", "main"),
        ("clean.login", "ftc-bot"),
        ("clean.scope", "**"),
        ("output.color", "auto"),
        ("scan.format", "human"),
    ];
    assert_eq!(set, expected.map(|(key, value)| (key, value.to_owned())));
    assert_eq!(
        config.setting(&keys::SCAN_FORMAT).unwrap().origin,
        Origin::Default
    );
    assert_eq!(config.value(&keys::STORE), None);
}

#[test]
fn the_table_is_in_order_and_names_its_variables_alike() {
    let names: Vec<_> = keys::ALL.iter().map(|key| key.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for key in keys::ALL {
        let variable = format!("FTC_{}", key.name.to_uppercase().replace('.', "_"));
        assert_eq!(key.variable, variable);
    }
}

#[test]
fn each_layer_beats_the_ones_below() {
    let mut machine = Machine::new();
    let format = |machine: &Machine, variables: &[(&str, &str)], flags| {
        let config =
            Config::load(&machine.sources(variables, flags)).expect("all layers are valid");
        config
            .setting(&keys::SCAN_FORMAT)
            .expect("it has a default")
    };
    assert_eq!(format(&machine, &[], vec![]).origin, Origin::Default);

    machine = machine.with_repository_file("[scan]\nformat = \"json\"\n");
    let setting = format(&machine, &[], vec![]);
    assert_eq!(setting.value, ScanFormat::Json);
    let file = machine.repository().join("ftc.toml");
    assert_eq!(
        setting.origin,
        Origin::Repository(FilePosition {
            file,
            line: 2,
            column: 10
        })
    );

    machine = machine.with_user_file("scan.format = 'jsonl'");
    let setting = format(&machine, &[], vec![]);
    assert_eq!(setting.value, ScanFormat::Jsonl);
    let file = machine.home().join(".config/ftc/config.toml");
    assert_eq!(
        setting.origin,
        Origin::User(FilePosition {
            file,
            line: 1,
            column: 15
        })
    );

    let variables = [("FTC_SCAN_FORMAT", "junit")];
    let setting = format(&machine, &variables, vec![]);
    assert_eq!(setting.value, ScanFormat::Junit);
    assert_eq!(
        setting.origin,
        Origin::Environment {
            variable: "FTC_SCAN_FORMAT"
        }
    );

    let flag = FlagValue::new(&keys::SCAN_FORMAT, "--format", "markdown");
    let setting = format(&machine, &variables, vec![flag]);
    assert_eq!(setting.value, ScanFormat::Markdown);
    assert_eq!(setting.origin, Origin::Flag { flag: "--format" });
}

#[test]
fn explain_shows_what_was_replaced_and_hides_secrets() {
    let machine = Machine::new().with_user_file("store = 'mysql://a:hunter2@db/x'");
    let sources = machine.sources(&[("FTC_STORE", "mysql://b:swordfish@db/y")], Vec::new());
    let explained = Config::load(&sources).unwrap().explain();
    let store = explained.iter().find(|key| key.key == "store").unwrap();
    let json = serde_json::to_string_pretty(store).unwrap();
    assert_snapshot!(json.replace(machine.root().to_str().unwrap(), "ROOT"), @r#"
    {
      "key": "store",
      "value": "mysql://***@db/y",
      "origin": {
        "layer": "environment",
        "place": "FTC_STORE"
      },
      "replaced": [
        {
          "value": "mysql://***@db/x",
          "origin": {
            "layer": "user",
            "place": "ROOT/home/.config/ftc/config.toml:1:9"
          }
        }
      ],
      "variable": "FTC_STORE",
      "repository_may_set": false,
      "help": "where findings are remembered: sqlite:PATH, mysql://USER@HOST/DATABASE or memory:"
    }
    "#);
}

fn environment_complaint(variable: &str, value: &str) -> String {
    let machine = Machine::new();
    let sources = machine.sources(&[(variable, value)], Vec::new());
    machine.complaint(Config::load(&sources).err().expect("the value is wrong"))
}

#[test]
fn a_bad_number_in_the_environment_is_an_error_and_never_the_default() {
    assert_snapshot!(environment_complaint("FTC_SCAN_JOBS", "four"), @r"
    error: the environment variable `FTC_SCAN_JOBS` has the invalid value `four`
      caused by: expected a whole number of at least 1
    ");
}

#[test]
fn a_bad_url_is_not_repeated() {
    assert_snapshot!(environment_complaint("FTC_STORE", "mysq://ci:hunter2@db/flaky"), @r"
    error: the environment variable `FTC_STORE` has an invalid value
      caused by: expected `sqlite:PATH`, `mysql://USER@HOST:PORT/DATABASE` or `memory:`
    hint: did you mean `mysql:`?
    ");
}

#[test]
fn a_variable_that_is_not_utf8_is_an_error() {
    let bytes = OsString::from_vec(vec![b'a', 0xff]);
    let env: ParentEnv = [(OsString::from("FTC_SCAN_PLATFORM"), bytes)]
        .into_iter()
        .collect();
    let machine = Machine::new();
    let sources = Sources::discover(&machine.repository(), &env, None, Vec::new());
    let error = Config::load(&sources).err().unwrap();
    assert_snapshot!(machine.complaint(error), @r"
    error: the environment variable `FTC_SCAN_PLATFORM` has an invalid value
      caused by: expected UTF-8
    ");
}

#[test]
fn an_empty_variable_is_not_set() {
    let machine = Machine::new();
    let sources = machine.sources(&[("FTC_SCAN_JOBS", ""), ("FTC_STORE", "")], Vec::new());
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.value(&keys::SCAN_JOBS), None);
    assert_eq!(config.value(&keys::STORE), None);
}

#[test]
fn a_password_may_not_stand_in_a_flag() {
    let machine = Machine::new();
    let flag = FlagValue::new(&keys::STORE, "--store", "mysql://ci:hunter2@db/flaky");
    assert!(!format!("{flag:?}").contains("hunter2"));
    let error = Config::load(&machine.sources(&[], vec![flag]))
        .err()
        .unwrap();
    assert_snapshot!(machine.complaint(error), @r"
    error: the value of `--store` holds a secret
    hint: other users can see arguments; set `FTC_STORE` or put it into your configuration file
    ");
    let flag = FlagValue::new(&keys::STORE, "--store", "mysql://ci@db/flaky");
    let config = Config::load(&machine.sources(&[], vec![flag])).unwrap();
    assert_eq!(
        config.value(&keys::STORE).unwrap().expose(),
        "mysql://ci@db/flaky"
    );
}

#[test]
fn the_repository_is_found_from_below_and_only_upwards() {
    let machine = Machine::new().with_repository_file("scan.jobs = 3");
    let below = machine.repository().join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let load = |directory: &std::path::Path| {
        Config::load(&Sources::discover(
            directory,
            &machine.env(&[]),
            None,
            Vec::new(),
        ))
        .expect("the file is valid")
        .value(&keys::SCAN_JOBS)
        .map(std::num::NonZeroUsize::get)
    };
    assert_eq!(load(&below), Some(3));
    assert_eq!(load(&machine.home()), None);
}

#[test]
fn the_users_file_follows_xdg() {
    let place = |variables: &[(&str, &str)]| {
        let env: ParentEnv = variables.iter().copied().collect();
        Sources::discover("/w".as_ref(), &env, None, Vec::new())
            .user_file
            .map(|file| file.path().display().to_string())
    };
    let home = ("HOME", "/home/ada");
    assert_eq!(
        place(&[home]).as_deref(),
        Some("/home/ada/.config/ftc/config.toml")
    );
    assert_eq!(
        place(&[home, ("XDG_CONFIG_HOME", "/x")]).as_deref(),
        Some("/x/ftc/config.toml")
    );
    // The specification wants a relative path ignored.
    let relative = [home, ("XDG_CONFIG_HOME", "x")];
    assert_eq!(
        place(&relative).as_deref(),
        Some("/home/ada/.config/ftc/config.toml")
    );
    assert_eq!(place(&[]), None);
}

#[test]
fn the_file_of_the_command_line_stands_in_for_the_users() {
    let machine = Machine::new().with_user_file("scan.jobs = 1");
    fs::write(machine.repository().join("mine.toml"), "store = 'memory:'").unwrap();
    let load = |name: &str| {
        let env = machine.env(&[]);
        let sources =
            Sources::discover(&machine.repository(), &env, Some(name.as_ref()), Vec::new());
        assert!(matches!(sources.user_file, Some(UserFile::Given(_))));
        Config::load(&sources)
    };
    let config = load("mine.toml").expect("the file is valid");
    assert_eq!(config.value(&keys::SCAN_JOBS), None);
    assert_eq!(config.value(&keys::STORE).unwrap().expose(), "memory:");
    let config = load("/dev/null").expect("it is empty");
    assert_eq!(config.value(&keys::STORE), None);
    let error = load("absent.toml")
        .err()
        .expect("a file that was asked for has to exist");
    assert_snapshot!(machine.complaint(error), @r"
    error: failed to read the configuration file `ROOT/repository/absent.toml`
      caused by: No such file or directory (os error 2)
    ");
}
