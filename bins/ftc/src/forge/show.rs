//! `ftc forge show`.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, printable};
use ftc_github::{IssueNumber, LocalForge};

use super::page::{self, Page, PullPart, ReviewPart};
use super::{error, wait};

/// Shows an issue or a pull request with everything on it.
pub fn run(
    forge: &LocalForge,
    number: IssueNumber,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let page = wait(page::load(forge, number))?
        .map_err(error::forge)?
        .ok_or_else(|| {
            CliError::usage(format!("there is no issue or pull request {number}"))
                .hint("`ftc forge list --state all` lists all")
        })?;
    match format {
        ReportFormat::Json => context.print_json(&page)?,
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| write_page(out, &page, styles))?;
        }
    }
    Ok(ExitCode::Yes)
}

fn write_page(out: &mut dyn Write, page: &Page, styles: Styles) -> io::Result<()> {
    let (strong, dim) = (styles.strong, styles.dim);
    let title = printable(&page.title);
    writeln!(
        out,
        "{strong}{title}{strong:#} {dim}#{}{dim:#}",
        page.number
    )?;
    write_facts(out, page, styles)?;
    if let Some(pull) = &page.pull {
        write_pull(out, pull, styles)?;
    }
    if !page.labels.is_empty() {
        writeln!(out, "Labels: {}", printable(&page.labels.join(", ")))?;
    }
    writeln!(out, "File: {}", printable(&page.location))?;
    write_text(out, &page.body)?;
    write_comments(out, page, styles)?;
    for review in page.pull.iter().flat_map(|pull| &pull.reviews) {
        write_review(out, review, styles)?;
    }
    write_approvals(out, page, styles)
}

fn write_comments(out: &mut dyn Write, page: &Page, styles: Styles) -> io::Result<()> {
    for comment in &page.comments {
        let mut notes = Vec::new();
        if comment.edited {
            notes.push("edited");
        }
        if !comment.verified {
            notes.push("unverified");
        }
        let heading = (
            comment.author.as_str(),
            "commented",
            comment.created_at.as_str(),
        );
        write_heading(out, styles, heading, &notes)?;
        write_text(out, &comment.body)?;
    }
    Ok(())
}

fn write_review(out: &mut dyn Write, review: &ReviewPart, styles: Styles) -> io::Result<()> {
    let did = match review.state.as_str() {
        "approved" => "approved".to_owned(),
        "changes_requested" => "requested changes".to_owned(),
        "commented" => "reviewed".to_owned(),
        other => printable(other),
    };
    let did = format!("{did} at {}", short(&review.commit));
    let unverified = ["unverified"];
    let notes = if review.verified {
        &[][..]
    } else {
        &unverified
    };
    let heading = (
        review.author.as_str(),
        did.as_str(),
        review.submitted_at.as_str(),
    );
    write_heading(out, styles, heading, notes)?;
    write_text(out, &review.body)
}

fn write_facts(out: &mut dyn Write, page: &Page, styles: Styles) -> io::Result<()> {
    let style = match page.state.as_str() {
        "open" => styles.good,
        "merged" => styles.hint,
        _ => styles.error,
    };
    let state = printable(&page.state);
    let reason = match &page.reason {
        Some(reason) => format!(" ({})", printable(&reason.replace('_', " "))),
        None => String::new(),
    };
    let (author, time) = (printable(&page.author), minute(&page.created_at));
    let comments = match page.comments.len() {
        1 => "1 comment".to_owned(),
        count => format!("{count} comments"),
    };
    write!(
        out,
        "{style}{state}{style:#}{reason} · {author} opened it {time} · {comments}"
    )?;
    if !page.verified {
        let warning = styles.warning;
        write!(out, " · {warning}unverified: edited by hand{warning:#}")?;
    }
    writeln!(out)
}

fn write_pull(out: &mut dyn Write, pull: &PullPart, styles: Styles) -> io::Result<()> {
    let (head, base) = (printable(&pull.head), printable(&pull.base));
    writeln!(
        out,
        "Branches: {head} ({}) into {base}",
        short(&pull.head_sha)
    )?;
    let style = match pull.checks {
        "green" => styles.good,
        "red" => styles.error,
        _ => styles.warning,
    };
    write!(out, "Checks: {style}{}{style:#}", pull.checks)?;
    if !pull.failed_checks.is_empty() {
        write!(out, " ({})", printable(&pull.failed_checks.join(", ")))?;
    }
    writeln!(out)?;
    if let Some(sha) = &pull.merged_sha {
        let by = pull.merged_by.as_deref().unwrap_or("somebody");
        writeln!(out, "Merged: as {} by {}", short(sha), printable(by))?;
    }
    Ok(())
}

/// Who did what and when, and what is to be known of it.
fn write_heading(
    out: &mut dyn Write,
    styles: Styles,
    (who, did, when): (&str, &str, &str),
    notes: &[&str],
) -> io::Result<()> {
    let (strong, warning) = (styles.strong, styles.warning);
    let (who, when) = (printable(who), minute(when));
    write!(out, "\n{strong}{who}{strong:#} {did} {when}")?;
    for note in notes {
        write!(out, " · {warning}{note}{warning:#}")?;
    }
    writeln!(out)
}

/// The text without the lines that a forge does not show, indented.
fn write_text(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let shown: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
    let shown = shown.join("\n");
    let shown = shown.trim_matches('\n');
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for line in shown.lines() {
        let line = printable(line);
        let indent = if line.is_empty() { "" } else { "  " };
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}

/// Whether the line is one HTML comment and nothing else.
fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.strip_prefix("<!--")
        .and_then(|rest| rest.strip_suffix("-->"))
        .is_some_and(|inner| !inner.contains("-->"))
}

fn write_approvals(out: &mut dyn Write, page: &Page, styles: Styles) -> io::Result<()> {
    if page.approvals.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nApprovals:")?;
    for approval in &page.approvals {
        let (by, at) = (printable(&approval.by), minute(&approval.at));
        let (style, verdict) = match &approval.because {
            None => (styles.good, "counts".to_owned()),
            Some(because) => (
                styles.warning,
                format!("does not count: {}", printable(because)),
            ),
        };
        let how = match approval.how {
            "approve" => "outright",
            "label" => "by label",
            _ => "by comment",
        };
        writeln!(out, "  {by} {how} {at} · {style}{verdict}{style:#}")?;
    }
    Ok(())
}

/// `2026-11-21T15:02:33.5Z` as `2026-11-21 15:02 UTC`.
fn minute(time: &str) -> String {
    match (time.get(..10), time.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => printable(time),
    }
}

fn short(sha: &str) -> String {
    printable(&sha.chars().take(12).collect::<String>())
}
