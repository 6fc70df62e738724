//! Comparing predictions with truths.

use std::collections::BTreeMap;

use serde::Serialize;

use super::counts::{ClassCounts, Clean, Counts, KindCounts, PairCounts, Table};
use super::detail::Detail;
use super::matching::{Matched, match_failures};
use super::pairs::{self, Fingerprinted};
use super::prediction::{PredictedFailure, Prediction, Predictions};
use super::truth::{ExpectedFailure, Truth};

/// How well predictions agree with truths. Prints as tables for a person, without the details.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Score {
    /// Truths.
    pub files: u64,
    /// Truths whose log has no prediction; such a log counts as one in which nothing was found.
    pub without_prediction: u64,
    /// Failures of tests.
    pub names: Table<Counts>,
    /// Failures without a test.
    pub nameless: Table<Counts>,
    /// Kinds of the failures that were found.
    pub kinds: Table<KindCounts>,
    /// Classes of files by what proves them: `log`, `rerun`, `maintainer`. Files that are `unscored` are left out.
    pub classes: BTreeMap<String, Table<ClassCounts>>,
    /// Each class over the files whose log alone proves theirs.
    pub class_counts: BTreeMap<String, Counts>,
    /// Logs of passing runs.
    pub passing: Clean,
    /// Fingerprints, by family of frameworks.
    pub pairs: Table<PairCounts>,
    /// Every deviation.
    pub details: Vec<Detail>,
}

impl Score {
    /// The mean F1 of the classes that some log proves; 1 when no log proves any.
    pub fn class_macro_f1(&self) -> f64 {
        if self.class_counts.is_empty() {
            return 1.0;
        }
        let sum: f64 = self.class_counts.values().map(Counts::f1).sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are not more than five classes"
        )]
        let count = self.class_counts.len() as f64;
        sum / count
    }

    fn add_file<'a>(&mut self, truth: &'a Truth, matched: &Matched<'a>) {
        for (failure, hit) in &matched.pairs {
            self.add_failure(truth, failure, *hit);
        }
        let framework = truth.framework.as_str();
        let named = matched.extra_named.len() as u64;
        let nameless = matched.extra_nameless.len() as u64;
        self.names.update(framework, |counts| counts.fp += named);
        self.nameless
            .update(framework, |counts| counts.fp += nameless);
        for extra in matched.extra_named.iter().chain(&matched.extra_nameless) {
            self.details.push(Detail::Extra {
                file: truth.file.clone(),
                test: extra.test.clone(),
                kind: extra.kind.clone(),
            });
        }
        if truth.class == "pass" {
            self.passing.files += 1;
            self.passing.clean += u64::from(named + nameless == 0);
        }
    }

    fn add_failure(
        &mut self,
        truth: &Truth,
        failure: &ExpectedFailure,
        hit: Option<&PredictedFailure>,
    ) {
        let table = if failure.is_named() {
            &mut self.names
        } else {
            &mut self.nameless
        };
        table.update(&truth.framework, |counts| match hit {
            Some(_) => counts.tp += 1,
            None => counts.r#fn += 1,
        });
        let Some(hit) = hit else {
            self.details.push(Detail::Miss {
                file: truth.file.clone(),
                test: failure.test.clone(),
                kind: failure.kind.clone(),
            });
            return;
        };
        let accepted = is_accepted(failure, hit);
        self.kinds.update(&truth.framework, |counts| {
            counts.found += 1;
            counts.strict += u64::from(hit.kind.as_ref() == Some(&failure.kind));
            counts.accepted += u64::from(accepted);
        });
        if !accepted {
            self.details.push(Detail::Kind {
                file: truth.file.clone(),
                test: failure.test.clone(),
                expected: failure.kind.clone(),
                found: hit.kind.clone(),
            });
        }
    }

    fn add_class(&mut self, truth: &Truth, predicted: Option<&str>) {
        if truth.class_basis == "unscored" {
            return;
        }
        let found = predicted.filter(|class| !class.is_empty());
        let found = found.unwrap_or("unknown");
        let right = found == truth.class;
        let abstained = !right && found == "unknown";
        self.classes
            .entry(truth.class_basis.clone())
            .or_default()
            .update(&truth.framework, |counts| {
                counts.files += 1;
                counts.right += u64::from(right);
                counts.abstained += u64::from(abstained);
            });
        if !right && !abstained {
            self.details.push(Detail::Class {
                file: truth.file.clone(),
                expected: truth.class.clone(),
                found: found.to_owned(),
            });
        }
    }

    /// Counts each class that some log proves; a class that is only predicted has no recall to speak of.
    fn count_classes(&mut self, proven: &[(&str, &str)]) {
        for (class, _) in proven {
            self.class_counts
                .insert((*class).to_owned(), Counts::default());
        }
        for (class, found) in proven {
            let right = class == found;
            if let Some(counts) = self.class_counts.get_mut(*class) {
                counts.tp += u64::from(right);
                counts.r#fn += u64::from(!right);
            }
            if let Some(counts) = self.class_counts.get_mut(*found) {
                counts.fp += u64::from(!right);
            }
        }
    }
}

/// Compares predictions with truths. A log without a prediction counts as one in which nothing was found; a prediction without
/// a truth is passed over.
pub fn score(truths: &[Truth], predictions: &Predictions) -> Score {
    let nothing = Prediction::default();
    let mut score = Score::default();
    let mut fingerprinted = Vec::new();
    let mut proven = Vec::new();
    for truth in truths {
        score.files += 1;
        let prediction = predictions.of(&truth.file).unwrap_or_else(|| {
            score.without_prediction += 1;
            &nothing
        });
        let matched = match_failures(truth, &prediction.failures);
        score.add_file(truth, &matched);
        let class = prediction.class.as_deref();
        score.add_class(truth, class);
        if truth.class_basis == "log" {
            let found = class.filter(|class| !class.is_empty()).unwrap_or("unknown");
            proven.push((truth.class.as_str(), found));
        }
        fingerprinted.extend(fingerprints(truth, &matched));
    }
    score.count_classes(&proven);
    score.pairs = pairs::count_pairs(&fingerprinted);
    score.details.extend(pairs::describe(&fingerprinted));
    score
}

fn is_accepted(failure: &ExpectedFailure, hit: &PredictedFailure) -> bool {
    let thrown = |kind: &str| matches!(kind, "assertion" | "panic");
    hit.kind.as_ref().is_some_and(|kind| {
        *kind == failure.kind
            || failure.kind_accept.contains(kind)
            || (thrown(kind) && thrown(&failure.kind))
    })
}

fn fingerprints<'a>(
    truth: &'a Truth,
    matched: &Matched<'a>,
) -> impl Iterator<Item = Fingerprinted<'a>> {
    matched.pairs.iter().filter_map(move |(failure, hit)| {
        let group = failure.group.as_deref().filter(|g| !g.is_empty())?;
        let fingerprint = hit.and_then(|hit| hit.fingerprint.as_deref());
        Some(Fingerprinted {
            truth,
            failure,
            group,
            fingerprint: fingerprint.filter(|f| !f.is_empty()),
        })
    })
}
