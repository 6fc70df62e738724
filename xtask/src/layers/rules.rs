//! The decision, apart from where its data comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::ARCHITECTURE;
use super::packages::{Arrow, Layer, Package};

/// A broken rule. Prints as one line that names who breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A package does not say where it stands.
    NoLayer { package: String },
    /// An arrow points up, or sideways where that is not allowed.
    Arrow {
        from: String,
        from_layer: Layer,
        to: String,
        to_layer: Layer,
    },
    /// Something that is shipped depends on a package for development other than for its tests.
    ShipsDev { from: String, to: String },
    /// A library lacks its README.
    NoReadme { folder: String },
    /// A test file is not part of its suite, so it would never run.
    Undeclared { folder: String, module: String },
    /// The codemap does not name a crate that exists.
    NotInCodemap { folder: String },
    /// The codemap names a crate that does not exist.
    OnlyInCodemap { folder: String },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLayer { package } => write!(
                f,
                "`{package}` declares no layer (`[package.metadata.ftc] layer = N`)"
            ),
            Self::Arrow {
                from,
                from_layer,
                to,
                to_layer,
            } => write!(
                f,
                "`{from}` ({from_layer}) depends on `{to}` ({to_layer}); arrows point down only"
            ),
            Self::ShipsDev { from, to } => write!(
                f,
                "`{from}` depends on `{to}`, which is for development only; make it a dev-dependency"
            ),
            Self::NoReadme { folder } => write!(f, "`{folder}` has no README.md"),
            Self::Undeclared { folder, module } => write!(
                f,
                "`{folder}/tests/it/main.rs` does not declare `{module}`, which would never run"
            ),
            Self::NotInCodemap { folder } => {
                write!(f, "the codemap of {ARCHITECTURE} does not name `{folder}`")
            }
            Self::OnlyInCodemap { folder } => write!(
                f,
                "the codemap of {ARCHITECTURE} names `{folder}`, which does not exist"
            ),
        }
    }
}

/// Checks that every package has a layer, and that the arrows are allowed.
pub fn layer_violations(packages: &[Package]) -> Vec<Violation> {
    let layers: BTreeMap<&str, Layer> = packages
        .iter()
        .filter_map(|package| Some((package.name.as_str(), package.layer?)))
        .collect();
    packages
        .iter()
        .flat_map(|package| match package.layer {
            Some(layer) => arrow_violations(package, layer, &layers),
            None => vec![Violation::NoLayer {
                package: package.name.clone(),
            }],
        })
        .collect()
}

/// Checks that every library has its README.
pub fn readme_violations(packages: &[Package]) -> Vec<Violation> {
    packages
        .iter()
        .filter(|package| package.has_library && !package.has_readme)
        .map(|package| Violation::NoReadme {
            folder: package.folder.clone(),
        })
        .collect()
}

fn arrow_violations(
    package: &Package,
    from_layer: Layer,
    layers: &BTreeMap<&str, Layer>,
) -> Vec<Violation> {
    let from = &package.name;
    let judge = |arrow: &Arrow| {
        // A package without a layer is reported by itself; its arrows cannot be judged.
        let to_layer = *layers.get(arrow.to.as_str())?;
        let to = arrow.to.clone();
        let from = from.clone();
        match (from_layer, to_layer) {
            (Layer::Dev, _) => None,
            (Layer::Numbered(_), Layer::Dev) if arrow.dev => None,
            (Layer::Numbered(_), Layer::Dev) => Some(Violation::ShipsDev { from, to }),
            (Layer::Numbered(upper), Layer::Numbered(lower)) if points_down(upper, lower) => None,
            _ => Some(Violation::Arrow {
                from,
                from_layer,
                to,
                to_layer,
            }),
        }
    };
    package.arrows.iter().filter_map(judge).collect()
}

/// Whether a package of layer `upper` may know one of layer `lower`. The tools of layer 0 may use each other, as `vcs` runs
/// git through `process`; cargo itself keeps them free of cycles. Everywhere else neighbours do not know each other.
fn points_down(upper: u64, lower: u64) -> bool {
    lower < upper || (upper == 0 && lower == 0)
}

/// Checks that the codemap and the workspace name the same folders.
pub fn codemap_violations(packages: &[Package], codemap: &BTreeSet<String>) -> Vec<Violation> {
    let existing: BTreeSet<String> = packages.iter().map(|p| p.folder.clone()).collect();
    let missing = existing
        .difference(codemap)
        .map(|folder| Violation::NotInCodemap {
            folder: folder.clone(),
        });
    let invented = codemap
        .difference(&existing)
        .map(|folder| Violation::OnlyInCodemap {
            folder: folder.clone(),
        });
    missing.chain(invented).collect()
}
