//! Journals that are not to be believed.

use std::fs;
use std::path::Path;

use ftc_changeset::{
    ExecError, Executor, ExecutorOptions, HealthCheck, HealthCheckKind, OldFile, RecoveryOutcome,
};
use ftc_durable::{AppendLog, LogReader, SyncPolicy};

use super::support::{Change, Site, path, plan};

/// A change of `file` whose health check copies the transaction away while it is under way, everything but committed.
fn spied(site: &Site) -> Change {
    site.write("file", "old");
    let mut plan = plan();
    let script = format!("cp -a '{}' ../stolen", site.state("txn").display());
    plan.health_checks.push(HealthCheck::new(
        "spy",
        HealthCheckKind::Command {
            argv: ["sh", "-c", &script].map(str::to_owned).to_vec(),
            success: vec![0],
        },
    ));
    Change::of(plan, |builder| {
        builder.modify(path("file"), OldFile::regular(b"old"), b"new", None)
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Insists that what is in `txn` now is refused, changes nothing, and keeps changes out until a person has looked.
#[track_caller]
fn refused(site: &Site) {
    let before = site.snapshot();
    let id = fs::read_dir(site.state("txn"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .file_name();
    let preview = Executor::preview_recovery(&site.root(), &site.options()).unwrap();
    assert!(
        matches!(
            preview.transactions[0].outcome,
            RecoveryOutcome::Refused { .. }
        ),
        "{preview:?}"
    );
    let (executor, report) = site.open();
    assert_eq!(report.transactions.len(), 1);
    assert_eq!(*report.transactions[0].id, *id);
    assert!(
        matches!(
            report.transactions[0].outcome,
            RecoveryOutcome::Refused { .. }
        ),
        "{report:?}"
    );
    let change = Change::rewrite("other", "old", "new");
    site.write("other", "old");
    let error = change
        .authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()))
        .unwrap_err();
    assert!(
        matches!(error, ExecError::RecoveryNeeded { .. }),
        "{error:?}"
    );
    assert!(!error.hints().is_empty());
    fs::remove_file(site.root().join("other")).unwrap();
    assert_eq!(site.snapshot(), before);
    fs::remove_dir_all(site.state("txn").join(id)).unwrap();
    assert!(site.open().1.is_clean());
}

#[test]
fn a_journal_put_back_after_its_transaction_is_over_is_refused() {
    let site = Site::new();
    let change = spied(&site);
    site.apply(&change).unwrap();
    assert_eq!(site.read("file"), b"new");
    // Without more ado it would take the change back.
    copy(&site.directory().join("stolen"), &site.state("txn"));
    refused(&site);
    assert_eq!(site.read("file"), b"new");
}

#[test]
fn a_journal_of_another_tree_is_refused() {
    let site = Site::new();
    site.apply(&spied(&site)).unwrap();
    let other = Site::at(site.directory().join("other"));
    other.write("file", "new");
    other.open();
    copy(&site.directory().join("stolen"), &other.state("txn"));
    refused(&other);
}

#[test]
fn a_journal_with_another_key_is_refused() {
    let site = Site::new();
    site.apply(&spied(&site)).unwrap();
    let stolen = site.directory().join("stolen");
    copy(&stolen, &site.state("txn"));
    fs::remove_file(site.directory().join("keys/executor.key")).unwrap();
    // The records of executions are not believed any more either, so look at recovery alone.
    let (_, report) = site.open();
    assert!(
        matches!(&report.transactions[0].outcome, RecoveryOutcome::Refused { reason } if reason.ends_with("its seal is not ours")),
        "{report:?}"
    );
    assert_eq!(site.read("file"), b"new");
    let nobody = ExecutorOptions::new(site.directory().join("nobody"));
    let preview = Executor::preview_recovery(&site.root(), &nobody).unwrap();
    assert!(matches!(
        preview.transactions[0].outcome,
        RecoveryOutcome::Refused { .. }
    ));
}

#[test]
fn a_journal_of_which_a_record_was_changed_is_refused() {
    let site = Site::new();
    site.apply(&spied(&site)).unwrap();
    let stolen = site.directory().join("stolen");
    let id = fs::read_dir(&stolen)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .file_name();
    let journal = stolen.join(&id).join("journal");
    let record = LogReader::open(&journal)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .payload;
    let text = String::from_utf8(record).unwrap();
    let forged = [
        text.replace("\"path\":\"file\"", "\"path\":\"evil\""),
        text.replace("\"made\":[]", "\"made\":[\"src\"]"),
        text.replace("\"schema\":1", "\"schema\":2"),
        "{\"record\":{\"kind\":\"nonsense\"}}".to_owned(),
    ];
    for forged in forged {
        assert_ne!(forged, text);
        copy(&stolen, &site.state("txn"));
        let journal = site.state("txn").join(&id).join("journal");
        fs::remove_file(&journal).unwrap();
        // The frame is right, as whoever forges it knows the format; the seal is not.
        let mut log = AppendLog::open(&journal, SyncPolicy::OnRequest).unwrap();
        log.append(forged.as_bytes()).unwrap();
        drop(log);
        refused(&site);
    }
    // Neither is a link or a pipe in the place of the journal opened.
    copy(&stolen, &site.state("txn"));
    let journal = site.state("txn").join(&id).join("journal");
    fs::remove_file(&journal).unwrap();
    std::os::unix::fs::symlink(stolen.join(&id).join("journal"), &journal).unwrap();
    refused(&site);
}

#[test]
fn a_transaction_that_intended_nothing_yet_is_discarded() {
    let site = Site::new();
    site.write("file", "old");
    site.open();
    fs::create_dir_all(site.state("txn/0/new")).unwrap();
    fs::write(site.state("txn/0/new/0"), "new").unwrap();
    fs::create_dir_all(site.state("txn/1")).unwrap();
    fs::write(site.state("txn/1/journal"), "ftc-log 1\n").unwrap();
    let (_, report) = site.open();
    let outcomes: Vec<_> = report
        .transactions
        .iter()
        .map(|found| &found.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [&RecoveryOutcome::Discarded, &RecoveryOutcome::Discarded]
    );
    assert!(!site.has_transaction());
    assert_eq!(site.read("file"), b"old");
}
