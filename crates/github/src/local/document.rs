//! Reading and writing sealed files.
//!
//! A page is `+++`, `seal = "..."`, TOML, `+++`, an empty line, the body and a line end. A table is `seal = "..."` and TOML.
//! The seal covers everything but itself.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use ftc_durable::{Options, remove_stale_temps, write_atomic_with};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::seal::{SealKey, open_regular};
use super::{LocalForge, Writes};
use crate::error::{Error, Result};

/// No page that this program writes is larger: a body has 65,536 characters.
const FILE_BYTES: u64 = 4 << 20;
const BORDER: &str = "+++\n";
const END: &str = "\n+++\n";
const SEAL: &str = "seal = \"";

/// What a file holds.
pub(super) struct Found<T> {
    pub(super) head: T,
    pub(super) body: String,
    pub(super) verified: bool,
}

/// A directory of sealed files.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) directory: &'a Path,
    pub(super) key: &'a SealKey,
    pub(super) writes: Writes,
}

impl LocalForge {
    pub(super) fn files(&self) -> Files<'_> {
        Files {
            directory: self.directory(),
            key: &self.shared.key,
            writes: self.writes,
        }
    }
}

impl Files<'_> {
    /// Reads a page; `None` when there is no such file.
    pub(super) fn load_page<T: DeserializeOwned>(self, path: &str) -> Result<Option<Found<T>>> {
        let Some(text) = self.read(path)? else {
            return Ok(None);
        };
        let file = self.directory.join(path);
        let damaged = |problem: &str| Error::damaged(&file, problem);
        // An editor may have changed the line ends of a file that was edited by hand.
        let normal = text.replace("\r\n", "\n");
        let (head, rest) = split_page(&text)
            .or_else(|| split_page(&normal))
            .ok_or_else(|| damaged("it does not begin with lines between two lines `+++`"))?;
        let body = rest.strip_prefix('\n').unwrap_or(rest);
        let body = body.strip_suffix('\n').unwrap_or(body).to_owned();
        Ok(Some(Found {
            // The head begins in the second line.
            head: from_toml(head).map_err(|error| damaged(&problem_in(head, 2, &error)))?,
            body,
            verified: self.is_sealed_page(path, &text),
        }))
    }

    /// Whether the text is, byte for byte, one that this program wrote here.
    fn is_sealed_page(self, path: &str, text: &str) -> bool {
        let Some((head, rest)) = split_page(text) else {
            return false;
        };
        let (seal, toml) = split_seal(head);
        seal.is_some_and(|seal| self.key.verifies(path, &[toml, rest], seal))
    }

    /// Writes a page; sealed only if `verified`, so that what somebody edited by hand stays what it is.
    pub(super) fn save_page<T: Serialize>(self, path: &str, found: &Found<T>) -> Result<()> {
        let toml = to_toml(&found.head);
        // The line end before the second border is the border's.
        let toml = toml.strip_suffix('\n').unwrap_or(&toml);
        let rest = format!("\n{}\n", found.body);
        let seal = if found.verified {
            self.key.seal(path, &[toml, &rest])
        } else {
            String::new()
        };
        self.write(path, &format!("{BORDER}{SEAL}{seal}\"\n{toml}{END}{rest}"))
    }

    /// Reads a table and whether it is as this program wrote it; `None` when there is no such file.
    pub(super) fn load_table<T: DeserializeOwned>(self, path: &str) -> Result<Option<(T, bool)>> {
        let Some(text) = self.read(path)? else {
            return Ok(None);
        };
        let (seal, toml) = split_seal(&text);
        let table = from_toml(&text).map_err(|error| {
            Error::damaged(&self.directory.join(path), problem_in(&text, 1, &error))
        })?;
        let verified = seal.is_some_and(|seal| self.key.verifies(path, &[toml], seal));
        Ok(Some((table, verified)))
    }

    /// Writes a sealed table.
    pub(super) fn save_table<T: Serialize>(self, path: &str, table: &T) -> Result<()> {
        let toml = to_toml(table);
        let seal = self.key.seal(path, &[&toml]);
        self.write(path, &format!("{SEAL}{seal}\"\n{toml}"))
    }

    fn read(self, path: &str) -> Result<Option<String>> {
        let path = self.directory.join(path);
        let failed = |source| Error::io("read", &path, source);
        let file = match open_regular(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() as u64 > FILE_BYTES {
            return Err(Error::damaged(&path, "it is larger than 4 MiB"));
        }
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::damaged(&path, "it is not UTF-8"))
    }

    fn write(self, path: &str, text: &str) -> Result<()> {
        if self.writes == Writes::Rehearsed {
            return Ok(());
        }
        let file = self.directory.join(path);
        let directory = file.parent().unwrap_or(self.directory);
        make_directories(directory)?;
        // Best effort: what a killed writer left is ignored by every reader, and the next writer tries again.
        let _ = remove_stale_temps(directory);
        write_atomic_with(&file, Options::default(), &mut |out| {
            out.write_all(text.as_bytes())
        })
        .map_err(|error| {
            let kind = error
                .io_error()
                .map_or(io::ErrorKind::Other, io::Error::kind);
            Error::io("write", &file, io::Error::new(kind, error))
        })
    }

    /// The numbers of the entries of a directory, in order: directories, or files without their `.md`.
    pub(super) fn numbers(self, directory: &str) -> Result<Vec<u64>> {
        let names = self.names(directory)?;
        let mut numbers: Vec<u64> = names
            .iter()
            .filter_map(|name| {
                super::layout::parse_digits(name.strip_suffix(".md").unwrap_or(name))
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The names of the entries of a directory; none when there is no such directory.
    pub(super) fn names(self, directory: &str) -> Result<Vec<String>> {
        let path = self.directory.join(directory);
        let failed = |source| Error::io("list", &path, source);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            // What is not UTF-8 is not ours.
            names.extend(entry.map_err(failed)?.file_name().into_string().ok());
        }
        Ok(names)
    }
}

/// What is between the borders, and what follows the second.
fn split_page(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(BORDER)?.split_once(END)
}

/// Reads TOML in which a seal may be anywhere: a person may have moved it.
fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, toml::de::Error> {
    let mut table: toml::Table = toml::from_str(text)?;
    table.remove("seal");
    table.try_into()
}

/// What is wrong with TOML that begins in line `first` of its file, and where.
fn problem_in(text: &str, first: usize, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let Some(before) = before else {
        return error.message().to_owned();
    };
    let line = first + before.matches('\n').count();
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    format!("line {line}, column {column}: {}", error.message())
}

/// The seal in the first line, and what follows that line. Without a seal everything follows.
fn split_seal(text: &str) -> (Option<&str>, &str) {
    let split = || {
        let (line, rest) = text.split_once('\n')?;
        let seal = line.strip_prefix(SEAL)?.strip_suffix('"')?;
        Some((Some(seal), rest))
    };
    split().unwrap_or((None, text))
}

fn to_toml<T: Serialize>(value: &T) -> String {
    toml::to_string(value).expect("our own structs can be written as TOML")
}

/// Makes a directory and those above it, and makes them last.
fn make_directories(directory: &Path) -> Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let failed = |source| Error::io("create", directory, source);
    if let Some(parent) = directory.parent() {
        make_directories(parent)?;
        match fs::create_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result.map_err(failed)?,
        }
        File::open(parent)
            .and_then(|parent| parent.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}
