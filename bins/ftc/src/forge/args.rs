//! What can be written after `ftc forge`.

use std::path::PathBuf;

use ftc_cli::ReportFormat;
use ftc_cli::config::{FlagValue, keys};
use ftc_github::{IssueNumber, Login, Permission};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Which forge: --forge, else the key `forge` (`local:DIR`). Who you are: --as, else the key `forge_login`.
Exit codes: 0 done, 1 refused, 2 wrong usage or unreadable, 4 approval missing, 6 somebody else was first, 75 try again

Examples:
  ftc forge init forge --repo acme/widget --branches origin.git --person alice=admin --person cleaner=write
  ftc forge --forge forge list
  ftc forge show 3
  ftc forge comment 3 'Seen on Monday too.' --as alice
  ftc forge approve 3 --as alice
  ftc forge review 4 --request-changes -m 'Please keep the assertion.' --as alice
  ftc forge merge 4 --as alice")]
pub struct ForgeArgs {
    /// The forge: its directory, with or without `local:` before it
    #[arg(long, value_name = "FORGE", global = true)]
    pub forge: Option<String>,

    /// The account that you act as
    // Not called `login`, which is what `person` calls its argument: clap tells arguments apart by these names.
    #[arg(long = "as", value_name = "LOGIN", global = true)]
    pub acting_as: Option<String>,

    /// The form of the answer
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: ReportFormat,

    #[command(subcommand)]
    pub command: ForgeCommand,
}

#[derive(Debug, clap::Subcommand)]
pub enum ForgeCommand {
    /// Lists issues and pull requests
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge list --state all
  ftc forge list --label flaky --format json | jq .entries")]
    List {
        /// Which ones
        #[arg(long, value_enum, default_value_t)]
        state: ListState,

        /// Only those with this label
        #[arg(long)]
        label: Option<String>,
    },

    /// Shows an issue or a pull request with everything on it
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge show 3")]
    Show {
        /// Its number
        #[arg(value_parser = number)]
        number: IssueNumber,
    },

    /// Comments on an issue or a pull request
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge comment 3 'Seen on Monday too.' --as alice")]
    Comment {
        /// Its number
        #[arg(value_parser = number)]
        number: IssueNumber,

        /// What to say, in Markdown
        text: String,

        /// Go all the way but for writing anything
        #[arg(long)]
        dry_run: bool,
    },

    /// Adds a label to an issue or a pull request, or removes it
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge label 3 flaky --as alice
  ftc forge label 3 flaky --remove --as alice")]
    Label {
        /// Its number
        #[arg(value_parser = number)]
        number: IssueNumber,

        /// The label
        name: String,

        /// Remove it instead
        #[arg(long)]
        remove: bool,

        /// Go all the way but for writing anything
        #[arg(long)]
        dry_run: bool,
    },

    /// Approves what is proposed on an issue or a pull request
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge approve 3 --as alice --dry-run      may alice?
  ftc forge approve 3 --as alice")]
    Approve {
        /// Its number
        #[arg(value_parser = number)]
        number: IssueNumber,

        /// Go all the way but for writing anything
        #[arg(long)]
        dry_run: bool,
    },

    /// Reviews a pull request
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge review 4 --approve --as alice
  ftc forge review 4 --request-changes -m 'Please keep the assertion.' --as alice")]
    Review(ReviewArgs),

    /// Merges a pull request
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge merge 4 --as alice --dry-run        does anything speak against it?
  ftc forge merge 4 --as alice")]
    Merge(MergeArgs),

    /// Says what an account may do
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge person rita write
  ftc forge person rita none")]
    Person {
        /// The account
        login: Login,

        /// What it may do: none, read, triage, write, maintain or admin
        #[arg(value_parser = permission)]
        permission: Permission,

        /// Go all the way but for writing anything
        #[arg(long)]
        dry_run: bool,
    },

    /// Makes a local forge
    #[command(after_help = "\
Exit codes: as for `ftc forge`

Examples:
  ftc forge init forge --repo acme/widget --branches origin.git --person alice=admin")]
    Init(InitArgs),
}

