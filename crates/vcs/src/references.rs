//! References, changed by compare-and-swap.

use std::fmt;
use std::time::SystemTime;

use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};
use gix::refs::{FullName, Target, TargetRef};
use serde::{Deserialize, Serialize};

use crate::object_id::ObjectId;
use crate::repository::{Cause, Repository};

/// What a reference has to be for a change to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Whatever it is.
    Any,
    /// It must not exist.
    Absent,
    /// It must be this.
    At(ObjectId),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("anything"),
            Self::Absent => f.write_str("nothing"),
            Self::At(id) => id.fmt(f),
        }
    }
}

impl Repository {
    /// What the reference `name` (`refs/...`, or `HEAD`) leads to, through other references and tags; `None` if there is
    /// no such reference, or if it leads to one that does not exist.
    pub fn reference(&self, name: &str) -> Result<Option<ObjectId>, RefError> {
        let full = full_name(name, Use::Read)?;
        let store = self.store();
        let read_error = |source: gix::Error| RefError::Read {
            name: name.to_owned(),
            source: source.into(),
        };
        let found = store
            .try_find_reference(full.as_ref())
            .map_err(read_error)?;
        match found {
            Some(reference) => peel(reference).map_err(read_error),
            None => Ok(None),
        }
    }

    /// The references whose names begin with `prefix` (`refs/heads/`), with what they lead to, in order of their names.
    /// Names that are not UTF-8 are left out, and so are references that lead nowhere.
    pub fn references(&self, prefix: &str) -> Result<Vec<(String, ObjectId)>, RefError> {
        let store = self.store();
        let read_error = |source: Cause| RefError::Read {
            name: prefix.to_owned(),
            source,
        };
        let platform = store
            .references()
            .map_err(|error| read_error(error.into()))?;
        let mut references = Vec::new();
        for reference in platform.all().map_err(|error| read_error(error.into()))? {
            let reference = reference.map_err(|error| read_error(error.into()))?;
            let Ok(name) = std::str::from_utf8(reference.name().as_bstr()) else {
                continue;
            };
            if !name.starts_with(prefix) {
                continue;
            }
            let name = name.to_owned();
            if let Some(id) = peel(reference).map_err(|error| read_error(error.into()))? {
                references.push((name, id));
            }
        }
        references.sort();
        Ok(references)
    }

    /// Makes the reference `name` (`refs/...`) be `new`, or deletes it, if it is what is `expected`: atomically against every
    /// other program that uses git's locks. To delete what is not there succeeds unless something was expected.
    ///
    /// A symbolic reference is not followed and not replaced.
    pub fn update_ref(
        &self,
        name: &str,
        new: Option<ObjectId>,
        expected: Expected,
    ) -> Result<(), RefError> {
        let full = full_name(name, Use::Change)?;
        let store = self.store();
        if let Some(id) = new
            && !store.has_object(id.to_gix())
        {
            return Err(RefError::NoObject {
                name: name.to_owned(),
                id,
            });
        }
        let found = raw_target(&store, name, &full)?;
        let moved = |found| RefError::Moved {
            name: name.to_owned(),
            expected,
            found,
        };
        // Looked at once without a lock, for an answer that names what is there, and once more by the transaction.
        let previous = match (expected, found) {
            (Expected::Any, _) => PreviousValue::Any,
            (Expected::Absent, None) => PreviousValue::MustNotExist,
            (Expected::At(id), Some(found)) if id == found => {
                PreviousValue::MustExistAndMatch(Target::Object(id.to_gix()))
            }
            _ => return Err(moved(found)),
        };
        if new.is_none() && found.is_none() {
            return Ok(());
        }
        let edit = edit(full.clone(), new, previous);
        let time = log_time();
        let actor = gix::actor::SignatureRef {
            name: "ftc".into(),
            email: "ftc@localhost".into(),
            time: &time,
        };
        match store.edit_references_as([edit], Some(actor)) {
            // gix lets a reference that must not exist be made once more if it has the same value. For us, of two who make one
            // reference only one may win.
            Ok(edits) if expected == Expected::Absent && existed(&edits) => Err(moved(new)),
            Ok(_) => Ok(()),
            Err(error) => Err(write_error(&store, name, &full, expected, error)),
        }
    }
}

/// The time for a reference's log, as git writes it. git takes an entry of time 0 for damaged.
fn log_time() -> String {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(1, |time| time.as_secs().max(1));
    format!("{seconds} +0000")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Change,
}

