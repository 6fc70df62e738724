//! Writing and rotating the log.

use std::fs::File;
use std::io::{self, Write as _};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::OFlags;

use crate::service::linux::directory::Directory;
use crate::service::log_files::{file_name, list};
use crate::service::{LogPolicy, ServiceError};

/// The name under which people find the current file.
const LINK: &str = "log";

/// How many numbers are tried for a new file, where somebody else has taken one.
const NAME_TRIES: u64 = 100;

/// The current file of a log. A failure to write never ends anything: what is lost is counted, and said in the log when there
/// is room again.
#[derive(Debug)]
pub(super) struct Log {
    policy: LogPolicy,
    file: File,
    number: u64,
    /// The oldest number that may still be there.
    oldest: u64,
    size: u64,
    opened: Instant,
    /// Whether what was written last ends with a line end.
    at_line_end: bool,
    /// Which output's long line is written in pieces just now.
    long_line_of: Option<usize>,
    /// Lost since the log last said so.
    lost: u64,
    lost_error: String,
    lost_in_all: u64,
}

impl Log {
    /// Goes on with the newest file, or begins the first.
    pub(super) fn open(directory: &Directory, policy: LogPolicy) -> Result<Self, ServiceError> {
        let numbers = list(directory.fd()).map_err(|error| directory.file_error(LINK, error))?;
        let number = numbers.last().copied().unwrap_or(1);
        let name = file_name(number);
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE;
        let (file, stat) = directory
            .open_file(&name, flags)?
            .ok_or_else(|| directory.file_error(&name, io::ErrorKind::NotFound.into()))?;
        let size = u64::try_from(stat.st_size).unwrap_or_default();
        let mut last = [b'\n'];
        if let Some(place) = size.checked_sub(1) {
            std::os::unix::fs::FileExt::read_exact_at(&file, &mut last, place)
                .map_err(|error| directory.file_error(&name, error))?;
        }
        let age = age_of(&file);
        let now = Instant::now();
        let mut log = Self {
            policy,
            file,
            number,
            oldest: numbers.first().copied().unwrap_or(number),
            size,
            opened: now.checked_sub(age).unwrap_or(now),
            at_line_end: last == [b'\n'],
            long_line_of: None,
            lost: 0,
            lost_error: String::new(),
            lost_in_all: 0,
        };
        log.delete_old(directory);
        log.link(directory);
        if !log.at_line_end {
            // What an earlier service broke off is not to become one line with what this one prints.
            log.put(b"\n");
        }
        Ok(log)
    }

    /// Writes whole lines of an output, or a piece of a long line. A new file is begun before it where it is time to.
    pub(super) fn append(&mut self, directory: &Directory, output: usize, bytes: &[u8]) {
        if self.long_line_of.is_some_and(|owner| owner != output) {
            self.long_line_of = None;
            self.put(b"\n");
        }
        let is_old = self
            .policy
            .max_age
            .is_some_and(|age| self.opened.elapsed() > age);
        if is_old && self.size > 0 && self.long_line_of.is_none() {
            self.begin_next_file(directory);
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut length = self.fitting(rest);
            if length == 0 && !self.begin_next_file(directory) {
                length = first_line(rest);
            }
            self.put(&rest[..length]);
            if length > 0 {
                let ends = rest[length - 1] == b'\n';
                self.long_line_of = (!ends).then_some(output);
            }
            rest = &rest[length..];
        }
    }

    /// How much of `bytes` belongs into this file: whole lines, as many as there is room for.
    fn fitting(&self, bytes: &[u8]) -> usize {
        let room = |limit: u64| {
            usize::try_from(limit.saturating_sub(self.size))
                .unwrap_or(usize::MAX)
                .min(bytes.len())
        };
        let max_bytes = self.policy.max_bytes;
        if self.long_line_of.is_some() && first_line(bytes) <= room(max_bytes.saturating_mul(2)) {
            // The end of a long line stays with its beginning, unless that would make the file much too long.
            return first_line(bytes);
        }
        let room = room(max_bytes);
        if room == bytes.len() {
            return room;
        }
        match bytes[..room].iter().rposition(|&byte| byte == b'\n') {
            Some(end) => end + 1,
            None if self.size == 0 => first_line(bytes),
            None => 0,
        }
    }

