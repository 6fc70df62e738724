//! What every forge of this crate accepts, and from whom.

use crate::error::{Error, Result};
use crate::ids::Login;
use crate::model::{IssueEdit, Label, NewCheck, NewIssue, NewPull, Permission, PullEdit};
use crate::text::{BODY_LIMIT, LABEL_DESCRIPTION_LIMIT, LABEL_LIMIT, TITLE_LIMIT};

/// The longest name of a check.
const CHECK_NAME_LIMIT: usize = 100;
/// The longest name of a branch, in bytes: it is a path of files.
const BRANCH_BYTES: usize = 200;

pub(crate) fn new_issue(issue: &NewIssue) -> Result<()> {
    title(&issue.title)?;
    body(&issue.body)?;
    issue.labels.iter().try_for_each(|label| label_name(label))
}

pub(crate) fn issue_edit(edit: &IssueEdit) -> Result<()> {
    edit.title.as_deref().map_or(Ok(()), title)?;
    edit.body.as_deref().map_or(Ok(()), body)
}

pub(crate) fn pull_edit(edit: &PullEdit) -> Result<()> {
    edit.title.as_deref().map_or(Ok(()), title)?;
    edit.body.as_deref().map_or(Ok(()), body)
}

pub(crate) fn new_pull(pull: &NewPull) -> Result<()> {
    title(&pull.title)?;
    body(&pull.body)?;
    branch(&pull.head)?;
    branch(&pull.base)?;
    if pull.head == pull.base {
        return Err(Error::invalid("the head", "is the base branch itself"));
    }
    Ok(())
}

pub(crate) fn new_check(check: &NewCheck) -> Result<()> {
    sha(&check.sha)?;
    line("the name of the check", &check.name, CHECK_NAME_LIMIT)?;
    body(&check.summary)
}

pub(crate) fn label(label: &Label) -> Result<()> {
    label_name(&label.name)?;
    if label.color.len() != 6 || !label.color.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::invalid("the colour", "is not six hex digits"));
    }
    if label.description.is_empty() {
        return Ok(());
    }
    line(
        "the description",
        &label.description,
        LABEL_DESCRIPTION_LIMIT,
    )
}

pub(crate) fn label_name(name: &str) -> Result<()> {
    line("the label", name, LABEL_LIMIT)
}

pub(crate) fn title(title: &str) -> Result<()> {
    line("the title", title, TITLE_LIMIT)
}

pub(crate) fn body(body: &str) -> Result<()> {
    let length = body.chars().count();
    if length > BODY_LIMIT {
        return Err(Error::invalid(
            "the text",
            format!("has {length} characters, {BODY_LIMIT} at most"),
        ));
    }
    Ok(())
}

pub(crate) fn comment(text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid("the comment", "is empty"));
    }
    body(text)
}

fn line(field: &str, text: &str, limit: usize) -> Result<()> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Err(Error::invalid(field, "is empty"))
    } else if text.chars().any(char::is_control) {
        Err(Error::invalid(field, "has control characters or line ends"))
    } else if length > limit {
        Err(Error::invalid(
            field,
            format!("has {length} characters, {limit} at most"),
        ))
    } else {
        Ok(())
    }
}

/// A full object id in hex.
pub(crate) fn sha(sha: &str) -> Result<()> {
    let hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    if matches!(sha.len(), 40 | 64) && sha.bytes().all(hex) {
        return Ok(());
    }
    Err(Error::invalid("the commit", "is not a full id in hex"))
}

/// The rules of `git check-ref-format`, and no leading `-`.
pub(crate) fn branch(name: &str) -> Result<()> {
    let bad_part = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.strip_suffix(".lock").is_some()
    };
    let bad_character =
        |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    let valid = name.len() <= BRANCH_BYTES
        && name != "@"
        && name != "HEAD"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.chars().any(bad_character)
        && !name.split('/').any(bad_part);
    if valid {
        return Ok(());
    }
    let shown: String = name.escape_debug().take(80).collect();
    Err(Error::invalid(
        format!("`{shown}`"),
        "is no name of a branch",
    ))
}

/// Whether two names mean the same label.
pub(crate) fn is_same_label(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// What a write needs of the account that makes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need<'a> {
    /// In words, after "may not".
    pub(crate) action: &'a str,
    /// The least permission.
    pub(crate) permission: Permission,
    /// The account that may do it in any case, because it is its own work.
    pub(crate) owner: Option<&'a Login>,
}

impl<'a> Need<'a> {
    pub(crate) fn new(permission: Permission, action: &'a str) -> Self {
        Self {
            action,
            permission,
            owner: None,
        }
    }

    pub(crate) fn or_owner(self, owner: &'a Login) -> Self {
        Self {
            owner: Some(owner),
            ..self
        }
    }

    pub(crate) fn check(&self, login: &Login, have: Permission) -> Result<()> {
        // An author without any permission left has been shut out.
        let owns = self.owner == Some(login) && have >= Permission::Read;
        if owns || have >= self.permission {
            return Ok(());
        }
        Err(Error::Forbidden {
            login: login.to_string(),
            action: self.action.to_owned(),
            reason: format!("the permission is `{have}`, not `{}`", self.permission),
        })
    }
}
