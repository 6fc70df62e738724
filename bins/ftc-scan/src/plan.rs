//! Arguments and configuration, resolved once.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use ftc_cli::config::{ScanFormat, keys};
use ftc_cli::{CliError, Context};
use ftc_state::{FingerprintPrefix, RepositoryName, StoreUrl};

use crate::args::Args;

/// The name that findings are remembered under when nobody names a repository.
const LOCAL_REPOSITORY: &str = "local";

/// What to do.
#[derive(Debug)]
pub struct Plan {
    pub paths: Vec<PathBuf>,
    pub format: ScanFormat,
    pub show: Option<FingerprintPrefix>,
    pub jobs: NonZeroUsize,
    pub exit_zero: bool,
    pub store: Option<StorePlan>,
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
        if args.paths.is_empty() && !(args.show.is_some() && store.is_some()) {
            return Err(no_input(&args));
        }
        let format = config.value(&keys::SCAN_FORMAT).unwrap_or_default();
        if args.show.is_some() && matches!(format, ScanFormat::Junit | ScanFormat::Markdown) {
            return Err(CliError::usage(
                "`--show` has the formats `human`, `json` and `jsonl`",
            ));
        }
        let processors = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            format,
            jobs: config.value(&keys::SCAN_JOBS).unwrap_or_else(processors),
            paths: args.paths,
            show: args.show,
            exit_zero: args.exit_zero,
            store,
        })
    }
}

fn no_input(args: &Args) -> CliError {
    let hint = "name a log, a report, an archive or a directory of them, or `-` for standard input";
    let error = CliError::usage("nothing to scan").hint(hint);
    if args.show.is_some() {
        error.hint("`--show` alone looks into a store: name one with `--store`")
    } else {
        error
    }
}

impl StorePlan {
    fn new(url: &str, args: &Args, context: &Context) -> Result<Self, CliError> {
        let url = url.parse::<StoreUrl>().map_err(|error| {
            let hints = error.hints();
            hints
                .into_iter()
                .fold(CliError::usage(error), CliError::hint)
        })?;
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
