//! From what is on the disk to what git stores, and which files git would not look at.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use gix::bstr::BStr;
use gix::filter::plumbing::eol;
use gix::filter::plumbing::pipeline::{CrlfRoundTripCheck, Options};
use gix::filter::plumbing::{Pipeline, pipeline::convert::ToGitOutcome};
use gix::index::entry::Mode;
use gix::worktree::Stack;
use gix::worktree::stack::State;
use gix::worktree::stack::state::{Attributes, Ignore, attributes, ignore};

use super::TreeError;
use crate::object_id::ObjectId;

/// How much of a file is read into memory.
const FILE_LIMIT_BYTES: u64 = 1 << 30;

/// The rules of a worktree for ignored files and for line endings, as its own files and `info/exclude` state them. No
/// configuration plays a part, and so no filter program is known.
pub(super) struct Rules<'a> {
    store: &'a gix::Repository,
    stack: Stack,
    pipeline: Pipeline,
}

impl<'a> Rules<'a> {
    pub(super) fn new(
        store: &'a gix::Repository,
        root: &Path,
        exclude_file: &Path,
    ) -> io::Result<Self> {
        let mut buffer = Vec::new();
        let mut collection = gix::attrs::search::MetadataCollection::default();
        let globals = gix::attrs::Search::new_globals(
            std::iter::empty::<&Path>(),
            &mut buffer,
            &mut collection,
        )?;
        let parse = ignore::ParseIgnore::default();
        let mut excluded = gix::ignore::Search::default();
        if let Some(bytes) = read_regular(exclude_file)? {
            excluded.add_patterns_buffer(&bytes, exclude_file, None, parse)?;
        }
        let state = State::for_add(
            Attributes::new(
                globals,
                None,
                attributes::Source::WorktreeThenIdMapping,
                collection,
            ),
            Ignore::new(
                gix::ignore::Search::default(),
                excluded,
                None,
                ignore::Source::WorktreeThenIdMappingIfNotSkipped,
                parse,
            ),
        );
        Ok(Self {
            store,
            stack: Stack::new(
                root,
                state,
                gix::glob::pattern::Case::Sensitive,
                buffer,
                Vec::new(),
            ),
            pipeline: pipeline_without_filters(),
        })
    }

    pub(super) fn is_ignored(&mut self, path: &BStr, mode: Mode) -> io::Result<bool> {
        let platform = self.stack.at_entry(path, Some(mode), &self.store.objects)?;
        Ok(platform.is_excluded())
    }

    /// What git stores for the regular file at `path`. `known` is the blob that it was before.
    pub(super) fn content(
        &mut self,
        full: &Path,
        path: &BStr,
        known: Option<ObjectId>,
    ) -> Result<Vec<u8>, TreeError> {
        let bytes = read_limited(full)?;
        let store = self.store;
        let stack = &mut self.stack;
        let mut failed = None;
        let outcome = self
            .pipeline
            .convert_to_git(
                bytes.as_slice(),
                Path::new(OsStr::from_bytes(path)),
                &mut |path, matches| match stack.at_entry(path, Some(Mode::FILE), &store.objects) {
                    Ok(platform) => {
                        platform.matching_attributes(matches);
                    }
                    Err(error) => failed = Some(error),
                },
                &mut |buffer| {
                    let Some(id) = known else { return Ok(None) };
                    let Ok(object) = store.find_object(id.to_gix()) else {
                        return Ok(None);
                    };
                    buffer.clear();
                    buffer.extend_from_slice(&object.data);
                    Ok(Some(()))
                },
            )
            .map_err(|source| TreeError::Convert {
                path: full.to_owned(),
                source: source.into(),
            })?;
        let converted = match outcome {
            ToGitOutcome::Buffer(converted) => Some(converted.to_vec()),
            // There are no drivers, hence no process.
            ToGitOutcome::Unchanged(_) | ToGitOutcome::Process(_) => None,
        };
        match failed {
            Some(source) => Err(TreeError::File {
                path: full.to_owned(),
                source,
            }),
            None => Ok(converted.unwrap_or(bytes)),
        }
    }
}

fn pipeline_without_filters() -> Pipeline {
    Pipeline::new(
        gix::diff::command::Context::default(),
        gix::hash::Kind::Sha1,
        Options {
            drivers: Vec::new(),
            eol_config: eol::Configuration::default(),
            crlf_roundtrip_check: CrlfRoundTripCheck::Skip,
            encodings_with_roundtrip_check: Vec::new(),
        },
    )
}

/// The whole of a regular file; `None` if it does not exist. Whatever else has its name is not waited for.
pub(super) fn read_regular(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match open(path, rustix::fs::OFlags::empty()) {
        Ok(file) if file.metadata()?.is_file() => {
            let mut bytes = Vec::new();
            file.take(FILE_LIMIT_BYTES).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_limited(path: &Path) -> Result<Vec<u8>, TreeError> {
    let file_error = |source| TreeError::File {
        path: path.to_owned(),
        source,
    };
    let file = open(path, rustix::fs::OFlags::NOFOLLOW).map_err(file_error)?;
    let size_bytes = file.metadata().map_err(file_error)?.len();
    let mut bytes =
        Vec::with_capacity(usize::try_from(size_bytes.min(FILE_LIMIT_BYTES)).unwrap_or(0));
    file.take(FILE_LIMIT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(file_error)?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        return Err(TreeError::TooLarge {
            path: path.to_owned(),
            size_bytes,
            limit_bytes: FILE_LIMIT_BYTES,
        });
    }
    Ok(bytes)
}

fn open(path: &Path, flags: rustix::fs::OFlags) -> io::Result<File> {
    let flags = flags | rustix::fs::OFlags::NONBLOCK;
    File::options()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}
