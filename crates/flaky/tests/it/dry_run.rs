//! A rehearsal writes nothing, and says what the pass then does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use ftc_flaky::{Effects, PassReport, SentWrite, Source};
use ftc_github::{DryRun, IssueNumber};
use ftc_state::PageRequest;

use crate::support::{BOT, World, git, normal, tree_of_files};

/// Everything that a rehearsal must leave alone.
fn outside(world: &World) -> (BTreeMap<String, Vec<u8>>, String) {
    let page = PageRequest::first(PageRequest::MAX_LIMIT);
    let name = World::name();
    let store = &world.store;
    let mut told = format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n",
        store.list_audit(0, PageRequest::MAX_LIMIT).unwrap(),
        store.list_runs(&name, &page).unwrap(),
        store.list_fingerprints(&name, &page).unwrap(),
        world.lifecycles(),
    );
    for lifecycle in world.lifecycles() {
        let outbox = store.list_outbox(
            &name,
            &ftc_state::OutboxFilter::all().of(lifecycle.fingerprint),
            &page,
        );
        writeln!(told, "{:?}", outbox.unwrap()).unwrap();
    }
    told.push_str(&git(&world.origin(), &["for-each-ref"]));
    // The copy of the base branch is fetched also for a rehearsal.
    told.extend(
        git(&world.project(), &["for-each-ref"])
            .lines()
            .filter(|line| !line.contains("refs/ftc/base/")),
    );
    (tree_of_files(&world.path("forge")), told)
}

fn rehearsed(world: &World, source: Option<Source>) -> PassReport {
    let before = outside(world);
    let report = world
        .try_pass(source, |parts, options| {
            let clock = world.clock.clone();
            let clock = ftc_github::Clock::new(move || ftc_flaky::Clock::now(&clock));
            parts.forge = Arc::new(DryRun::new(Arc::new(world.forge_of(BOT))).with_clock(clock));
            parts.store = Arc::from(ftc_state::open_copy(&world.store_url()).unwrap());
            options.effects = Effects::Rehearsed;
        })
        .unwrap();
    assert!(!report.is_partial(), "{report:?}");
    assert!(outside(world) == before, "the rehearsal wrote something");
    report
}

/// What is done to what, without hashes.
fn outline(writes: &[SentWrite]) -> Vec<String> {
    writes
        .iter()
        .map(|sent| {
            let (write, effect) = (&sent.write, sent.effect);
            normal(&format!(
                "{} {} {effect} {:?}",
                write.op(),
                write.target(),
                sent.number
            ))
        })
        .collect()
}

/// Rehearses a pass and then does it: the writes are the same, whole where nothing of chance is in them.
fn compare(world: &World, source: Option<Source>, whole: bool) -> Vec<String> {
    let rehearsal = rehearsed(world, source.clone());
    let report = world.try_pass(source, |_, _| {}).unwrap();
    assert_eq!(outline(&rehearsal.writes), outline(&report.writes));
    let paths = |report: &PassReport| -> Vec<_> {
        report
            .failures
            .iter()
            .map(|failure| failure.path.clone())
            .collect()
    };
    assert_eq!(paths(&rehearsal), paths(&report));
    if whole {
        assert_eq!(rehearsal.writes, report.writes);
    }
    outline(&report.writes)
}

#[test]
fn a_rehearsal_is_what_then_happens_in_every_state() {
    let world = World::new().on_disk();
    let logs = world.path("logs");
    fs::create_dir_all(&logs).unwrap();

    // Runs: the flake shows, and is filed.
    let filed = compare(&world, Some(Source::Runs(4)), false);
    assert!(
        filed.iter().any(|line| line.starts_with("ensure_issue")),
        "{filed:?}"
    );
    // Nobody has said anything yet.
    assert_eq!(compare(&world, None, true), Vec::<String>::new());
    world.approve(IssueNumber(1));
    let proposed = compare(&world, None, false);
    assert!(
        proposed.iter().any(|line| line.starts_with("ensure_pull")),
        "{proposed:?}"
    );
    assert!(
        proposed.iter().any(|line| line.starts_with("push_branch")),
        "{proposed:?}"
    );
    let pull = IssueNumber(world.lifecycle().pull.unwrap());
    world.ask_for_changes(pull, "Please say why.");
    let answered = compare(&world, None, false);
    assert!(
        answered.iter().any(|line| line.starts_with("push_branch")),
        "{answered:?}"
    );
    world.merge(pull);
    let closed = compare(&world, None, true);
    assert!(
        closed.iter().any(|line| line.starts_with("close_issue")),
        "{closed:?}"
    );
    assert_eq!(compare(&world, None, true), Vec::<String>::new());
}

#[test]
fn a_rehearsal_with_logs_shows_every_write_as_it_is_then_made() {
    let world = World::new().on_disk();
    let folder = world
        .path("logs")
        .join("8b3b633f0c2a6c5f1f0e8c9d2b7a4e6d5c4b3a29");
    fs::create_dir_all(&folder).unwrap();
    let start = "\nrunning 1 test\ntest one ... ";
    let green = format!(
        "{start}ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
    );
    let red = format!(
        "{start}FAILED\n\nfailures:\n\n---- one stdout ----\n\nthread 'one' panicked at src/cache.rs:4:5:\nno\n\n\nfailures:\n    one\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
    );
    fs::write(folder.join("1.log"), green).unwrap();
    fs::write(folder.join("2.log"), red).unwrap();
    let source = Source::Directory(world.path("logs"));
    let filed = compare(&world, Some(source.clone()), true);
    // Three labels, the issue and its analysis.
    assert_eq!(filed.len(), 5, "{filed:?}");
    assert_eq!(compare(&world, Some(source), true), Vec::<String>::new());
}

#[test]
fn a_rehearsal_of_an_attempt_that_fails() {
    let mut world = World::new().on_disk();
    world.agent = Some(crate::support::edits(|_| {}));
    let issue = world.discover();
    world.approve(issue);
    let told = compare(&world, None, false);
    assert!(
        told.iter().any(|line| line.contains("comment attempt:")),
        "{told:?}"
    );
}
