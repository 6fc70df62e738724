//! Rates of failure and their intervals.

use ftc_fingerprint::rate::{FlakeRate, Prior, Tries};
use proptest::prelude::*;

fn rate(failures: u64, runs: u64) -> FlakeRate {
    FlakeRate::of(failures, runs, Prior::JEFFREYS, 0.9)
}

/// Quantiles of Beta(k + 1/2, n - k + 1/2) as scipy 1.16 gives them (`scipy.stats.beta.ppf`); the ends are one-sided.
#[test]
fn intervals_are_those_of_another_implementation() {
    for (failures, runs, low, high) in [
        (3, 50, 0.021_989_304, 0.134_416_429),
        (8, 20, 0.237_639_450, 0.582_445_979),
        (1, 50, 0.003_529_978, 0.075_538_816),
        (1000, 100_000, 0.009_492_869, 0.010_528_073),
        (0, 50, 0.0, 0.026_561_078),
        (0, 0, 0.0, 1.0),
    ] {
        let rate = rate(failures, runs);
        assert!((rate.low - low).abs() < 1e-6, "{rate:?} {low}");
        assert!((rate.high - high).abs() < 1e-6, "{rate:?} {high}");
    }
}

/// The exact probability that the interval of 50 runs holds the rate, on average over rates from 0.5 % to 30 %, each order of
/// magnitude as probable as another: sums over the binomial distribution, no drawing.
#[test]
fn intervals_hold_what_they_promise() {
    for (runs, low, high) in [(20, 0.88, 0.92), (50, 0.89, 0.91), (100, 0.88, 0.92)] {
        let intervals: Vec<FlakeRate> = (0..=runs).map(|failures| rate(failures, runs)).collect();
        let (mut sum, steps) = (0.0, 600);
        for step in 0..steps {
            let at = (f64::from(step) + 0.5) / f64::from(steps);
            let truth = (0.005_f64.ln() + at * 60_f64.ln()).exp();
            let mut probability = (1.0 - truth).powf(f64::from(u32::try_from(runs).unwrap()));
            for (failures, interval) in (0_u32..).zip(&intervals) {
                if interval.low <= truth && truth <= interval.high {
                    sum += probability;
                }
                let left = f64::from(u32::try_from(runs).unwrap() - failures);
                probability *= left / f64::from(failures + 1) * truth / (1.0 - truth);
            }
        }
        let covered = sum / f64::from(steps);
        assert!((low..=high).contains(&covered), "{runs} runs: {covered}");
    }
}

/// The Beta-Binomial probability of n failures in n runs, by hand: after 0 of 3 it is Beta(1/2, 7/2), so 1/8 for one failure,
/// 1/8 * 3/10 for two.
#[test]
fn chances_of_streaks_worked_out_by_hand() {
    for (streak, chance) in [(0, 1.0), (1, 0.125), (2, 0.0375), (3, 0.015_625)] {
        assert!((rate(0, 3).chance_of_streak(streak) - chance).abs() < 1e-12);
    }
}

#[test]
fn passes_that_prove_a_fix() {
    // ln 0.05 / ln(1 - 0.021989) = 134.7.
    assert_eq!(rate(3, 50).passes_to_prove(0.05), Some(135));
    assert_eq!(rate(0, 50).passes_to_prove(0.05), None);
    assert_eq!(rate(0, 0).passes_to_prove(0.05), None);
    // Even what always failed may pass now and then: Beta(5.5, 0.5) is above 0.7733 with 90 %, ln 0.05 / ln 0.2267 = 2.02.
    assert_eq!(rate(5, 5).passes_to_prove(0.05), Some(3));
}

#[test]
fn failures_of_one_bad_day_say_less() {
    let day = |failures| Tries { failures, runs: 10 };
    let crowded: Vec<Tries> = (0..10)
        .map(|number| day(if number == 4 { 10 } else { 0 }))
        .collect();
    let even: Vec<Tries> = (0..10).map(|_| day(1)).collect();
    let crowded = FlakeRate::of_groups(&crowded, Prior::JEFFREYS, 0.9);
    let even = FlakeRate::of_groups(&even, Prior::JEFFREYS, 0.9);
    assert_eq!((crowded.runs, crowded.failures), (even.runs, even.failures));
    // Pearson by hand: (81 + 9 * 1) / 0.9 = 100, over 9 degrees of freedom.
    assert!(
        (crowded.overdispersion - 100.0 / 9.0).abs() < 1e-9,
        "{crowded:?}"
    );
    assert!((even.overdispersion - 1.0).abs() < 1e-12, "{even:?}");
    assert!(
        crowded.high - crowded.low > 2.0 * (even.high - even.low),
        "{crowded:?} {even:?}"
    );
}

#[test]
fn nonsense_is_read_as_far_as_it_makes_sense() {
    let more_failures_than_runs = rate(5, 3);
    assert_eq!(
        (
            more_failures_than_runs.failures,
            more_failures_than_runs.runs
        ),
        (5, 5)
    );
    assert!((FlakeRate::of(1, 9, Prior::JEFFREYS, 7.0).level - 1.0).abs() < 1e-12);
}

proptest! {
    #[test]
    fn bounds_enclose_and_narrow(
        (runs, failures) in (1_u64..3_000).prop_flat_map(|runs| (Just(runs), 0..=runs)),
    ) {
        let few = rate(failures, runs);
        prop_assert!(0.0 <= few.low && few.low <= few.high && few.high <= 1.0);
        let many = rate(failures * 4, runs * 4);
        prop_assert!(many.high - many.low <= few.high - few.low + 1e-9);
        let wider = FlakeRate::of(failures, runs, Prior::JEFFREYS, 0.99);
        prop_assert!(wider.low <= few.low && few.high <= wider.high);
    }

    #[test]
    fn a_streak_is_never_more_probable_than_a_shorter_one(
        (runs, failures) in (0_u64..300).prop_flat_map(|runs| (Just(runs), 0..=runs)),
        streak in 0_u64..50,
    ) {
        let rate = rate(failures, runs);
        prop_assert!(rate.chance_of_streak(streak + 1) <= rate.chance_of_streak(streak));
    }
}
