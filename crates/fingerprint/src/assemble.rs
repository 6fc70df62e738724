//! From raw findings to the result: merge, redact, normalise, key, classify.

use crate::classify;
use crate::excerpt;
use crate::failure::{Excerpt, Failure};
use crate::findings::{Finding, Findings};
use crate::identity::Identity;
use crate::merge;
use crate::normalize;
use crate::scan::{Note, Options, Scan};
use crate::standing;

/// Bytes of a message that are kept.
const MESSAGE_LIMIT: usize = 8 * 1024;

pub(crate) fn assemble(mut findings: Findings, options: &Options) -> Scan {
    let merged = standing::settle(merge::merge(
        std::mem::take(&mut findings.list),
        &options.masks,
    ));
    let mut failures: Vec<Failure> = merged
        .into_iter()
        .map(|finding| failure(finding, options))
        .collect();
    failures.sort_by_key(|failure| failure.span.start);
    if findings.dropped > 0 {
        let text = format!(
            "{} more failures were found than are kept",
            findings.dropped
        );
        findings.notes.push(Note::new("too-many-failures", text));
    }
    for totals in &findings.totals {
        if totals.declared != totals.found {
            let text = format!(
                "{} says {} failed, {} were found: a person should look",
                totals.framework.name, totals.declared, totals.found
            );
            findings.notes.push(Note::new("totals-differ", text));
        }
    }
    let tests = findings.tally.sum();
    let file = classify::file(&failures, &findings);
    Scan {
        fingerprint_version: options.masks.version().to_owned(),
        frameworks: findings.frameworks,
        class: file.class,
        confidence: file.confidence,
        evidence: file.evidence,
        notes: findings.notes,
        failures,
        tests,
        time: None,
        lines: 0,
        bytes: 0,
    }
}

fn failure(finding: Finding, options: &Options) -> Failure {
    let message = ftc_redact::clean(finding.message.trim(), MESSAGE_LIMIT).into_owned();
    let template = normalize::template(&message, &options.masks);
    let test = finding
        .test
        .map(|test| ftc_redact::clean(&test, MESSAGE_LIMIT).into_owned());
    let function = finding
        .function
        .map(|function| ftc_redact::clean(&function, MESSAGE_LIMIT).into_owned());
    let block = finding.block;
    let excerpt = excerpt::excerpt(finding.kind, &block);
    let Excerpt { text, .. } = &excerpt;
    let identity = Identity {
        family: finding.framework.family,
        test: test.as_deref(),
        kind: finding.kind,
        message: &message,
        function: function.as_deref(),
        excerpt: text,
    };
    let keys = identity.keys_with(&template, &options.masks);
    // A tool can be told to count a test that passed on retry as failed: it is flaky all the same.
    let passed_in_the_end = finding.passed_on_retry || finding.detail.as_deref() == Some("flaky");
    let classification = classify::failure(finding.kind, passed_in_the_end, finding.attempts);
    Failure {
        test,
        suite: finding
            .suite
            .map(|suite| ftc_redact::clean(&suite, MESSAGE_LIMIT).into_owned()),
        kind: finding.kind,
        detail: finding
            .detail
            .map(|detail| ftc_redact::clean(&detail, MESSAGE_LIMIT).into_owned()),
        framework: finding.framework,
        function,
        message,
        template,
        classification,
        keys,
        passed_on_retry: finding.passed_on_retry,
        attempts: finding.attempts,
        span: block.span.unwrap_or_default(),
        excerpt,
        time: block.time,
    }
}
