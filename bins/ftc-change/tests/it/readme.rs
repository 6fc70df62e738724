//! What the README shows is what the program does.

use super::support::Place;

#[test]
fn the_readme_tells_the_truth() {
    let place = Place::new();
    place.write("agent/src/lib.rs", "pub fn one() -> u32 {\n    2\n}\n");
    place.write("agent/notes.txt", "x");
    let run = place
        .run(&["check", "--repository", "hub", "--from", "agent"])
        .expect(1);
    let readme = include_str!("../../README.md");
    for line in run
        .stdout
        .lines()
        .filter(|line| !line.starts_with("checksum") && !line.starts_with("policy"))
    {
        assert!(
            readme.contains(line),
            "not in the README: {line}\n{}",
            run.stdout
        );
    }
}