    /// Begins a new file and deletes the oldest; whether it did. If not, the current file goes on.
    pub(super) fn begin_next_file(&mut self, directory: &Directory) -> bool {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::EXCL;
        for number in self.number + 1..=self.number + NAME_TRIES {
            match directory.open_file(&file_name(number), flags) {
                Ok(Some((file, _))) => {
                    // What is owed is said where it was lost, if there is room.
                    self.settle();
                    self.file = file;
                    self.number = number;
                    self.size = 0;
                    self.opened = Instant::now();
                    self.delete_old(directory);
                    self.link(directory);
                    return true;
                }
                Err(ServiceError::File { source, .. })
                    if source.kind() == io::ErrorKind::AlreadyExists => {}
                // The disk is full or there are no descriptors: nothing is lost by going on with the old one.
                Ok(None) | Err(_) => return false,
            }
        }
        false
    }

    /// Whether what was written last is the beginning of a line of this output.
    pub(super) fn is_in_long_line_of(&self, output: usize) -> bool {
        self.long_line_of == Some(output)
    }

    /// Says at the end what was lost; how much it was in all.
    pub(super) fn finish(&mut self) -> u64 {
        self.settle();
        self.lost_in_all
    }

    fn delete_old(&mut self, directory: &Directory) {
        let keep_from = self.number.saturating_sub(u64::from(self.policy.keep));
        while self.oldest < keep_from {
            // One that cannot be deleted stays; the next start tries again.
            let _ = directory.remove(&file_name(self.oldest));
            self.oldest += 1;
        }
    }

    /// A convenience for people: it may fail, and nobody relies on it.
    fn link(&self, directory: &Directory) {
        const NEW: &str = "log.link";
        let _ = directory.remove(NEW);
        if rustix::fs::symlinkat(file_name(self.number), directory.fd(), NEW).is_ok() {
            let _ = directory.rename(NEW, LINK);
        }
    }

    /// Writes to the current file; what cannot be written is lost.
    fn put(&mut self, bytes: &[u8]) {
        self.settle();
        if self.lost == 0 {
            let (written, error) = self.write(bytes);
            self.lose(bytes.len() - written, error);
        } else {
            self.lose(bytes.len(), None);
        }
    }

    /// Says what was lost, if anything was; afterwards nothing is owed, or the disk is still full.
    fn settle(&mut self) {
        if self.lost == 0 {
            return;
        }
        let begin = if self.at_line_end { "" } else { "\n" };
        let notice = format!(
            "{begin}[ftc: {} bytes of output are missing here: {}]\n",
            self.lost, self.lost_error
        );
        let (written, _) = self.write(notice.as_bytes());
        if written == notice.len() {
            self.lost = 0;
            self.long_line_of = None;
        }
    }

    fn lose(&mut self, length: usize, error: Option<io::Error>) {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.lost = self.lost.saturating_add(length);
        self.lost_in_all = self.lost_in_all.saturating_add(length);
        if let Some(error) = error {
            self.lost_error = error.to_string();
        }
    }

    /// How much was written, and why not all of it.
    fn write(&mut self, bytes: &[u8]) -> (usize, Option<io::Error>) {
        let mut written = 0;
        let mut failed = None;
        while written < bytes.len() {
            match self.file.write(&bytes[written..]) {
                Ok(0) => {
                    failed = Some(io::ErrorKind::WriteZero.into());
                    break;
                }
                Ok(length) => written += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        if let Some(&last) = bytes[..written].last() {
            self.at_line_end = last == b'\n';
            self.size += u64::try_from(written).unwrap_or_default();
        }
        (written, failed)
    }
}

fn first_line(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(bytes.len(), |end| end + 1)
}

/// Since the file was made; 0 where the filesystem does not tell or the clock was set back.
fn age_of(file: &File) -> Duration {
    file.metadata()
        .and_then(|metadata| metadata.created())
        .ok()
        .and_then(|created| SystemTime::now().duration_since(created).ok())
        .unwrap_or_default()
}
