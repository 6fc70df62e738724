//! Bringing a transaction to an end, whatever state its process left it in.
//!
//! What is to be done follows from the state alone: every path is hashed, and is old, new or somebody else's. So it does not
//! matter how often it is begun again. The same code takes a failed change back while its process lives.
//!
//! - With a commit in the journal and all new contents at hand, every path becomes new.
//! - Otherwise, if all old contents are at hand or a path is new already, every path becomes old: what the new file displaced
//!   comes back by name, whatever it holds, as somebody may have written into it.
//! - Otherwise nothing had begun.
//! - A path that is neither old nor new is somebody else's and is left alone.

use std::collections::BTreeSet;
use std::io;

use ftc_durable::Digest;
use rustix::fd::OwnedFd;
use rustix::fs::{self, AtFlags, Dir};
use rustix::io::Errno;

use super::error::{ExecutorError, in_tree, io_error};
use super::found::{Conflict, Found};
use super::journal::Story;
use super::root::{Root, look_at};
use super::step::Step;
use super::transaction::{Moved, Transaction, place_or_missing};
use crate::State;

/// What is to be done about a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It has ended; its files can go.
    TidyUp,
    /// It changed nothing; its files can go.
    Discard,
    /// Every path becomes new.
    Forward,
    /// Every path becomes old.
    Back,
}

/// Decides what is to be done. `stashes` are the directories of the transaction that hold files.
pub(super) fn decide(
    story: &Story,
    root: &Root,
    stashes: &[OwnedFd],
) -> Result<Course, ExecutorError> {
    if story.ending.is_some() {
        return Ok(Course::TidyUp);
    }
    let steps = &story.intent.steps;
    let mut at_hand = BTreeSet::new();
    for stash in stashes {
        at_hand.extend(contents(stash).map_err(io_error(root.path()))?);
    }
    let mut began = false;
    for step in steps {
        let found = find(root, step)?;
        began |= found.is(step.new.as_ref()) && step.old != step.new;
        if let Found::File(state) = found {
            at_hand.insert(state.sha256);
        }
    }
    let has = |state: Option<&State>| state.is_none_or(|state| at_hand.contains(&state.sha256));
    if story.committed && steps.iter().all(|step| has(step.new.as_ref())) {
        Ok(Course::Forward)
    } else if began || steps.iter().all(|step| has(step.old.as_ref())) {
        Ok(Course::Back)
    } else {
        Ok(Course::Discard)
    }
}

/// Makes every path new, and returns those that are somebody else's.
pub(super) fn roll_forward(
    root: &Root,
    transaction: &Transaction,
    steps: &[Step],
) -> Result<Vec<Conflict>, ExecutorError> {
    let mut left_alone = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let found = find(root, step)?;
        if found.is(step.new.as_ref()) {
            continue;
        }
        let moved = if found.is(step.old.as_ref()) {
            redo(number, step, root, transaction).map_err(at(root, step))?
        } else {
            Moved::Foreign(found)
        };
        note(&mut left_alone, step, step.new, moved);
    }
    Ok(left_alone)
}

/// Makes every path old, and returns those that are somebody else's.
pub(super) fn roll_back(
    root: &Root,
    transaction: &Transaction,
    steps: &[Step],
    made: &[String],
) -> Result<Vec<Conflict>, ExecutorError> {
    let mut left_alone = Vec::new();
    for (number, step) in steps.iter().enumerate().rev() {
        let found = find(root, step)?;
        if found.is(step.old.as_ref()) {
            continue;
        }
        let moved = if found.is(step.new.as_ref()) {
            undo(number, step, root, transaction).map_err(at(root, step))?
        } else {
            Moved::Foreign(found)
        };
        note(&mut left_alone, step, step.old, moved);
    }
    for directory in made.iter().rev() {
        root.remove_if_empty(directory);
    }
    Ok(left_alone)
}

