//! Arguments and configuration, resolved once.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use ftc_cli::config::{Config, ScanFormat, keys};
use ftc_cli::{CliError, Context};
use ftc_fingerprint::Masks;
use ftc_state::{FingerprintPrefix, RepositoryName, StoreUrl};

use crate::args::Args;
use crate::explain::check_format;

/// The name that findings are remembered under when nobody names a repository.
const LOCAL_REPOSITORY: &str = "local";

/// What to do.
#[derive(Debug)]
pub struct Plan {
    pub paths: Vec<PathBuf>,
    pub format: ScanFormat,
    pub question: Question,
    pub jobs: NonZeroUsize,
    pub exit_zero: bool,
    pub masks: Masks,
    pub store: Option<StorePlan>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Question {
    /// What failed in the inputs.
    Failures,
    /// What is known of one failure.
    Show(FingerprintPrefix),
    /// Why one failure has the identity and class that it has.
    Explain(FingerprintPrefix),
    /// What the runs say of one failure.
    History(FingerprintPrefix),
    /// Which failures may have one cause.
    Cluster,
}

impl Question {
    /// Clap has refused two at once.
    fn of(args: &Args) -> Self {
        let one = |prefix: &Option<FingerprintPrefix>, make: fn(FingerprintPrefix) -> Self| {
            prefix.clone().map(make)
        };
        one(&args.show, Self::Show)
            .or_else(|| one(&args.explain, Self::Explain))
            .or_else(|| one(&args.history, Self::History))
            .or(args.cluster.then_some(Self::Cluster))
            .unwrap_or(Self::Failures)
    }

    /// The flag that asks it.
    fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Failures => None,
            Self::Show(_) => Some("--show"),
            Self::Explain(_) => Some("--explain"),
            Self::History(_) => Some("--history"),
            Self::Cluster => Some("--cluster"),
        }
    }
}

/// Where to remember, and what is known of the run.
#[derive(Debug)]
pub struct StorePlan {
    pub url: StoreUrl,
    /// As the person named it; `None` when findings go under [`LOCAL_REPOSITORY`].
    pub named_repository: Option<RepositoryName>,
    pub commit: Option<String>,
    pub platform: Option<String>,
    pub run: Option<RunPlan>,
}

/// The run that the inputs are of.
#[derive(Debug)]
pub struct RunPlan {
    pub url: String,
    pub attempt: u32,
}

impl Plan {
    pub fn new(args: Args, context: &Context) -> Result<Self, CliError> {
        let config = &context.config;
        let store = match config.value(&keys::STORE) {
            None => None,
            Some(url) => Some(StorePlan::new(url.expose(), &args, context)?),
        };
        let question = Question::of(&args);
        if args.paths.is_empty() && (question.flag().is_none() || store.is_none()) {
            return Err(no_input(&question));
        }
        if matches!(question, Question::History(_)) && store.is_none() {
            return Err(CliError::usage("`--history` is what a store remembers")
                .hint("name one with `--store sqlite:PATH`"));
        }
        let format = config.value(&keys::SCAN_FORMAT).unwrap_or_default();
        if let Some(flag) = question.flag() {
            check_format(format, flag)?;
        }
        let processors = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            format,
            jobs: config.value(&keys::SCAN_JOBS).unwrap_or_else(processors),
            paths: args.paths,
            question,
            exit_zero: args.exit_zero,
            masks: masks(config),
            store,
        })
    }
}

/// What the project adds to the normaliser.
pub fn masks(config: &Config) -> Masks {
    let patterns = config.value(&keys::SCAN_MASKS).unwrap_or_default();
    let words = config.value(&keys::SCAN_WORDS).unwrap_or_default();
    Masks::new(&patterns.0, &words.0).expect("the configuration has judged them")
}

fn no_input(question: &Question) -> CliError {
    let hint = "name a log, a report, an archive or a directory of them, or `-` for standard input";
    let error = CliError::usage("nothing to scan").hint(hint);
    match question.flag() {
        Some(flag) => error.hint(format!(
            "`{flag}` alone looks into a store: name one with `--store`"
        )),
        None => error,
    }
}

/// The store's URL, judged.
pub fn store_url(url: &str) -> Result<StoreUrl, CliError> {
    url.parse::<StoreUrl>().map_err(|error| {
        let hints = error.hints();
        hints
            .into_iter()
            .fold(CliError::usage(error), CliError::hint)
    })
}

impl StorePlan {
    fn new(url: &str, args: &Args, context: &Context) -> Result<Self, CliError> {
        let url = store_url(url)?;
        let named_repository = match context.config.value(&keys::REPOSITORY) {
            None => None,
            Some(name) => Some(RepositoryName::new(name.as_str()).map_err(CliError::usage)?),
        };
        Ok(Self {
            url,
            named_repository,
            commit: args.commit.clone(),
            platform: context.config.value(&keys::SCAN_PLATFORM),
            run: args.run_url.clone().map(|url| RunPlan {
                url,
                attempt: args.attempt.map_or(1, Into::into),
            }),
        })
    }

    /// The repository that findings are remembered under.
    pub fn repository(&self) -> RepositoryName {
        self.named_repository
            .clone()
            .unwrap_or_else(|| RepositoryName::new(LOCAL_REPOSITORY).expect("a word is a name"))
    }
}
