//! Test files that nobody would miss: a file of `tests/it` that `main.rs` does not declare is never compiled.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// The files and folders of a package's `tests/it` that its `main.rs` does not declare.
pub fn undeclared(package: &Path) -> anyhow::Result<Vec<String>> {
    let folder = package.join("tests/it");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let main = folder.join("main.rs");
    let text = fs::read_to_string(&main)
        .with_context(|| format!("failed to read `{}`", main.display()))?;
    let mut modules = BTreeSet::new();
    let entries =
        fs::read_dir(&folder).with_context(|| format!("failed to list `{}`", folder.display()))?;
    for entry in entries {
        let path = entry
            .with_context(|| format!("failed to list `{}`", folder.display()))?
            .path();
        // A folder without a `mod.rs` holds the modules of a file beside it, or data.
        let is_module =
            path.join("mod.rs").is_file() || path.extension().is_some_and(|end| end == "rs");
        if let Some(name) = path.file_stem().filter(|_| is_module) {
            modules.insert(name.to_string_lossy().into_owned());
        }
    }
    Ok(missing(&text, &modules))
}

/// The modules that the text of `main.rs` does not declare.
pub fn missing(main: &str, modules: &BTreeSet<String>) -> Vec<String> {
    let declared: BTreeSet<&str> = main
        .lines()
        .filter_map(|line| line.trim().strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    modules
        .iter()
        .filter(|module| *module != "main" && !declared.contains(module.as_str()))
        .cloned()
        .collect()
}
