//! Both outputs in one text.

use super::{Order, Segment};
use crate::capture::Captured;
use crate::event::Output;

/// Both outputs in the order in which they were read, as far as they are kept, with a line where something is missing.
pub(crate) fn merged_text(stdout: &Captured, stderr: &Captured, order: &Order) -> String {
    let mut merge = Merge {
        text: Vec::new(),
        outputs: [stdout, stderr].map(Cursor::new),
    };
    for segment in order.first() {
        merge.segment(segment);
    }
    let forgotten = order.forgotten();
    let bytes = forgotten.stdout_bytes + forgotten.stderr_bytes;
    if bytes > 0 {
        merge.note(&format!(
            "the order of the next {bytes} bytes is forgotten: standard output comes first"
        ));
        merge.take(Output::Stdout, forgotten.stdout_bytes);
        merge.take(Output::Stderr, forgotten.stderr_bytes);
        merge.note("the order is known again");
    }
    for segment in order.last() {
        merge.segment(segment);
    }
    String::from_utf8_lossy(&merge.text).into_owned()
}

struct Merge<'a> {
    text: Vec<u8>,
    outputs: [Cursor<'a>; 2],
}

/// How far one output has been copied.
struct Cursor<'a> {
    captured: &'a Captured,
    position: u64,
}

impl<'a> Cursor<'a> {
    fn new(captured: &'a Captured) -> Self {
        Self {
            captured,
            position: 0,
        }
    }

    /// The kept ones among the next `length` bytes: of the beginning, and of the end; and whether some that are not kept begin
    /// here.
    fn take(&mut self, length: u64) -> (&'a [u8], bool, &'a [u8]) {
        let (head, tail) = (self.captured.head(), self.captured.tail());
        let head_end = head.len() as u64;
        let tail_start = self.captured.total_bytes() - tail.len() as u64;
        let (start, end) = (self.position, self.position.saturating_add(length));
        self.position = end;
        (
            part(head, 0, start, end),
            self.captured.truncated() && (start..end).contains(&head_end),
            part(tail, tail_start, start, end),
        )
    }
}

/// The bytes from `start` to `end` of an output, as far as they are in `bytes`, which begins at `offset` of it.
fn part(bytes: &[u8], offset: u64, start: u64, end: u64) -> &[u8] {
    let within = |position: u64| {
        usize::try_from(position.saturating_sub(offset))
            .unwrap_or(usize::MAX)
            .min(bytes.len())
    };
    &bytes[within(start)..within(end)]
}

impl Merge<'_> {
    fn segment(&mut self, segment: &Segment) {
        self.take(segment.output, segment.length);
    }

    fn take(&mut self, output: Output, length: u64) {
        let cursor = &mut self.outputs[output.index()];
        let (head, gap_begins, tail) = cursor.take(length);
        let omitted = cursor.captured.omitted_bytes();
        self.text.extend_from_slice(head);
        if gap_begins {
            let name = match output {
                Output::Stdout => "standard output",
                Output::Stderr => "standard error",
            };
            self.note(&format!("{omitted} bytes of {name} omitted"));
        }
        self.text.extend_from_slice(tail);
    }

    /// A line of our own.
    fn note(&mut self, words: &str) {
        if !self.text.is_empty() && !self.text.ends_with(b"\n") {
            self.text.push(b'\n');
        }
        self.text
            .extend_from_slice(format!("[{words}]\n").as_bytes());
    }
}
