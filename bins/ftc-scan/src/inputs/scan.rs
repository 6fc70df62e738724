//! Reading one input to its end.

use std::io::{self, BufReader, Cursor, Read, Seek};
use std::sync::Arc;

use ftc_durable::Digest;
use ftc_fingerprint::{Class, Options, Scan, Scanner};
use sha2::{Digest as _, Sha256};

use super::content::{Content, PREFIX_BYTES, content};
use super::discover::Input;
use super::error::InputError;
use super::gzip::Members;
use super::limits::{Budget, Exceeded, Limits};
use super::open::open_file;
use super::pump::{Counted, PIECE_BYTES, Stopped, pump, pump_expanding, read_prefix};
use super::utf16::Utf16Decoder;
use super::zip::scan_zip;
use crate::progress::Progress;

/// How inputs are read.
#[derive(Debug)]
pub struct ScanOptions {
    /// For the scanner.
    pub scanner: Options,
    /// For archives.
    pub limits: Limits,
    /// Whether the bytes are hashed, which only a store has a use for.
    pub hashes: bool,
    /// Told of every byte.
    pub progress: Arc<Progress>,
}

impl ScanOptions {
    /// The default options.
    pub fn new(progress: Arc<Progress>) -> Self {
        Self {
            scanner: Options::default(),
            limits: Limits::default(),
            hashes: false,
            progress,
        }
    }
}

/// What one file said, or one member of an archive.
#[derive(Debug)]
pub struct FileReport {
    /// Its name as in [`Input::File`].
    pub file: String,
    /// What was found.
    pub scan: Scan,
    /// What a person should know about the reading, the scanner's notes included.
    pub notes: Vec<String>,
    /// sha256 of the bytes that were scanned, when it was asked for and they were read to their end.
    pub digest: Option<Digest>,
}

/// What one input gave. An archive gives many reports; an input that was cut off gives a report and an error.
#[derive(Debug, Default)]
pub struct Outcome {
    pub reports: Vec<FileReport>,
    pub errors: Vec<InputError>,
    pub warnings: Vec<String>,
}

impl Outcome {
    /// Nothing but an error.
    pub fn of_error(error: InputError) -> Self {
        Self {
            errors: vec![error],
            ..Self::default()
        }
    }

    /// Nothing but a warning.
    pub fn of_warning(warning: String) -> Self {
        Self {
            warnings: vec![warning],
            ..Self::default()
        }
    }
}

/// What an input is called.
#[derive(Debug, Clone)]
pub struct Name {
    /// In the answer.
    pub file: String,
    /// In messages.
    pub place: String,
}

impl Name {
    /// A member of this archive.
    pub fn member(&self, member: &str) -> Self {
        Self {
            file: format!("{}!/{member}", self.file),
            place: format!("{}!/{member}", self.place),
        }
    }
}

/// Reads one input and everything in it.
pub fn scan_input(input: &Input, options: &ScanOptions) -> Outcome {
    let mut outcome = Outcome::default();
    let result = match input {
        Input::Stdin => {
            let name = Name {
                file: "-".to_owned(),
                place: "-".to_owned(),
            };
            scan_stdin(&name, options, &mut outcome)
        }
        Input::File { path, name, place } => {
            let name = Name {
                file: name.clone(),
                place: place.clone(),
            };
            open_file(path, &name.place)
                .and_then(|file| scan_file(file, &name, options, &mut outcome))
        }
    };
    outcome.errors.extend(result.err());
    outcome
}

fn scan_file(
    mut file: std::fs::File,
    name: &Name,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let prefix = read_prefix(&mut file, PREFIX_BYTES).map_err(|source| read_error(name, source))?;
    if content(&prefix) != Content::Zip {
        return scan_stream(&prefix, &mut file, name, options, outcome);
    }
    // What can be read but not sought, such as a pipe from the shell, is kept in memory like standard input.
    match file.rewind() {
        Ok(()) => {
            let length = file
                .metadata()
                .map_err(|source| read_error(name, source))?
                .len();
            scan_zip(file, length, name, options, outcome)
        }
        Err(_) => scan_buffered_zip(prefix, &mut file, name, options, outcome),
    }
}

fn scan_stdin(name: &Name, options: &ScanOptions, outcome: &mut Outcome) -> Result<(), InputError> {
    let mut stdin = io::stdin().lock();
    let prefix =
        read_prefix(&mut stdin, PREFIX_BYTES).map_err(|source| read_error(name, source))?;
    if content(&prefix) == Content::Zip {
        scan_buffered_zip(prefix, &mut stdin, name, options, outcome)
    } else {
        scan_stream(&prefix, &mut stdin, name, options, outcome)
    }
}

/// Reads a zip archive that cannot be sought.
fn scan_buffered_zip(
    mut archive: Vec<u8>,
    rest: &mut dyn Read,
    name: &Name,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let limit = options.limits.buffered_archive_bytes;
    let read = pump(rest, |piece| {
        archive.extend_from_slice(piece);
        if archive.len() as u64 > limit {
            return Err(Exceeded::Buffered(limit));
        }
        Ok(())
    });
    read.map_err(|stopped| stop_error(name, stopped, read_error))?;
    let length = archive.len() as u64;
    scan_zip(Cursor::new(archive), length, name, options, outcome)
}

/// Reads `prefix` and then `rest`, which are text or gzip.
fn scan_stream(
    prefix: &[u8],
    rest: &mut dyn Read,
    name: &Name,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let sink = match content(prefix) {
        Content::Gzip => return scan_gzip(prefix, rest, name, options, outcome),
        other => Sink::for_content(other, name, options)?,
    };
    scan_text(sink, &mut prefix.chain(rest), name, outcome)
}

