//! Prints the failures of the log on standard input: `cargo run --example failures < build.log`.

use std::io::{self, Read as _, Write as _};

use ftc_fingerprint::{Options, Scanner};

fn main() -> io::Result<()> {
    let mut scanner = Scanner::new(&Options::default());
    let mut input = io::stdin().lock();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let length = input.read(&mut piece)?;
        if length == 0 {
            break;
        }
        scanner.feed(&piece[..length]);
    }
    let scan = scanner.finish();
    let mut out = io::stdout().lock();
    for failure in &scan.failures {
        let test = failure.test.as_deref().unwrap_or("(no test)");
        let message = failure.message.lines().next().unwrap_or_default();
        writeln!(
            out,
            "{} {}: {test}: {message}",
            failure.keys.exact.short(),
            failure.kind
        )?;
    }
    writeln!(out, "{}", scan.class)
}
