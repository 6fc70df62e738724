use std::collections::BTreeSet;

use super::packages::{self, Arrow, Layer, Package};
use super::{codemap, rules, suites};
use crate::workspace;

fn package(name: &str, layer: Option<Layer>, arrows: &[(&str, bool)]) -> Package {
    Package {
        name: name.to_owned(),
        folder: format!("crates/{name}"),
        layer,
        has_library: true,
        has_readme: true,
        arrows: arrows
            .iter()
            .map(|(to, dev)| Arrow {
                to: (*to).to_owned(),
                dev: *dev,
            })
            .collect(),
    }
}

fn numbered(name: &str, layer: u64, arrows: &[(&str, bool)]) -> Package {
    package(name, Some(Layer::Numbered(layer)), arrows)
}

/// What the rules say of these packages, and of a tool `testkit` that all know.
fn judge(packages: Vec<Package>) -> Vec<String> {
    let testkit = package("testkit", Some(Layer::Dev), &[]);
    let all: Vec<Package> = packages.into_iter().chain([testkit]).collect();
    rules::layer_violations(&all)
        .iter()
        .chain(&rules::readme_violations(&all))
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_arrows_of_the_workspace_point_down() {
    let packages = packages::of(&workspace::metadata().unwrap()).unwrap();
    assert!(packages.iter().any(|package| package.name == "xtask"));
    assert_eq!(rules::layer_violations(&packages), []);
}

#[test]
fn arrows_that_point_down_are_allowed_over_any_distance() {
    let found = judge(vec![
        numbered("redact", 0, &[]),
        numbered("process", 0, &[("redact", false)]),
        numbered("fingerprint", 1, &[("redact", false), ("testkit", true)]),
        numbered("state", 2, &[("fingerprint", false), ("process", true)]),
        numbered("scan", 5, &[("state", false), ("redact", false)]),
        package(
            "xtask",
            Some(Layer::Dev),
            &[("testkit", false), ("scan", false)],
        ),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn an_upward_arrow_is_named() {
    let found = judge(vec![
        numbered("redact", 0, &[("state", false)]),
        numbered("state", 2, &[]),
    ]);
    assert_eq!(
        found,
        ["`redact` (layer 0) depends on `state` (layer 2); arrows point down only"]
    );
}

#[test]
fn an_upward_arrow_of_the_tests_is_named_too() {
    let found = judge(vec![
        numbered("redact", 0, &[("state", true)]),
        numbered("state", 2, &[]),
    ]);
    assert_eq!(found.len(), 1);
}

#[test]
fn neighbours_above_the_ground_do_not_know_each_other() {
    for layer in 1..6 {
        let found = judge(vec![
            numbered("gates", layer, &[]),
            numbered("github", layer, &[("gates", false)]),
        ]);
        let expected = format!(
            "`github` (layer {layer}) depends on `gates` (layer {layer}); arrows point down only"
        );
        assert_eq!(found, [expected]);
    }
}

#[test]
fn the_testkit_is_for_tests_only() {
    let found = judge(vec![numbered("state", 2, &[("testkit", false)])]);
    assert_eq!(
        found,
        ["`state` depends on `testkit`, which is for development only; make it a dev-dependency"]
    );
}

#[test]
fn a_package_without_a_layer_is_named_and_its_arrows_are_not_guessed() {
    let found = judge(vec![
        package("lost", None, &[("testkit", false)]),
        numbered("state", 2, &[("lost", false)]),
    ]);
    assert_eq!(
        found,
        ["`lost` declares no layer (`[package.metadata.ftc] layer = N`)"]
    );
}

#[test]
fn a_library_without_a_readme_is_named_and_a_program_is_not() {
    let mut library = numbered("redact", 0, &[]);
    library.has_readme = false;
    let mut program = numbered("scan", 5, &[]);
    (program.has_readme, program.has_library) = (false, false);
    assert_eq!(
        judge(vec![library, program]),
        ["`crates/redact` has no README.md"]
    );
}

#[test]
fn the_codemap_and_the_workspace_name_the_same_crates() {
    let packages = [numbered("redact", 0, &[]), numbered("state", 2, &[])];
    let codemap = |folders: &[&str]| -> BTreeSet<String> {
        folders.iter().map(|folder| (*folder).to_owned()).collect()
    };
    let same = rules::codemap_violations(&packages, &codemap(&["crates/redact", "crates/state"]));
    assert_eq!(same, []);
    let other = rules::codemap_violations(&packages, &codemap(&["crates/redact", "crates/vcs"]));
    let messages: Vec<String> = other.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "the codemap of docs/architecture.md does not name `crates/state`",
            "the codemap of docs/architecture.md names `crates/vcs`, which does not exist",
        ]
    );
}

#[test]
fn the_codemap_is_one_section_of_the_page() {
    let page = "\
# Architecture
Not here: `crates/before`.
## Codemap
`crates/redact` scrubs. See crates/redact/src/lib.rs and `crates/*`.

| crate | what |
|---|---|
| [crates/state](../crates/state) | remembers. |
### Programs
```text
# not a heading of `crates/durable`
bins/ftc-scan   layer 5, one of bins/ftc-*
```
`xtask` checks.
## Invariants
`crates/after` is no more.
";
    let folders: Vec<String> = codemap::folders(page).into_iter().collect();
    assert_eq!(
        folders,
        [
            "bins/ftc-scan",
            "crates/durable",
            "crates/redact",
            "crates/state",
            "xtask"
        ]
    );
    assert!(codemap::folders("# Architecture\n`crates/redact`\n").is_empty());
}

#[test]
fn a_test_file_that_is_not_declared_is_found() {
    let modules = ["main", "go", "lost", "support"].map(str::to_owned).into();
    let main = "//! Tests.\nmod go;\n    mod support;\n// mod lost;\n";
    assert_eq!(suites::missing(main, &modules), ["lost"]);
}
