//! The Beta distribution: its distribution function and the inverse of that.
//!
//! The crates that offer it bring far more along than these few lines (`statrs` a linear algebra library), so they are here. The
//! continued fraction is DLMF 8.17.22 (<https://dlmf.nist.gov/8.17#E22>, version 1.2), evaluated as Lentz does it.

/// More steps of the continued fraction than any parameters below 10^7 need.
const STEPS: u32 = 20_000;

/// The `x` below which a Beta(`a`, `b`) variable stays with the given probability. `a` and `b` are above 0.
pub(crate) fn quantile(a: f64, b: f64, probability: f64) -> f64 {
    if probability <= 0.0 {
        return 0.0;
    }
    if probability >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // Halving never fails, and the function is monotone; the loop ends when the two are neighbours or as good as that.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high || high - low <= high * 1e-13 {
            break;
        }
        if distribution(a, b, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The probability that a Beta(`a`, `b`) variable is at most `x`: the regularised incomplete beta function.
pub(crate) fn distribution(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast on the side of the mean where `x` is.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let keep = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut upper = 1.0;
    let mut lower = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut result = lower;
    for step in 1..STEPS {
        let step = f64::from(step);
        let even = step * (b - step) * x / ((a + 2.0 * step - 1.0) * (a + 2.0 * step));
        lower = 1.0 / keep(1.0 + even * lower);
        upper = keep(1.0 + even / upper);
        result *= lower * upper;
        let odd = -(a + step) * (a + b + step) * x / ((a + 2.0 * step) * (a + 2.0 * step + 1.0));
        lower = 1.0 / keep(1.0 + odd * lower);
        upper = keep(1.0 + odd / upper);
        result *= lower * upper;
        if (lower * upper - 1.0).abs() < 1e-15 {
            break;
        }
    }
    result
}

/// The logarithm of the gamma function for `x` above 0: Stirling's series (DLMF 5.11.1) from 10 on, below by recurrence.
fn ln_gamma(x: f64) -> f64 {
    let mut shifted = x;
    let mut product = 1.0;
    while shifted < 10.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let square = shifted * shifted;
    let series = (1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square)
            / square)
        / shifted;
    let half_ln_of_two_pi = 0.918_938_533_204_672_8;
    (shifted - 0.5) * shifted.ln() - shifted + half_ln_of_two_pi + series - product.ln()
}

#[cfg(test)]
mod tests;
