//! One target of `cargo test`: a test binary or the doctests of a crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;

use super::super::CARGO_TEST;
use super::super::output::Output;

/// What is known of the target that is running.
#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) failed: BTreeMap<String, Failed>,
    /// `test x ... ` without a result: output follows in the same line or the next ones.
    pub(super) unfinished: Option<(String, Block)>,
    /// Names under the last `failures:`: the tool's own word on what failed.
    pub(super) listed: BTreeSet<String>,
    /// `failures:` has come: from here on no more results are printed.
    pub(super) is_reporting: bool,
    /// Output of threads outside of captured blocks, by thread name (`--nocapture`, aborts).
    pub(super) loose: BTreeMap<String, Failed>,
    pub(super) ran: u64,
}

#[derive(Debug, Default)]
pub(super) struct Failed {
    pub(super) output: Output,
    pub(super) block: Block,
}

impl Target {
    pub(super) fn fail(&mut self, name: &str) -> &mut Failed {
        self.failed.entry(name.to_owned()).or_default()
    }

    /// The test that took the process with it: whose thread said so, else the one that had not ended. Where nothing says
    /// that the process `died`, the log may only be cut off.
    pub(super) fn guilty(&mut self, died: bool) -> Option<(String, Failed)> {
        let crashed = self
            .loose
            .iter()
            .find(|(name, failed)| !name.is_empty() && failed.output.kind() == Kind::Crash);
        let name = crashed
            .map(|(name, _)| name.clone())
            .or_else(|| {
                self.unfinished
                    .as_ref()
                    .filter(|_| died)
                    .map(|(name, _)| name.clone())
            })
            .or_else(|| {
                self.loose
                    .keys()
                    .next_back()
                    .filter(|name| died && name.as_str() != "main")
                    .cloned()
            })?;
        let failed = self.loose.remove(&name).unwrap_or_default();
        Some((name, failed))
    }

    pub(super) fn report(mut self, suite: Option<&str>, findings: &mut Findings) {
        for (test, mut failed) in self.failed {
            if failed.output.is_empty()
                && let Some(loose) = self.loose.remove(&test)
            {
                failed.output = loose.output;
                failed.block.append(loose.block);
            }
            let kind = failed.output.kind();
            let mut finding = Finding::new(CARGO_TEST, Some(test), kind, failed.block);
            finding.message = failed.output.message().unwrap_or_default();
            finding.function = failed.output.file();
            finding.detail.clone_from(&failed.output.detail);
            finding.suite = suite.map(str::to_owned);
            findings.report(finding);
        }
    }
}
