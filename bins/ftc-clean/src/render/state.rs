//! What the store knows of lifecycles, as tables, text and JSON.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, printable};
use ftc_flaky::{Memo, MemoError, Rate};
use ftc_github::PlannedWrite;
use ftc_state::{
    KnownFingerprint, Lifecycle, LifecycleState, OutboxEntry, RepositoryName, TransitionEntry,
};
use serde::Serialize;

/// Characters of a test's name in the table; `show` has all.
const LONGEST_TEST: usize = 48;

/// One lifecycle with what is known of its failure.
pub struct Row {
    pub lifecycle: Lifecycle,
    pub known: Option<KnownFingerprint>,
    pub memo: Memo,
    /// Why `memo` is empty, where it could not be read.
    pub unreadable: Option<MemoError>,
}

/// One lifecycle with its past.
pub struct Story {
    pub row: Row,
    pub journal: Vec<TransitionEntry>,
    pub outbox: Vec<OutboxEntry>,
}

impl Row {
    fn test(&self) -> &str {
        self.known
            .as_ref()
            .and_then(|known| known.test.as_deref())
            .unwrap_or_default()
    }

    /// What has to happen next, and by whom.
    fn waits_for(&self) -> Option<String> {
        let lifecycle = &self.lifecycle;
        if self.unreadable.is_some() {
            return Some("somebody who mends what is remembered of it".to_owned());
        }
        let number = |number: Option<u64>| {
            number.map_or_else(|| "?".to_owned(), |number| format!("#{number}"))
        };
        Some(match lifecycle.state {
            LifecycleState::Merged | LifecycleState::ClosedWontfix | LifecycleState::Closed => {
                return None;
            }
            LifecycleState::WaitingForSignal if self.memo.failed_attempts.is_empty() => {
                format!(
                    "a maintainer's approval of issue {}",
                    number(lifecycle.issue)
                )
            }
            LifecycleState::WaitingForSignal => {
                format!(
                    "a new approval of issue {}: the last attempt failed",
                    number(lifecycle.issue)
                )
            }
            LifecycleState::PrOpen => format!(
                "review and merge of pull request {}",
                number(lifecycle.pull)
            ),
            _ => "the next pass".to_owned(),
        })
    }
}

fn rate(rate: Option<&Rate>) -> String {
    match rate {
        Some(rate) if rate.runs > rate.failures => format!("{}/{}", rate.failures, rate.runs),
        Some(rate) => format!("{}x", rate.failures),
        None => "-".to_owned(),
    }
}

/// The list for a person.
pub fn table(rows: &[Row], context: &mut Context) -> Result<(), CliError> {
    if rows.is_empty() {
        return context.print(|out| writeln!(out, "no test is known to be flaky"));
    }
    let heads = [
        "FAILURE",
        "TEST",
        "STATE",
        "RATE",
        "ISSUE",
        "PULL",
        "WAITS FOR",
    ];
    let number =
        |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| format!("#{number}"));
    let mut lines = vec![heads.map(str::to_owned)];
    for row in rows {
        lines.push([
            row.lifecycle.fingerprint.short(),
            shortened(&printable(row.test())),
            row.lifecycle.state.to_string(),
            rate(row.memo.rate.as_ref()),
            number(row.lifecycle.issue),
            number(row.lifecycle.pull),
            row.waits_for().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    context.print(|out| columns(&lines, out))
}

/// A long name without its middle: the beginning says where a test is, the end which one it is.
fn shortened(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= LONGEST_TEST {
        return name.to_owned();
    }
    let kept = LONGEST_TEST - 1;
    let (start, end) = (kept / 2, characters.len() - (kept - kept / 2));
    let text = |characters: &[char]| characters.iter().collect::<String>();
    format!(
        "{}…{}",
        text(&characters[..start]),
        text(&characters[end..])
    )
}

/// Columns as wide as their widest cell, the last one open.
fn columns<const N: usize>(lines: &[[String; N]], out: &mut dyn Write) -> io::Result<()> {
    let mut widths = [0; N];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// The story of one failure for a person.
pub fn story(story: &Story, context: &mut Context) -> Result<(), CliError> {
    let row = &story.row;
    context.print(|out| {
        writeln!(out, "{}", printable(row.test()))?;
        writeln!(out, "  fingerprint  {}", row.lifecycle.fingerprint)?;
        writeln!(
            out,
            "  state        {} since {}",
            row.lifecycle.state, row.lifecycle.entered_at
        )?;
        if let Some(known) = &row.known {
            writeln!(
                out,
                "  fails with   {}",
                printable(known.message.lines().next().unwrap_or_default())
            )?;
        }
        measured(row, out)?;
        numbers(row, out)?;
        if let Some(waits_for) = row.waits_for() {
            writeln!(out, "  waits for    {waits_for}")?;
        }
        attempts(row, out)?;
        journal(story, out)?;
        outbox(story, out)
    })
}

fn measured(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let Some(rate) = &row.memo.rate else {
        return Ok(());
    };
    let interval = rate.interval();
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    if rate.runs > rate.failures {
        writeln!(
            out,
            "  measured     {} of {} runs ({}, 95 % interval {} to {}) at {}",
            rate.failures,
            rate.runs,
            percent(interval.share),
            percent(interval.low),
            percent(interval.high),
            rate.commit.get(..12).unwrap_or(&rate.commit),
        )?;
    } else {
        let times = if rate.failures == 1 { "once" } else { "times" };
        let count = if rate.failures == 1 {
            String::new()
        } else {
            format!("{} ", rate.failures)
        };
        writeln!(out, "  measured     seen to fail {count}{times}")?;
    }
    if let Some(runs) = rate.proof_runs() {
        writeln!(out, "  proof takes  {runs} passes in a row")?;
    }
    Ok(())
}

fn numbers(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    if let Some(issue) = row.lifecycle.issue {
        writeln!(out, "  issue        #{issue}")?;
    }
    if let Some(pull) = row.lifecycle.pull {
        writeln!(out, "  pull request #{pull}")?;
    }
    if let Some(approval) = &row.memo.approval {
        writeln!(
            out,
            "  approved by  {} ({}) at {}",
            printable(&approval.by),
            approval.how,
            approval.at
        )?;
    }
    if let Some(fix) = &row.memo.fix {
        writeln!(
            out,
            "  fix          {} on {}",
            fix.commit.get(..12).unwrap_or(&fix.commit),
            printable(&fix.branch)
        )?;
        writeln!(out, "               {}", fix.checksum)?;
        writeln!(
            out,
            "               passed {} times in a row",
            fix.proof_runs
        )?;
    }
    Ok(())
}

fn attempts(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    for (index, attempt) in row.memo.failed_attempts.iter().enumerate() {
        writeln!(
            out,
            "\nattempt {} at {:.19} ended in its stage \"{}\":",
            index + 1,
            attempt.at.to_string(),
            attempt.stage
        )?;
        for line in attempt.reason.lines() {
            writeln!(out, "  {}", printable(line))?;
        }
    }
    Ok(())
}

fn journal(story: &Story, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\njournal")?;
    let mut entries: Vec<&TransitionEntry> = story.journal.iter().collect();
    entries.sort_by_key(|entry| entry.version);
    for entry in entries {
        let reason = printable(entry.reason.lines().next().unwrap_or_default());
        writeln!(
            out,
            "  {:.19}  {:<18}  {reason}",
            entry.at.to_string(),
            entry.to.to_string()
        )?;
    }
    Ok(())
}

fn outbox(story: &Story, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nwrites to the forge")?;
    for entry in &story.outbox {
        let state = if entry.is_pending() {
            "unsent"
        } else {
            entry.result.as_deref().unwrap_or("done")
        };
        writeln!(out, "  {state:<9}  {}", printable(&summary(entry)))?;
        if let (true, Some(error)) = (entry.is_pending(), &entry.last_error) {
            writeln!(
                out,
                "             {} tries, the last: {}",
                entry.attempts,
                printable(error)
            )?;
        }
    }
    Ok(())
}

fn summary(entry: &OutboxEntry) -> String {
    serde_json::from_str::<PlannedWrite>(&entry.payload)
        .map_or_else(|_| entry.key.clone(), |write| write.summary())
}

/// `status` as JSON.
#[derive(Serialize)]
pub struct Listing<'a> {
    schema: &'static str,
    repository: &'a str,
    failures: Vec<RowDocument<'a>>,
}

#[derive(Serialize)]
struct RowDocument<'a> {
    fingerprint: String,
    test: &'a str,
    state: &'static str,
    since: String,
    issue: Option<u64>,
    pull: Option<u64>,
    rate: Option<RateDocument<'a>>,
    waits_for: Option<String>,
}

#[derive(Serialize)]
struct RateDocument<'a> {
    commit: &'a str,
    runs: u64,
    failures: u64,
    share: f64,
    low: f64,
    high: f64,
    proof_runs: Option<u64>,
}

