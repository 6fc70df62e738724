//! The streams of output that a log mixes, each read by recognisers of its own.
//!
//! Tools that run several commands at once put a name before each line (`web-1  | `, `#8 12.34 `, `shop:test: `), and their lines
//! alternate. A block of one must not be torn by another's, nor may a test that prints one such line be taken for a command.

mod label;

use crate::anchors::Mask;
use crate::before::Before;
use crate::envelope::{self, Envelope};
use crate::findings::Findings;
use crate::line::{Line, Peeled};
use crate::panel::Panel;
use label::{Label, Shape};

/// Streams that are read apart, the one without a name included. What comes beyond them is read as one.
const LIMIT: u8 = 64;

/// Labels that are remembered.
const LABELS: usize = 4096;

/// Labels that stand behind one another.
const DEPTH: usize = 3;

/// A label is one when so many of the nearest lines above carry one of its shape.
const IN_A_ROW: usize = 2;
const NEAREST: usize = 6;

/// The stream of lines without a label.
pub(crate) const MAIN: u8 = 0;

/// The labels that are known, and the streams they name.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// Hashes of the labels, with all that stand before them, in order, and the stream of each.
    known: Vec<(u64, u8)>,
    /// Shapes that most lines have.
    common: Vec<Shape>,
    /// Jenkins names its parallel branches in brackets, as other tools do with other things.
    has_branches: bool,
}

impl Labels {
    /// Finds out from the beginning of an input what most of its lines carry.
    pub(crate) fn detect(head: &[u8], envelope: Envelope) -> Self {
        let has_branches =
            memchr::memmem::find(envelope::beginning(head), b"[Pipeline] ").is_some();
        let lines: Vec<Peeled<'_>> = envelope::lines_that_decide(head)
            .map(|line| Peeled::of(line, envelope))
            .collect();
        let is_common = |&shape: &Shape| {
            let of_shape = |line: &&Peeled<'_>| {
                Label::of(&line.text, has_branches).is_some_and(|label| label.shape == shape)
            };
            let count = lines.iter().filter(of_shape).count();
            count > IN_A_ROW && count * 10 >= lines.len() * 6
        };
        Self {
            known: Vec::new(),
            common: Shape::ALL.into_iter().filter(is_common).collect(),
            has_branches,
        }
    }

    /// Whether no line has a label.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The stream of a line, and how many of its bytes are labels.
    pub(crate) fn place(&self, text: &[u8]) -> (u8, usize) {
        let (mut stream, mut length, mut hash) = (MAIN, 0, 0);
        for _ in 0..DEPTH {
            let Some(label) = Label::of(&text[length..], self.has_branches) else {
                break;
            };
            hash = label.hash(hash);
            let Some(known) = self.stream(hash) else {
                break;
            };
            stream = known;
            length += label.length;
        }
        (stream, length)
    }

    fn stream(&self, hash: u64) -> Option<u8> {
        let at = self.known.binary_search_by_key(&hash, |&(hash, _)| hash);
        Some(self.known[at.ok()?].1)
    }

    /// Gets to know the labels of a line, where the lines above it carry such ones, too.
    fn learn(&mut self, text: &[u8], above: impl Fn() -> Vec<Vec<u8>>) {
        let (mut length, mut hash) = (0, 0);
        let mut nearest = None;
        for depth in 0..DEPTH {
            let Some(label) = Label::of(&text[length..], self.has_branches) else {
                return;
            };
            hash = label.hash(hash);
            length += label.length;
            if self.stream(hash).is_some() {
                continue;
            }
            let is_one = self.common.contains(&label.shape)
                || self.follows_others(label.shape, depth, nearest.get_or_insert_with(&above));
            if !is_one || self.known.len() >= LABELS {
                return;
            }
            let stream = u8::try_from(self.known.len() + 1)
                .map_or(LIMIT - 1, |stream| stream.min(LIMIT - 1));
            let at = self.known.partition_point(|&(known, _)| known < hash);
            self.known.insert(at, (hash, stream));
        }
    }

    /// Whether lines above carry a label of this shape behind as many others.
    fn follows_others(&self, shape: Shape, depth: usize, above: &[Vec<u8>]) -> bool {
        let has_one = |line: &&Vec<u8>| {
            let mut rest = &line[..];
            for _ in 0..depth {
                let Some(label) = Label::of(rest, self.has_branches) else {
                    return false;
                };
                rest = &rest[label.length..];
            }
            Label::of(rest, self.has_branches).is_some_and(|label| label.shape == shape)
        };
        above.iter().filter(has_one).count() >= IN_A_ROW
    }
}

/// The recognisers of each stream.
#[derive(Debug)]
pub(crate) struct Lanes {
    panels: Vec<Panel>,
    /// How many of them want every next line.
    followed: usize,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        Self {
            panels: vec![Panel::new()],
            followed: 0,
        }
    }

    /// Whether somebody wants every next line.
    pub(crate) fn is_followed(&self) -> bool {
        self.followed > 0
    }

    /// Takes the labels off a line of a stream that is known or shows itself now, and says which stream it is.
    pub(crate) fn sort(
        &self,
        peeled: &mut Peeled<'_>,
        labels: &mut Labels,
        above: Before<'_>,
    ) -> u8 {
        if Label::of(&peeled.text, labels.has_branches).is_none() || self.is_held(MAIN) {
            // What a test prints is the test's.
            return MAIN;
        }
        labels.learn(&peeled.text, || {
            let nearest = above.lines(0, 0).take(NEAREST);
            nearest
                .map(|line| line.text.into_owned().into_bytes())
                .collect()
        });
        let (stream, length) = labels.place(&peeled.text);
        peeled.cut(length);
        stream
    }

    /// Who wants a line of the stream.
    pub(crate) fn wanted_by(&mut self, stream: u8, text: &[u8]) -> Mask {
        let stream = usize::from(stream);
        while self.panels.len() <= stream {
            self.panels.push(Panel::new());
        }
        self.panels[stream].wanted_by(text)
    }

    /// Whether the next lines of the stream are a test's output.
    pub(crate) fn is_held(&self, stream: u8) -> bool {
        let panel = self.panels.get(usize::from(stream));
        panel.is_some_and(Panel::is_held)
    }

    pub(crate) fn show(
        &mut self,
        stream: u8,
        line: &Line<'_>,
        mask: Mask,
        findings: &mut Findings,
    ) {
        findings.enclosures.read_at(stream, line.start);
        let panel = &mut self.panels[usize::from(stream)];
        self.followed -= usize::from(panel.is_followed());
        panel.show(line, mask, findings);
        self.followed += usize::from(panel.is_followed());
    }

    /// Tells the other streams what the runner says, who prints without a label.
    pub(crate) fn tell_others(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if line.text.starts_with("##[") {
            for stream in self.streams().skip(1) {
                let mask = self.wanted_by(stream, line.text.as_bytes());
                self.show(stream, line, mask, findings);
            }
        }
    }

    /// The streams that there are.
    pub(crate) fn streams(&self) -> impl Iterator<Item = u8> + use<> {
        (MAIN..).take(self.panels.len())
    }

    /// A stream ends behind the line, which is empty.
    pub(crate) fn finish(&mut self, stream: u8, line: &Line<'_>, findings: &mut Findings) {
        findings.enclosures.read_at(stream, line.start);
        let panel = &mut self.panels[usize::from(stream)];
        panel.end(line, findings);
        panel.finish(findings);
    }
}
