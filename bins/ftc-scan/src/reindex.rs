//! `store reindex`: what is remembered, by the present rules.

use std::io::{self, Write};

use ftc_cli::config::keys;
use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles};
use ftc_fingerprint::Fingerprint;
use ftc_state::{ReindexRequest, Reindexed};
use jiff::Timestamp;
use serde::Serialize;

use crate::args::ReindexArgs;
use crate::plan;
use crate::render::text::{counted, one_line};
use crate::store::{open_error, store_error};

/// Names the form of the JSON document.
const SCHEMA: &str = "ftc.scan.reindex/1";
/// Fingerprints that a person is shown; JSON has all.
const MAX_SHOWN: usize = 20;

/// The answer, and the JSON document.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    /// The rules that everything has been made by afterwards.
    fingerprint_version: String,
    dry_run: bool,
    /// Fingerprints that were looked at.
    fingerprints: u64,
    /// Occurrences that other rules had made.
    occurrences: u64,
    /// Occurrences that newer rules have made.
    newer: u64,
    replaced: Vec<Replaced>,
}

/// A fingerprint whose failure has another one.
#[derive(Debug, Serialize)]
struct Replaced {
    repository: String,
    test: Option<String>,
    from: Fingerprint,
    from_version: String,
    /// What it is an alias of now.
    to: Fingerprint,
    /// Whether that was known already.
    joined: bool,
    /// Whether a lifecycle went along.
    lifecycle: bool,
    /// Where its occurrences went.
    occurrences: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    fingerprint: Fingerprint,
    count: u64,
}

/// Runs `ftc-scan store reindex`.
pub fn run(args: &ReindexArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let url = context.config.value(&keys::STORE).ok_or_else(|| {
        CliError::usage("no store is named").hint("name one with `--store sqlite:PATH`")
    })?;
    let store = ftc_state::open(&plan::store_url(url.expose())?).map_err(open_error)?;
    let masks = plan::masks(&context.config);
    let mut document = Document {
        schema: SCHEMA,
        fingerprint_version: masks.version().to_owned(),
        dry_run: args.dry_run,
        fingerprints: 0,
        occurrences: 0,
        newer: 0,
        replaced: Vec::new(),
    };
    let mut request = ReindexRequest::new(masks);
    request.writes = !args.dry_run;
    loop {
        let batch = store
            .reindex(&request, Timestamp::now())
            .map_err(store_error)
            .map_err(|error| error.hint("what was done before is kept; run it again"))?;
        document.fingerprints += batch.fingerprints;
        document.occurrences += batch.occurrences;
        document.newer += batch.newer;
        document
            .replaced
            .extend(batch.moved.into_iter().filter_map(Replaced::new));
        request.after = batch.next;
        if request.after.is_none() {
            break;
        }
    }
    match args.format {
        ReportFormat::Json => context.print_json(&document)?,
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| document.human(styles, out))?;
        }
    }
    let is_behind = args.dry_run && document.occurrences > 0;
    Ok(if is_behind {
        ExitCode::No
    } else {
        ExitCode::Yes
    })
}

impl Replaced {
    fn new(moved: Reindexed) -> Option<Self> {
        let (to, _) = *moved.to.first()?;
        let part = |&(fingerprint, count)| Part { fingerprint, count };
        Some(Self {
            repository: moved.repository.to_string(),
            test: moved.test,
            from: moved.from,
            from_version: moved.from_version,
            to,
            joined: moved.is_joined,
            lifecycle: moved.has_lifecycle,
            occurrences: moved.to.iter().map(part).collect(),
        })
    }
}

impl Document {
    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let (strong, dim) = (styles.strong, styles.dim);
        for replaced in self.replaced.iter().take(MAX_SHOWN) {
            let title = replaced.test.as_deref().unwrap_or("(no test)");
            writeln!(out, "{strong}{}{strong:#}", one_line(title))?;
            let (from, to) = (replaced.from.short(), replaced.to.short());
            let mut words = vec![format!("{from} is {to}")];
            match replaced.occurrences.len() - 1 {
                0 => {}
                others => words.push(format!("and {}", counted(others, "other"))),
            }
            if replaced.joined {
                words.push("joined with what was known by it".to_owned());
            }
            if replaced.lifecycle {
                words.push("its lifecycle goes along".to_owned());
            }
            let repository = one_line(&replaced.repository);
            writeln!(out, "  {}  {dim}{repository}{dim:#}", words.join(", "))?;
        }
        match self.replaced.len().saturating_sub(MAX_SHOWN) {
            0 => {}
            more => writeln!(out, "and {more} more; `--format json` has all")?,
        }
        if self.newer > 0 {
            let count = usize::try_from(self.newer).unwrap_or(usize::MAX);
            let words = counted(count, "occurrence");
            writeln!(out, "{words} of a newer program left alone")?;
        }
        let version = &self.fingerprint_version;
        if self.occurrences == 0 {
            return writeln!(out, "everything is made by the rules {version} already");
        }
        let occurrences = counted(
            usize::try_from(self.occurrences).unwrap_or(usize::MAX),
            "occurrence",
        );
        let replaced = counted(self.replaced.len(), "fingerprint");
        let verb = if self.dry_run { "would be" } else { "were" };
        writeln!(
            out,
            "{strong}{occurrences} {verb} made again by the rules {version}, {replaced} {verb} replaced{strong:#}"
        )
    }
}
