//! An issue or a pull request with everything on it, as `ftc forge show` prints it.

use ftc_github::{
    CiState, Comment, Forge as _, Issue, IssueNumber, IssueState, IssuesRead as _, JudgedSignal,
    LocalForge, PullsRead as _, Result, Review, all_pages,
};
use serde::Serialize;

/// The document of `--format json`.
#[derive(Serialize)]
pub struct Page {
    pub schema: &'static str,
    pub repository: String,
    pub number: u64,
    pub kind: &'static str,
    pub title: String,
    pub state: String,
    pub reason: Option<String>,
    pub author: String,
    pub created_at: String,
    pub updated_at: String,
    pub labels: Vec<String>,
    pub body: String,
    /// False for a file that was edited by hand.
    pub verified: bool,
    pub location: String,
    pub pull: Option<PullPart>,
    pub comments: Vec<CommentPart>,
    pub approvals: Vec<ApprovalPart>,
}

/// What only a pull request has.
#[derive(Serialize)]
pub struct PullPart {
    pub head: String,
    pub head_sha: String,
    pub base: String,
    pub merged_sha: Option<String>,
    pub merged_by: Option<String>,
    pub checks: &'static str,
    pub failed_checks: Vec<String>,
    pub reviews: Vec<ReviewPart>,
}

#[derive(Serialize)]
pub struct CommentPart {
    pub id: u64,
    pub author: String,
    pub created_at: String,
    pub edited: bool,
    pub verified: bool,
    pub body: String,
}

#[derive(Serialize)]
pub struct ReviewPart {
    pub author: String,
    pub state: String,
    pub commit: String,
    pub submitted_at: String,
    pub verified: bool,
    pub body: String,
}

#[derive(Serialize)]
pub struct ApprovalPart {
    pub by: String,
    pub at: String,
    pub how: &'static str,
    pub counts: bool,
    /// Why it does not count.
    pub because: Option<String>,
}

/// Reads everything about `number`; `None` when there is nothing of that number.
pub async fn load(forge: &LocalForge, number: IssueNumber) -> Result<Option<Page>> {
    let (issue, pull) = match forge.issue(number).await? {
        Some(issue) => (issue, None),
        None => match load_pull(forge, number).await? {
            Some((issue, pull)) => (issue, Some(pull)),
            None => return Ok(None),
        },
    };
    let comments = all_pages(|page| forge.comments(number, page)).await?;
    let approvals = forge.judge_approvals(number, None)?;
    let state = match &pull {
        Some((state, _)) => state.clone(),
        None => state_word(&issue.state).to_owned(),
    };
    let reason = match &issue.state {
        IssueState::Closed(reason) if pull.is_none() => Some(reason.to_string()),
        _ => None,
    };
    Ok(Some(Page {
        schema: "ftc.forge.page/1",
        repository: forge.repository().to_owned(),
        number: number.0,
        kind: if pull.is_some() { "pull" } else { "issue" },
        title: issue.title,
        state,
        reason,
        author: issue.author.to_string(),
        created_at: issue.created_at.to_string(),
        updated_at: issue.updated_at.to_string(),
        labels: issue.labels,
        body: issue.body,
        verified: issue.verified,
        location: forge.location(number),
        pull: pull.map(|(_, part)| part),
        comments: comments.into_iter().map(comment).collect(),
        approvals: approvals.iter().map(approval).collect(),
    }))
}

/// What a pull request has in common with issues, its state, and the rest.
async fn load_pull(
    forge: &LocalForge,
    number: IssueNumber,
) -> Result<Option<(Issue, (String, PullPart))>> {
    let Some(pull) = forge.pull(number).await? else {
        return Ok(None);
    };
    let reviews = all_pages(|page| forge.reviews(number, page)).await?;
    let ci = ftc_github::ChecksRead::ci_state(forge, &pull.head_sha).await?;
    let mut issue = Issue::new(number, pull.title, pull.author, pull.created_at);
    issue.body = pull.body;
    issue.labels = pull.labels;
    issue.updated_at = pull.updated_at;
    issue.verified = pull.verified;
    let (checks, failed_checks) = checks(&ci);
    let part = PullPart {
        head: pull.head,
        head_sha: pull.head_sha,
        base: pull.base,
        merged_sha: pull.merged_sha,
        merged_by: pull.merged_by.map(|login| login.to_string()),
        checks,
        failed_checks,
        reviews: reviews.into_iter().map(review).collect(),
    };
    Ok(Some((issue, (pull.state.to_string(), part))))
}

pub fn state_word(state: &IssueState) -> &'static str {
    if state.is_open() { "open" } else { "closed" }
}

fn checks(ci: &CiState) -> (&'static str, Vec<String>) {
    match ci {
        CiState::Green => ("green", Vec::new()),
        CiState::Pending => ("pending", Vec::new()),
        CiState::Red(failed) => (
            "red",
            failed.iter().map(|check| check.name.clone()).collect(),
        ),
        _ => ("unknown", Vec::new()),
    }
}

fn comment(comment: Comment) -> CommentPart {
    CommentPart {
        id: comment.id.0,
        author: comment.author.to_string(),
        created_at: comment.created_at.to_string(),
        edited: comment.is_edited(),
        verified: comment.verified,
        body: comment.body,
    }
}

fn review(review: Review) -> ReviewPart {
    ReviewPart {
        author: review.author.to_string(),
        state: review.state.to_string(),
        commit: review.commit,
        submitted_at: review.submitted_at.to_string(),
        verified: review.verified,
        body: review.body,
    }
}

fn approval(judged: &JudgedSignal) -> ApprovalPart {
    use ftc_github::ApprovalHow::{Approve, Comment, Label};
    ApprovalPart {
        by: judged.signal.by.to_string(),
        at: judged.signal.at.to_string(),
        how: match judged.signal.how {
            Label => "label",
            Comment => "comment",
            Approve => "approve",
            _ => "other",
        },
        counts: judged.refused.is_none(),
        because: judged.refused.map(|refusal| refusal.to_string()),
    }
}
