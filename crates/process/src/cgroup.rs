//! A control group of its own for each child: the kernel kills all of it at once, whatever its processes do meanwhile.
//!
//! Version 2 only, found by `/proc/self/mountinfo` and `/proc/self/cgroup`, so that machines which have both versions work, too. Nothing but
//! `cgroup.procs`, `cgroup.events` and `cgroup.kill` (Linux 5.14) is used, and no controller. See cgroups(7) and
//! <https://docs.kernel.org/admin-guide/cgroup-v2.html>.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

mod place;

use place::Place;

/// How long the kernel is given to end the processes of a group that it was told to kill.
const EMPTY_LIMIT: Duration = Duration::from_secs(5);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A control group that was made for one child. Dropping it kills what is in it and removes it.
#[derive(Debug)]
pub(crate) struct Cgroup {
    directory: PathBuf,
}

impl Cgroup {
    /// Makes one beneath the group of this process, or says in words why there can be none.
    pub(crate) fn create() -> Result<Self, String> {
        static PLACE: OnceLock<Result<Place, String>> = OnceLock::new();
        let place = PLACE
            .get_or_init(|| Place::find().inspect(Place::remove_stale))
            .as_ref()
            .map_err(Clone::clone)?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let directory = place.child(number);
        fs::create_dir(&directory).map_err(|error| {
            format!(
                "failed to make the control group `{}`: {error}",
                directory.display()
            )
        })?;
        let cgroup = Self { directory };
        if !cgroup.directory.join("cgroup.kill").exists() {
            return Err("this kernel has no `cgroup.kill`".to_owned());
        }
        Ok(cgroup)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Kills everything in it, waits until that has ended, and says whether it did.
    pub(crate) fn kill_and_wait(&self) -> io::Result<bool> {
        kill(&self.directory)?;
        wait_until_empty(&self.directory, EMPTY_LIMIT)
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // One that stays is removed by a later process.
        let _ = remove(&self.directory);
    }
}

/// Moves this process into the group.
pub(crate) fn join(directory: &Path) -> io::Result<()> {
    write(&directory.join("cgroup.procs"), "0")
}

/// Kills everything in the group, without waiting.
pub(crate) fn kill(directory: &Path) -> io::Result<()> {
    write(&directory.join("cgroup.kill"), "1")
}

/// Removes the group, and those that its processes have made beneath it. Kills what is still in them.
pub(crate) fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) => {}
    }
    kill(directory)?;
    wait_until_empty(directory, EMPTY_LIMIT)?;
    remove_tree(directory)
}

fn remove_tree(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    fs::remove_dir(directory)
}

fn wait_until_empty(directory: &Path, limit: Duration) -> io::Result<bool> {
    let events = directory.join("cgroup.events");
    let started = Instant::now();
    loop {
        // Opened before it is read: a change between the reading and the waiting is then told.
        let file = File::open(&events)?;
        if fs::read_to_string(&events)?
            .lines()
            .any(|line| line == "populated 0")
        {
            return Ok(true);
        }
        let Some(left) = limit.checked_sub(started.elapsed()) else {
            return Ok(false);
        };
        let left = Timespec::try_from(left.min(Duration::from_millis(100))).ok();
        let mut source = [PollFd::new(&file, PollFlags::PRI)];
        match poll(&mut source, left.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The kernel takes each of these files in one write.
fn write(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}
