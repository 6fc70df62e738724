//! Comments.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::document::Found;
use super::{LocalForge, layout};
use crate::error::{Error, Result};
use crate::ids::{CommentId, IssueNumber, Login};
use crate::model::{Comment, Permission};
use crate::page::{Order, Page, PageRequest, paginate};
use crate::rules::{self, Need};

/// The id of a comment is the number of what it is on, times this, plus its own: `3000001` is the first one on #3.
pub(crate) const COMMENTS_EACH: u64 = 1_000_000;
const COMMENTS: &str = "comments";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommentHead {
    author: Login,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
}

fn to_comment(issue: IssueNumber, index: u64, found: Found<CommentHead>) -> Comment {
    let head = found.head;
    let id = CommentId(issue.0 * COMMENTS_EACH + index);
    Comment {
        updated_at: head.edited_at.unwrap_or(head.created_at),
        verified: found.verified,
        ..Comment::new(id, issue, found.body, head.author, head.created_at)
    }
}

impl LocalForge {
    pub(super) fn load_comments(&self, number: IssueNumber) -> Result<Vec<Comment>> {
        let mut comments = Vec::new();
        let mut request = PageRequest::default();
        loop {
            let page = self.list_comments(number, &request)?;
            comments.extend(page.items);
            match page.next {
                Some(cursor) => request = PageRequest::default().after(cursor),
                None => return Ok(comments),
            }
        }
    }

    pub(super) fn list_comments(
        &self,
        number: IssueNumber,
        page: &PageRequest,
    ) -> Result<Page<Comment>> {
        let directory = self.load_thing(number)?.directory(number);
        let indices = self.files().numbers(&format!("{directory}/{COMMENTS}"))?;
        paginate(indices, Order::Ascending, page, |index| {
            let found = self
                .files()
                .load_page(&layout::part(&directory, COMMENTS, *index))?;
            Ok(found.map(|found| to_comment(number, *index, found)))
        })
    }

    pub(super) fn load_comment(&self, id: CommentId) -> Result<Option<Comment>> {
        let (number, index) = split(id);
        let directory = match self.load_thing(number) {
            Err(error) if error.is_not_found() => return Ok(None),
            thing => thing?.directory(number),
        };
        let path = layout::part(&directory, COMMENTS, index);
        let found = self.files().load_page(&path)?;
        Ok(found.map(|found| to_comment(number, index, found)))
    }

    pub(super) fn add_comment(&self, number: IssueNumber, body: &str) -> Result<Comment> {
        rules::comment(body)?;
        self.require(Need::new(Permission::Read, "comment"))?;
        let _lock = self.lock()?;
        let directory = self.load_thing(number)?.directory(number);
        let index = self.next_part(&directory, COMMENTS)?;
        let found = Found {
            head: CommentHead {
                author: self.viewer.clone(),
                created_at: self.now(),
                edited_at: None,
            },
            body: body.to_owned(),
            verified: true,
        };
        self.files()
            .save_page(&layout::part(&directory, COMMENTS, index), &found)?;
        Ok(to_comment(number, index, found))
    }

    pub(super) fn change_comment(&self, id: CommentId, body: &str) -> Result<Comment> {
        rules::comment(body)?;
        let _lock = self.lock()?;
        let (number, index) = split(id);
        let missing = || Error::not_found(format!("comment {id}"));
        let directory = match self.load_thing(number) {
            Err(error) if error.is_not_found() => return Err(missing()),
            thing => thing?.directory(number),
        };
        let path = layout::part(&directory, COMMENTS, index);
        let found: Option<Found<CommentHead>> = self.files().load_page(&path)?;
        let mut found = found.ok_or_else(missing)?;
        self.require(
            Need::new(Permission::Write, "edit other people's comments")
                .or_owner(&found.head.author),
        )?;
        body.clone_into(&mut found.body);
        // Later than it was written, however coarse the clock: that it was edited must not be hidden.
        let after = found.head.created_at + SignedDuration::from_micros(1);
        found.head.edited_at = Some(self.now().max(after));
        self.files().save_page(&path, &found)?;
        Ok(to_comment(number, index, found))
    }

    /// The next free number of a file. The caller holds the lock.
    pub(super) fn next_part(&self, directory: &str, kind: &str) -> Result<u64> {
        let indices = self.files().numbers(&format!("{directory}/{kind}"))?;
        let next = indices.last().copied().unwrap_or(0) + 1;
        if next >= COMMENTS_EACH {
            return Err(Error::conflict(directory, "has too many comments"));
        }
        Ok(next)
    }
}

fn split(id: CommentId) -> (IssueNumber, u64) {
    (IssueNumber(id.0 / COMMENTS_EACH), id.0 % COMMENTS_EACH)
}
