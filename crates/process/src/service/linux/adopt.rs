//! Finding a service that somebody else started.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use crate::identity::{Liveness, Process};
use crate::service::linux::directory::Directory;
use crate::service::linux::protocol::Order;
use crate::service::linux::{EXIT, LOCK, PATIENCE, Running, SERVICE, client, leftovers};
use crate::service::record::ServiceFile;
use crate::service::{ExitRecord, ServiceError};

/// What was found.
#[expect(
    clippy::large_enum_variant,
    reason = "made once for each question, and looked at at once"
)]
pub(in crate::service) enum Found {
    Absent,
    Running(Box<Running>),
    Ended(ExitRecord),
    Lost { why: String, killed: u32 },
}

/// How often a service that is just being started or just ending is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

pub(in crate::service) fn adopt(path: &Path) -> Result<Found, ServiceError> {
    let began = Instant::now();
    loop {
        // Opened anew: it may have been moved away and made again.
        let Some(directory) = Directory::open(path)? else {
            return Ok(Found::Absent);
        };
        match look(directory)? {
            Look::Found(found) => return Ok(found),
            Look::Again(error) if began.elapsed() >= PATIENCE => return Err(error),
            Look::Again(_) => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

enum Look {
    Found(Found),
    /// Something is going on; the error if it goes on for too long.
    Again(ServiceError),
}

fn look(directory: Directory) -> Result<Look, ServiceError> {
    let record = read_record(&directory)?;
    if let Some(record) = &record {
        if let Some(exit) = directory.read::<ExitRecord>(EXIT)?
            && exit.program == record.program
        {
            return Ok(Look::Found(Found::Ended(exit)));
        }
        // Of another container or machine only the lock tells, and likewise where we may not look.
        if let Ok(Some(shim)) = Process::open(&record.shim) {
            return greet(directory, record.clone(), shim);
        }
    }
    let lock = match try_lock(&directory)? {
        Lock::Absent if record.is_none() => return Ok(Look::Found(Found::Absent)),
        Lock::Absent => None,
        Lock::Ours(lock) => Some(lock),
        Lock::Theirs => {
            return Ok(Look::Again(no_answer(
                &directory,
                "its lock is held by somebody else",
            )));
        }
    };
    // Nobody can start one here as long as the lock is ours. What was read before may be old.
    let found = settle(&directory)?;
    drop(lock);
    Ok(Look::Found(found))
}

/// Half a record says nothing: whoever was writing it was killed.
fn read_record(directory: &Directory) -> Result<Option<ServiceFile>, ServiceError> {
    match directory.read(SERVICE) {
        Err(ServiceError::File { source, .. }) if is_no_record(&source) => Ok(None),
        other => other,
    }
}

fn is_no_record(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

/// The shim lives: it answers, or it is about to end.
fn greet(directory: Directory, record: ServiceFile, shim: Process) -> Result<Look, ServiceError> {
    match client::order(&directory, &record.key, &shim, Order::Status, "be found") {
        Ok(()) => Ok(Look::Found(Found::Running(Box::new(Running {
            directory,
            record,
            shim,
        })))),
        Err(error @ (ServiceError::Ended { .. } | ServiceError::NoAnswer { .. })) => {
            Ok(Look::Again(error))
        }
        Err(error) => Err(error),
    }
}

/// No shim lives, and none is started meanwhile.
fn settle(directory: &Directory) -> Result<Found, ServiceError> {
    let Some(record) = read_record(directory)? else {
        return Ok(Found::Absent);
    };
    if let Some(exit) = directory.read::<ExitRecord>(EXIT)? {
        return Ok(Found::Ended(exit));
    }
    let killed = leftovers::kill(&record).map_err(|error| directory.file_error(SERVICE, error))?;
    let why = match record.shim.liveness_elsewhere() {
        Some(Liveness::Gone) => "the machine was restarted while it ran".to_owned(),
        Some(_) => format!("it ran on `{}` or in another container", record.shim.host),
        None => "its shim was killed while it ran".to_owned(),
    };
    Ok(Found::Lost { why, killed })
}

enum Lock {
    /// No shim was ever here.
    Absent,
    /// Until it is dropped.
    Ours(File),
    Theirs,
}

fn try_lock(directory: &Directory) -> Result<Lock, ServiceError> {
    let Some((file, _)) = directory.open_file(LOCK, OFlags::RDWR)? else {
        return Ok(Lock::Absent);
    };
    match file.try_lock() {
        Ok(()) => Ok(Lock::Ours(file)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Theirs),
        Err(TryLockError::Error(error)) => Err(directory.file_error(LOCK, error)),
    }
}

fn no_answer(directory: &Directory, why: &str) -> ServiceError {
    ServiceError::NoAnswer {
        directory: directory.path().to_owned(),
        source: io::Error::new(io::ErrorKind::WouldBlock, why),
    }
}
