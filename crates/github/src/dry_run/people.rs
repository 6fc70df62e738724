//! People: nothing about them is ever written.

use super::DryRun;
use crate::error::Result;
use crate::forge::{BoxFuture, IssuesRead as _, PeopleRead, PullsRead as _};
use crate::ids::{IssueNumber, Login};
use crate::model::{ApprovalHow, ApprovalSignal, Permission};

impl PeopleRead for DryRun {
    fn viewer(&self) -> BoxFuture<'_, Result<Login>> {
        self.inner.viewer()
    }

    fn permission<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Permission>> {
        self.inner.permission(login)
    }

    fn approvals(&self, number: IssueNumber) -> BoxFuture<'_, Result<Vec<ApprovalSignal>>> {
        Box::pin(async move {
            let is_known = self.inner.issue(number).await?.is_some()
                || self.inner.pull(number).await?.is_some();
            // What was opened here nobody has approved.
            if !is_known
                && (self.issue(number).await?.is_some() || self.pull(number).await?.is_some())
            {
                return Ok(Vec::new());
            }
            let mut signals = self.inner.approvals(number).await?;
            if self.overlay().unlabelled.contains(&number) {
                signals.retain(|signal| signal.how != ApprovalHow::Label);
            }
            Ok(signals)
        })
    }
}
