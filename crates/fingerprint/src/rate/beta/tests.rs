use super::{distribution, quantile};

/// Values that scipy 1.16 gives (`scipy.stats.beta.ppf` and `.cdf`).
#[test]
fn agrees_with_another_implementation() {
    let rows = [
        (0.5, 0.5, 0.006_155_829_702_43, 0.993_844_170_298),
        (0.5, 50.5, 3.912_452_094_09e-5, 0.037_501_135_14),
        (1.5, 49.5, 0.003_529_978_470_97, 0.075_538_815_811_7),
        (3.5, 47.5, 0.021_989_304_265_1, 0.134_416_429_39),
        (8.5, 12.5, 0.237_639_449_916, 0.582_445_979_043),
        (20.5, 0.5, 0.909_523_573_462, 0.999_902_922_241),
        (1000.5, 99_000.5, 0.009_492_869_074_58, 0.010_528_072_964_2),
        (0.25, 7.75, 5.716_006_737_06e-7, 0.151_132_993_812),
    ];
    for (a, b, low, high) in rows {
        for (probability, expected) in [(0.05, low), (0.95, high)] {
            let found = quantile(a, b, probability);
            assert!(
                (found / expected - 1.0).abs() < 1e-9,
                "{a} {b}: {found} {expected}"
            );
        }
    }
    let tail = distribution(20.5, 0.5, 0.1);
    assert!((tail / 4.117_784_177_14e-22 - 1.0).abs() < 1e-9, "{tail}");
}

/// Beta(1, b) and Beta(a, 1) have a closed form, and so has Beta(1/2, 1/2).
#[test]
fn agrees_with_the_closed_forms() {
    for step in 1_u32..100 {
        let x = f64::from(step) / 100.0;
        for parameter in [0.5, 1.0, 3.0, 40.0, 900.0] {
            let falling = 1.0 - (1.0 - x).powf(parameter);
            let rising = x.powf(parameter);
            assert!((distribution(1.0, parameter, x) - falling).abs() < 1e-12);
            assert!((distribution(parameter, 1.0, x) - rising).abs() < 1e-12);
        }
        let arc = x.sqrt().asin() * std::f64::consts::FRAC_2_PI;
        assert!((distribution(0.5, 0.5, x) - arc).abs() < 1e-12);
    }
}

#[test]
fn the_ends_are_exact() {
    assert_eq!(quantile(2.0, 5.0, 0.0).to_bits(), 0.0_f64.to_bits());
    assert_eq!(quantile(2.0, 5.0, 1.0).to_bits(), 1.0_f64.to_bits());
    assert_eq!(distribution(2.0, 5.0, -1.0).to_bits(), 0.0_f64.to_bits());
    assert_eq!(distribution(2.0, 5.0, 2.0).to_bits(), 1.0_f64.to_bits());
}