fn scan_text(
    mut sink: Sink,
    input: &mut dyn Read,
    name: &Name,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let read = pump(input, |piece| {
        sink.feed(piece);
        Ok(())
    });
    let result = read.map_err(|stopped| stop_error(name, stopped, read_error));
    sink.report(name, result, outcome)
}

fn scan_gzip(
    prefix: &[u8],
    rest: &mut dyn Read,
    name: &Name,
    options: &ScanOptions,
    outcome: &mut Outcome,
) -> Result<(), InputError> {
    let (counted, compressed) = Counted::new(prefix.chain(rest));
    let mut members = Members::new(BufReader::with_capacity(PIECE_BYTES, counted));
    let mut budget = Budget::new(options.limits);
    let inner_prefix =
        read_prefix(&mut members, PREFIX_BYTES).map_err(|source| gzip_error(name, source))?;
    let mut sink = match content(&inner_prefix) {
        Content::Gzip => return Err(nested(name, "gzip")),
        Content::Zip => return Err(nested(name, "zip")),
        other => Sink::for_content(other, name, options)?,
    };
    let read = pump_expanding(
        &mut inner_prefix.chain(members),
        &mut budget,
        || compressed.get(),
        |piece| sink.feed(piece),
    );
    let result = read.map_err(|stopped| stop_error(name, stopped, gzip_error));
    sink.report(name, result, outcome)
}

/// Where the bytes of one file go.
pub struct Sink {
    scanner: Scanner,
    decoder: Option<Utf16Decoder>,
    hash: Option<Sha256>,
    notes: Vec<String>,
    progress: Arc<Progress>,
}

impl Sink {
    /// Prepares for a file that begins like `content`, unless that cannot be scanned.
    pub fn for_content(
        content: Content,
        name: &Name,
        options: &ScanOptions,
    ) -> Result<Self, InputError> {
        let place = || name.place.clone();
        let mut notes = Vec::new();
        let decoder = match content {
            Content::Text => None,
            Content::Utf16(endianness) => {
                notes.push(
                    "decoded from UTF-16; line numbers hold, byte offsets are those of UTF-8"
                        .to_owned(),
                );
                Some(Utf16Decoder::new(endianness))
            }
            Content::Gzip => return Err(nested(name, "gzip")),
            Content::Zip => return Err(nested(name, "zip")),
            Content::Compressed(with) => {
                return Err(InputError::Compressed {
                    name: place(),
                    with,
                });
            }
            Content::Binary(why) => return Err(InputError::Binary { name: place(), why }),
        };
        Ok(Self {
            scanner: Scanner::new(&options.scanner),
            decoder,
            hash: options.hashes.then(Sha256::new),
            notes,
            progress: Arc::clone(&options.progress),
        })
    }

    pub fn feed(&mut self, piece: &[u8]) {
        self.progress.read(piece.len());
        if let Some(hash) = &mut self.hash {
            hash.update(piece);
        }
        match &mut self.decoder {
            None => self.scanner.feed(piece),
            Some(decoder) => self.scanner.feed(decoder.feed(piece).as_bytes()),
        }
    }

    /// Ends the file. One that was not read to its end still gives a report when a failure stood in what was read:
    /// nothing that was found gets lost, but nobody may take the rest for passed.
    pub fn report(
        mut self,
        name: &Name,
        read: Result<(), InputError>,
        outcome: &mut Outcome,
    ) -> Result<(), InputError> {
        if let Some(decoder) = self.decoder {
            self.scanner.feed(decoder.finish().as_bytes());
        }
        let mut scan = self.scanner.finish();
        let mut notes: Vec<String> = scan.notes.iter().map(|note| note.text.clone()).collect();
        notes.append(&mut self.notes);
        if let Err(error) = &read {
            if scan.failures.is_empty() {
                return read;
            }
            notes.push(format!(
                "only {} bytes could be read: {}",
                scan.bytes,
                error.to_line()
            ));
            if scan.class == Class::Pass {
                scan.class = Class::Unknown;
            }
        }
        let is_whole = read.is_ok();
        outcome.reports.push(FileReport {
            file: name.file.clone(),
            scan,
            notes,
            digest: self
                .hash
                .filter(|_| is_whole)
                .map(|hash| Digest::from_bytes(hash.finalize().into())),
        });
        read
    }
}

pub fn stop_error(
    name: &Name,
    stopped: Stopped,
    read: impl FnOnce(&Name, io::Error) -> InputError,
) -> InputError {
    match stopped {
        Stopped::Read(source) => read(name, source),
        Stopped::Limit(exceeded) => limit_error(name, exceeded),
    }
}

pub fn limit_error(name: &Name, exceeded: Exceeded) -> InputError {
    InputError::Limit {
        name: name.place.clone(),
        exceeded,
    }
}

fn read_error(name: &Name, source: io::Error) -> InputError {
    InputError::Read {
        name: name.place.clone(),
        source,
    }
}

fn gzip_error(name: &Name, source: io::Error) -> InputError {
    let name = name.place.clone();
    match source.kind() {
        io::ErrorKind::UnexpectedEof => InputError::GzipTruncated { name },
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            InputError::GzipDamaged { name, source }
        }
        _ => InputError::Read { name, source },
    }
}

fn nested(name: &Name, what: &'static str) -> InputError {
    InputError::Nested {
        name: name.place.clone(),
        what,
    }
}
