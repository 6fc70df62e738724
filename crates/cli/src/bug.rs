//! What is said when a program of ours panics.

use std::any::Any;
use std::backtrace::Backtrace;
use std::io::{self, Write as _};
use std::panic;

use ftc_process::ParentEnv;

use crate::context::discard;
use crate::program::Program;
use crate::render::printable;

/// From here on a panic in any thread is reported as a bug of ours, with what a report needs.
///
/// `RUST_BACKTRACE` adds a backtrace, as it does for a program without this hook.
pub(crate) fn report_panics(program: Program, env: &ParentEnv) {
    let wants_backtrace = env
        .var_os("RUST_BACKTRACE")
        .is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        let place = info
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let message = message(info.payload());
        let Program { name, version } = program;
        discard(writeln!(
            io::stderr().lock(),
            "error: {name} {version} stopped because of a bug of its own, at {place}\n  caused by: {}\n\
             hint: your input is not at fault; please report these lines and the command line",
            printable(message),
        ));
        if wants_backtrace {
            discard(writeln!(
                io::stderr().lock(),
                "{}",
                Backtrace::force_capture()
            ));
        }
    }));
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
