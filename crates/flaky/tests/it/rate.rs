//! Rates against numbers that were worked out by hand.

use ftc_flaky::Rate;
use proptest::prelude::*;

fn rate(failures: u64, runs: u64) -> Rate {
    Rate {
        commit: "8b3b633".to_owned(),
        runs,
        failures,
    }
}

/// With z = 1.959964 and z² = 3.841459: low and high are (k + z²/2 ∓ z·√(k(n−k)/n + z²/4)) / (n + z²), which is another form
/// of the formula than the one that is implemented.
#[test]
fn intervals_worked_out_by_hand() {
    // 8 of 20: √(4.8 + 0.960365) = 2.400076; (9.920729 ∓ 4.704062) / 23.841459.
    check(8, 20, 0.218_807, 0.613_418);
    // 1 of 30: √(0.966667 + 0.960365) = 1.388176; (2.920729 ∓ 2.720775) / 33.841459.
    check(1, 30, 0.005_909, 0.166_704);
    // 3 of 4: √(0.75 + 0.960365) = 1.307809; (4.920729 ∓ 2.563259) / 7.841459.
    check(3, 4, 0.300_642, 0.954_413);
    // 0 of 10: 0 and 3.841459 / 13.841459.
    check(0, 10, 0.0, 0.277_533);
    // 10 of 10: 10 / 13.841459 and 1.
    check(10, 10, 0.722_467, 1.0);
}

fn check(failures: u64, runs: u64, low: f64, high: f64) {
    let interval = rate(failures, runs).interval();
    assert!((interval.low - low).abs() < 2e-6, "{interval:?} {low}");
    assert!((interval.high - high).abs() < 2e-6, "{interval:?} {high}");
}

#[test]
fn proof_runs_worked_out_by_hand() {
    // ln 0.05 = -2.995732.
    // 1 - 0.218807 = 0.781193, ln = -0.246933: 12.13.
    assert_eq!(rate(8, 20).proof_runs(), Some(13));
    // ln(1 - 0.0059086) = -0.0059261: 505.5.
    assert_eq!(rate(1, 30).proof_runs(), Some(506));
    // ln(1 - 0.300642) = -0.357593: 8.38.
    assert_eq!(rate(3, 4).proof_runs(), Some(9));
}

#[test]
fn what_was_not_measured_has_no_proof() {
    for (failures, runs) in [(0, 0), (0, 9), (9, 9)] {
        assert_eq!(rate(failures, runs).proof_runs(), None);
        assert!(!rate(failures, runs).is_flaky());
    }
    let nothing = rate(0, 0).interval();
    assert!(nothing.low <= 0.0 && nothing.high >= 1.0);
}

proptest! {
    #[test]
    fn a_share_lies_in_its_interval((runs, failures) in (1_u64..5_000).prop_flat_map(|runs| (Just(runs), 0..=runs))) {
        let interval = rate(failures, runs).interval();
        prop_assert!(0.0 <= interval.low && interval.low <= interval.share);
        prop_assert!(interval.share <= interval.high && interval.high <= 1.0);
    }

    #[test]
    fn more_runs_of_the_same_share_never_widen(
        (runs, failures) in (1_u64..500).prop_flat_map(|runs| (Just(runs), 0..=runs)),
        times in 2_u64..20,
    ) {
        let few = rate(failures, runs).interval();
        let many = rate(failures * times, runs * times).interval();
        prop_assert!(many.high - many.low <= few.high - few.low + 1e-12);
    }

    #[test]
    fn proof_runs_are_the_fewest_that_leave_no_more_doubt_than_five_in_a_hundred(
        (runs, failures) in (2_u64..2_000).prop_flat_map(|runs| (Just(runs), 1..runs)),
    ) {
        let rate = rate(failures, runs);
        let passes = rate.proof_runs().expect("it is flaky");
        let low = rate.interval().low;
        // In logarithms: a power of so many runs would be rounded.
        let doubt = |runs: u64| f64::from(u32::try_from(runs).unwrap()) * (-low).ln_1p();
        prop_assert!(doubt(passes) <= 0.05_f64.ln() + 1e-9);
        prop_assert!(passes == 1 || doubt(passes - 1) > 0.05_f64.ln() - 1e-9);
    }
}
