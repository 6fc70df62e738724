//! Whether the store could be opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use ftc_cli::config::StoreUrl;

use super::{Check, Status};

/// Looks at the place of the store without opening it as a database, which its own programs do. `directory` is where
/// relative paths start.
pub(super) fn check(url: Option<&StoreUrl>, directory: &Path) -> Check {
    let Some(url) = url else {
        return Check::new(
            "store",
            Status::Ok,
            "not set; nothing is remembered between runs",
        );
    };
    let Some(path) = url.sqlite_path() else {
        return match url.expose() {
            "memory:" => Check::new(
                "store",
                Status::Warn,
                "`memory:` forgets everything when a program ends",
            )
            .hint("use `sqlite:PATH`"),
            _ => Check::new(
                "store",
                Status::Warn,
                format!("`{url}` is well formed; the server was not asked"),
            ),
        };
    };
    let path = directory.join(path);
    match probe(&path) {
        Ok(found) => Check::new("store", Status::Ok, format!("`{url}` {found}")),
        Err((place, error)) => {
            let message = format!("`{url}` cannot be used: {}: {error}", place.display());
            Check::new("store", Status::Fail, message)
                .hint("the directory of the database has to exist and to be writable")
        }
    }
}

/// Says in which state the file is, or which place is at fault. Nothing is changed and nothing is left behind.
fn probe(path: &Path) -> Result<&'static str, (&Path, io::Error)> {
    let directory = path.parent().unwrap_or(path);
    // SQLite puts its journal beside the database, so the directory counts also when the file exists.
    tempfile::tempfile_in(directory).map_err(|error| (directory, error))?;
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok("can be created"),
        Err(error) => Err((path, error)),
        Ok(metadata) if !metadata.is_file() => Err((path, io::Error::other("not a regular file"))),
        Ok(_) => match OpenOptions::new().read(true).append(true).open(path) {
            Ok(_) => Ok("exists and is writable"),
            Err(error) => Err((path, error)),
        },
    }
}
