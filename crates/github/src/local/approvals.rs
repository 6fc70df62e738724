//! Who said yes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::{LocalForge, layout};
use crate::approval::{APPROVAL_LABEL, APPROVER, JudgedSignal, Standing, has_approval_command};
use crate::error::{Error, Result};
use crate::ids::{IssueNumber, Login};
use crate::model::{ApprovalHow, ApprovalSignal};
use crate::rules::{Need, is_same_label};

const APPROVALS: &str = "approvals";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalHead {
    by: Login,
    at: Timestamp,
}

impl LocalForge {
    /// Approves outright, as `by`, who must be a person that may write.
    pub fn approve(&self, number: IssueNumber, by: &Login) -> Result<ApprovalSignal> {
        if by.is_bot() {
            return Err(Error::Forbidden {
                login: by.to_string(),
                action: format!("approve {number}"),
                reason: "it is a program".to_owned(),
            });
        }
        Need::new(APPROVER, "approve").check(by, self.permission_of(by)?)?;
        let _lock = self.lock()?;
        let directory = self.load_thing(number)?.directory(number);
        let index = self.next_part(&directory, APPROVALS)?;
        let found = Found {
            head: ApprovalHead {
                by: by.clone(),
                at: self.now(),
            },
            body: String::new(),
            verified: true,
        };
        self.files()
            .save_page(&layout::part(&directory, APPROVALS, index), &found)?;
        let ApprovalHead { by, at } = found.head;
        Ok(ApprovalSignal::new(by, at, ApprovalHow::Approve))
    }

    /// Everything on an issue or a pull request that looks like an approval, oldest first, and whether it counts when
    /// `viewer` asks (`None`: a third party).
    pub fn judge_approvals(
        &self,
        number: IssueNumber,
        viewer: Option<&Login>,
    ) -> Result<Vec<JudgedSignal>> {
        let people = self.load_people()?;
        let mut judged: Vec<JudgedSignal> = self
            .load_signals(number)?
            .into_iter()
            .map(|(signal, edited)| {
                let permission = people.permission(&signal.by);
                let standing = Standing {
                    permission,
                    viewer,
                    edited,
                };
                JudgedSignal::of(signal, standing)
            })
            .collect();
        judged.sort_by_key(|judged| judged.signal.at);
        Ok(judged)
    }

    /// Every signal, and whether it was edited after it was given.
    fn load_signals(&self, number: IssueNumber) -> Result<Vec<(ApprovalSignal, bool)>> {
        let thing = self.load_thing(number)?;
        let signal = |by: &Login, at, how, verified| ApprovalSignal {
            verified,
            ..ApprovalSignal::new(by.clone(), at, how)
        };
        let mut signals = Vec::new();
        for label in thing.labels() {
            if is_same_label(&label.name, APPROVAL_LABEL) {
                let given = signal(&label.by, label.at, ApprovalHow::Label, thing.is_verified());
                signals.push((given, false));
            }
        }
        for comment in self.load_comments(number)? {
            if has_approval_command(&comment.body) {
                let how = ApprovalHow::Comment;
                let given = signal(&comment.author, comment.created_at, how, comment.verified);
                signals.push((given, comment.is_edited()));
            }
        }
        let directory = thing.directory(number);
        for index in self.files().numbers(&format!("{directory}/{APPROVALS}"))? {
            let path = layout::part(&directory, APPROVALS, index);
            let found: Option<Found<ApprovalHead>> = self.files().load_page(&path)?;
            signals.extend(found.map(|found| {
                let ApprovalHead { by, at } = &found.head;
                (signal(by, *at, ApprovalHow::Approve, found.verified), false)
            }));
        }
        Ok(signals)
    }
}
