//! Tests of `ftc-gates` through its public API.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write the files that gates look at by the plainest means there are"
)]

mod confined;
mod environment;
mod evidence;
mod file_bad;
mod file_good;
mod held;
mod interrupted;
mod load;
mod logs;
mod names;
mod outcomes;
mod reports;
mod rerun;
mod stored;
mod support;
mod tiers;

/// A file that is not named above would be silently left out.
#[test]
fn every_file_is_part_of_the_tests() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = std::fs::read_to_string(format!("{here}/main.rs")).unwrap();
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap();
        assert!(
            module == "main" || main.contains(&format!("mod {module};")),
            "{name} is not part of the tests"
        );
    }
}
