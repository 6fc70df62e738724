//! The store's law: what is known depends on which scans were recorded, not on their order nor on how often.

use ftc_fingerprint::Class;
use ftc_state::{ScanRecord, Store};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::Engine;
use crate::support::{Dump, assert_sound, at, dump, failure, scan};

type Step = (ScanRecord, Timestamp);

/// A scan of one of three runs with some of three failures, whose content depends on the numbers drawn, made at one of
/// four times. Few values, so that scans meet.
fn step() -> impl Strategy<Value = Step> {
    let failures = prop::collection::vec((0..3_u8, 0..3_u8, 0..3_u8), 0..4);
    let context = (prop::option::of(0..2_u8), prop::option::of(0..2_u8), 0..3_u8);
    (0..3_u32, 0..4_u8, failures, context).prop_map(|(run, hour, failures, context)| {
        let failures: Vec<_> = failures
            .into_iter()
            .map(|(id, clock, variant)| {
                let mut one = failure(id);
                one.occurred_at = (clock > 0).then(|| at(&format!("0{clock}:00")));
                one.class = [Class::Unknown, Class::Flaky, Class::Regression][usize::from(variant)];
                one.confidence = f64::from(clock) / 4.0;
                one.passed_on_retry = variant == 1;
                one.message = format!("variant {variant}");
                one
            })
            .collect();
        let (commit, platform, minute) = context;
        let mut record = scan(run, failures);
        record.commit = commit.map(|commit| format!("commit{commit}"));
        record.platform = platform.map(|platform| format!("platform{platform}"));
        record.time = (minute > 0).then(|| (at("01:00"), at(&format!("0{minute}:30"))));
        (record, at(&format!("1{hour}:00")))
    })
}

/// Scans, and the same scans in another order with repetitions.
fn two_histories() -> impl Strategy<Value = (Vec<Step>, Vec<Step>)> {
    prop::collection::vec(step(), 1..8).prop_flat_map(|steps| {
        let repeated: Vec<Step> = steps.iter().chain(&steps).cloned().collect();
        let least = steps.len();
        let extra = prop::sample::subsequence(steps.clone(), 0..=least);
        (Just(steps), Just(repeated).prop_shuffle(), extra).prop_map(
            move |(steps, mut shuffled, extra)| {
                // Every scan is in `shuffled` twice; some come a third time.
                shuffled.extend(extra);
                (steps, shuffled)
            },
        )
    })
}

fn record_all(store: &dyn Store, steps: &[Step]) -> Dump {
    for (record, scanned_at) in steps {
        store
            .record_scan(record, *scanned_at)
            .expect("the scan is recorded");
    }
    assert_sound(store);
    dump(store)
}

pub fn order_and_repetition_make_no_difference(engine: Engine) {
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&two_histories(), |(steps, shuffled)| {
            let straight = record_all(&*engine(), &steps);
            let other = record_all(&*engine(), &shuffled);
            prop_assert_eq!(&straight, &other);
            // And every engine agrees with the model.
            let model = record_all(&ftc_state::MemoryStore::new(), &steps);
            prop_assert_eq!(straight, model);
            Ok(())
        })
        .expect("the law holds");
}
