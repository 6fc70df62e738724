//! `cargo xtask layers`: the rules of the house, proved over `cargo metadata`.
//!
//! Every package declares its place in its `Cargo.toml`, beside the dependencies that the rules are about:
//!
//! ```toml
//! [package.metadata.ftc]
//! layer = 1        # or "dev": helps to develop, and is never shipped
//! ```

mod codemap;
mod packages;
mod rules;
mod suites;

#[cfg(test)]
mod tests;

use std::fs;

use anyhow::Context as _;

use self::packages::Package;
use self::rules::Violation;
use crate::{Answer, workspace};

/// The page whose codemap names every crate.
const ARCHITECTURE: &str = "docs/architecture.md";

/// Checks the workspace.
pub fn run() -> anyhow::Result<Answer> {
    let (packages, violations) = check()?;
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    let text = if lines.is_empty() {
        format!("{} packages keep the rules of the house", packages.len())
    } else {
        lines.join("\n")
    };
    let yes = violations.is_empty();
    Ok(Answer { text, yes })
}

fn check() -> anyhow::Result<(Vec<Package>, Vec<Violation>)> {
    let metadata = workspace::metadata()?;
    let packages = packages::of(&metadata)?;
    let page = metadata.workspace_root.join(ARCHITECTURE);
    let text = fs::read_to_string(&page).with_context(|| format!("failed to read `{page}`"))?;
    let mut violations = rules::layer_violations(&packages);
    violations.extend(rules::readme_violations(&packages));
    violations.extend(rules::codemap_violations(
        &packages,
        &codemap::folders(&text),
    ));
    for package in &packages {
        let root = metadata.workspace_root.join(&package.folder);
        let undeclared = suites::undeclared(root.as_std_path())?;
        violations.extend(undeclared.into_iter().map(|module| Violation::Undeclared {
            folder: package.folder.clone(),
            module,
        }));
    }
    Ok((packages, violations))
}