#[derive(Debug, clap::Args)]
pub struct ReviewArgs {
    /// Its number
    #[arg(value_parser = number)]
    pub number: IssueNumber,

    #[command(flatten)]
    pub verdict: VerdictArgs,

    /// What to say, in Markdown
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    pub message: String,

    /// Go all the way but for writing anything
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct VerdictArgs {
    /// It may be merged
    #[arg(long)]
    pub approve: bool,

    /// It must change first; needs -m
    #[arg(long, requires = "message")]
    pub request_changes: bool,

    /// Neither; needs -m
    #[arg(long, requires = "message")]
    pub comment: bool,
}

#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// Its number
    #[arg(value_parser = number)]
    pub number: IssueNumber,

    /// Merge although checks are red, pending or unknown
    #[arg(long)]
    pub no_checks: bool,

    /// Merge only if this is the commit at its head
    #[arg(long, value_name = "SHA")]
    pub head: Option<String>,

    /// Go all the way but for writing anything
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Where to make it
    pub directory: PathBuf,

    /// The repository's name on the forge
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: String,

    /// The bare repository with the branches
    #[arg(long, value_name = "REPOSITORY")]
    pub branches: PathBuf,

    /// The branch that work starts from
    #[arg(long, value_name = "BRANCH", default_value = "main")]
    pub default_branch: String,

    /// What an account may do; give it once for each. The account of the cleaner needs write
    #[arg(long = "person", value_name = "LOGIN=PERMISSION", value_parser = person)]
    pub people: Vec<(Login, Permission)>,

    /// Go all the way but for writing anything
    #[arg(long)]
    pub dry_run: bool,
}

/// Which issues and pull requests are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ListState {
    /// Open ones
    #[default]
    Open,
    /// Closed and merged ones
    Closed,
    /// All
    All,
}

impl ListState {
    /// The word for it in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open ",
            Self::Closed => "closed ",
            Self::All => "",
        }
    }
}

impl ForgeCommand {
    /// Whether nothing is to be written.
    pub fn is_dry_run(&self) -> bool {
        match self {
            Self::List { .. } | Self::Show { .. } => false,
            Self::Comment { dry_run, .. }
            | Self::Label { dry_run, .. }
            | Self::Approve { dry_run, .. }
            | Self::Person { dry_run, .. } => *dry_run,
            Self::Review(args) => args.dry_run,
            Self::Merge(args) => args.dry_run,
            Self::Init(args) => args.dry_run,
        }
    }
}

impl ForgeArgs {
    /// The flags that stand for configuration keys.
    pub fn flags(&self) -> Vec<FlagValue> {
        let mut flags = Vec::new();
        if let Some(forge) = &self.forge {
            let url = if forge.starts_with("local:") {
                forge.clone()
            } else {
                format!("local:{forge}")
            };
            flags.push(FlagValue::new(&keys::FORGE, "--forge", url));
        }
        if let Some(login) = &self.acting_as {
            flags.push(FlagValue::new(&keys::FORGE_LOGIN, "--as", login));
        }
        flags
    }
}

/// A number with or without the `#` that people see before it.
fn number(text: &str) -> Result<IssueNumber, String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    match digits.parse() {
        Ok(number) if number > 0 => Ok(IssueNumber(number)),
        _ => Err("expected the number of an issue or a pull request".to_owned()),
    }
}

fn permission(text: &str) -> Result<Permission, String> {
    Permission::ALL
        .into_iter()
        .find(|permission| permission.as_str() == text)
        .ok_or_else(|| "expected none, read, triage, write, maintain or admin".to_owned())
}

fn person(text: &str) -> Result<(Login, Permission), String> {
    let (login, word) = text
        .split_once('=')
        .ok_or_else(|| "expected LOGIN=PERMISSION".to_owned())?;
    let login = Login::new(login).map_err(|error| error.to_string())?;
    Ok((login, permission(word)?))
}
