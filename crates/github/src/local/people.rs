//! Who may do what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::forge::{BoxFuture, PeopleRead};
use crate::ids::{IssueNumber, Login};
use crate::model::{ApprovalSignal, Permission};

/// The table of people.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    people: BTreeMap<Login, Permission>,
}

impl People {
    pub(super) fn of(people: &[(Login, Permission)]) -> Self {
        Self {
            people: people.iter().cloned().collect(),
        }
    }

    pub(super) fn permission(&self, login: &Login) -> Permission {
        self.people.get(login).copied().unwrap_or_default()
    }
}

impl LocalForge {
    /// Who may do what. Of a table that was edited by hand nothing is believed, and that is an error rather than a forge in
    /// which suddenly nobody may do anything.
    pub(super) fn load_people(&self) -> Result<People> {
        match self.files().load_table(layout::PEOPLE)? {
            Some((people, true)) => Ok(people),
            Some((_, false)) => Err(Error::damaged(
                &self.directory().join(layout::PEOPLE),
                "it was edited by hand",
            )),
            None => Ok(People::default()),
        }
    }

    /// Everybody who may do something, by login.
    pub fn people(&self) -> Result<Vec<(Login, Permission)>> {
        Ok(self.load_people()?.people.into_iter().collect())
    }

    /// Says what an account may do from now on. For the person at the machine: no permission is needed.
    pub fn set_permission(&self, login: &Login, permission: Permission) -> Result<()> {
        let _lock = self.lock()?;
        let mut people = self.load_people()?;
        // Removed first, so that the spelling of the login is the new one.
        people.people.remove(login);
        if permission != Permission::None {
            people.people.insert(login.clone(), permission);
        }
        self.files().save_table(layout::PEOPLE, &people)
    }
}

impl PeopleRead for LocalForge {
    fn viewer(&self) -> BoxFuture<'_, Result<Login>> {
        Box::pin(async move { Ok(self.viewer.clone()) })
    }

    fn permission<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Permission>> {
        Box::pin(async move { self.permission_of(login) })
    }

    fn approvals(&self, number: IssueNumber) -> BoxFuture<'_, Result<Vec<ApprovalSignal>>> {
        Box::pin(async move {
            let judged = self.judge_approvals(number, Some(&self.viewer))?;
            Ok(judged
                .into_iter()
                .filter(|judged| judged.refused.is_none())
                .map(|judged| judged.signal)
                .collect())
        })
    }
}
