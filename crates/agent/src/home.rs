//! The private home of a run.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::error::AgentError;
use crate::folder::{failed, make_private, write_private};

/// The largest file that is copied: a login is a few kilobytes.
const FILE_LIMIT_BYTES: u64 = 16 << 20;

/// Makes the home and copies `files` out of the person's home into it, at the same places, for nobody but us.
///
/// The inner result says why the agent cannot be used: a file that it needs is not there.
pub(crate) fn furnish(
    home: &Path,
    files: &[String],
    persons_home: Option<&OsStr>,
) -> Result<Result<(), String>, AgentError> {
    make_private(home)?;
    if files.is_empty() {
        return Ok(Ok(()));
    }
    let Some(persons_home) = persons_home.filter(|home| Path::new(home).is_absolute()) else {
        let reason = "`home_files` are to be copied and `HOME` is not set to a folder";
        return Ok(Err(reason.to_owned()));
    };
    for file in files {
        let from = Path::new(persons_home).join(file);
        let bytes = match read(&from) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(format!(
                    "home file `{}` does not exist",
                    from.display()
                )));
            }
            Err(error) => return Err(failed(&from, error)),
        };
        let to = home.join(file);
        if let Some(parent) = to.parent() {
            make_private(parent)?;
        }
        write_private(&to, &mut |file| file.write_all(&bytes))?;
    }
    Ok(Ok(()))
}

/// Links are followed: it is the person who has placed them.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let is_file = std::fs::metadata(path)?.is_file();
    if !is_file {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(FILE_LIMIT_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}
