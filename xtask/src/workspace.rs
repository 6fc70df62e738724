//! Where the workspace is and what it consists of.

use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{Metadata, MetadataCommand};

/// The workspace that this program was built in. Only its own packages, with the dependencies as they are declared.
pub fn metadata() -> anyhow::Result<Metadata> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(&manifest)
        .no_deps()
        .exec()
        .with_context(|| format!("failed to read the workspace of `{}`", manifest.display()))
}
