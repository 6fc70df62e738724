//! Changes inputs in ways that only a seed decides.

/// Makes inputs of the seeds, the same ones in every run.
pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    state: u64,
}

impl Mutator {
    pub fn new(seeds: Vec<Vec<u8>>, dictionary: &[u8]) -> Self {
        assert!(!seeds.is_empty(), "there is a seed");
        let words: Vec<_> = dictionary
            .split(|&byte| byte == b'\n')
            .filter_map(word)
            .collect();
        assert!(!words.is_empty(), "there is a word");
        Self {
            seeds,
            words,
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// The next input: a seed, changed one to eight times.
    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..=self.below(7) {
            self.change(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        match self.below(6) {
            0 => self.splice(input),
            1 => {
                let at = self.below(input.len().max(1));
                let bit = self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            2 => input.truncate(self.below(input.len() + 1)),
            3 => {
                let lines = self.lines(input);
                let at = self.line(input);
                input.splice(at..at, lines);
            }
            4 => {
                let at = self.line(input);
                let end = input[at..].iter().position(|&byte| byte == b'\n');
                input.drain(at..end.map_or(input.len(), |end| at + end + 1));
            }
            _ => {
                let word = self.below(self.words.len());
                let at = match self.below(2) {
                    0 => self.line(input),
                    _ => self.below(input.len() + 1),
                };
                input.splice(at..at, self.words[word].iter().copied());
            }
        }
    }

    /// Puts lines of another seed between those of the input, or behind what is kept of them.
    fn splice(&mut self, input: &mut Vec<u8>) {
        let other = self.seed();
        let lines = self.lines(&other);
        let at = self.line(input);
        let end = if self.below(2) == 0 { at } else { input.len() };
        input.splice(at..end, lines);
    }

    fn seed(&mut self) -> Vec<u8> {
        let at = self.below(self.seeds.len());
        self.seeds[at].clone()
    }

    /// Some lines of the input.
    fn lines(&mut self, input: &[u8]) -> Vec<u8> {
        let (one, other) = (self.line(input), self.line(input));
        input[one.min(other)..one.max(other)].to_vec()
    }

    /// Where a line of the input begins.
    fn line(&mut self, input: &[u8]) -> usize {
        let at = self.below(input.len() + 1);
        let before = input[..at].iter().rposition(|&byte| byte == b'\n');
        before.map_or(0, |before| before + 1)
    }

    /// A number below `limit`, which is not 0 (`xorshift64*`).
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let number = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).expect("31 bits fit") % limit
    }
}

/// An entry of libFuzzer's dictionaries: a text in quotation marks, with `\\`, `\"` and `\xAB` in it.
fn word(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut word = Vec::new();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, rest) {
            (b'\\', [b'x', digits @ ..]) => {
                let (hex, after) = digits.split_at_checked(2)?;
                word.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
                rest = after;
            }
            (b'\\', [escaped, after @ ..]) => {
                word.push(*escaped);
                rest = after;
            }
            _ => word.push(*first),
        }
    }
    Some(word)
}
