//! `only_one FILE` holds a lock on FILE until it is killed. If somebody else holds it, it says so in `FILE.taken` and exits with 1:
//! for tests that prove that there are never two.

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::thread;

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: only_one FILE")?);
    let file = File::options().append(true).create(true).open(&path)?;
    if file.try_lock().is_err() {
        let mut taken = File::options()
            .append(true)
            .create(true)
            .open(path.with_extension("taken"))?;
        writeln!(taken, "{}", std::process::id())?;
        return Err("somebody else holds the lock".into());
    }
    writeln!(&file, "{}", std::process::id())?;
    loop {
        thread::park();
    }
}
