//! Collecting the paths that a child may use.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::confine::plan::{Access, Rule};
use crate::spawn::SpawnError;

/// As many symbolic links as Linux follows in one path; see `path_resolution(7)`.
const LINK_LIMIT: usize = 40;

/// Directories that are never allowed whole because a variable names them: too much lies beneath them.
const BROAD: &[&str] = &[
    "/", "/dev", "/home", "/media", "/mnt", "/proc", "/root", "/run", "/srv", "/tmp", "/var",
    "/var/tmp",
];

/// The paths that a child may use, resolved one by one.
pub(super) struct Allowed {
    home: Option<PathBuf>,
    rules: BTreeMap<PathBuf, Access>,
    links: BTreeMap<PathBuf, PathBuf>,
    hidden: Vec<PathBuf>,
    /// Paths that are known not to be links.
    plain: HashSet<PathBuf>,
}

impl Allowed {
    pub(super) fn new(home: Option<&Path>) -> Self {
        Self {
            home: home.and_then(|home| home.canonicalize().ok()),
            rules: BTreeMap::new(),
            links: BTreeMap::new(),
            hidden: Vec::new(),
            plain: HashSet::new(),
        }
    }

    /// The real home, if there is one.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    /// Allows what the caller named. What it may only read it may not write either where that lies in what it may write.
    pub(super) fn require(&mut self, path: &Path, access: Access) -> Result<(), SpawnError> {
        let real = self.resolve_named(path)?;
        self.insert(real, access);
        Ok(())
    }

    /// Allows reading the program, which may be one of those that it may write.
    pub(super) fn require_program(&mut self, path: &Path) -> Result<(), SpawnError> {
        let real = self.resolve_named(path)?;
        self.insert_outside_of_writable(real, Access::Read);
        Ok(())
    }

    /// Hides what the caller named, if it is there.
    pub(super) fn hide(&mut self, path: &Path) -> Result<(), SpawnError> {
        match self.resolve_named(path) {
            Ok(real) => self.hidden.push(real),
            Err(_) if std::fs::symlink_metadata(path).is_err() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Allows what is usually there. What cannot be resolved cannot be used by the child either.
    pub(super) fn offer(&mut self, path: &Path, access: Access) {
        if let Ok(real) = self.resolve(path) {
            self.insert_outside_of_writable(real, access);
        }
    }

    /// The same for a path that is known to be without links.
    pub(super) fn offer_real(&mut self, path: PathBuf, access: Access) {
        self.insert(path, access);
    }

    /// Allows reading a directory that a variable names, unless far more than a toolchain lies beneath it.
    pub(super) fn offer_directory(&mut self, path: &Path) {
        if let Ok(real) = self.resolve(path)
            && !self.is_broad(&real)
        {
            self.insert_outside_of_writable(real, Access::Read);
        }
    }

    /// The rules, the links and the hidden paths.
    pub(super) fn into_parts(self) -> (Vec<Rule>, Vec<(OsString, OsString)>, Vec<OsString>) {
        let rules = self.rules.into_iter().map(|(path, access)| Rule {
            path: path.into(),
            access,
        });
        let links = self.links.into_iter();
        (
            rules.collect(),
            links
                .map(|(link, target)| (link.into(), target.into()))
                .collect(),
            self.hidden.into_iter().map(Into::into).collect(),
        )
    }

    fn insert(&mut self, real: PathBuf, access: Access) {
        let known = self.rules.entry(real).or_insert(access);
        *known = access.max(*known);
    }

    /// Nothing new where all may be written already: a rule of its own would take the right to write away.
    fn insert_outside_of_writable(&mut self, real: PathBuf, access: Access) {
        let nearest = real.ancestors().find_map(|path| self.rules.get(path));
        if nearest != Some(&Access::Write) {
            self.insert(real, access);
        }
    }

    /// Whether the real home or a writable path lies in it: allowing it would allow what lies around those, too.
    fn is_broad(&self, real: &Path) -> bool {
        let around = |inner: &Path| inner.starts_with(real);
        BROAD.iter().any(|broad| real == Path::new(broad))
            || self.home.as_deref().is_some_and(around)
            || self
                .rules
                .iter()
                .any(|(path, access)| *access == Access::Write && path != real && around(path))
    }

    fn resolve_named(&mut self, path: &Path) -> Result<PathBuf, SpawnError> {
        self.resolve(path).map_err(|error| SpawnError::Confinement {
            why: format!("`{}`: {error}", path.display()),
        })
    }

    /// The path without symbolic links, which are noted: a child that sees only what it may use needs them, too.
    fn resolve(&mut self, path: &Path) -> io::Result<PathBuf> {
        let path = std::path::absolute(path)?;
        let mut real = PathBuf::from("/");
        let mut ahead: VecDeque<OsString> = components(&path).collect();
        let mut followed = 0;
        while let Some(name) = ahead.pop_front() {
            if name == ".." {
                real.pop();
                continue;
            }
            let next = real.join(&name);
            if self.plain.contains(&next) {
                real = next;
                continue;
            }
            if !std::fs::symlink_metadata(&next)?.is_symlink() {
                self.plain.insert(next.clone());
                real = next;
                continue;
            }
            followed += 1;
            if followed > LINK_LIMIT {
                return Err(rustix::io::Errno::LOOP.into());
            }
            let target = std::fs::read_link(&next)?;
            if target.is_absolute() {
                real = PathBuf::from("/");
            }
            for name in components(&target).rev() {
                ahead.push_front(name);
            }
            self.links.insert(next, target);
        }
        Ok(real)
    }
}

fn components(path: &Path) -> impl DoubleEndedIterator<Item = OsString> + '_ {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}
