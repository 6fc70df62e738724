//! The packages of the workspace, as far as the rules look at them.

use std::fmt;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, Metadata};

/// One package.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    /// Below the workspace: `crates/redact`.
    pub folder: String,
    /// Where it stands; `None` where its manifest does not say.
    pub layer: Option<Layer>,
    pub has_library: bool,
    pub has_readme: bool,
    /// Dependencies within the workspace.
    pub arrows: Vec<Arrow>,
}

/// A declared dependency on a package of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    pub to: String,
    /// Whether only tests and examples see it.
    pub dev: bool,
}

/// The place of a package in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A layer, 0 at the bottom.
    Numbered(u64),
    /// Helps to develop the others and is never shipped.
    Dev,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(number) => write!(f, "layer {number}"),
            Self::Dev => f.write_str("for development only"),
        }
    }
}

/// Reads the packages out of `metadata`.
pub fn of(metadata: &Metadata) -> anyhow::Result<Vec<Package>> {
    let members = metadata.workspace_packages();
    members
        .iter()
        .map(|package| {
            let root = package
                .manifest_path
                .parent()
                .with_context(|| format!("`{}` lies in no folder", package.manifest_path))?;
            let folder = root
                .strip_prefix(&metadata.workspace_root)
                .with_context(|| format!("`{root}` is not below `{}`", metadata.workspace_root))?;
            let is_member = |name: &str| members.iter().any(|other| *other.name == *name);
            Ok(Package {
                name: package.name.to_string(),
                folder: folder.to_string(),
                layer: layer(package)?,
                has_library: package.targets.iter().any(cargo_metadata::Target::is_lib),
                has_readme: root.join("README.md").is_file(),
                arrows: package
                    .dependencies
                    .iter()
                    .filter(|dependency| dependency.path.is_some() && is_member(&dependency.name))
                    .map(|dependency| Arrow {
                        to: dependency.name.clone(),
                        dev: dependency.kind == DependencyKind::Development,
                    })
                    .collect(),
            })
        })
        .collect()
}

fn layer(package: &cargo_metadata::Package) -> anyhow::Result<Option<Layer>> {
    let Some(value) = package.metadata.pointer("/ftc/layer") else {
        return Ok(None);
    };
    match (value.as_u64(), value.as_str()) {
        (Some(number), _) => Ok(Some(Layer::Numbered(number))),
        (_, Some("dev")) => Ok(Some(Layer::Dev)),
        _ => anyhow::bail!(
            "the layer of `{}` is `{value}`, which is neither a number nor \"dev\"",
            package.name
        ),
    }
}
