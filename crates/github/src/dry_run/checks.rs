//! Checks of commits.

use std::collections::BTreeMap;

use super::DryRun;
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, ChecksRead, ChecksWrite};
use crate::model::{Check, CiState, NewCheck, Permission};
use crate::page::{Order, Page, PageRequest, all_pages, paginate};
use crate::rules::{self, Need};

impl DryRun {
    async fn all_checks(&self, sha: &str) -> Result<BTreeMap<String, Check>> {
        let beneath = all_pages(|page| self.inner.checks(sha, page)).await?;
        let mut checks: BTreeMap<_, _> = beneath
            .into_iter()
            .map(|check| (check.name.clone(), check))
            .collect();
        for ((commit, name), check) in &self.overlay().checks {
            if commit == sha {
                checks.insert(name.clone(), check.clone());
            }
        }
        Ok(checks)
    }

    async fn report_check(&self, new: &NewCheck) -> Result<Check> {
        rules::new_check(new)?;
        let need = Need::new(Permission::Write, "report checks");
        let viewer = self.require(need).await?;
        if let Some(present) = self.all_checks(&new.sha).await?.get(&new.name)
            && present.author != viewer
        {
            return Err(Error::conflict(
                format!("the check `{}`", new.name),
                format!("was reported by `{}`", present.author),
            ));
        }
        let check = Check::new(new, viewer, self.now());
        let mut overlay = self.overlay();
        overlay.note("create_check", &new.name);
        overlay
            .checks
            .insert((new.sha.clone(), new.name.clone()), check.clone());
        Ok(check)
    }
}

impl ChecksRead for DryRun {
    fn checks<'a>(&'a self, sha: &'a str, page: PageRequest) -> BoxFuture<'a, Result<Page<Check>>> {
        Box::pin(async move {
            let checks = self.all_checks(sha).await?;
            let names: Vec<String> = checks.keys().cloned().collect();
            paginate(names, Order::Ascending, &page, |name| {
                Ok(checks.get(name).cloned())
            })
        })
    }

    fn ci_state<'a>(&'a self, sha: &'a str) -> BoxFuture<'a, Result<CiState>> {
        Box::pin(async move {
            let is_ours = self
                .overlay()
                .checks
                .keys()
                .any(|(commit, _)| commit == sha);
            if !is_ours {
                return self.inner.ci_state(sha).await;
            }
            let checks: Vec<Check> = self.all_checks(sha).await?.into_values().collect();
            Ok(CiState::of(&checks))
        })
    }
}

impl ChecksWrite for DryRun {
    fn create_check<'a>(&'a self, check: &'a NewCheck) -> BoxFuture<'a, Result<Check>> {
        Box::pin(async move { self.report_check(check).await })
    }
}
