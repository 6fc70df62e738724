//! From what the store remembers to rates, and from rates to a judgement.

use std::collections::BTreeMap;

use ftc_fingerprint::Class;
use ftc_state::{
    Cursor, KnownFingerprint, Occurrence, Page, PageRequest, RepositoryName, Run, Store, StoreError,
};

use crate::rate::Rate;

/// A failure with what is known of how often it happens.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) known: KnownFingerprint,
    /// At the commit with the most runs.
    pub(crate) rate: Rate,
    /// A tool ran it again on the spot, and it passed.
    pub(crate) passed_on_retry: bool,
}

/// What is to be done about a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is proved to be flaky.
    File,
    /// It is remembered, and no more; the text says why.
    Hold(String),
}

/// Whether an issue is to be opened. What is not proved writes nothing.
pub(crate) fn judge(measured: &Measured) -> Judgement {
    let known = &measured.known;
    let hold = |why: String| Judgement::Hold(why);
    if known.test.is_none() {
        return hold("it belongs to no test".to_owned());
    }
    if matches!(known.class, Class::Regression | Class::Infra) {
        return hold(format!("it is classified as {}", known.class));
    }
    let Rate {
        runs,
        failures,
        commit,
    } = &measured.rate;
    if measured.passed_on_retry || measured.rate.is_flaky() {
        return Judgement::File;
    }
    if commit.is_empty() {
        return hold("no run that passed is known at the same commit".to_owned());
    }
    if failures == runs && *runs > 1 {
        return hold(format!(
            "it failed in all {runs} runs, so it may be an ordinary failure"
        ));
    }
    hold("it ran only once at this commit".to_owned())
}

/// Measures every failure that `repository` knows.
pub(crate) fn measure(
    store: &dyn Store,
    repository: &RepositoryName,
) -> Result<Vec<Measured>, StoreError> {
    let runs = runs_by_commit(store, repository)?;
    let known = all(|page| store.list_fingerprints(repository, page))?;
    known
        .into_iter()
        .map(|known| measure_one(store, known, &runs))
        .collect()
}

fn measure_one(
    store: &dyn Store,
    known: KnownFingerprint,
    runs: &BTreeMap<String, u64>,
) -> Result<Measured, StoreError> {
    let occurrences: Vec<Occurrence> =
        all(|page| store.list_occurrences(&known.repository, &known.fingerprint, page))?;
    let passed_on_retry = occurrences
        .iter()
        .any(|occurrence| occurrence.failure.passed_on_retry);
    let mut failures: BTreeMap<String, u64> = BTreeMap::new();
    for occurrence in &occurrences {
        *failures
            .entry(occurrence.commit.clone().unwrap_or_default())
            .or_default() += 1;
    }
    let rate = failures
        .into_iter()
        .map(|(commit, failures)| {
            // A log of an unknown commit tells nothing about passes.
            let runs = if commit.is_empty() {
                0
            } else {
                runs.get(&commit).copied().unwrap_or(0)
            };
            Rate {
                runs: runs.max(failures),
                failures,
                commit,
            }
        })
        .max_by_key(|rate| (!rate.commit.is_empty(), rate.is_flaky(), rate.runs));
    Ok(Measured {
        rate: rate.unwrap_or(Rate {
            commit: String::new(),
            runs: 0,
            failures: 0,
        }),
        passed_on_retry,
        known,
    })
}

/// How many runs told something about tests, by commit. One that the machine broke, that did not build or in which nothing
/// was recognised did not.
fn runs_by_commit(
    store: &dyn Store,
    repository: &RepositoryName,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let runs: Vec<Run> = all(|page| store.list_runs(repository, page))?;
    let mut count = BTreeMap::new();
    for run in runs {
        let told = match run.class {
            Class::Infra | Class::Regression => false,
            Class::Pass => true,
            _ => run.failed + run.passed_on_retry > 0,
        };
        if let (Some(commit), true) = (run.commit, told) {
            *count.entry(commit).or_default() += 1;
        }
    }
    Ok(count)
}

/// Walks all pages of a list.
pub(crate) fn all<T>(
    mut list: impl FnMut(&PageRequest) -> Result<Page<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut items = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
        if let Some(cursor) = after {
            request = request.after(cursor);
        }
        let page = list(&request)?;
        items.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(items),
        }
    }
}
