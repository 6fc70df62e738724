//! `ftc forge list`.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, printable};
use ftc_github::{
    Forge as _, Issue, IssueFilter, IssuesRead as _, LocalForge, Pull, PullFilter, PullsRead as _,
    StateFilter, all_pages,
};
use serde::Serialize;

use super::args::ListState;
use super::page::state_word;
use super::{error, wait};

/// The answer in JSON.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    repository: String,
    entries: Vec<Entry>,
}

/// One issue or pull request.
#[derive(Serialize)]
struct Entry {
    number: u64,
    kind: &'static str,
    state: String,
    title: String,
    labels: Vec<String>,
    author: String,
    updated_at: String,
    verified: bool,
}

/// Lists issues and pull requests, latest first.
pub fn run(
    forge: &LocalForge,
    state: ListState,
    label: Option<&str>,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let entries = wait(entries(forge, state, label))?.map_err(error::forge)?;
    let repository = forge.repository().to_owned();
    match format {
        ReportFormat::Json => context.print_json(&Report {
            schema: "ftc.forge.list/1",
            repository,
            entries,
        })?,
        ReportFormat::Human if entries.is_empty() => context.print(|out| {
            let word = state.word();
            writeln!(
                out,
                "there are no {word}issues and pull requests in {repository}"
            )
        })?,
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| write_table(out, &entries, styles))?;
        }
    }
    Ok(ExitCode::Yes)
}

async fn entries(
    forge: &LocalForge,
    state: ListState,
    label: Option<&str>,
) -> ftc_github::Result<Vec<Entry>> {
    let state = match state {
        ListState::Open => StateFilter::Open,
        ListState::Closed => StateFilter::Closed,
        ListState::All => StateFilter::All,
    };
    let issues = IssueFilter {
        state,
        label: label.map(ToOwned::to_owned),
        ..IssueFilter::default()
    };
    let pulls = PullFilter {
        state,
        ..PullFilter::default()
    };
    let issues = all_pages(|page| forge.issues(&issues, page)).await?;
    let mut entries: Vec<Entry> = issues.into_iter().map(Entry::of_issue).collect();
    for pull in all_pages(|page| forge.pulls(&pulls, page)).await? {
        let has = |wanted: &str| {
            let mut labels = pull.labels.iter();
            labels.any(|label| label.to_lowercase() == wanted.to_lowercase())
        };
        if label.is_none_or(has) {
            entries.push(Entry::of_pull(pull));
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
    Ok(entries)
}

impl Entry {
    fn of_issue(issue: Issue) -> Self {
        Self {
            number: issue.number.0,
            kind: "issue",
            state: state_word(&issue.state).to_owned(),
            title: issue.title,
            labels: issue.labels,
            author: issue.author.to_string(),
            updated_at: issue.updated_at.to_string(),
            verified: issue.verified,
        }
    }

    fn of_pull(pull: Pull) -> Self {
        Self {
            number: pull.number.0,
            kind: "pull",
            state: pull.state.to_string(),
            title: pull.title,
            labels: pull.labels,
            author: pull.author.to_string(),
            updated_at: pull.updated_at.to_string(),
            verified: pull.verified,
        }
    }
}

fn write_table(out: &mut dyn Write, entries: &[Entry], styles: Styles) -> io::Result<()> {
    let (strong, dim, warning) = (styles.strong, styles.dim, styles.warning);
    let width = entries
        .iter()
        .map(|entry| entry.number.to_string().len() + 1)
        .max()
        .unwrap_or(0);
    for entry in entries {
        let number = format!("#{}", entry.number);
        write!(out, "{strong}{number:width$}{strong:#}  ")?;
        write!(out, "{:5}  {:6}  ", entry.kind, entry.state)?;
        write!(out, "{}", printable(&entry.title))?;
        if !entry.labels.is_empty() {
            let labels = printable(&entry.labels.join(", "));
            write!(out, "  {dim}[{labels}]{dim:#}")?;
        }
        if !entry.verified {
            write!(out, "  {warning}unverified{warning:#}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
