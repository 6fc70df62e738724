//! What every store promises, run against each engine.
//!
//! An engine is a function that makes a fresh, empty store. A case is a function over an engine, listed once below.

#![expect(
    clippy::unwrap_used,
    reason = "the cases are the bodies of tests, which a macro wraps once for each engine"
)]

mod claims;
mod law;
mod lifecycles;
mod lists;
mod memory;
mod model;
mod outbox;
mod recording;
mod redaction;
mod reindex;

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
    ($($module:ident::$case:ident),* $(,)?) => {
        mod on_memory {
            $(#[test] fn $case() { super::$module::$case(super::in_memory); })*
        }
        mod on_sqlite {
            $(#[test] fn $case() { super::$module::$case(super::in_sqlite); })*
        }
    };
}

store_contract! {
    recording::a_new_failure_is_the_first,
    recording::the_same_scan_again_adds_nothing,
    recording::another_run_is_another_occurrence,
    recording::seen_is_the_logs_time_and_scanned_the_callers,
    recording::logs_without_times_leave_seen_open,
    recording::the_latest_scan_describes_a_run,
    recording::a_corrected_occurrence_corrects_its_fingerprint,
    recording::the_strongest_class_is_kept,
    recording::passing_runs_are_kept,
    recording::a_failure_mentioned_twice_is_one_occurrence,
    recording::one_fingerprint_under_two_tests_is_two_occurrences,
    recording::repositories_are_apart,
    recording::every_field_comes_back,
    recording::threads_lose_and_double_nothing,
    memory::cleaner_w08_store_keeps_what_it_knows,
    lists::lists_run_from_late_to_early,
    lists::the_size_of_pages_makes_no_difference,
    lists::a_prefix_finds_its_fingerprint,
    lists::an_ambiguous_prefix_names_the_candidates,
    lists::many_candidates_are_cut,
    lists::the_audit_log_is_a_chain,
    redaction::no_secret_is_stored,
    redaction::long_texts_are_cut,
    redaction::numbers_out_of_range_are_brought_in,
    law::order_and_repetition_make_no_difference,
    lifecycles::a_lifecycle_begins_once,
    lifecycles::every_pair_of_states_is_judged,
    lifecycles::cleaner_w10_merged_while_changes_requested,
    lifecycles::cleaner_w17_state_update_is_compare_and_swap,
    lifecycles::threads_move_it_once,
    lifecycles::an_update_keeps_the_state,
    lifecycles::numbers_stay_until_they_are_set,
    lifecycles::a_memo_comes_back_byte_for_byte,
    lifecycles::an_unfit_memo_changes_nothing,
    lifecycles::lists_run_by_fingerprint_and_version,
    lifecycles::every_step_is_audited,
    outbox::writes_come_with_their_transition,
    outbox::cleaner_w08_the_same_write_is_asked_for_once,
    outbox::another_payload_is_another_revision,
    outbox::a_write_that_was_made_tells_its_lifecycle,
    outbox::a_failed_attempt_is_counted,
    outbox::lists_run_in_the_order_of_creation,
    outbox::unfit_drafts_change_nothing,
    claims::one_holder_at_a_time,
    claims::fences_only_grow,
    claims::a_claim_that_is_over_cannot_be_kept,
    claims::a_claim_is_broken_by_its_fence_only,
    claims::unfit_claims_are_refused,
    claims::threads_never_hold_it_together,
    redaction::no_secret_is_in_the_ledger,
    reindex::an_old_fingerprint_becomes_an_alias,
    reindex::two_that_become_one_keep_everything,
    reindex::one_that_becomes_two_leads_to_the_larger,
    reindex::a_lifecycle_goes_along,
    reindex::of_two_lifecycles_none_is_lost,
    reindex::what_newer_rules_made_is_left_alone,
    reindex::masks_replace_only_what_they_touch_and_may_be_taken_back,
    reindex::aliases_of_aliases_lead_to_what_is_known,
    reindex::asking_what_would_change_changes_nothing,
    reindex::a_later_scan_by_new_rules_is_the_same_occurrence,
    reindex::the_size_of_batches_makes_no_difference,
    model::every_engine_does_what_the_model_does,
}
