//! The recognisers of one stream, and which of them sees a line.

use crate::anchors::{Anchors, Mask};
use crate::findings::Findings;
use crate::frameworks;
use crate::line::Line;
use crate::recognizer::Recognizer;

/// Recognisers side by side. What they want is asked when they have been shown a line, not at every line.
#[derive(Debug)]
pub(crate) struct Panel {
    recognizers: Vec<Box<dyn Recognizer>>,
    anchors: &'static Anchors,
    /// Those that want every next line.
    following: Mask,
    /// Those whose tests print the next lines.
    holding: Mask,
    /// Those that read what others hold.
    unheld: Mask,
    /// Those that want to know what the runner says.
    of_runner: Mask,
}

impl Panel {
    pub(crate) fn new() -> Self {
        let recognizers = frameworks::all();
        let those = |is: fn(&dyn Recognizer) -> bool| {
            let bits = recognizers.iter().enumerate();
            bits.filter(|(_, recognizer)| is(recognizer.as_ref()))
                .fold(0, |mask, (at, _)| mask | (1 << at))
        };
        Self {
            unheld: those(|recognizer| recognizer.reads_held_lines()),
            of_runner: those(|recognizer| recognizer.reads_runner_lines()),
            following: 0,
            holding: 0,
            anchors: Anchors::of_all(),
            recognizers,
        }
    }

    /// Whether somebody wants every next line.
    pub(crate) fn is_followed(&self) -> bool {
        self.following != 0
    }

    /// Whether the next lines are a test's output.
    pub(crate) fn is_held(&self) -> bool {
        self.holding != 0
    }

    /// Who wants the line with this text, without its envelope and colours.
    pub(crate) fn wanted_by(&self, text: &[u8]) -> Mask {
        let mut mask = self.following | self.anchors.of(text);
        // The runner's own lines tell everybody that a step has ended, also in the middle of a test.
        let is_runners = text.starts_with(b"##[");
        if is_runners {
            mask |= self.of_runner;
        } else if self.holding != 0 {
            let holder = self.holding & self.holding.wrapping_neg();
            mask &= holder | self.unheld;
        }
        mask
    }

    /// Shows the line to those of the mask.
    pub(crate) fn show(&mut self, line: &Line<'_>, mut mask: Mask, findings: &mut Findings) {
        while mask != 0 {
            let at = mask.trailing_zeros() as usize;
            let bit = mask & mask.wrapping_neg();
            mask ^= bit;
            let recognizer = &mut self.recognizers[at];
            recognizer.line(line, findings);
            set(&mut self.following, bit, recognizer.follows());
            set(&mut self.holding, bit, recognizer.holds());
        }
    }

    /// The input ends behind the line, which is empty.
    pub(crate) fn end(&mut self, line: &Line<'_>, findings: &mut Findings) {
        for recognizer in &mut self.recognizers {
            recognizer.end(line, findings);
        }
    }

    pub(crate) fn finish(&mut self, findings: &mut Findings) {
        for recognizer in &mut self.recognizers {
            recognizer.finish(findings);
        }
    }
}

fn set(mask: &mut Mask, bit: Mask, is_set: bool) {
    if is_set {
        *mask |= bit;
    } else {
        *mask &= !bit;
    }
}
