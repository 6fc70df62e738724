//! What a person sees when one of our programs panics. Without the test harness, because the panic hook belongs to the
//! whole process: this program starts itself.
#![expect(
    clippy::disallowed_methods,
    reason = "starts itself, which the crate that starts children cannot do for its own test"
)]

use std::process::{Command, ExitCode};

use ftc_cli::{CommonArgs, Program, ProgramArgs};

#[derive(Debug, clap::Parser)]
struct Args {
    #[command(flatten)]
    common: CommonArgs,
}

impl ProgramArgs for Args {
    fn common(&self) -> &CommonArgs {
        &self.common
    }
}

const CHILD: &str = "FTC_TEST_PANIC_CHILD";

fn main() -> ExitCode {
    if std::env::var_os(CHILD).is_some() {
        return ftc_cli::run(&Program::new("probe", "1.2.3"), |_: Args, _| {
            panic!("the counter\u{1b} is negative")
        });
    }
    let child = Command::new(std::env::current_exe().expect("this program has a path"))
        .env(CHILD, "1")
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("this program can be started");
    let stderr = String::from_utf8(child.stderr).expect("our output is UTF-8");
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(child.status.code(), Some(70), "{stderr}");
    assert!(
        lines[0].starts_with("error: probe 1.2.3 stopped because of a bug of its own, at ")
            && lines[0].contains("panic.rs:"),
        "{stderr}"
    );
    assert_eq!(lines[1], r"  caused by: the counter\u{1b} is negative");
    assert_eq!(
        lines[2..],
        ["hint: your input is not at fault; please report these lines and the command line"]
    );
    assert!(child.stdout.is_empty());
    ExitCode::SUCCESS
}