/// Whether a file of the transaction holds what is neither old nor new, and is not at its path again: somebody wrote it.
pub(super) fn holds_foreign(
    root: &Root,
    transaction: &Transaction,
    steps: &[Step],
) -> Result<bool, ExecutorError> {
    let known: BTreeSet<Digest> = steps
        .iter()
        .flat_map(|step| [step.old, step.new])
        .flatten()
        .map(|state| state.sha256)
        .collect();
    let mut in_place = BTreeSet::new();
    for step in steps {
        if let Ok(place) = root.place(&step.path)
            && let Ok(status) = fs::statat(&place.directory, place.name, AtFlags::SYMLINK_NOFOLLOW)
        {
            in_place.insert(status.st_ino);
        }
    }
    for stash in [&transaction.new, &transaction.old] {
        for name in names(stash).map_err(io_error(transaction.path()))? {
            let found = look_at(stash, &name)
                .map_err(io_error(transaction.path()))?
                .0;
            let status = fs::statat(stash, name.as_str(), AtFlags::SYMLINK_NOFOLLOW)
                .map_err(io_error(transaction.path()))?;
            let is_known = matches!(found, Found::File(state) if known.contains(&state.sha256));
            if !is_known && !in_place.contains(&status.st_ino) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Makes an old path new again.
fn redo(number: usize, step: &Step, root: &Root, transaction: &Transaction) -> io::Result<Moved> {
    root.make_parents(&step.path)?;
    let Some(place) = place_or_missing(root, &step.path)? else {
        return Ok(Moved::Foreign(root.find(&step.path)?));
    };
    match (&step.old, &step.new) {
        (old, Some(new)) => {
            let Some(slot) = slot_of(&number.to_string(), new, transaction)? else {
                return Ok(Moved::Foreign(root.find(&step.path)?));
            };
            match old {
                Some(old) => transaction.exchange(&slot, &place, old),
                None => transaction.put(&slot, &place),
            }
        }
        (Some(old), None) => transaction.take(&free_slot(number, transaction)?, &place, old),
        (None, None) => Ok(Moved::Done),
    }
}

/// Makes a new path old again.
fn undo(number: usize, step: &Step, root: &Root, transaction: &Transaction) -> io::Result<Moved> {
    if step.old.is_some() {
        root.make_parents(&step.path)?;
    }
    let Some(place) = place_or_missing(root, &step.path)? else {
        return Ok(Moved::Foreign(root.find(&step.path)?));
    };
    let Some(old) = &step.old else {
        let new = step.new.as_ref().expect("a step without old has new");
        return transaction.take(&free_slot(number, transaction)?, &place, new);
    };
    let Some((slot, displaced)) = displaced_slot(number, step, old, transaction)? else {
        return Ok(Moved::Foreign(root.find(&step.path)?));
    };
    let moved = match &step.new {
        Some(new) => transaction.exchange(&slot, &place, new)?,
        None => transaction.put(&slot, &place)?,
    };
    match moved {
        // Home again, but somebody had changed it.
        Moved::Done if !displaced.is(Some(old)) => Ok(Moved::Foreign(displaced)),
        moved => Ok(moved),
    }
}

/// The file that goes home: what the step displaced, or the second name of the old file, or a copy of its content.
fn displaced_slot(
    number: usize,
    step: &Step,
    old: &State,
    transaction: &Transaction,
) -> io::Result<Option<(String, Found)>> {
    let slot = number.to_string();
    let found = look_at(&transaction.new, &slot)?.0;
    if found != Found::Missing && !found.is(step.new.as_ref()) {
        return Ok(Some((slot, found)));
    }
    let found = look_at(&transaction.old, &slot)?.0;
    if found != Found::Missing {
        let free = free_slot(number, transaction)?;
        fs::linkat(
            &transaction.old,
            slot.as_str(),
            &transaction.new,
            free.as_str(),
            AtFlags::empty(),
        )?;
        return Ok(Some((free, found)));
    }
    Ok(slot_of(&slot, old, transaction)?.map(|slot| (slot, Found::File(*old))))
}

/// A slot that holds `state`: `slot` itself, or a copy of whichever file of the transaction has that content.
fn slot_of(slot: &str, state: &State, transaction: &Transaction) -> io::Result<Option<String>> {
    if look_at(&transaction.new, slot)?.0.is(Some(state)) {
        return Ok(Some(slot.to_owned()));
    }
    for stash in [&transaction.new, &transaction.old] {
        for name in names(stash)? {
            let (Found::File(found), Some(mut file)) = look_at(stash, &name)? else {
                continue;
            };
            if found.blob() != state.blob() {
                continue;
            }
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut file, &mut bytes)?;
            let copy = free_name(slot, transaction)?;
            let bits = state.mode.permission_bits();
            transaction
                .write(&copy, &bytes, state.mode, Some(bits))?
                .sync_all()?;
            return Ok(Some(copy));
        }
    }
    Ok(None)
}

fn free_slot(number: usize, transaction: &Transaction) -> io::Result<String> {
    free_name(&number.to_string(), transaction)
}

/// A name that begins with `slot` and is not taken: an earlier recovery may have died in the middle.
fn free_name(slot: &str, transaction: &Transaction) -> io::Result<String> {
    let mut attempt = 1_u32;
    loop {
        let name = format!("{slot}.{attempt}");
        match fs::statat(&transaction.new, name.as_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(name),
            Err(error) => return Err(error.into()),
            Ok(_) => attempt += 1,
        }
    }
}

fn note(left_alone: &mut Vec<Conflict>, step: &Step, expected: Option<State>, moved: Moved) {
    if let Moved::Foreign(found) = moved {
        left_alone.push(Conflict {
            path: step.path.clone(),
            expected,
            found,
        });
    }
}

fn find(root: &Root, step: &Step) -> Result<Found, ExecutorError> {
    root.find(&step.path).map_err(at(root, step))
}

fn at(root: &Root, step: &Step) -> impl FnOnce(io::Error) -> ExecutorError {
    io_error(in_tree(root.path(), &step.path))
}

/// The contents of the regular files in a stash.
fn contents(stash: &OwnedFd) -> io::Result<BTreeSet<Digest>> {
    let mut contents = BTreeSet::new();
    for name in names(stash)? {
        if let Found::File(state) = look_at(stash, &name)?.0 {
            contents.insert(state.sha256);
        }
    }
    Ok(contents)
}

/// The names in a stash, which are all ours and therefore plain.
fn names(stash: &OwnedFd) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(stash)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "." && name != ".." {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
