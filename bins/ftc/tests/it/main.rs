//! Tests of `ftc` as it is installed: in a directory with other programs.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write files, and start the program with a standard input of their own"
)]

mod config;
mod doctor;
mod front_door;
mod help;
mod installation;
mod output;

/// A module that is not declared above would not run and nobody would see it.
#[test]
fn every_file_is_part_of_the_suite() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let declared = include_str!("main.rs");
    for entry in std::fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs") else {
            continue;
        };
        assert!(
            module == "main" || declared.contains(&format!("\nmod {module};\n")),
            "{name} is not declared in main.rs"
        );
    }
}
