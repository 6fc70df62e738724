//! Zip archives, run logs of GitHub Actions above all.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::content::{PREFIX_BYTES, content};
use super::discover::has_known_extension;
use super::error::InputError;
use super::limits::{Budget, Exceeded, Limits};
use super::pump::{pump_expanding, read_prefix};
use super::scan::{Name, Outcome, ScanOptions, Sink, limit_error, stop_error};

/// Reads every member that is a log, in the order of their names. `length` is that of the archive.
pub fn scan_zip<R: Read + Seek>(
    archive: R,
    length: u64,
    name: &Name,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let mut archive = open(archive, length, name, &options.limits)?;
    let members = choose(&archive, name, outcome);
    let mut budget = Budget::new(options.limits);
    for member in members {
        match scan_member(&mut archive, &member, length, &mut budget, options, outcome) {
            // The rest of the archive would only go on past the bound.
            Err(InputError::Limit { exceeded, .. }) => {
                return Err(limit_error(&member.name, exceeded));
            }
            Err(error) => outcome.errors.push(error),
            Ok(()) => {}
        }
    }
    Ok(())
}

/// One member to read.
struct Member {
    index: usize,
    name: Name,
}

fn open<R: Read + Seek>(
    archive: R,
    length: u64,
    name: &Name,
    limits: &Limits,
) -> Result<ZipArchive<Metered<R>>, InputError> {
    if length > limits.archive_bytes {
        return Err(limit_error(name, Exceeded::Archive(limits.archive_bytes)));
    }
    let (metered, left) = Metered::new(archive, limits.directory_bytes);
    let archive = ZipArchive::new(metered).map_err(|source| {
        if left.get() == Some(0) {
            limit_error(name, Exceeded::Directory(limits.directory_bytes))
        } else {
            InputError::Zip {
                name: name.place.clone(),
                source,
            }
        }
    })?;
    left.set(None);
    if archive.len() > limits.members {
        return Err(limit_error(name, Exceeded::Members(limits.members)));
    }
    Ok(archive)
}

/// Picks the members that are logs, and warns of those that might have been.
fn choose<R: Read + Seek>(
    archive: &ZipArchive<R>,
    name: &Name,
    outcome: &mut Outcome,
) -> Vec<Member> {
    let mut members = Vec::new();
    let mut nested = 0_usize;
    for index in 0..archive.len() {
        let entry = match archive.by_index_data(index) {
            Ok(entry) => entry,
            Err(source) => {
                outcome.errors.push(member_error(name, source));
                continue;
            }
        };
        let raw = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let member = entry.name().map_or(raw, std::borrow::Cow::into_owned);
        if !entry.is_file() || entry.is_symlink() || !has_known_extension(Path::new(&member)) {
            continue;
        }
        if is_archive(Path::new(&member)) {
            nested += 1;
            continue;
        }
        members.push((member, index));
    }
    if nested > 0 {
        outcome.warnings.push(format!(
            "skipped {nested} archive{} inside of `{}`: archives in archives are not opened",
            if nested == 1 { "" } else { "s" },
            name.place
        ));
    }
    if archive.has_duplicate_names() {
        outcome.warnings.push(format!(
            "`{}` holds several members of one name; only the last of each is read",
            name.place
        ));
    }
    members.sort();
    let copies = step_copies(members.iter().map(|(member, _)| member.as_str()));
    let kept = members
        .iter()
        .filter(|(member, _)| !copies.contains(member.as_str()));
    kept.map(|(member, index)| Member {
        index: *index,
        name: name.member(member),
    })
    .collect()
}

/// Whether a member is named like an archive.
fn is_archive(member: &Path) -> bool {
    member.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("zip") || extension.eq_ignore_ascii_case("gz")
    })
}

/// The members that repeat what another one holds whole.
///
/// `build/2_Run tests.txt` is a step of the job whose whole log is `1_build.txt`, at the top of the archive.
fn step_copies<'a>(members: impl Iterator<Item = &'a str> + Clone) -> HashSet<&'a str> {
    let jobs: HashSet<&str> = members.clone().filter_map(numbered).collect();
    members
        .filter(|member| {
            member
                .split_once('/')
                .is_some_and(|(job, step)| jobs.contains(job) && numbered(step).is_some())
        })
        .collect()
}

/// The name in `1_NAME.txt`, when it is not in a directory.
fn numbered(member: &str) -> Option<&str> {
    let (number, name) = member.strip_suffix(".txt")?.split_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !name.contains('/')).then_some(name)
}

