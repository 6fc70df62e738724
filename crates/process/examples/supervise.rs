//! `supervise DIRECTORY SPECS.json [--stop]` runs a supervisor in the foreground until SIGINT or SIGTERM, and prints what happens.
//! The services run on afterwards; with `--stop` they are stopped before it ends. It is its own shim.
#![expect(
    clippy::print_stdout,
    reason = "it is a program, and this is its output"
)]

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::thread;

use ftc_process::supervisor::{Happening, ServiceSpec, Supervisor};
use ftc_process::{Cancel, ParentEnv, Shim};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

fn main() -> Result<(), Box<dyn Error>> {
    ftc_process::shim::run_if_asked();
    let mut arguments = std::env::args_os().skip(1);
    let (Some(directory), Some(specs)) = (arguments.next(), arguments.next()) else {
        return Err("usage: supervise DIRECTORY SPECS.json [--stop]".into());
    };
    let is_to_stop = arguments
        .next()
        .is_some_and(|argument| argument == "--stop");
    let specs: Vec<ServiceSpec> = serde_json::from_reader(BufReader::new(File::open(specs)?))?;

    let cancel = Cancel::new()?;
    let asked = cancel.clone();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            asked.cancel();
        }
    });

    let mut observer = |happening: &Happening| println!("{happening}");
    let (directory, environment) = (PathBuf::from(directory), ParentEnv::capture());
    let mut supervisor = Supervisor::open(&directory, specs, Shim::this_program(), &environment)?;
    supervisor.start_all()?;
    supervisor.run(&cancel, &mut observer)?;
    if is_to_stop {
        supervisor.stop_all()?;
        supervisor.run_until(&Cancel::new()?, &mut observer, &mut |statuses| {
            statuses.iter().all(|status| status.pid.is_none())
        })?;
    }
    Ok(())
}
