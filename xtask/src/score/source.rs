//! Where logs and their truths lie.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ftc_process::ParentEnv;
use ftc_testkit::corpus::{Truth, load_truths};

/// The variable that names the corpus.
const VARIABLE: &str = "FTC_CORPUS";

/// A folder of logs and the folder of their truths, which may be the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub logs: PathBuf,
    truths: PathBuf,
}

impl Source {
    /// The logs of this repository.
    pub fn fixtures() -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
        Self {
            logs: fixtures.join("ci-logs"),
            truths: fixtures.join("truth"),
        }
    }

    /// The truths of the logs in `folders`, or of all when none is named. A folder without any is an error: a misspelt
    /// name would otherwise reach every minimum.
    pub fn truths(&self, folders: &[String]) -> anyhow::Result<Vec<Truth>> {
        let mut truths = load_truths(&self.truths)?;
        for folder in folders {
            anyhow::ensure!(
                truths.iter().any(|truth| truth.folder() == folder),
                "no truth below `{}` is about a log in `{folder}`",
                self.truths.display()
            );
        }
        truths.retain(|truth| folders.is_empty() || folders.iter().any(|f| f == truth.folder()));
        anyhow::ensure!(
            !truths.is_empty(),
            "there is no truth below `{}`",
            self.truths.display()
        );
        Ok(truths)
    }
}

/// The variable's value. An empty one is what a workflow passes on when it knows of no corpus.
fn set(parent: &ParentEnv) -> Option<&OsStr> {
    parent.var_os(VARIABLE).filter(|value| !value.is_empty())
}

/// One half of the corpus, or a sentence that says why it is absent: it is too big to be part of the repository, so that
/// its absence is no error.
pub fn corpus(named: Option<&Path>, half: &str, parent: &ParentEnv) -> Result<Source, String> {
    let corpus = named
        .map(Path::to_owned)
        .or_else(|| set(parent).map(PathBuf::from));
    let Some(corpus) = corpus else {
        return Err(format!("no corpus is named by --corpus or {VARIABLE}"));
    };
    let folder = corpus.join(half);
    if !folder.is_dir() {
        return Err(format!("there is no corpus at `{}`", folder.display()));
    }
    // Absolute, because the scanner runs inside it.
    let folder = std::path::absolute(&folder)
        .with_context(|| format!("failed to resolve `{}`", folder.display()))
        .map_err(|error| format!("{error:#}"))?;
    Ok(Source {
        logs: folder.clone(),
        truths: folder,
    })
}