fn scan_member<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    member: &Member,
    archive_length: u64,
    budget: &mut Budget,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let name = &member.name;
    let entry = archive
        .by_index_data(member.index)
        .map_err(|source| member_error(name, source))?;
    if entry.encrypted() {
        return Err(InputError::Encrypted {
            name: name.place.clone(),
        });
    }
    let mut file = archive
        .by_index(member.index)
        .map_err(|source| member_error(name, source))?;
    let prefix = read_prefix(&mut file, PREFIX_BYTES).map_err(|source| damaged(name, source))?;
    let mut sink = Sink::for_content(content(&prefix), name, options)?;
    let read = pump_expanding(
        &mut prefix.chain(file),
        budget,
        || archive_length,
        |piece| sink.feed(piece),
    );
    let result = read.map_err(|stopped| stop_error(name, stopped, damaged));
    sink.report(name, result, outcome)
}

fn member_error(name: &Name, source: ZipError) -> InputError {
    InputError::Member {
        name: name.place.clone(),
        source,
    }
}

fn damaged(name: &Name, source: io::Error) -> InputError {
    InputError::MemberDamaged {
        name: name.place.clone(),
        source,
    }
}

/// A reader with an allowance, so that no directory of an archive can make us read, and keep, without end.
struct Metered<R> {
    inner: R,
    /// Bytes that may still be read; `None` for any number.
    left: Rc<Cell<Option<u64>>>,
}

impl<R> Metered<R> {
    fn new(inner: R, allowance: u64) -> (Self, Rc<Cell<Option<u64>>>) {
        let left = Rc::new(Cell::new(Some(allowance)));
        let metered = Self {
            inner,
            left: Rc::clone(&left),
        };
        (metered, left)
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left.get() else {
            return self.inner.read(buffer);
        };
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other(
                "the directory of the archive is too large",
            ));
        }
        let allowed = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.inner.read(&mut buffer[..allowed])?;
        self.left.set(Some(left - count as u64));
        Ok(count)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive of `count` members of `bytes` bytes each.
    fn archive(count: usize, bytes: usize) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..count {
            writer
                .start_file(format!("{index:04}.log"), SimpleFileOptions::default())
                .expect("the name is free");
            writer
                .write_all(&vec![b'x'; bytes])
                .expect("a vector takes everything");
        }
        writer
            .finish()
            .expect("a vector takes everything")
            .into_inner()
    }

    /// Reads it within `limits`; gives the number of members that were read, and the error.
    fn read(archive: Vec<u8>, limits: Limits) -> (usize, Option<String>) {
        let options = ScanOptions {
            limits,
            ..ScanOptions::new(std::sync::Arc::new(crate::progress::Progress::new(false)))
        };
        let name = Name {
            file: "a.zip".to_owned(),
            place: "a.zip".to_owned(),
        };
        let mut outcome = Outcome::default();
        let length = archive.len() as u64;
        let result = scan_zip(Cursor::new(archive), length, &name, &options, &mut outcome);
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        (
            outcome.reports.len(),
            result.err().map(|error| error.to_string()),
        )
    }

    #[test]
    fn a_directory_without_end_is_not_read_to_its_end() {
        let limits = Limits {
            directory_bytes: 4096,
            ..Limits::default()
        };
        assert_eq!(read(archive(10, 10), limits), (10, None));
        let refused = Some("`a.zip` has a directory of more than 4096 bytes".to_owned());
        assert_eq!(read(archive(500, 10), limits), (0, refused));
    }

    #[test]
    fn all_members_together_are_bounded() {
        let limits = Limits {
            expanded_bytes: 10_000,
            ..Limits::default()
        };
        let refused = Some("`a.zip!/0003.log` expands to more than 10000 bytes".to_owned());
        assert_eq!(
            read(archive(10, 3_000), limits),
            (3, refused),
            "what was read before stands"
        );
    }

    #[test]
    fn a_large_archive_is_not_opened() {
        let limits = Limits {
            archive_bytes: 100,
            ..Limits::default()
        };
        assert_eq!(
            read(archive(1, 10), limits),
            (0, Some("`a.zip` is larger than 100 bytes".to_owned()))
        );
    }

    #[test]
    fn steps_are_copies_only_when_their_job_is_there_whole() {
        let members = [
            "1_build.txt",
            "build/1_Set up job.txt",
            "build/2_Run tests.txt",
            "build/system.txt",
            "lint/1_Run clippy.txt",
            "2_unit (a, b).txt",
            "unit (a, b)/3_x_y.txt",
            "notes_build.txt",
            "deep/build/1_x.txt",
        ];
        let mut copies: Vec<&str> = step_copies(members.iter().copied()).into_iter().collect();
        copies.sort_unstable();
        assert_eq!(
            copies,
            [
                "build/1_Set up job.txt",
                "build/2_Run tests.txt",
                "unit (a, b)/3_x_y.txt"
            ]
        );
    }
}
