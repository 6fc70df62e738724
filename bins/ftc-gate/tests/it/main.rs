//! Tests of `ftc-gate`: the real program, in real repositories.
#![expect(
    clippy::disallowed_methods,
    reason = "the program under test is started, and its repositories are made, by the plainest means there are"
)]

mod answers;
mod bad_input;
mod confined;
mod interrupted;
mod list;
mod project;
mod trust;

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