/// `show` as JSON.
#[derive(Serialize)]
pub struct StoryDocument<'a> {
    schema: &'static str,
    failure: RowDocument<'a>,
    memo: &'a Memo,
    journal: Vec<JournalDocument<'a>>,
    outbox: Vec<OutboxDocument<'a>>,
}

#[derive(Serialize)]
struct JournalDocument<'a> {
    version: u64,
    at: String,
    from: Option<&'static str>,
    to: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct OutboxDocument<'a> {
    key: &'a str,
    status: &'static str,
    attempts: u64,
    result: Option<&'a str>,
    last_error: Option<&'a str>,
    summary: String,
}

impl<'a> Listing<'a> {
    pub fn new(repository: &'a RepositoryName, rows: &'a [Row]) -> Self {
        Self {
            schema: "ftc.clean-status/1",
            repository: repository.as_str(),
            failures: rows.iter().map(row_document).collect(),
        }
    }
}

fn row_document(row: &Row) -> RowDocument<'_> {
    RowDocument {
        fingerprint: row.lifecycle.fingerprint.to_string(),
        test: row.test(),
        state: row.lifecycle.state.as_str(),
        since: row.lifecycle.entered_at.to_string(),
        issue: row.lifecycle.issue,
        pull: row.lifecycle.pull,
        rate: row.memo.rate.as_ref().map(|rate| {
            let interval = rate.interval();
            RateDocument {
                commit: &rate.commit,
                runs: rate.runs,
                failures: rate.failures,
                share: interval.share,
                low: interval.low,
                high: interval.high,
                proof_runs: rate.proof_runs(),
            }
        }),
        waits_for: row.waits_for(),
    }
}

impl<'a> StoryDocument<'a> {
    pub fn new(story: &'a Story) -> Self {
        Self {
            schema: "ftc.clean-failure/1",
            failure: row_document(&story.row),
            memo: &story.row.memo,
            journal: story
                .journal
                .iter()
                .map(|entry| JournalDocument {
                    version: entry.version,
                    at: entry.at.to_string(),
                    from: entry.from.map(LifecycleState::as_str),
                    to: entry.to.as_str(),
                    reason: &entry.reason,
                })
                .collect(),
            outbox: story
                .outbox
                .iter()
                .map(|entry| OutboxDocument {
                    key: &entry.key,
                    status: entry.status.as_str(),
                    attempts: entry.attempts,
                    result: entry.result.as_deref(),
                    last_error: entry.last_error.as_deref(),
                    summary: summary(entry),
                })
                .collect(),
        }
    }
}
