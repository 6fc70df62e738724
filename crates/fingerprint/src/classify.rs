//! What the log alone proves, with the evidence; what it does not prove stays unknown.

use std::collections::HashMap;

use crate::class::{Class, Classification, Evidence};
use crate::failure::Failure;
use crate::findings::Findings;
use crate::keys::Fingerprint;
use crate::kind::Kind;

/// A run in which at least this many tests ran and more than four in five failed says more about the environment than
/// about its tests.
const MASS_FAILURE_TESTS: u64 = 20;

/// Classifies one failure from its own evidence.
pub(crate) fn failure(kind: Kind, passed_on_retry: bool, attempts: u32) -> Classification {
    let (class, confidence, evidence) = if passed_on_retry {
        let text = format!("failed, then passed on attempt {attempts}");
        (Class::Flaky, 0.9, Evidence::new("passed-on-retry", text))
    } else {
        match kind {
            Kind::Build => (
                Class::Regression,
                0.95,
                Evidence::new("does-not-build", "the code does not build"),
            ),
            Kind::Infra => (
                Class::Infra,
                0.9,
                Evidence::new("infrastructure", "the runner or the network failed"),
            ),
            _ if attempts > 1 => (
                Class::Unknown,
                0.5,
                Evidence::new(
                    "failed-every-attempt",
                    format!("failed all {attempts} attempts"),
                ),
            ),
            // One failure in one log tells nothing of what a second run would do.
            _ => (
                Class::Unknown,
                0.5,
                Evidence::new("one-log", "not run again in this log"),
            ),
        }
    };
    Classification {
        class,
        confidence,
        evidence: vec![evidence],
    }
}

/// Classifies the whole input: the first of regression, infra, flaky, unknown, pass that applies.
pub(crate) fn file(failures: &[Failure], findings: &Findings) -> Classification {
    for class in [
        Class::Regression,
        Class::Infra,
        Class::Flaky,
        Class::Unknown,
    ] {
        let of_class = || {
            failures
                .iter()
                .map(|f| &f.classification)
                .filter(|c| c.class == class)
        };
        if class == Class::Infra
            && let Some(classification) = mass_failure(failures, findings)
        {
            return classification;
        }
        if of_class().next().is_none() {
            continue;
        }
        let mut evidence: Vec<Evidence> = Vec::new();
        for item in of_class().flat_map(|c| &c.evidence) {
            if !evidence.contains(item) {
                evidence.push(item.clone());
            }
        }
        let confidence = of_class().map(|c| c.confidence).fold(0.0, f64::max);
        return Classification {
            class,
            confidence: lowered_by_doubt(confidence, findings),
            evidence,
        };
    }
    if let Some(evidence) = &findings.unexplained {
        return Classification {
            class: Class::Unknown,
            confidence: 0.3,
            evidence: vec![evidence.clone()],
        };
    }
    let doubtful = findings.totals.iter().any(|totals| totals.declared > 0);
    if findings.passes.is_empty() || doubtful {
        let text = "no success summary and no failure that is known";
        return Classification {
            class: Class::Unknown,
            confidence: 0.3,
            evidence: vec![Evidence::new("nothing-recognised", text)],
        };
    }
    Classification {
        class: Class::Pass,
        confidence: 0.95,
        evidence: findings.passes.clone(),
    }
}

/// A tool whose own totals differ from what was found makes the whole reading less sure.
fn lowered_by_doubt(confidence: f64, findings: &Findings) -> f64 {
    if findings
        .totals
        .iter()
        .any(|totals| totals.declared != totals.found)
    {
        confidence * 0.7
    } else {
        confidence
    }
}

/// Nearly all tests failed at once and nearly all for one reason. The same share with reasons of their own is a broken
/// change, which one log cannot tell from anything else.
fn mass_failure(failures: &[Failure], findings: &Findings) -> Option<Classification> {
    let totals = findings.totals.iter().find(|totals| {
        totals
            .ran
            .is_some_and(|ran| ran >= MASS_FAILURE_TESTS && totals.declared * 5 > ran * 4)
    })?;
    let mut causes: HashMap<Fingerprint, u64> = HashMap::new();
    for failure in failures
        .iter()
        .filter(|failure| !failure.template.is_empty())
    {
        *causes.entry(failure.keys.cause).or_default() += 1;
    }
    let most = causes.values().copied().max().unwrap_or_default();
    if most * 5 <= totals.declared * 4 {
        return None;
    }
    let ran = totals.ran.unwrap_or_default();
    let text = format!(
        "{} of {ran} tests failed at once, {most} for one reason",
        totals.declared
    );
    Some(Classification {
        class: Class::Infra,
        confidence: 0.6,
        evidence: vec![Evidence::new("mass-failure", text)],
    })
}
