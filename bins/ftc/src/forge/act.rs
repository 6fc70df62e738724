//! What a person does with the forge.

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, printable};
use ftc_github::{Forge as _, IssueNumber, LocalForge, LocalForgeSetup, Login, Permission};
use serde::Serialize;

use super::args::{ForgeCommand, InitArgs};
use super::hand::Hand;
use super::{error, git, open_to_read};

/// What was done, in JSON.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    action: &'static str,
    number: Option<u64>,
    by: Option<String>,
    dry_run: bool,
    /// False when all was so already, or when it was a dry run.
    changed: bool,
    message: String,
}

/// What was done.
struct Done {
    action: &'static str,
    number: Option<IssueNumber>,
    by: Option<Login>,
    changed: bool,
    message: String,
}

/// Does what was asked for, and says so.
pub fn run(
    command: &ForgeCommand,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let done = act(command, context)?;
    let dry_run = command.is_dry_run();
    match format {
        ReportFormat::Json => context.print_json(&Report {
            schema: "ftc.forge.action/1",
            action: done.action,
            number: done.number.map(|number| number.0),
            by: done.by.map(|login| login.to_string()),
            dry_run,
            changed: done.changed && !dry_run,
            message: done.message,
        })?,
        ReportFormat::Human => {
            context.print(|out| writeln!(out, "{}", printable(&done.message)))?;
        }
    }
    Ok(ExitCode::Yes)
}

fn act(command: &ForgeCommand, context: &Context) -> Result<Done, CliError> {
    match command {
        ForgeCommand::Init(args) => init(args, context),
        ForgeCommand::Person {
            login,
            permission,
            dry_run,
        } => person(login, *permission, *dry_run, context),
        _ => {
            let hand = Hand::open(command, context)?;
            let (action, number, changed, message) = hand.act(command)?;
            Ok(Done {
                action,
                number: Some(number),
                by: Some(hand.login),
                changed,
                message,
            })
        }
    }
}

fn person(
    login: &Login,
    permission: Permission,
    dry_run: bool,
    context: &Context,
) -> Result<Done, CliError> {
    let forge = open_to_read(context)?;
    let forge = if dry_run { forge.rehearsing() } else { forge };
    forge
        .set_permission(login, permission)
        .map_err(error::forge)?;
    let has = if dry_run { "would have" } else { "has" };
    Ok(Done {
        action: "person",
        number: None,
        by: None,
        changed: true,
        message: format!("`{login}` {has} the permission `{permission}`"),
    })
}

fn init(args: &InitArgs, context: &Context) -> Result<Done, CliError> {
    let directory = context.directory.join(&args.directory);
    let setup = LocalForgeSetup {
        repository: args.repo.clone(),
        branches: context.directory.join(&args.branches),
        default_branch: args.default_branch.clone(),
        people: args.people.clone(),
    };
    let git = git(&context.env)?;
    let message = if args.dry_run {
        LocalForge::rehearse_init(&directory, &setup, &git).map_err(error::open)?;
        let place = directory.display();
        format!("would make the local forge in {place} for {}", args.repo)
    } else {
        LocalForge::init(&directory, &setup, &git).map_err(error::open)?;
        let forge = LocalForge::open(&directory, super::nobody(), &git).map_err(error::open)?;
        format!("made {} for {}", forge.describe(), args.repo)
    };
    Ok(Done {
        action: "init",
        number: None,
        by: None,
        changed: true,
        message,
    })
}
