//! Resource limits.

use std::io;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::confine::ResourceLimits;

/// Lowers the limits of this process, and says what they are then. One that is already lower stays.
pub(super) fn apply(wanted: &ResourceLimits) -> io::Result<ResourceLimits> {
    Ok(ResourceLimits {
        processes: lower(Resource::Nproc, wanted.processes)?,
        open_files: lower(Resource::Nofile, wanted.open_files)?,
        memory_bytes: lower(Resource::As, wanted.memory_bytes)?,
        file_bytes: lower(Resource::Fsize, wanted.file_bytes)?,
        cpu: lower(Resource::Cpu, wanted.cpu.map(whole_seconds))?.map(Duration::from_secs),
    })
}

fn lower(resource: Resource, wanted: Option<u64>) -> io::Result<Option<u64>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let current = getrlimit(resource);
    let limit = current
        .maximum
        .map_or(wanted, |maximum| wanted.min(maximum));
    setrlimit(
        resource,
        Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        },
    )?;
    Ok(Some(limit))
}

/// Rounded up, and never 0, which would kill it at once.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add(u64::from(time.subsec_nanos() > 0))
        .max(1)
}
