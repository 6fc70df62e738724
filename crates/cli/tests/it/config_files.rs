//! What is wrong with a file, and where.

use std::fs;
use std::os::unix::fs::symlink;

use ftc_cli::config::keys;
use insta::assert_snapshot;

use crate::support::Machine;

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_one() {
    assert_snapshot!(Machine::repository_complaint("[scan]\njob = 3\n"), @r"
    error: ROOT/repository/ftc.toml:2:1: unknown key `scan.job`
    hint: did you mean `scan.jobs`?
    ");
    assert_snapshot!(Machine::repository_complaint("# ä\n\n  [scann]\njobs = 3\n"), @r"
    error: ROOT/repository/ftc.toml:3:4: unknown key `scann`
    hint: did you mean `scan`?
    ");
    assert_snapshot!(Machine::repository_complaint("scan = { platform = 'ä', zebra = 2 }"), @r"
    error: ROOT/repository/ftc.toml:1:26: unknown key `scan.zebra`
    hint: `ftc config explain` lists every key
    ");
}

#[test]
fn the_first_mistake_in_the_file_is_named_first() {
    let text = "zebra = 1\napple = 2\n";
    assert!(Machine::repository_complaint(text).contains(":1:1: unknown key `zebra`"));
}

#[test]
fn a_key_that_occurs_twice_is_an_error() {
    assert_snapshot!(Machine::repository_complaint("[scan]\njobs = 3\nformat = 'json'\njobs = 4\n"), @"error: ROOT/repository/ftc.toml:4:1: duplicate key");
}

#[test]
fn what_is_not_toml_is_an_error_with_its_place() {
    let complaint = Machine::repository_complaint("[scan]\njobs = = 3\n");
    assert!(
        complaint.starts_with("error: ROOT/repository/ftc.toml:2:8: "),
        "{complaint}"
    );
}

#[test]
fn a_repository_may_not_set_what_could_harm_the_person() {
    assert_snapshot!(Machine::repository_complaint("[scan]\njobs = 2\n\n[output]\ncolor = 'never'\n"), @r"
    error: ROOT/repository/ftc.toml:5:1: a repository may not set the key `output.color`
    hint: set `output.color` in your own configuration file or with `FTC_OUTPUT_COLOR`; a repository is not trusted with it
    ");
    for key in keys::ALL
        .iter()
        .filter(|key| !key.name.starts_with("scan."))
    {
        let complaint = Machine::repository_complaint(&format!("{} = 'x'", key.name));
        let expected = format!(
            "ftc.toml:1:1: a repository may not set the key `{}`",
            key.name
        );
        // In a dotted key the last part is where the key stands.
        let expected = expected.replace(
            ":1:1:",
            &format!(":1:{}:", key.name.rfind('.').map_or(1, |dot| dot + 2)),
        );
        assert!(complaint.contains(&expected), "{complaint}");
    }
}

#[test]
fn the_person_may_set_everything() {
    let text = "store = 'memory:'\nforge = 'local:forge'\nforge_login = 'alice'\nrepository = 'a/b'\noutput.color = 'never'\n[scan]\njobs = 0x10\nformat = 'json'\nplatform = 'linux'\nmasks = ['tenant ([a-z]+)']\nwords = ['shard']\n[clean]\nagent = 'agent.toml'\nbase = 'trunk'\n\
        directory = 'widget'\ngate = 'unit'\nlogin = 'bot'\nremote = 'origin'\nscope = 'src/**'\nsource = 'runs:3'\nwork = 'logs'";
    let config = Machine::new().with_user_file(text).load().unwrap();
    assert_eq!(config.value(&keys::SCAN_JOBS).unwrap().get(), 16);
    assert_eq!(config.value(&keys::REPOSITORY).unwrap().as_str(), "a/b");
    assert_eq!(
        config.value(&keys::SCAN_MASKS).unwrap().0,
        ["tenant ([a-z]+)"]
    );
    assert!(
        config
            .explain()
            .iter()
            .all(|key| key.origin.as_ref().unwrap().layer == "user")
    );
}

#[test]
fn a_value_has_the_type_of_its_key() {
    assert_snapshot!(Machine::repository_complaint("scan.jobs = '3'"), @"error: ROOT/repository/ftc.toml:1:13: the key `scan.jobs` is a string, not an integer");
    assert_snapshot!(Machine::repository_complaint("scan.format = ['json']"), @"error: ROOT/repository/ftc.toml:1:15: the key `scan.format` is an array, not a string");
    assert_snapshot!(Machine::repository_complaint("scan = 3"), @"error: ROOT/repository/ftc.toml:1:8: the key `scan` is an integer, not a table");
    assert_snapshot!(Machine::repository_complaint("[scan.jobs]\nx = 1"), @"error: ROOT/repository/ftc.toml:1:1: the key `scan.jobs` is a table, not an integer");
}

#[test]
fn a_value_out_of_range_is_named_with_its_place() {
    assert_snapshot!(Machine::repository_complaint("[scan]\njobs = 0"), @r"
    error: ROOT/repository/ftc.toml:2:8: the key `scan.jobs` has the invalid value `0`
      caused by: expected a whole number of at least 1
    ");
    assert_snapshot!(Machine::repository_complaint("scan.format = 'jsn'"), @r"
    error: ROOT/repository/ftc.toml:1:15: the key `scan.format` has the invalid value `jsn`
      caused by: expected one of `human`, `json`, `jsonl`, `html`, `junit`, `markdown`
    hint: did you mean `json`?
    ");
}

#[test]
fn an_item_of_a_list_is_named_with_its_place() {
    assert_snapshot!(Machine::repository_complaint("[scan]\nmasks = [\n  '(a)',\n  '[a-',\n]"), @r"
    error: ROOT/repository/ftc.toml:4:3: the key `scan.masks` has the invalid value `[a-`
      caused by: expected a regular expression with one capture group around the value
    hint: unclosed character class
    ");
    assert_snapshot!(Machine::repository_complaint("scan.masks = ['lease']"), @r"
    error: ROOT/repository/ftc.toml:1:15: the key `scan.masks` has the invalid value `lease`
      caused by: expected a regular expression with one capture group around the value
    ");
    assert_snapshot!(Machine::repository_complaint("scan.words = ['a b']"), @r"
    error: ROOT/repository/ftc.toml:1:15: the key `scan.words` has the invalid value `a b`
      caused by: expected a word of letters and digits
    ");
    assert_snapshot!(Machine::repository_complaint("scan.words = [3]"), @"error: ROOT/repository/ftc.toml:1:15: the key `scan.words` is an integer, not a list of strings");
    assert_snapshot!(Machine::repository_complaint("scan.words = 'a'"), @"error: ROOT/repository/ftc.toml:1:14: the key `scan.words` is a string, not an array");
    let many = format!("scan.words = [{}]", "'a',".repeat(65));
    let complaint = Machine::repository_complaint(&many);
    assert!(
        complaint.contains("expected a list of at most 64 items"),
        "{complaint}"
    );
}

#[test]
fn a_hostile_key_cannot_act_on_the_terminal() {
    let complaint = Machine::repository_complaint("\"\\u001b[2J\" = 1");
    assert!(
        complaint.contains(r"unknown key `\u{1b}[2J`"),
        "{complaint}"
    );
}

#[test]
fn no_file_at_all_is_fine() {
    let machine = Machine::new();
    assert_eq!(machine.load().unwrap().value(&keys::SCAN_JOBS), None);
}

#[test]
fn a_repository_may_not_lead_us_elsewhere() {
    let machine = Machine::new().with_user_file("scan.jobs = 3");
    let link = machine.repository().join("ftc.toml");
    symlink(machine.home().join(".config/ftc/config.toml"), &link).unwrap();
    let error = machine.load().err().unwrap();
    assert_snapshot!(machine.complaint(error), @"error: the configuration file `ROOT/repository/ftc.toml` is a link, which a repository may not use for it");
}

#[test]
fn a_person_may_link_their_file() {
    let machine = Machine::new();
    let real = machine.root().join("dotfiles.toml");
    fs::write(&real, "scan.jobs = 5").unwrap();
    symlink(&real, machine.home().join(".config/ftc/config.toml")).unwrap();
    let jobs = machine.load().unwrap().value(&keys::SCAN_JOBS);
    assert_eq!(jobs.map(std::num::NonZeroUsize::get), Some(5));
}

#[test]
fn only_a_small_text_file_is_read() {
    let complaint = |make: &dyn Fn(&std::path::Path)| {
        let machine = Machine::new();
        make(&machine.repository().join("ftc.toml"));
        let error = machine.load().err().expect("it is unsuitable");
        machine.complaint(error)
    };
    let directory = complaint(&|path| fs::create_dir(path).expect("the parent exists"));
    assert!(directory.contains("is no regular file"), "{directory}");
    let binary = complaint(&|path| fs::write(path, [0xff, 0xfe]).expect("the parent exists"));
    assert!(binary.contains("is not UTF-8"), "{binary}");
    let large =
        complaint(&|path| fs::write(path, vec![b'#'; 1024 * 1024 + 1]).expect("the parent exists"));
    assert!(large.contains("is larger than 1 MiB"), "{large}");
}
