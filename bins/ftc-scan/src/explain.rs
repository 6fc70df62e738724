//! `--explain`: why a failure has the identity and the class that it has.

use std::io::{self, Write};

use ftc_cli::config::ScanFormat;
use ftc_cli::{CliError, Context, ExitCode, Styles, printable};
use ftc_fingerprint::{
    Class, Failure, Fingerprint, Identity, Keys, Kind, Masks, Replacement, explain_template,
};
use ftc_state::{FingerprintPrefix, KnownFingerprint, Occurrence};
use serde::Serialize;

use crate::inputs::FileReport;
use crate::plan::Plan;
use crate::render::text::one_line;
use crate::render::write_json_line;
use crate::show::{ambiguous, nothing_begins};

/// Names the form of the JSON document.
const SCHEMA: &str = "ftc.scan.explain/1";
/// Replacements and lines that a person is shown; JSON has all.
const MAX_SHOWN: usize = 40;

/// Gathers the failures of this scan whose fingerprint begins as asked.
#[derive(Debug)]
pub struct Explained<'a> {
    prefix: &'a FingerprintPrefix,
    found: Vec<Subject>,
}

/// A failure, with all that its identity and its class are made from.
#[derive(Debug, Clone)]
struct Subject {
    place: Place,
    framework: String,
    family: String,
    test: Option<String>,
    kind: Kind,
    message: String,
    function: Option<String>,
    excerpt: String,
    class: Class,
    confidence: f64,
    evidence: Vec<Why>,
    fingerprint: Fingerprint,
    version: String,
}

/// Where it stands.
#[derive(Debug, Clone, Serialize)]
struct Place {
    file: String,
    first_line: u64,
    last_line: u64,
}

/// A rule that spoke, and what it saw.
#[derive(Debug, Clone, Serialize)]
struct Why {
    rule: String,
    text: String,
}

impl<'a> Explained<'a> {
    pub fn new(prefix: &'a FingerprintPrefix) -> Self {
        Self {
            prefix,
            found: Vec::new(),
        }
    }

    /// Takes a file's failures, those that were asked for.
    pub fn take(&mut self, report: &FileReport) {
        let version = &report.scan.fingerprint_version;
        let failures = report.scan.failures.iter().filter(|failure| {
            let fingerprint = failure.keys.exact.to_string();
            fingerprint.starts_with(self.prefix.as_str())
        });
        let subjects = failures.map(|failure| Subject::of_scan(&report.file, version, failure));
        self.found.extend(subjects);
    }
}

impl Subject {
    fn of_scan(file: &str, version: &str, failure: &Failure) -> Self {
        let classification = &failure.classification;
        Self {
            place: Place {
                file: file.to_owned(),
                first_line: failure.span.first_line,
                last_line: failure.span.last_line,
            },
            framework: failure.framework.name.to_owned(),
            family: failure.framework.family.to_owned(),
            test: failure.test.clone(),
            kind: failure.kind,
            message: failure.message.clone(),
            function: failure.function.clone(),
            excerpt: failure.excerpt.text.clone(),
            class: classification.class,
            confidence: classification.confidence,
            evidence: classification
                .evidence
                .iter()
                .map(|evidence| Why {
                    rule: evidence.rule.to_owned(),
                    text: evidence.text.clone(),
                })
                .collect(),
            fingerprint: failure.keys.exact,
            version: version.to_owned(),
        }
    }

    fn of_store(occurrence: Occurrence) -> Self {
        let failure = occurrence.failure;
        Self {
            place: Place {
                file: occurrence.source.file_name().to_owned(),
                first_line: failure.first_line,
                last_line: failure.last_line,
            },
            framework: failure.framework,
            family: failure.framework_family,
            test: failure.test,
            kind: failure.kind,
            message: failure.message,
            function: failure.function,
            excerpt: failure.excerpt,
            class: failure.class,
            confidence: failure.confidence,
            evidence: failure
                .evidence
                .into_iter()
                .map(|reason| Why {
                    rule: reason.rule,
                    text: reason.text,
                })
                .collect(),
            fingerprint: failure.fingerprint,
            version: failure.fingerprint_version,
        }
    }

    fn keys(&self, masks: &Masks) -> Keys {
        Identity {
            family: &self.family,
            test: self.test.as_deref(),
            kind: self.kind,
            message: &self.message,
            function: self.function.as_deref(),
            excerpt: &self.excerpt,
        }
        .keys(masks)
    }
}

/// Explains the failure in this scan, or else the latest one in the store.
pub fn print(
    explained: Explained<'_>,
    known: Option<(KnownFingerprint, Vec<Occurrence>)>,
    plan: &Plan,
    context: &mut Context,
) -> Result<(), CliError> {
    let fingerprints = explained.found.iter().map(|subject| subject.fingerprint);
    ambiguous(explained.prefix, fingerprints.collect())?;
    let stored = known.and_then(|(_, occurrences)| occurrences.into_iter().next());
    let mut found = explained.found;
    let places: Vec<Place> = found.iter().map(|subject| subject.place.clone()).collect();
    if found.is_empty() {
        found.extend(stored.map(Subject::of_store));
    }
    let Some(subject) = found.into_iter().next() else {
        return Err(nothing_begins(explained.prefix, plan));
    };
    let document = Document::new(subject, places, &plan.masks);
    match plan.format {
        ScanFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| document.human(styles, out))
        }
        _ => context.print(|out| write_json_line(&document, out)),
    }
}

