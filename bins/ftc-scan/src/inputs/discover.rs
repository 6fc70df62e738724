//! From the paths on the command line to a list of inputs.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::InputError;
use super::open::{describe, open_error};

/// Extensions of the files that are read out of a directory or a zip archive.
pub const EXTENSIONS: [&str; 7] = ["log", "txt", "xml", "json", "jsonl", "gz", "zip"];

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input, named `-`.
    Stdin,
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// What it is called in the answer: the path as given, inside of a directory argument relative to it.
        name: String,
        /// What it is called in messages: the path from where we are.
        place: String,
    },
}

/// What looking at a path gave, in the order in which it is answered.
#[derive(Debug)]
pub enum Found {
    /// Something to read.
    Input(Input),
    /// Something that cannot be read.
    Error(InputError),
    /// Something that was left out and that a person should know of.
    Warning(String),
}

/// Lists the inputs that `paths` stand for; `-` is standard input. Paths are relative to `directory`.
pub fn discover(paths: &[PathBuf], directory: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            found.push(Found::Input(Input::Stdin));
            continue;
        }
        let shown = path.display().to_string();
        let absolute = directory.join(path);
        // Follows links, unlike everything below a directory: the person named it.
        match fs::metadata(&absolute) {
            Err(source) => found.push(Found::Error(open_error(&shown, source))),
            Ok(metadata) if metadata.is_dir() => walk(&absolute, path, &mut found),
            Ok(_) => found.push(Found::Input(Input::File {
                path: absolute,
                name: shown.clone(),
                place: shown,
            })),
        }
    }
    found
}

/// Whether a file of this name is read out of a directory or an archive.
pub fn has_known_extension(name: &Path) -> bool {
    let extension = name.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| {
        EXTENSIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    })
}

/// Lists the files below `root`, which was given as `shown`. Not recursive itself, so that no depth can hurt.
fn walk(root: &Path, shown: &Path, found: &mut Vec<Found>) {
    let before = found.len();
    // Directories still to list and files still to tell, the next one last.
    let mut pending = vec![(PathBuf::new(), true)];
    while let Some((relative, is_directory)) = pending.pop() {
        if is_directory {
            match list(root, &relative, shown, found) {
                Ok(entries) => pending.extend(entries.into_iter().rev()),
                Err(error) => found.push(Found::Error(error)),
            }
        } else {
            found.push(Found::Input(Input::File {
                path: root.join(&relative),
                name: relative.display().to_string(),
                place: shown.join(&relative).display().to_string(),
            }));
        }
    }
    if found.len() == before {
        let extensions = EXTENSIONS
            .map(|extension| format!("*.{extension}"))
            .join(", ");
        found.push(Found::Warning(format!(
            "no file in `{}` is one of {extensions}",
            shown.display()
        )));
    }
}

/// Lists one directory in the order of names: what is read, and whether it is a directory.
fn list(
    root: &Path,
    relative: &Path,
    shown: &Path,
    found: &mut Vec<Found>,
) -> Result<Vec<(PathBuf, bool)>, InputError> {
    let place = shown.join(relative).display().to_string();
    let error = |source| open_error(&place, source);
    let mut entries = fs::read_dir(root.join(relative))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(error)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut listed = Vec::new();
    for entry in entries {
        let name = entry.file_name();
        let kind = entry.file_type().map_err(error)?;
        let relative = relative.join(&name);
        let is_wanted = has_known_extension(Path::new(&name));
        if kind.is_dir() {
            if !name.as_encoded_bytes().starts_with(b".") {
                listed.push((relative, true));
            }
        } else if kind.is_file() {
            if is_wanted {
                listed.push((relative, false));
            }
        } else if kind.is_symlink() {
            let place = shown.join(&relative);
            found.push(Found::Warning(format!(
                "skipped `{}`: links are not followed",
                place.display()
            )));
        } else if is_wanted {
            let place = shown.join(&relative);
            let what = describe(kind);
            found.push(Found::Warning(format!(
                "skipped `{}`: it is {what}",
                place.display()
            )));
        }
    }
    Ok(listed)
}
