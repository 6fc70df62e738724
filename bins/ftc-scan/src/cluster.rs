//! `--cluster`: which failures may have one cause.

use std::collections::HashMap;
use std::io::{self, Write};

use ftc_cli::config::ScanFormat;
use ftc_cli::{CliError, Context, Styles};
use ftc_fingerprint::similar::{Entry, Reason, cluster};
use ftc_fingerprint::{Fingerprint, Identity, Masks, explain_template};
use ftc_state::KnownFingerprint;
use serde::Serialize;

use crate::inputs::FileReport;
use crate::plan::Plan;
use crate::render::text::{counted, one_line};
use crate::render::write_json_line;

/// Names the form of the JSON document.
const SCHEMA: &str = "ftc.scan.cluster/1";
/// Groups, and members of a group, that a person is shown; JSON has all.
const MAX_SHOWN: usize = 30;

/// Gathers the fingerprints of this scan and of the store, each once.
#[derive(Debug, Default)]
pub struct Clusters {
    entries: Vec<Entry>,
    facts: Vec<Fact>,
    places: HashMap<Fingerprint, usize>,
}

/// What is said of a fingerprint.
#[derive(Debug, Clone, Serialize)]
struct Fact {
    fingerprint: Fingerprint,
    test: Option<String>,
    message: String,
    /// The files of this scan that have it.
    files: Vec<String>,
    /// How often it is remembered; null without a store.
    times_seen: Option<u64>,
}

impl Clusters {
    /// Takes a file's failures.
    pub fn take(&mut self, report: &FileReport) {
        for failure in &report.scan.failures {
            let place = self.place(failure.keys.exact, || {
                let fact = Fact {
                    fingerprint: failure.keys.exact,
                    test: failure.test.clone(),
                    message: failure.message.clone(),
                    files: Vec::new(),
                    times_seen: None,
                };
                (Entry::of(failure), fact)
            });
            let files = &mut self.facts[place].files;
            if files.last() != Some(&report.file) {
                files.push(report.file.clone());
            }
        }
    }

    /// Takes what a store knows.
    pub fn remember(&mut self, known: &KnownFingerprint, masks: &Masks) {
        let place = self.place(known.fingerprint, || {
            let (template, _) = explain_template(&known.message, masks);
            let keys = Identity {
                family: &known.framework_family,
                test: known.test.as_deref(),
                kind: known.kind,
                message: &known.message,
                function: None,
                excerpt: "",
            }
            .keys(masks);
            let mut entry = Entry::new(&keys, known.test.as_deref(), &template);
            entry.exact = known.fingerprint;
            entry.cause = known.cause;
            entry.sketch = known.sketch;
            let fact = Fact {
                fingerprint: known.fingerprint,
                test: known.test.clone(),
                message: known.message.clone(),
                files: Vec::new(),
                times_seen: None,
            };
            (entry, fact)
        });
        self.facts[place].times_seen = Some(known.times_seen);
    }

    fn place(&mut self, fingerprint: Fingerprint, make: impl FnOnce() -> (Entry, Fact)) -> usize {
        if let Some(place) = self.places.get(&fingerprint) {
            return *place;
        }
        let (entry, fact) = make();
        self.places.insert(fingerprint, self.entries.len());
        self.entries.push(entry);
        self.facts.push(fact);
        self.entries.len() - 1
    }

    /// Prints the groups.
    pub fn print(self, plan: &Plan, context: &mut Context) -> Result<(), CliError> {
        let document = Document::new(&self);
        match plan.format {
            ScanFormat::Human => {
                let styles = Styles::of(context.stdout);
                context.print(|out| document.human(styles, out))
            }
            _ => context.print(|out| write_json_line(&document, out)),
        }
    }
}

/// The answer.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    fingerprints: usize,
    /// Groups of two and more, the largest first.
    clusters: Vec<Group>,
    /// Fingerprints that are like no other.
    alone: usize,
}

#[derive(Debug, Serialize)]
struct Group {
    members: Vec<Member>,
}

#[derive(Debug, Serialize)]
struct Member {
    #[serde(rename = "failure")]
    fact: Fact,
    /// Why it stands with the first of its group; null for that one.
    reason: Option<String>,
    /// Edit distance to the first one in parts of the mean length, where it is for that.
    distance: Option<f64>,
}

impl Document {
    fn new(clusters: &Clusters) -> Self {
        let groups = cluster(&clusters.entries);
        let alone = groups
            .iter()
            .filter(|group| group.members.len() == 1)
            .count();
        let member = |member: &ftc_fingerprint::similar::Member| Member {
            fact: clusters.facts[member.index].clone(),
            reason: member.reason.as_ref().map(ToString::to_string),
            distance: match member.reason {
                Some(Reason::Alike { distance, .. }) => Some(distance),
                _ => None,
            },
        };
        Self {
            schema: SCHEMA,
            fingerprints: clusters.entries.len(),
            clusters: groups
                .iter()
                .filter(|group| group.members.len() > 1)
                .map(|group| Group {
                    members: group.members.iter().map(member).collect(),
                })
                .collect(),
            alone,
        }
    }

    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let (strong, dim) = (styles.strong, styles.dim);
        for group in self.clusters.iter().take(MAX_SHOWN) {
            let count = counted(group.members.len(), "failure");
            writeln!(out, "{strong}{count} that may have one cause{strong:#}")?;
            for member in group.members.iter().take(MAX_SHOWN) {
                member.human(styles, out)?;
            }
            if let more @ 1.. = group.members.len().saturating_sub(MAX_SHOWN) {
                writeln!(
                    out,
                    "  {dim}and {more} more; `--format json` has all{dim:#}"
                )?;
            }
            writeln!(out)?;
        }
        if let more @ 1.. = self.clusters.len().saturating_sub(MAX_SHOWN) {
            writeln!(
                out,
                "and {} more; `--format json` has all",
                counted(more, "group")
            )?;
        }
        let all = counted(self.fingerprints, "fingerprint");
        let groups = counted(self.clusters.len(), "group");
        writeln!(
            out,
            "{strong}{all}: {groups}, {} like no other{strong:#}",
            self.alone
        )
    }
}

impl Member {
    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let dim = styles.dim;
        let message = self.fact.message.lines().next().unwrap_or_default();
        let title = self.fact.test.as_deref().unwrap_or(message);
        let reason = self.reason.as_deref().unwrap_or("the first of them");
        let short = self.fact.fingerprint.short();
        writeln!(out, "  {}  {dim}{short}{dim:#}  {reason}", one_line(title))?;
        if self.fact.test.is_some() && !message.is_empty() {
            writeln!(out, "    {}", one_line(message))?;
        }
        let mut places = Vec::new();
        if let Some(file) = self.fact.files.first() {
            let more = match self.fact.files.len() - 1 {
                0 => String::new(),
                more => format!(" and {}", counted(more, "more file")),
            };
            places.push(format!("{}{more}", one_line(file)));
        }
        if let Some(times) = self.fact.times_seen {
            places.push(format!("remembered {times}x"));
        }
        writeln!(out, "    {dim}{}{dim:#}", places.join(", "))
    }
}
