//! What is printed.

use std::io::{self, Write};
use std::path::Path;

use ftc_changeset::{
    ChangePlan, ChangeSet, Decision, ExecutionResult, FileOp, FileResult, Finding, GateVerdict,
    Outcome, Preview, RecoveryOutcome, RecoveryReport,
};
use ftc_cli::{CliError, Context, Styles, printable};
use serde_json::{Value, json};

/// A change and what the gate says of it.
pub struct Judged<'a> {
    plan: &'a ChangePlan,
    change_set: &'a ChangeSet,
    decision: &'a Decision,
    policy: &'a str,
    bundle: Option<&'a Path>,
}

impl<'a> Judged<'a> {
    pub fn new(
        plan: &'a ChangePlan,
        change_set: &'a ChangeSet,
        decision: &'a Decision,
        policy: &'a str,
        bundle: Option<&'a Path>,
    ) -> Self {
        Self {
            plan,
            change_set,
            decision,
            policy,
            bundle,
        }
    }

    pub fn document(&self) -> Value {
        json!({
            "schema": "ftc.change.check/1",
            "verdict": self.decision.verdict,
            "plan_id": self.plan.id,
            "policy": self.policy,
            "ops": self.change_set.ops(),
            "decision": self.decision,
            "bundle": self.bundle,
        })
    }
}

/// Prints verdict, files and findings.
pub fn judged(judged: &Judged<'_>, context: &mut Context) -> Result<(), CliError> {
    let styles = Styles::of(context.stdout);
    context.print(|out| {
        headline(judged, styles, out)?;
        for op in judged.change_set.ops() {
            writeln!(out, "  {:<8}  {}", op.kind().as_str(), shown_paths(op))?;
        }
        findings(&judged.decision.findings, styles, out)?;
        for finding in &judged.decision.excepted {
            writeln!(out, "  excepted: {}", shown_finding(finding))?;
        }
        needs(judged.decision, out)?;
        writeln!(out, "checksum: {}", judged.change_set.checksum())?;
        writeln!(out, "policy: {}", printable(judged.policy))?;
        match judged.bundle {
            Some(folder) => writeln!(out, "bundle: {}", printable(&folder.display().to_string())),
            None => Ok(()),
        }
    })
}

fn headline(judged: &Judged<'_>, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    let style = style_of(judged.decision.verdict, styles);
    let risk = &judged.decision.risk;
    let files = judged.change_set.ops().len();
    let plural = if files == 1 { "" } else { "s" };
    write!(
        out,
        "{style}{}{style:#}: {files} file{plural}, risk {}",
        judged.decision.verdict, risk.computed
    )?;
    if risk.computed != risk.claimed {
        write!(
            out,
            " (claimed {}, raised by {})",
            risk.claimed,
            printable(&risk.why.join(", "))
        )?;
    }
    writeln!(out)
}

fn shown_paths(op: &FileOp) -> String {
    let paths: Vec<_> = op.paths().map(|path| printable(path.as_str())).collect();
    paths.join(" -> ")
}

fn findings(findings: &[Finding], styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let width = findings
        .iter()
        .map(|finding| finding.rule_id.chars().count())
        .max();
    let width = width.unwrap_or_default();
    for finding in findings {
        let style = style_of(finding.verdict, styles);
        let path = finding
            .path
            .as_deref()
            .map(|path| format!("{}: ", printable(path)));
        writeln!(
            out,
            "  {style}{:<13}{style:#}  {:<width$}  {}{}",
            finding.verdict.as_str(),
            printable(&finding.rule_id),
            path.unwrap_or_default(),
            printable(&finding.message),
        )?;
        if let Some(remedy) = &finding.remedy {
            writeln!(out, "  {:<13}  {:<width$}  {}", "", "", printable(remedy))?;
        }
    }
    writeln!(out)
}

fn shown_finding(finding: &Finding) -> String {
    let path = finding.path.as_deref().unwrap_or("(no path)");
    printable(&format!("{} {path}", finding.rule_id))
}

fn needs(decision: &Decision, out: &mut dyn Write) -> io::Result<()> {
    let required = &decision.required;
    if decision.verdict == GateVerdict::Deny || required.approvals == 0 {
        return Ok(());
    }
    write!(out, "approvals needed: {}", required.approvals)?;
    if !required.roles.is_empty() {
        write!(out, " by {}", printable(&required.roles.join(" or ")))?;
    }
    writeln!(out)
}

fn style_of(verdict: GateVerdict, styles: Styles) -> anstyle::Style {
    match verdict {
        GateVerdict::Allow => styles.good,
        GateVerdict::NeedApproval => styles.warning,
        _ => styles.error,
    }
}