/// The answer.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    fingerprint: Fingerprint,
    fingerprint_version: String,
    /// Whether the present rules and masks make the same fingerprint; if not, `ftc-scan store reindex` is due.
    is_current: bool,
    /// Where it stands: in the inputs of this scan, or in the latest one that is remembered.
    places: Vec<Place>,
    framework: String,
    identity: Parts,
    cause: Cause,
    sketch: String,
    message: String,
    replacements: Vec<Step>,
    class: Class,
    confidence: f64,
    evidence: Vec<Why>,
    #[serde(skip)]
    excerpt: String,
}

/// What `fingerprint` is the hash of.
#[derive(Debug, Serialize)]
struct Parts {
    family: String,
    test: Option<String>,
    kind: Kind,
    template: String,
}

/// The key that joins one cause over many tests: kind, template and function.
#[derive(Debug, Serialize)]
struct Cause {
    key: Fingerprint,
    function: Option<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    rule: String,
    value: String,
    replacement: String,
}

impl From<Replacement> for Step {
    fn from(step: Replacement) -> Self {
        Self {
            rule: step.rule,
            value: step.value,
            replacement: step.replacement,
        }
    }
}

impl Document {
    fn new(subject: Subject, mut places: Vec<Place>, masks: &Masks) -> Self {
        let keys = subject.keys(masks);
        let (template, replacements) = explain_template(&subject.message, masks);
        if places.is_empty() {
            places.push(subject.place);
        }
        Self {
            schema: SCHEMA,
            fingerprint: subject.fingerprint,
            fingerprint_version: subject.version,
            is_current: keys.exact == subject.fingerprint,
            places,
            framework: subject.framework,
            identity: Parts {
                family: subject.family,
                test: subject.test,
                kind: subject.kind,
                template,
            },
            cause: Cause {
                key: keys.cause,
                function: subject.function,
            },
            sketch: format!("{:016x}", keys.sketch.0),
            message: subject.message,
            replacements: replacements.into_iter().map(Step::from).collect(),
            class: subject.class,
            confidence: subject.confidence,
            evidence: subject.evidence,
            excerpt: subject.excerpt,
        }
    }

    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let (strong, dim) = (styles.strong, styles.dim);
        writeln!(out, "{strong}{}{strong:#}", self.fingerprint)?;
        writeln!(out, "\n{strong}Where{strong:#}")?;
        for place in &self.places {
            let file = one_line(&place.file);
            let (first, last) = (place.first_line, place.last_line);
            writeln!(out, "  {file}, lines {first} to {last}")?;
        }
        let (framework, family) = (one_line(&self.framework), &self.identity.family);
        writeln!(
            out,
            "  recognised as {framework}, of the family {}",
            one_line(family)
        )?;
        for line in self.excerpt.lines().take(MAX_SHOWN) {
            writeln!(out, "  {dim}|{dim:#} {}", printable(line))?;
        }

        let version = &self.fingerprint_version;
        writeln!(
            out,
            "\n{strong}Identity{strong:#} by the rules {version}, from"
        )?;
        let Parts {
            family,
            test,
            kind,
            template,
        } = &self.identity;
        let none = "(none)";
        for (label, value) in [
            ("family", family.as_str()),
            ("test", test.as_deref().unwrap_or(none)),
            ("kind", kind.as_str()),
            ("template", template),
        ] {
            writeln!(out, "  {label:<9} {}", one_line(value))?;
        }
        let cause = self.cause.key.short();
        writeln!(out, "  the cause {cause} is made from kind, template and")?;
        let function = self.cause.function.as_deref().unwrap_or(none);
        writeln!(out, "  function  {}", one_line(function))?;
        if !self.is_current {
            writeln!(
                out,
                "  The present rules make another one: run `ftc-scan store reindex`."
            )?;
        }

        writeln!(out, "\n{strong}Message{strong:#}")?;
        for line in self.message.lines().take(MAX_SHOWN) {
            writeln!(out, "  {dim}|{dim:#} {}", printable(line))?;
        }
        self.steps(styles, out)?;

        let percent = (self.confidence * 100.0).round();
        let class = self.class;
        writeln!(out, "\n{strong}Class{strong:#} {class}, {percent} % sure")?;
        for why in &self.evidence {
            let (rule, text) = (one_line(&why.rule), one_line(&why.text));
            writeln!(out, "  {rule:<16} {text}")?;
        }
        Ok(())
    }

    fn steps(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let dim = styles.dim;
        if self.replacements.is_empty() {
            return writeln!(out, "  nothing in it changes from run to run");
        }
        for step in self.replacements.iter().take(MAX_SHOWN) {
            let (value, replacement) = (one_line(&step.value), one_line(&step.replacement));
            let replacement = match replacement.as_str() {
                "" => "(left out)",
                other => other,
            };
            writeln!(
                out,
                "  {:<15} {value} {dim}->{dim:#} {replacement}",
                step.rule
            )?;
        }
        match self.replacements.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more; `--format json` has all"),
        }
    }
}

/// The error of a format that these answers do not have.
pub fn check_format(format: ScanFormat, flag: &str) -> Result<(), CliError> {
    match format {
        ScanFormat::Human | ScanFormat::Json | ScanFormat::Jsonl => Ok(()),
        _ => Err(CliError::new(
            ExitCode::Usage,
            format!("`{flag}` has the formats `human`, `json` and `jsonl`"),
        )),
    }
}