fn full_name(name: &str, purpose: Use) -> Result<FullName, RefError> {
    let allowed = name.starts_with("refs/") || (purpose == Use::Read && name == "HEAD");
    match FullName::try_from(name) {
        Ok(full) if allowed => Ok(full),
        _ => Err(RefError::Name {
            name: name.to_owned(),
        }),
    }
}

/// What the reference leads to; `None` if that does not exist.
fn peel(reference: gix::Reference<'_>) -> Result<Option<ObjectId>, gix::Error> {
    match reference.into_fully_peeled_id() {
        Ok(id) => Ok(ObjectId::of(&id)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the reference itself holds, tags not followed.
fn raw_target(
    store: &gix::Repository,
    name: &str,
    full: &FullName,
) -> Result<Option<ObjectId>, RefError> {
    let found = store
        .try_find_reference(full.as_ref())
        .map_err(|source| RefError::Read {
            name: name.to_owned(),
            source: source.into(),
        })?;
    match found.as_ref().map(gix::Reference::target) {
        None => Ok(None),
        Some(TargetRef::Object(id)) => Ok(ObjectId::of(id)),
        Some(TargetRef::Symbolic(_)) => Err(RefError::Symbolic {
            name: name.to_owned(),
        }),
    }
}

fn edit(name: FullName, new: Option<ObjectId>, expected: PreviousValue) -> RefEdit {
    let change = match new {
        Some(id) => Change::Update {
            log: LogChange {
                mode: RefLog::AndReference,
                force_create_reflog: false,
                message: "ftc".into(),
            },
            expected,
            new: Target::Object(id.to_gix()),
        },
        None => Change::Delete {
            expected,
            log: RefLog::AndReference,
        },
    };
    RefEdit {
        change,
        name,
        deref: false,
    }
}

/// Whether a reference was there when its lock was held: only then does the transaction report a previous value.
fn existed(edits: &[RefEdit]) -> bool {
    edits
        .iter()
        .any(|edit| edit.change.previous_value().is_some())
}

/// Tells a lost race from a failure, by looking again.
fn write_error(
    store: &gix::Repository,
    name: &str,
    full: &FullName,
    expected: Expected,
    error: gix::Error,
) -> RefError {
    let moved = match (expected, raw_target(store, name, full)) {
        (Expected::Absent, Ok(found @ Some(_))) => Some(found),
        (Expected::At(id), Ok(found)) if found != Some(id) => Some(found),
        _ => None,
    };
    let name = name.to_owned();
    match moved {
        Some(found) => RefError::Moved {
            name,
            expected,
            found,
        },
        None if error.is_retryable() || error.is_conflict() => RefError::Locked {
            name,
            source: error.into(),
        },
        None => RefError::Write {
            name,
            source: error.into(),
        },
    }
}

/// Why a reference could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefError {
    /// The name cannot be that of a reference.
    #[error("`{name}` cannot be the name of a reference")]
    Name {
        /// The name.
        name: String,
    },
    /// It is not what was expected; nothing was changed.
    #[error("reference `{name}` is {}, not {expected}", found.map_or_else(|| "nothing".to_owned(), |id| id.to_string()))]
    Moved {
        /// The reference.
        name: String,
        /// What was expected.
        expected: Expected,
        /// What it is.
        found: Option<ObjectId>,
    },
    /// It is a symbolic reference, which is not changed.
    #[error("reference `{name}` is symbolic")]
    Symbolic {
        /// The reference.
        name: String,
    },
    /// Another program is changing it. Retryable.
    #[error("reference `{name}` is locked by another program")]
    Locked {
        /// The reference.
        name: String,
        /// Why.
        source: Cause,
    },
    /// The new object is not in the repository.
    #[error("reference `{name}` cannot be `{id}`, which the repository does not have")]
    NoObject {
        /// The reference.
        name: String,
        /// The object.
        id: ObjectId,
    },
    /// The references could not be read.
    #[error("failed to read reference `{name}`")]
    Read {
        /// The reference or the prefix.
        name: String,
        /// Why.
        source: Cause,
    },
    /// The reference could not be written.
    #[error("failed to write reference `{name}`")]
    Write {
        /// The reference.
        name: String,
        /// Why.
        source: Cause,
    },
}

impl RefError {
    /// Whether the reference is not what was expected.
    pub fn is_moved(&self) -> bool {
        matches!(self, Self::Moved { .. })
    }

    /// Whether the same call may succeed later. One that [moved](Self::Moved) has to be looked at first.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Locked { .. } => vec![
                "if no git program is running, a crash has left a `.lock` file beside the reference".to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}