/// Prints what was done.
pub fn applied(result: &ExecutionResult, context: &mut Context) -> Result<(), CliError> {
    let styles = Styles::of(context.stdout);
    let good = styles.good;
    context.print(|out| {
        let word = match result.outcome {
            Outcome::AlreadyApplied => "already applied",
            _ => "applied",
        };
        let id = &result.execution_id;
        writeln!(out, "{good}{word}{good:#}: execution {id}")?;
        file_lines(&result.files, out)?;
        for check in &result.health {
            let word = if check.passed { "passed" } else { "failed" };
            writeln!(
                out,
                "  health check {}: {word}: {}",
                printable(&check.id),
                printable(&check.detail)
            )?;
        }
        match &result.kept {
            Some(path) => writeln!(
                out,
                "somebody wrote into a file while it was replaced; what they wrote is in {}",
                printable(&path.display().to_string())
            ),
            None => Ok(()),
        }
    })
}

pub fn applied_document(result: &ExecutionResult) -> Value {
    json!({
        "schema": "ftc.change.apply/1",
        "outcome": result.outcome,
        "execution_id": result.execution_id,
        "files": result.files,
        "health": result.health,
        "kept": result.kept,
    })
}

/// Prints what would be done.
pub fn preview(preview: &Preview, context: &mut Context) -> Result<(), CliError> {
    context.print(|out| {
        if preview.already_applied {
            return writeln!(out, "already applied");
        }
        if preview.conflicts.is_empty() {
            writeln!(out, "would be applied:")?;
            return file_lines(&preview.files, out);
        }
        writeln!(
            out,
            "would not be applied, the checkout is not what the change starts from:"
        )?;
        for conflict in &preview.conflicts {
            writeln!(out, "  {}", printable(&conflict.to_string()))?;
        }
        Ok(())
    })
}

pub fn preview_document(preview: &Preview) -> Value {
    json!({
        "schema": "ftc.change.apply/1",
        "dry_run": true,
        "already_applied": preview.already_applied,
        "files": preview.files,
        "conflicts": preview.conflicts,
    })
}

fn file_lines(files: &[FileResult], out: &mut dyn Write) -> io::Result<()> {
    for file in files {
        let word = match (&file.old, &file.new) {
            (None, _) => "create",
            (Some(_), None) => "delete",
            (Some(_), Some(_)) => "change",
        };
        writeln!(out, "  {word}  {}", printable(file.path.as_str()))?;
    }
    Ok(())
}

/// Prints what recovery found.
pub fn recovery(
    report: &RecoveryReport,
    dry_run: bool,
    context: &mut Context,
) -> Result<(), CliError> {
    context.print(|out| {
        if report.busy {
            return writeln!(out, "busy: another process is changing this checkout");
        }
        if report.is_clean() {
            return writeln!(out, "nothing to recover");
        }
        for transaction in &report.transactions {
            let prefix = if dry_run { "would be " } else { "" };
            writeln!(
                out,
                "{prefix}{}: {}",
                words(&transaction.outcome),
                printable(&transaction.id)
            )?;
            for conflict in &transaction.left_alone {
                writeln!(out, "  left alone: {}", printable(&conflict.to_string()))?;
            }
            if let Some(path) = &transaction.kept {
                writeln!(out, "  kept in {}", printable(&path.display().to_string()))?;
            }
            if let RecoveryOutcome::Refused { reason } = &transaction.outcome {
                writeln!(out, "  {}", printable(reason))?;
            }
        }
        Ok(())
    })
}

pub fn recovery_document(report: &RecoveryReport, dry_run: bool) -> Value {
    let transactions: Vec<_> = report
        .transactions
        .iter()
        .map(|transaction| {
            let reason = match &transaction.outcome {
                RecoveryOutcome::Refused { reason } => Some(reason),
                _ => None,
            };
            json!({
                "id": transaction.id,
                "outcome": transaction.outcome.as_str(),
                "reason": reason,
                "left_alone": transaction.left_alone,
                "kept": transaction.kept,
            })
        })
        .collect();
    json!({
        "schema": "ftc.change.recover/1",
        "dry_run": dry_run,
        "busy": report.busy,
        "transactions": transactions,
    })
}

/// Tells what was recovered before something else was done.
pub fn recovered_on_the_way(report: &RecoveryReport, dry_run: bool, context: &mut Context) {
    for transaction in &report.transactions {
        let prefix = if dry_run { "would be " } else { "" };
        let words = words(&transaction.outcome);
        context.warn(&format!(
            "a change that was left behind {prefix}{words}: {}",
            transaction.id
        ));
    }
}

fn words(outcome: &RecoveryOutcome) -> &'static str {
    match outcome {
        RecoveryOutcome::Discarded => "discarded, nothing had been changed",
        RecoveryOutcome::Finished => "tidied away, it had ended",
        RecoveryOutcome::RolledForward => "carried to its end",
        RecoveryOutcome::RolledBack => "taken back",
        RecoveryOutcome::Conflicted => "ended, but for files that somebody else has changed",
        RecoveryOutcome::Refused { .. } => "refused, its journal is not believed",
        _ => "ended",
    }
}
