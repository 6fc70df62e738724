//! What a person does to an issue or a pull request.

use ftc_cli::{CliError, Context};
use ftc_github::{IssueNumber, IssuesWrite as _, LocalForge, Login, MergeOptions, ReviewState};

use super::args::{ForgeCommand, MergeArgs, ReviewArgs};
use super::{error, open_to_write, page, wait};

/// A person on a forge, who does things or rehearses them.
pub struct Hand {
    forge: LocalForge,
    pub login: Login,
    dry_run: bool,
}

/// An action, what it was done to, whether that changed anything, and a line for a person.
pub type Outcome = (&'static str, IssueNumber, bool, String);

impl Hand {
    pub fn open(command: &ForgeCommand, context: &Context) -> Result<Self, CliError> {
        let (forge, login) = open_to_write(context)?;
        let dry_run = command.is_dry_run();
        let forge = if dry_run { forge.rehearsing() } else { forge };
        Ok(Self {
            forge,
            login,
            dry_run,
        })
    }

    /// Does what was asked for.
    pub fn act(&self, command: &ForgeCommand) -> Result<Outcome, CliError> {
        match command {
            ForgeCommand::Comment { number, text, .. } => self.comment(*number, text),
            ForgeCommand::Label {
                number,
                name,
                remove,
                ..
            } => self.label(*number, name, *remove),
            ForgeCommand::Approve { number, .. } => self.approve(*number),
            ForgeCommand::Review(args) => self.review(args),
            ForgeCommand::Merge(args) => self.merge(args),
            ForgeCommand::List { .. }
            | ForgeCommand::Show { .. }
            | ForgeCommand::Person { .. }
            | ForgeCommand::Init(_) => unreachable!("the callers have taken these"),
        }
    }

    fn comment(&self, number: IssueNumber, text: &str) -> Result<Outcome, CliError> {
        let comment = wait(self.forge.create_comment(number, text))?.map_err(error::forge)?;
        let login = &self.login;
        let message = if self.dry_run {
            format!("would comment on {number} as `{login}`")
        } else {
            format!(
                "commented on {number} as `{login}` (comment {})",
                comment.id
            )
        };
        Ok(("comment", number, true, message))
    }

    fn label(&self, number: IssueNumber, name: &str, remove: bool) -> Result<Outcome, CliError> {
        let before = self.has_label(number, name)?;
        let result = if remove {
            wait(self.forge.remove_label(number, name))?
        } else {
            wait(self.forge.add_labels(number, &[name.to_owned()]))?
        };
        result.map_err(error::forge)?;
        let changed = before == remove;
        let message = match (remove, changed) {
            (false, true) if self.dry_run => format!("would add the label `{name}` to {number}"),
            (true, true) if self.dry_run => {
                format!("would remove the label `{name}` from {number}")
            }
            (false, true) => format!("added the label `{name}` to {number}"),
            (true, true) => format!("removed the label `{name}` from {number}"),
            (false, false) => format!("{number} has the label `{name}` already"),
            (true, false) => format!("{number} does not have the label `{name}`"),
        };
        Ok(("label", number, changed, message))
    }

    /// Case does not tell labels apart.
    fn has_label(&self, number: IssueNumber, name: &str) -> Result<bool, CliError> {
        let page = wait(page::load(&self.forge, number))?.map_err(error::forge)?;
        let labels = page.map(|page| page.labels).unwrap_or_default();
        let name = name.to_lowercase();
        Ok(labels.iter().any(|label| label.to_lowercase() == name))
    }

    fn approve(&self, number: IssueNumber) -> Result<Outcome, CliError> {
        self.forge
            .approve(number, &self.login)
            .map_err(error::forge)?;
        let did = self.word("approved", "would approve");
        let message = format!("{did} {number} as `{}`", self.login);
        Ok(("approve", number, true, message))
    }

    fn review(&self, args: &ReviewArgs) -> Result<Outcome, CliError> {
        let (state, did) = if args.verdict.approve {
            let did = self.word("approved", "would approve");
            (ReviewState::Approved, did)
        } else if args.verdict.request_changes {
            let did = self.word("requested changes of", "would request changes of");
            (ReviewState::ChangesRequested, did)
        } else {
            let did = self.word("reviewed", "would review");
            (ReviewState::Commented, did)
        };
        let review = self
            .forge
            .review(args.number, &self.login, state, &args.message)
            .map_err(error::forge)?;
        let commit: String = review.commit.chars().take(12).collect();
        let message = format!("{did} {} at {commit} as `{}`", args.number, self.login);
        Ok(("review", args.number, true, message))
    }

    fn merge(&self, args: &MergeArgs) -> Result<Outcome, CliError> {
        let number = args.number;
        let options = MergeOptions {
            without_checks: args.no_checks,
            expected_head: args.head.clone(),
        };
        let merged = self
            .forge
            .merge(number, &self.login, &options)
            .map_err(error::merge)?;
        let base = merged.base;
        let message = if self.dry_run {
            format!("nothing speaks against merging {number} into `{base}`")
        } else {
            let sha: String = merged.sha.chars().take(12).collect();
            format!("merged {number} into `{base}` as {sha}")
        };
        Ok(("merge", number, true, message))
    }

    fn word(&self, done: &'static str, rehearsed: &'static str) -> &'static str {
        if self.dry_run { rehearsed } else { done }
    }
}
