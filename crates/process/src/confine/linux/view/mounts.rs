//! The mounts, directories and files of which a view is made.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use nix::mount::{MsFlags, mount};

use crate::confine::linux::mount_table::Mounted;
use crate::confine::linux::view::NEW;

pub(super) fn bind(source: &Path, target: &Path) -> io::Result<()> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(source), target, None::<&Path>, flags, None::<&Path>)
        .map_err(|error| at(target, &error.into()))
}

pub(super) fn change(path: &str, flags: MsFlags) -> io::Result<()> {
    Ok(mount(
        None::<&str>,
        path,
        None::<&str>,
        flags,
        None::<&str>,
    )?)
}

pub(super) fn mount_tmpfs(path: &Path, options: &str) -> io::Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), path, Some("tmpfs"), flags, Some(options))
        .map_err(|error| at(path, &error.into()))
}

pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o755).create(path)
}

pub(super) fn make_directories(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .mode(0o755)
        .recursive(true)
        .create(path)
        .map_err(|error| at(path, &error))
}

pub(super) fn make_file(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        make_directories(parent)?;
    }
    if !path.try_exists()? {
        File::create_new(path).map_err(|error| at(path, &error))?;
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    let shown = path.as_os_str().as_bytes();
    let shown = shown.strip_prefix(NEW.as_bytes()).unwrap_or(shown);
    let shown = OsStr::from_bytes(shown).display().to_string();
    io::Error::new(error.kind(), format!("`{shown}`: {error}"))
}

/// A directory of terminals of its own; those of outside cannot be opened through it.
pub(super) fn mount_terminals(path: &Path) -> io::Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    let options = Some("newinstance,ptmxmode=0666,mode=620");
    mount(Some("devpts"), path, Some("devpts"), flags, options)
        .map_err(|error| at(path, &error.into()))
}

pub(super) fn make_read_only(mounted: &Mounted) -> nix::Result<()> {
    mount(
        None::<&Path>,
        &mounted.path,
        None::<&Path>,
        MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | mounted.flags,
        None::<&Path>,
    )
}
