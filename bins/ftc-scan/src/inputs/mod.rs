//! Where bytes come from: files, directories, archives and standard input.
//!
//! What a path gives:
//! - A **directory** gives its files with the extensions of [`discover::EXTENSIONS`], in the order of their names, each
//!   named relative to it. Hidden directories are passed over, links are skipped with a warning, and a special file too.
//! - A **file** named on the command line is read whatever it is called, also through a link.
//! - **gzip** is known by its content, with any number of members, also on standard input.
//! - **zip** is known by its content. Its members are picked like the files of a directory and named
//!   `ARCHIVE!/MEMBER`. A run log of GitHub Actions holds each job twice, whole as `1_build.txt` and cut into steps as
//!   `build/2_Run tests.txt`: the steps are passed over when the whole is there, so that no failure counts twice.
//! - An **archive inside an archive** is skipped with a warning.
//! - **UTF-16** with a byte order mark is decoded. Other input whose first 8 KiB are by more than a twentieth control
//!   characters, or begin like a known binary format, is refused as binary.
//!
//! Nothing out of an archive is written to the disk, and no member's name is used as a path.

mod content;
mod discover;
mod error;
mod gzip;
mod limits;
mod open;
mod pump;
mod scan;
mod utf16;
mod zip;

pub use discover::{Found, discover};
pub use error::InputError;
pub use scan::{FileReport, Outcome, ScanOptions, scan_input};
