//! A file system of its own for the child, in which nothing exists but what it may use.
//!
//! It is built in a mount namespace: an empty file system gets the allowed paths bound into it at their own names, all but the writable
//! ones read-only, and becomes the root. What is not bound cannot be named: sockets of daemons in `/run`, the rest of the home, and
//! what is made there later. The system's calls are described in `mount(2)`, `pivot_root(2)` and `mount_namespaces(7)`.

mod mounts;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, umount2};

use crate::confine::linux::mount_table;
use crate::confine::linux::view::mounts::{
    bind, change, make_directories, make_directory, make_file, make_read_only, mount_terminals,
    mount_tmpfs,
};
use crate::confine::plan::{Access, Files};
use crate::confine::system::DEVICES;

/// Where the file system of outside is while the new one is built.
const OLD: &str = "/old";
/// Where the new one is built.
const NEW: &str = "/new";

/// What is at a path of the new file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Readable,
    Writable,
    Empty,
}

/// Replaces the root of this process, which must be in a mount namespace of its own, and ends in `directory`. If it fails, this process
/// is of no use any more. Says what is not as it should be.
pub(super) fn enter(files: &Files, directory: &Path) -> io::Result<Vec<String>> {
    // The ways to what is bound are open to all users, whatever the caller's mask: a child of root may become another one.
    let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let complaints = build(files, directory);
    rustix::process::umask(mask);
    complaints
}

fn build(files: &Files, directory: &Path) -> io::Result<Vec<String>> {
    start(Path::new(&files.temporary))?;
    let items = items(files);
    bind_temporary(files, &items)?;
    for (path, item) in &items {
        place(path, *item, &items)?;
    }
    for (link, target) in &files.links {
        place_link(Path::new(link), Path::new(target))?;
    }
    devices()?;
    make_directories(&inside(directory))?;
    let complaints = protect(&items)?;
    finish()?;
    Ok(complaints)
}

/// Goes to an empty file system with that of outside at [`OLD`].
fn start(empty: &Path) -> io::Result<()> {
    // Nothing that happens here may be seen outside.
    change("/", MsFlags::MS_REC | MsFlags::MS_PRIVATE)?;
    mount_tmpfs(empty, "size=4m,mode=0755")?;
    std::env::set_current_dir(empty)?;
    make_directory(Path::new("old"))?;
    make_directory(Path::new("new"))?;
    rustix::process::pivot_root(".", "old")?;
    std::env::set_current_dir("/")?;
    bind(Path::new(NEW), Path::new(NEW))
}

/// Makes what was built the root, and lets go of all else.
fn finish() -> io::Result<()> {
    umount2(OLD, MntFlags::MNT_DETACH)?;
    std::env::set_current_dir(NEW)?;
    // With both the same, the old root ends on top of the new one; see pivot_root(2), "pivot_root(".", ".")".
    rustix::process::pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    std::env::set_current_dir("/")
}

fn items(files: &Files) -> BTreeMap<PathBuf, Item> {
    let mut items: BTreeMap<PathBuf, Item> = files
        .rules
        .iter()
        .map(|rule| {
            let item = match rule.access {
                Access::See | Access::Read => Item::Readable,
                Access::Write => Item::Writable,
            };
            (PathBuf::from(&rule.path), item)
        })
        .collect();
    for path in &files.hidden {
        items.insert(path.into(), Item::Empty);
    }
    items
}

/// The temporary folder takes the places of those of the system, unless the caller allowed those.
fn bind_temporary(files: &Files, items: &BTreeMap<PathBuf, Item>) -> io::Result<()> {
    for path in ["/tmp", "/var/tmp"].map(Path::new) {
        if nearest(items, path).is_none() {
            make_directories(&inside(path))?;
            bind(&outside(Path::new(&files.temporary)), &inside(path))?;
        }
    }
    Ok(())
}

/// Brings one path in, unless what is around it has brought it already.
fn place(path: &Path, item: Item, items: &BTreeMap<PathBuf, Item>) -> io::Result<()> {
    let around = path.parent().and_then(|parent| nearest(items, parent));
    let target = inside(path);
    match (around, item) {
        (Some(Item::Readable), Item::Readable) | (Some(Item::Writable), Item::Writable) => Ok(()),
        (_, Item::Empty) if !target.try_exists()? => Ok(()),
        (_, Item::Empty) if target.is_dir() => mount_tmpfs(&target, "size=64k,mode=0755"),
        (_, Item::Empty) => bind(&outside(Path::new("/dev/null")), &target),
        (_, Item::Readable | Item::Writable) => {
            let source = outside(path);
            if source.is_dir() {
                make_directories(&target)?;
            } else {
                make_file(&target)?;
            }
            bind(&source, &target)
        }
    }
}

fn place_link(link: &Path, target: &Path) -> io::Result<()> {
    let link = inside(link);
    if fs::symlink_metadata(&link).is_ok() {
        return Ok(());
    }
    if let Some(parent) = link.parent() {
        make_directories(parent)?;
    }
    symlink(target, link)
}

fn devices() -> io::Result<()> {
    for path in DEVICES.iter().map(Path::new) {
        if outside(path).try_exists()? {
            make_file(&inside(path))?;
            bind(&outside(path), &inside(path))?;
        }
    }
    make_directories(&inside(Path::new("/dev/shm")))?;
    mount_tmpfs(&inside(Path::new("/dev/shm")), "mode=1777")?;
    make_directories(&inside(Path::new("/dev/pts")))?;
    mount_terminals(&inside(Path::new("/dev/pts")))?;
    for (link, target) in [
        ("/dev/ptmx", "pts/ptmx"),
        ("/dev/fd", "/proc/self/fd"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"),
    ] {
        place_link(Path::new(link), Path::new(target))?;
    }
    Ok(())
}

/// Makes every mount read-only that is not in a writable path. One that cannot be is told: its files are protected by Landlock alone.
fn protect(items: &BTreeMap<PathBuf, Item>) -> io::Result<Vec<String>> {
    let mut complaints = Vec::new();
    for mounted in mount_table::load(Path::new("/new/proc/self/mountinfo"))? {
        let Ok(path) = mounted.path.strip_prefix(NEW) else {
            continue;
        };
        let path = Path::new("/").join(path);
        if is_writable(items, &path) || mounted.flags.contains(MsFlags::MS_RDONLY) {
            continue;
        }
        if let Err(error) = make_read_only(&mounted) {
            complaints.push(format!("`{}` is not read-only: {error}", path.display()));
        }
    }
    Ok(complaints)
}

fn is_writable(items: &BTreeMap<PathBuf, Item>, path: &Path) -> bool {
    match nearest(items, path) {
        Some(item) => item == Item::Writable,
        None => ["/tmp", "/var/tmp", "/dev/shm", "/dev/pts"]
            .iter()
            .any(|own| path.starts_with(own)),
    }
}

/// What holds at `path`: the item at it or at the nearest directory around it.
fn nearest(items: &BTreeMap<PathBuf, Item>, path: &Path) -> Option<Item> {
    path.ancestors()
        .find_map(|ancestor| items.get(ancestor).copied())
}

fn inside(path: &Path) -> PathBuf {
    beneath(NEW, path)
}

fn outside(path: &Path) -> PathBuf {
    beneath(OLD, path)
}

fn beneath(root: &str, path: &Path) -> PathBuf {
    Path::new(root).join(path.strip_prefix("/").unwrap_or(path))
}
