//! From the command line to the exit code.

use std::io;
use std::num::NonZeroUsize;

use ftc_cli::config::{FlagValue, keys};
use ftc_cli::{
    CliError, CommonArgs, ConfigUse, Context, ExitCode, Invocation, Program, ProgramArgs, Stream,
    Terminal, Verbosity, run_in,
};
use insta::assert_snapshot;

use crate::support::{Captured, Failing, Machine};

/// Probes the machine.
#[derive(Debug, clap::Parser)]
#[command(name = "probe", version)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,
    /// How many
    #[arg(long)]
    jobs: Option<NonZeroUsize>,
    /// Works without configuration
    #[arg(long)]
    bare: bool,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn flags(&self) -> Vec<FlagValue> {
        self.jobs
            .map(|jobs| FlagValue::new(&keys::SCAN_JOBS, "--jobs", jobs.to_string()))
            .into_iter()
            .collect()
    }

    fn config_use(&self) -> ConfigUse {
        if self.bare {
            ConfigUse::Unread
        } else {
            ConfigUse::Required
        }
    }
}

struct Outcome {
    code: ExitCode,
    out: String,
    err: String,
}

fn probe(
    machine: &Machine,
    args: &[&str],
    command: impl FnOnce(Args, &mut Context) -> Result<ExitCode, CliError>,
) -> Outcome {
    let (out, err) = (Captured::default(), Captured::default());
    let mut invocation = Invocation::new([&["probe"], args].concat(), machine.repository());
    invocation.env = machine.env(&[]);
    invocation.stdout = Stream::plain(out.clone());
    invocation.stderr = Stream::plain(err.clone());
    let code = run_in(&Program::new("probe", "1.2.3"), invocation, command);
    Outcome {
        code,
        out: out.text(),
        err: err.text(),
    }
}

#[test]
fn the_answer_of_the_command_is_the_exit_code() {
    let outcome = probe(&Machine::new(), &[], |_, context| {
        context.print(|out| writeln!(out, "forty-two"))?;
        Ok(ExitCode::No)
    });
    assert_eq!(
        (outcome.code, outcome.out.as_str(), outcome.err.as_str()),
        (ExitCode::No, "forty-two\n", "")
    );
}

#[test]
fn json_is_indented_and_ends_in_a_line_feed() {
    let outcome = probe(&Machine::new(), &[], |_, context| {
        context.print_json(&serde_json::json!({"schema": "probe/1"}))?;
        Ok(ExitCode::Yes)
    });
    assert_eq!(outcome.out, "{\n  \"schema\": \"probe/1\"\n}\n");
}

#[test]
fn an_error_is_told_on_standard_error() {
    let outcome = probe(&Machine::new(), &[], |_, _| {
        Err(CliError::new(ExitCode::TryAgain, "the store is locked").hint("wait a little"))
    });
    assert_eq!(
        (outcome.code, outcome.out.as_str()),
        (ExitCode::TryAgain, "")
    );
    assert_eq!(
        outcome.err,
        "error: the store is locked\nhint: wait a little\n"
    );
}

#[test]
fn a_wrong_flag_is_wrong_usage() {
    let outcome = probe(&Machine::new(), &["--jobs", "0"], |_, _| Ok(ExitCode::Yes));
    assert_eq!((outcome.code, outcome.out.as_str()), (ExitCode::Usage, ""));
    assert!(
        outcome
            .err
            .contains("invalid value '0' for '--jobs <JOBS>'"),
        "{}",
        outcome.err
    );
    assert!(!outcome.err.contains('\u{1b}'), "{}", outcome.err);
    let colored = probe(
        &Machine::new(),
        &["--color=always", "--jobs", "0"],
        |_, _| Ok(ExitCode::Yes),
    );
    assert!(colored.err.contains("\u{1b}["), "{}", colored.err);
    let not_a_flag = probe(&Machine::new(), &["--", "--color=always"], |_, _| {
        Ok(ExitCode::Yes)
    });
    assert!(!not_a_flag.err.contains('\u{1b}'), "{}", not_a_flag.err);
}

