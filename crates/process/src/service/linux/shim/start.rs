//! From a spec to a program that runs.

use std::fs::{self, File, TryLockError};
use std::io::{self, PipeWriter, Read as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::OFlags;
use rustix::process::Pid;
use signal_hook::consts::SIGXFSZ;

use crate::cgroup::Cgroup;
use crate::hex::hex;
use crate::identity::ProcessIdentity;
use crate::outcome::Containment;
use crate::service::ServiceError;
use crate::service::linux::directory::Directory;
use crate::service::linux::protocol::{Launched, Spec, StartedService};
use crate::service::linux::shim::control::Control;
use crate::service::linux::shim::held::{Held, Holding};
use crate::service::linux::shim::log::Log;
use crate::service::linux::shim::outputs::Outputs;
use crate::service::linux::shim::program::{self, Started};
use crate::service::linux::shim::state::{Program, kill_everything};
use crate::service::linux::{EXIT, LOCK, SERVICE, leftovers};
use crate::service::record::{CgroupRecord, ServiceFile, VERSION, unix_ms};
use crate::shim::reaper::Reaper;
use crate::shim::spec::StartFailure;

/// Whoever looks whether a shim lives holds the lock for a moment.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// More than an exit record has.
const RECORD_BYTES: usize = 4 << 10;

const KEY_BYTES: usize = 16;

/// Starts the program, and says so on disk. After an error nothing of it is left.
pub(super) fn start(spec: &Spec) -> Result<(Held, StartedService), Launched> {
    let directory =
        Directory::open(Path::new(&spec.directory))?.ok_or_else(|| ServiceError::Directory {
            directory: (&spec.directory).into(),
            source: io::ErrorKind::NotFound.into(),
        })?;
    let lock = take_lock(&directory)?.ok_or(Launched::Busy)?;
    let reaper = become_reaper().map_err(while_trying("become a reaper"))?;
    clear(&directory)?;
    let key = new_key().map_err(while_trying("make a key"))?;
    let control = Control::listen(&directory, key.clone())?;
    let log = Log::open(&directory, spec.log())?;
    for name in [SERVICE, EXIT] {
        directory.reserve(name, RECORD_BYTES)?;
    }
    let (outputs, writers) = Outputs::new().map_err(while_trying("make the outputs"))?;
    let output_names = writers.each_ref().map(name_of).to_vec();
    let since = SystemTime::now();
    let started = program::start(spec, writers).map_err(Launched::NotStarted)?;
    let written = record(spec, &started, since, key, output_names).and_then(|record| {
        directory.write(SERVICE, &record)?;
        let answer = StartedService::new(&record)
            .map_err(|error| while_trying("tell of the program")(error.into()))?;
        Ok((record, answer))
    });
    let (record, answer) = written.inspect_err(|_| kill_everything(started.cgroup.as_ref()))?;
    let held = Held::new(Holding {
        directory,
        lock,
        reaper,
        control,
        log,
        outputs,
        cgroup: started.cgroup,
        program: Program {
            leader: started.leader,
            identity: record.program,
            since,
            stop_signal: spec.stop_signal,
            grace: Duration::from_millis(spec.grace_ms),
        },
    });
    Ok((held, answer))
}

fn record(
    spec: &Spec,
    started: &Started,
    since: SystemTime,
    key: String,
    outputs: Vec<String>,
) -> Result<ServiceFile, Launched> {
    let (shim, program) = identify(started.leader).map_err(while_trying("identify the program"))?;
    let cgroup = started.cgroup.as_ref().and_then(cgroup_record);
    Ok(ServiceFile {
        version: VERSION,
        shim,
        program,
        since_unix_ms: unix_ms(since),
        command_sha256: spec.command_sha256.clone(),
        key,
        outputs,
        containment: if started.cgroup.is_some() {
            Containment::Cgroup
        } else {
            Containment::Subreaper
        },
        cgroup,
        confined: started.confined.clone(),
    })
}

/// `None` where another shim holds it.
fn take_lock(directory: &Directory) -> Result<Option<File>, ServiceError> {
    let flags = OFlags::RDWR | OFlags::CREATE;
    let Some((file, _)) = directory.open_file(LOCK, flags)? else {
        return Err(directory.file_error(LOCK, io::ErrorKind::NotFound.into()));
    };
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if began.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(directory.file_error(LOCK, error)),
        }
    }
}

fn become_reaper() -> io::Result<Reaper> {
    let reaper = Reaper::install()?;
    // A file that may not grow is not to end this process. The program's own answer to the signal is not changed.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    Ok(reaper)
}

/// Removes what an earlier service left: its processes, if its shim was killed, and then its records.
fn clear(directory: &Directory) -> Result<(), ServiceError> {
    let record = match directory.read::<ServiceFile>(SERVICE) {
        // Half a record is of no use to anybody.
        Err(ServiceError::File { .. }) => None,
        other => other?,
    };
    if let Some(record) = record
        && directory.file_type(EXIT)?.is_none()
    {
        leftovers::kill(&record).map_err(|error| directory.file_error(SERVICE, error))?;
    }
    // The end first: it belongs to the start.
    directory.remove(EXIT)?;
    directory.remove(SERVICE)
}

fn new_key() -> io::Result<String> {
    let mut bytes = [0; KEY_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex(&bytes))
}

/// `pipe:[INODE]`; empty without `/proc`.
fn name_of(writer: &PipeWriter) -> String {
    fs::read_link(format!("/proc/self/fd/{}", writer.as_raw_fd()))
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn cgroup_record(cgroup: &Cgroup) -> Option<CgroupRecord> {
    Some(CgroupRecord {
        directory: cgroup.directory().to_owned(),
        inode: fs::metadata(cgroup.directory()).ok()?.ino(),
    })
}

/// The shim and the program, which may have ended already: nobody has waited for it yet.
fn identify(leader: Pid) -> io::Result<(ProcessIdentity, ProcessIdentity)> {
    let shim = ProcessIdentity::exact_of(std::process::id())?;
    let program = ProcessIdentity::of_unreaped(leader.as_raw_pid().unsigned_abs())?;
    shim.zip(program)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn while_trying(what: &str) -> impl FnOnce(io::Error) -> Launched {
    move |error| {
        Launched::NotStarted(StartFailure::confining(
            &format!("failed to {what}"),
            &error,
        ))
    }
}

impl From<ServiceError> for Launched {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unsafe { path, why } => Self::Unsafe {
                path: path.into(),
                why,
            },
            ServiceError::File { path, source }
            | ServiceError::Directory {
                directory: path,
                source,
            } => Self::File {
                path: path.into(),
                errno: source.raw_os_error().unwrap_or_default(),
                text: source.to_string(),
            },
            error => Self::NotStarted(StartFailure {
                errno: 0,
                what: Some(error.to_string()),
            }),
        }
    }
}
