//! Checks of commits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, ChecksRead, ChecksWrite};
use crate::ids::Login;
use crate::model::{Check, CheckConclusion, CiState, NewCheck, Permission};
use crate::page::{Order, Page, PageRequest, paginate};
use crate::rules::{self, Need};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckHead {
    name: String,
    conclusion: CheckConclusion,
    author: Login,
    created_at: Timestamp,
}

fn to_check(sha: &str, found: Found<CheckHead>) -> Check {
    let head = found.head;
    let new = NewCheck {
        sha: sha.to_owned(),
        name: head.name,
        conclusion: head.conclusion,
        summary: found.body,
    };
    Check {
        verified: found.verified,
        ..Check::new(&new, head.author, head.created_at)
    }
}

impl LocalForge {
    /// All checks of a commit, by name.
    pub(super) fn load_checks(&self, sha: &str) -> Result<Vec<Check>> {
        rules::sha(sha)?;
        let directory = layout::checks(sha);
        let mut checks = Vec::new();
        for name in self.files().names(&directory)? {
            if name.starts_with('.') || name.strip_suffix(".md").is_none() {
                continue;
            }
            let found = self.files().load_page(&format!("{directory}/{name}"))?;
            checks.extend(found.map(|found| to_check(sha, found)));
        }
        checks.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(checks)
    }

    fn report_check(&self, new: &NewCheck) -> Result<Check> {
        rules::new_check(new)?;
        self.require(Need::new(Permission::Write, "report checks"))?;
        let _lock = self.lock()?;
        let path = layout::check(&new.sha, &new.name);
        let present: Option<Found<CheckHead>> = self.files().load_page(&path)?;
        if let Some(present) = present
            && present.head.author != self.viewer
        {
            return Err(Error::conflict(
                format!("the check `{}`", new.name),
                format!("was reported by `{}`", present.head.author),
            ));
        }
        let found = Found {
            head: CheckHead {
                name: new.name.clone(),
                conclusion: new.conclusion.clone(),
                author: self.viewer.clone(),
                created_at: self.now(),
            },
            body: new.summary.clone(),
            verified: true,
        };
        self.files().save_page(&path, &found)?;
        Ok(to_check(&new.sha, found))
    }
}

impl ChecksRead for LocalForge {
    fn checks<'a>(&'a self, sha: &'a str, page: PageRequest) -> BoxFuture<'a, Result<Page<Check>>> {
        Box::pin(async move {
            let checks = self.load_checks(sha)?;
            let names: Vec<String> = checks.iter().map(|check| check.name.clone()).collect();
            paginate(names, Order::Ascending, &page, |name| {
                Ok(checks.iter().find(|check| check.name == *name).cloned())
            })
        })
    }

    fn ci_state<'a>(&'a self, sha: &'a str) -> BoxFuture<'a, Result<CiState>> {
        Box::pin(async move { Ok(CiState::of(&self.load_checks(sha)?)) })
    }
}

impl ChecksWrite for LocalForge {
    fn create_check<'a>(&'a self, check: &'a NewCheck) -> BoxFuture<'a, Result<Check>> {
        Box::pin(async move { self.report_check(check) })
    }
}