#[test]
fn help_and_version_are_answers() {
    let help = probe(&Machine::new(), &["--help"], |_, _| Ok(ExitCode::No));
    assert_eq!((help.code, help.err.as_str()), (ExitCode::Yes, ""));
    assert!(help.out.starts_with("Probes the machine\n"), "{}", help.out);
    let version = probe(&Machine::new(), &["--version"], |_, _| Ok(ExitCode::No));
    assert_eq!(version.code, ExitCode::Yes);
    assert_eq!(
        version.out,
        concat!("probe ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_wrong_configuration_ends_the_program_before_the_command() {
    let machine = Machine::new().with_user_file("scan.jobz = 1");
    let outcome = probe(&machine, &[], |_, _| panic!("the command must not start"));
    assert_eq!(outcome.code, ExitCode::Usage);
    assert_snapshot!(outcome.err.replace(machine.root().to_str().unwrap(), "ROOT"), @r"
    error: ROOT/home/.config/ftc/config.toml:1:6: unknown key `scan.jobz`
    hint: did you mean `scan.jobs`?
    ");
}

#[test]
fn a_command_may_do_without_configuration() {
    let machine = Machine::new().with_user_file("scan.jobz = 1");
    let outcome = probe(&machine, &["--bare", "--jobs", "3"], |_, context| {
        assert_eq!(context.config.value(&keys::SCAN_JOBS), None);
        assert!(ftc_cli::config::Config::load(&context.sources).is_err());
        Ok(ExitCode::Yes)
    });
    assert_eq!(outcome.code, ExitCode::Yes);
}

#[test]
fn flags_and_files_reach_the_command() {
    let machine = Machine::new().with_user_file("scan.jobs = 1\noutput.color = 'always'");
    let outcome = probe(&machine, &["--jobs", "7"], |_, context| {
        assert_eq!(
            context
                .config
                .value(&keys::SCAN_JOBS)
                .map(NonZeroUsize::get),
            Some(7)
        );
        assert!(context.stdout.color && context.stderr.color);
        Ok(ExitCode::Yes)
    });
    assert_eq!(outcome.code, ExitCode::Yes);
    let outcome = probe(&machine, &["--color", "never"], |_, context| {
        assert!(!context.stdout.color && !context.stderr.color);
        Ok(ExitCode::Yes)
    });
    assert_eq!(outcome.code, ExitCode::Yes);
}

#[test]
fn narration_follows_the_wish_of_the_person() {
    let narrate = |args: &[&str]| {
        let outcome = probe(&Machine::new(), args, |_, context| {
            context.note("reading");
            context.say("lease 3 is yours");
            context.warn("a link loop was skipped");
            Ok(ExitCode::Yes)
        });
        outcome.err
    };
    assert_eq!(
        narrate(&[]),
        "lease 3 is yours\nwarning: a link loop was skipped\n"
    );
    assert_eq!(narrate(&["-q"]), "");
    assert_eq!(
        narrate(&["-v"]),
        "reading\nlease 3 is yours\nwarning: a link loop was skipped\n"
    );
}

#[test]
fn verbosity_counts() {
    let verbosity = |args: &[&str]| {
        let mut seen = None;
        let outcome = probe(&Machine::new(), args, |_, context| {
            seen = Some(context.verbosity);
            Ok(ExitCode::Yes)
        });
        assert_eq!(outcome.code, ExitCode::Yes, "{}", outcome.err);
        seen
    };
    assert_eq!(verbosity(&[]), Some(Verbosity::Normal));
    assert_eq!(verbosity(&["-v"]), Some(Verbosity::Verbose));
    assert_eq!(verbosity(&["-vvv"]), Some(Verbosity::VeryVerbose));
    assert_eq!(verbosity(&["--quiet"]), Some(Verbosity::Quiet));
    assert_eq!(
        probe(&Machine::new(), &["-qv"], |_, _| Ok(ExitCode::Yes)).code,
        ExitCode::Usage
    );
}

#[test]
fn common_arguments_can_be_handed_on() {
    let outcome = probe(&Machine::new(), &["-vv", "--color", "never"], |args, _| {
        assert_eq!(
            args.common.to_args(),
            ["--color", "never", "--verbose", "--verbose"]
        );
        Ok(ExitCode::Yes)
    });
    assert_eq!(outcome.code, ExitCode::Yes, "{}", outcome.err);
}

#[test]
fn progress_is_for_a_terminal() {
    let shows = |terminal: bool, args: &[&str]| {
        let machine = Machine::new();
        let mut invocation = Invocation::new([&["probe"], args].concat(), machine.repository());
        invocation.stderr.terminal = Terminal {
            is_terminal: terminal,
            ..Terminal::PLAIN
        };
        let mut shown = false;
        let code = run_in(
            &Program::new("probe", "1"),
            invocation,
            |_: Args, context| {
                shown = context.shows_progress();
                Ok(ExitCode::Yes)
            },
        );
        assert_eq!(code, ExitCode::Yes);
        shown
    };
    assert!(shows(true, &[]));
    assert!(!shows(true, &["-q"]));
    assert!(!shows(false, &[]));
}

/// What a program says and answers when standard output fails in this way while `args` are answered.
fn with_failing_output(kind: io::ErrorKind, args: &[&str]) -> (ExitCode, String) {
    let machine = Machine::new();
    let err = Captured::default();
    let mut invocation = Invocation::new([&["probe"], args].concat(), machine.repository());
    invocation.stdout = Stream::plain(Failing(kind));
    invocation.stderr = Stream::plain(err.clone());
    let code = run_in(
        &Program::new("probe", "1"),
        invocation,
        |_: Args, context| {
            context.print(|out| writeln!(out, "forty-two"))?;
            Ok(ExitCode::No)
        },
    );
    (code, err.text())
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for args in [&[][..], &["--help"], &["--version"]] {
        let outcome = with_failing_output(io::ErrorKind::BrokenPipe, args);
        assert_eq!(outcome, (ExitCode::Yes, String::new()), "{args:?}");
    }
}

#[test]
fn an_answer_that_could_not_be_written_is_an_error() {
    for args in [&[][..], &["--help"]] {
        let (code, err) = with_failing_output(io::ErrorKind::StorageFull, args);
        assert_eq!(code, ExitCode::Usage, "{args:?}");
        assert_eq!(
            err,
            "error: failed to write to standard output\n  caused by: no storage space\n"
        );
    }
}
