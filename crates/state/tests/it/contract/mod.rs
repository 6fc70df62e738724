//! What every store promises, run against each engine.
//!
//! An engine is a function that makes a fresh, empty store. A case is a function over an engine, listed once below.

mod law;
mod lists;
mod memory;
mod recording;
mod redaction;

use ftc_state::{MemoryStore, Store};
use tempfile::TempDir;

use crate::support::Place;

/// A store and what has to live as long as it.
pub struct Fresh {
    store: Box<dyn Store>,
    _directory: Option<TempDir>,
}

impl std::ops::Deref for Fresh {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

type Engine = fn() -> Fresh;

fn in_memory() -> Fresh {
    Fresh {
        store: Box::new(MemoryStore::new()),
        _directory: None,
    }
}

fn in_sqlite() -> Fresh {
    let place = Place::new();
    Fresh {
        store: Box::new(place.open()),
        _directory: Some(place.directory),
    }
}

macro_rules! store_contract {
    ($($case:path as $name:ident),* $(,)?) => {
        mod on_memory {
            $(#[test] fn $name() { super::$case(super::in_memory); })*
        }
        mod on_sqlite {
            $(#[test] fn $name() { super::$case(super::in_sqlite); })*
        }
    };
}

store_contract! {
    recording::a_new_failure_is_the_first as a_new_failure_is_the_first,
    recording::the_same_scan_again_adds_nothing as the_same_scan_again_adds_nothing,
    recording::another_run_is_another_occurrence as another_run_is_another_occurrence,
    recording::seen_is_the_logs_time_and_scanned_the_callers as seen_is_the_logs_time_and_scanned_the_callers,
    recording::logs_without_times_leave_seen_open as logs_without_times_leave_seen_open,
    recording::the_latest_scan_describes_a_run as the_latest_scan_describes_a_run,
    recording::a_corrected_occurrence_corrects_its_fingerprint as a_corrected_occurrence_corrects_its_fingerprint,
    recording::the_strongest_class_is_kept as the_strongest_class_is_kept,
    recording::passing_runs_are_kept as passing_runs_are_kept,
    recording::a_failure_mentioned_twice_is_one_occurrence as a_failure_mentioned_twice_is_one_occurrence,
    recording::one_fingerprint_under_two_tests_is_two_occurrences as one_fingerprint_under_two_tests_is_two_occurrences,
    recording::repositories_are_apart as repositories_are_apart,
    recording::every_field_comes_back as every_field_comes_back,
    recording::threads_lose_and_double_nothing as threads_lose_and_double_nothing,
    memory::cleaner_w08_store_keeps_what_it_knows as cleaner_w08_store_keeps_what_it_knows,
    lists::lists_run_from_late_to_early as lists_run_from_late_to_early,
    lists::the_size_of_pages_makes_no_difference as the_size_of_pages_makes_no_difference,
    lists::a_prefix_finds_its_fingerprint as a_prefix_finds_its_fingerprint,
    lists::an_ambiguous_prefix_names_the_candidates as an_ambiguous_prefix_names_the_candidates,
    lists::many_candidates_are_cut as many_candidates_are_cut,
    lists::the_audit_log_is_a_chain as the_audit_log_is_a_chain,
    redaction::no_secret_is_stored as no_secret_is_stored,
    redaction::long_texts_are_cut as long_texts_are_cut,
    redaction::numbers_out_of_range_are_brought_in as numbers_out_of_range_are_brought_in,
    law::order_and_repetition_make_no_difference as order_and_repetition_make_no_difference,
}
