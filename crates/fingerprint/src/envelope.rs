//! What a CI system wraps around each line of a tool's output.
//!
//! A log may be wrapped several times, as one of a shell runner that was stored by GitHub: the layers are found from the
//! outside in, each by what most lines of the log's beginning have in common, and each line is peeled of those that it carries.

mod layer;
mod shape;

use layer::Layer;
pub(crate) use shape::inner_stamp;

/// The layers that the lines of one input carry, the outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Envelope {
    layers: [Option<Layer>; DEPTH],
}

/// Layers that are peeled.
const DEPTH: usize = 4;

/// How many lines decide, and how many bytes at most have to be seen first.
const LINES_TO_DECIDE: usize = 200;
pub(crate) const BYTES_TO_DECIDE: usize = 64 * 1024;

impl Envelope {
    /// Lines are the tool's own.
    pub(crate) const NONE: Self = Self {
        layers: [None; DEPTH],
    };

    /// Decides from the beginning of an input, up to [`BYTES_TO_DECIDE`] bytes. Most of its lines must carry a layer: a test
    /// that prints one line with a time stamp does not make an envelope.
    pub(crate) fn detect(head: &[u8]) -> Self {
        let mut lines: Vec<&[u8]> = lines_that_decide(head).collect();
        let mut envelope = Self::NONE;
        for place in &mut envelope.layers {
            let Some(layer) = Layer::of(&lines) else {
                break;
            };
            *place = Some(layer);
            let peeled = |line: &&'_ [u8]| layer.take(line).is_some();
            lines.retain(peeled);
            for line in &mut lines {
                *line = layer.take(line).map_or(*line, |taken| taken.rest);
            }
            lines.retain(|line| !line.trim_ascii().is_empty());
        }
        envelope
    }

    /// Whether lines carry anything.
    pub(crate) fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// Splits a raw line into its time stamp, where it carries one, and the tool's own bytes.
    pub(crate) fn peel(self, raw: &[u8]) -> (Option<&str>, &[u8]) {
        let mut rest = raw.strip_prefix(shape::BOM).unwrap_or(raw);
        let mut stamp = None;
        for layer in self.layers {
            let Some(layer) = layer else {
                break;
            };
            if let Some(taken) = layer.take(rest) {
                stamp = stamp.or(taken.stamp);
                rest = taken.rest;
            }
        }
        (stamp, rest)
    }
}

/// As much of an input as decides, however it was cut.
pub(crate) fn beginning(head: &[u8]) -> &[u8] {
    &head[..head.len().min(BYTES_TO_DECIDE)]
}

/// The lines at the beginning of an input that say something.
pub(crate) fn lines_that_decide(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let head = beginning(head);
    head.strip_prefix(shape::BOM)
        .unwrap_or(head)
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .take(LINES_TO_DECIDE)
}

#[cfg(test)]
mod tests;
