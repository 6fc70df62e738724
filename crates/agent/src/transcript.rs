//! The transcript of a run: what the agent printed, made fit to be kept.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::error::AgentError;
use crate::folder::{Folder, failed, write_private};
use crate::scrub::{Scrubber, Secrets};

/// How much of what an agent prints is kept, before and after redaction.
pub(crate) const LIMIT_BYTES: u64 = 16 << 20;

/// Writes the transcript from the raw output, and removes that. Says whether the transcript had to be cut.
pub(crate) fn write(folder: &Folder, secrets: &Secrets) -> Result<bool, AgentError> {
    let mut raw = open(&folder.raw)?;
    let mut is_cut = false;
    write_private(&folder.transcript, &mut |file| {
        is_cut = copy(raw.as_mut(), secrets, file)?;
        Ok(())
    })?;
    folder.remove_raw()?;
    Ok(is_cut)
}

/// Nothing is there where nothing could be started.
fn open(path: &Path) -> Result<Option<File>, AgentError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

fn copy(raw: Option<&mut File>, secrets: &Secrets, file: &mut File) -> io::Result<bool> {
    let Some(raw) = raw else {
        return Ok(false);
    };
    let mut scrubber = Scrubber::new(secrets);
    let mut chunk = vec![0; 64 << 10];
    let mut text = String::new();
    let mut room = LIMIT_BYTES;
    loop {
        let length = match raw.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if length == 0 {
            break;
        }
        scrubber.push(&chunk[..length], &mut text);
        if !write_within(&text, &mut room, file)? {
            return Ok(true);
        }
        text.clear();
    }
    scrubber.finish(&mut text);
    Ok(!write_within(&text, &mut room, file)?)
}

/// Marks are longer than short secrets, so that redaction can make a text grow.
fn write_within(text: &str, room: &mut u64, file: &mut File) -> io::Result<bool> {
    let kept = ftc_redact::cap(text, usize::try_from(*room).unwrap_or(usize::MAX));
    file.write_all(kept.as_bytes())?;
    *room -= kept.len() as u64;
    Ok(kept.len() == text.len())
}
