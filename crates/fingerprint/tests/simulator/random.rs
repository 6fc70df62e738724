//! Random numbers that are the same everywhere: `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).

/// A seeded generator.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// From 0 up to, but not including, 1.
    pub fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).expect("a small number")) / 4_294_967_296.0
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        let span = u64::try_from(high - low + 1).expect("a small number");
        low + usize::try_from(self.next() % span).expect("a small number")
    }

    /// Between `low` and `high`, each order of magnitude as probable as another.
    pub fn of_any_size(&mut self, low: f64, high: f64) -> f64 {
        (low.ln() + self.share() * (high / low).ln()).exp()
    }

    /// An index below `count`, low ones far more often: some tests are broken again and again.
    pub fn uneven(&mut self, count: usize) -> usize {
        let at = self.share();
        self.between(0, count - 1)
            .min(self.between(0, count - 1))
            .min(if at < 0.3 { count / 20 } else { count })
    }
}
