//! Starting a service.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::identity::Process;
use crate::millis;
use crate::service::linux::client::error_of;
use crate::service::linux::directory::Directory;
use crate::service::linux::protocol::{Launched, Spec, receive};
use crate::service::linux::{PATIENCE, Running, SERVICE};
use crate::service::record::ServiceFile;
use crate::service::{ServiceCommand, ServiceError};
use crate::shim::spec::{ChildCommand, StartFailure};
use crate::shim::wire::{self, Frames};
use crate::shim::{OTHER_PROTOCOL, PROTOCOL, Shim};
use crate::spawn::{Spawn, SpawnError};

/// How long the shim may take to start the program. It first kills what an earlier service left.
const START_PATIENCE: Duration = Duration::from_secs(60);

const PRIVATE: &str = "private";

pub(in crate::service) fn launch(
    path: &Path,
    command: &ServiceCommand,
    shim: &Shim,
) -> Result<Running, ServiceError> {
    let child = resolve(command).map_err(|source| not_started(path, source))?;
    let directory = Directory::create(path)?;
    let spec = spec(&directory, command, child, shim)?;
    let failed = |source| {
        not_started(
            directory.path(),
            SpawnError::Shim {
                program: shim.program().to_owned(),
                source,
            },
        )
    };
    let (answer, socket) = ask(shim, &spec).map_err(|error| {
        if matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        ) {
            ServiceError::NoAnswer {
                directory: directory.path().to_owned(),
                source: error,
            }
        } else {
            failed(error)
        }
    })?;
    let record = match answer {
        Launched::Started(started) => started.record().map_err(|error| failed(error.into()))?,
        refusal => return Err(error(&directory, &spec.command, refusal)),
    };
    // The shim does not end before our end of the socket is closed, however short the program runs.
    let shim = match Process::open(&record.shim) {
        Ok(Some(shim)) => shim,
        Ok(None) => {
            return Err(ServiceError::Ended {
                directory: directory.path().to_owned(),
            });
        }
        Err(error) => return Err(directory.file_error(SERVICE, error)),
    };
    drop(socket);
    Ok(Running {
        directory,
        record,
        shim,
    })
}

/// Looks the program up as every child's is, and takes the environment as it is.
fn resolve(command: &ServiceCommand) -> Result<ChildCommand, SpawnError> {
    let mut spawn = Spawn::new(command.argv.iter().cloned());
    for (name, value) in &command.environment {
        spawn = spawn.env(name, value);
    }
    if let Some(directory) = &command.directory {
        spawn = spawn.directory(directory);
    }
    let mut child = spawn.resolve()?;
    child.environment.clone_from(&command.environment);
    if child.directory.is_none() {
        let here = std::env::current_dir().map_err(|_| SpawnError::DirectoryMissing {
            path: PathBuf::from("."),
        })?;
        child.directory = Some(here.into_os_string());
    }
    Ok(child)
}

fn spec(
    directory: &Directory,
    command: &ServiceCommand,
    mut child: ChildCommand,
    shim: &Shim,
) -> Result<Spec, ServiceError> {
    let mut plan = None;
    if let Some(confinement) = &command.confinement {
        let mut confinement = confinement.clone();
        if !confinement.has_scratch() {
            let private = Directory::create(&directory.path_of(PRIVATE))?;
            confinement = confinement.scratch(private.path());
        }
        let planned = confinement
            .plan(&mut child)
            .map_err(|source| not_started(directory.path(), source))?;
        // Its directories are those of the scratch directory, which stay.
        plan = Some(planned.plan.clone());
    }
    Ok(Spec {
        directory: directory.path().as_os_str().to_owned(),
        command: child,
        plan,
        with_cgroup: shim.with_cgroup(),
        stop_signal: command.stop_signal.system().as_raw(),
        grace_ms: millis::of(command.grace),
        log_max_bytes: command.log.max_bytes,
        log_max_age_ms: command.log.max_age.map(millis::of),
        log_keep: command.log.keep,
        command_sha256: command.digest(),
    })
}

/// Starts the shim, whose first process ends at once, and takes its answer. The shim lives at least as long as the socket.
fn ask(shim: &Shim, spec: &Spec) -> io::Result<(Launched, UnixStream)> {
    let (mut ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new(shim.program());
    command
        .args(["__ftc-shim", "service", PROTOCOL])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    // Our copy of its end must go, or the end of file never comes.
    drop(command);
    ours.set_read_timeout(Some(START_PATIENCE))?;
    ours.set_write_timeout(Some(PATIENCE))?;
    // A shim that ends without reading answers with the end of file, or was no shim.
    let sent = wire::send(&mut ours, spec);
    let answer = receive(&mut ours, &mut Frames::default());
    // The first process ends by itself; one that does not is no shim of ours.
    let _ = child.kill();
    let ended = child.wait()?;
    if ended.code() == Some(i32::from(OTHER_PROTOCOL)) {
        return Err(io::Error::other("it is of another release"));
    }
    sent?;
    Ok((answer?, ours))
}

fn error(directory: &Directory, command: &ChildCommand, refusal: Launched) -> ServiceError {
    match refusal {
        Launched::Busy | Launched::Started(_) => ServiceError::AlreadyRunning {
            directory: directory.path().to_owned(),
            // That it is not known yet, or not readable, is no news beside that.
            program: directory
                .read::<ServiceFile>(SERVICE)
                .ok()
                .flatten()
                .map(|record| Box::new(record.program)),
        },
        Launched::NotStarted(failure) => {
            not_started(directory.path(), of_failure(command, failure))
        }
        Launched::Unsafe { path, why } => ServiceError::Unsafe {
            path: path.into(),
            why,
        },
        Launched::File { path, errno, text } => ServiceError::File {
            path: path.into(),
            source: error_of(errno, text),
        },
    }
}

fn of_failure(command: &ChildCommand, failure: StartFailure) -> SpawnError {
    match failure.what {
        Some(why) => SpawnError::Confinement { why },
        None => SpawnError::of_start(
            PathBuf::from(&command.program),
            command
                .directory
                .as_ref()
                .map(OsString::from)
                .map(PathBuf::from),
            io::Error::from_raw_os_error(failure.errno),
        ),
    }
}

fn not_started(directory: &Path, source: SpawnError) -> ServiceError {
    ServiceError::Start {
        directory: directory.to_owned(),
        source: Box::new(source),
    }
}
