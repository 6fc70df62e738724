//! With real pipes, into which is written exactly what a test wants to be read at once.

use std::io::{PipeWriter, Read as _, Write as _, pipe};
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::spill::SpillReader;

type Chunk = (Output, Vec<u8>, Duration);

struct Source {
    reading: Reading,
    writers: [PipeWriter; 2],
}

impl Source {
    fn new(limit_bytes: usize, digest: bool, spill: Option<SpillFile>) -> Self {
        let (stdout, stdout_writer) = pipe().unwrap();
        let (stderr, stderr_writer) = pipe().unwrap();
        let options = CaptureOptions {
            limit_bytes,
            digest,
        };
        Self {
            reading: Reading::new(stdout.into(), stderr.into(), &options, spill),
            writers: [stdout_writer, stderr_writer],
        }
    }

    /// Writes a piece that a pipe holds, and has it read.
    fn print(&mut self, (output, bytes, elapsed): &Chunk) -> Vec<u8> {
        let index = output.index();
        self.writers[index].write_all(bytes).unwrap();
        let mut ready = [false; 2];
        ready[index] = true;
        let mut told = Vec::new();
        let mut read = 0;
        while read < bytes.len() {
            let mut observer = |event: Event<'_>| {
                let Event::Output {
                    output: from,
                    bytes,
                    elapsed: when,
                } = event
                else {
                    panic!("{event:?}");
                };
                assert_eq!((from, when), (*output, *elapsed));
                told.extend_from_slice(bytes);
            };
            read += self
                .reading
                .read(ready, *elapsed, Some(&mut observer))
                .unwrap();
        }
        told
    }

    fn finish(self) -> Captures {
        let Self {
            mut reading,
            writers,
        } = self;
        drop(writers);
        assert!(!reading.is_closed());
        assert_eq!(reading.read([true; 2], Duration::ZERO, None).unwrap(), 0);
        assert!(reading.is_closed());
        assert!(reading.fds().iter().all(Option::is_none));
        reading.finish()
    }
}

fn chunks() -> impl Strategy<Value = Vec<Chunk>> {
    let output = prop_oneof![Just(Output::Stdout), Just(Output::Stderr)];
    let bytes = prop::collection::vec(any::<u8>(), 1..300);
    let step = prop_oneof![3 => Just(0u64), 1 => 1..2_500u64];
    prop::collection::vec((output, bytes, step), 0..60).prop_map(|chunks| {
        let mut elapsed = Duration::ZERO;
        let at = |(output, bytes, step)| {
            elapsed += Duration::from_millis(step);
            (output, bytes, elapsed)
        };
        chunks.into_iter().map(at).collect()
    })
}

fn all_of(chunks: &[Chunk], output: Option<Output>) -> Vec<u8> {
    chunks
        .iter()
        .filter(|chunk| output.is_none_or(|output| chunk.0 == output))
        .flat_map(|chunk| &chunk.1)
        .copied()
        .collect()
}

fn read_only(path: &Path, output: Output) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader = SpillReader::open(path).unwrap();
    match reader.only(output).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(error),
    }
}

/// How the segments of `chunks` have to be.
fn segments(chunks: &[Chunk]) -> Vec<(Output, u64, Duration)> {
    let mut segments: Vec<(Output, u64, Duration)> = Vec::new();
    for (output, bytes, elapsed) in chunks {
        match segments.last_mut() {
            Some(last) if last.0 == *output && *elapsed < last.2 + Duration::from_secs(1) => {
                last.1 += bytes.len() as u64;
            }
            _ => segments.push((*output, bytes.len() as u64, *elapsed)),
        }
    }
    segments
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_lost_and_the_order_is_kept(chunks in chunks(), limit in 0usize..6_000) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        let spill = SpillFile::create(&path, u64::MAX, true).unwrap();
        let mut source = Source::new(limit, true, Some(spill));
        for chunk in &chunks {
            prop_assert!(source.print(chunk) == chunk.1);
        }
        let captures = source.finish();
        for (captured, output) in [(&captures.stdout, Output::Stdout), (&captures.stderr, Output::Stderr)] {
            let expected = all_of(&chunks, Some(output));
            let head = expected.len().min(limit / 2);
            let tail = (expected.len() - head).min(limit - limit / 2);
            prop_assert_eq!(captured.total_bytes(), expected.len() as u64);
            prop_assert!(captured.head() == &expected[..head]);
            prop_assert!(captured.tail() == &expected[expected.len() - tail..]);
            let sha256: [u8; 32] = Sha256::digest(&expected).into();
            prop_assert_eq!(captured.sha256(), Some(sha256));
            prop_assert!(read_only(&path, output).unwrap() == expected);
        }
        let order: Vec<_> = captures.order.first().iter().map(|segment| (segment.output, segment.length, segment.elapsed)).collect();
        prop_assert_eq!(order, segments(&chunks));
        prop_assert_eq!(captures.order.last().count(), 0);
        let spill = captures.spill.unwrap();
        prop_assert!(spill.is_complete());
        prop_assert_eq!(spill.index.unwrap().error, None);
        prop_assert!(std::fs::read(&path).unwrap() == all_of(&chunks, None));
        if limit == 0 || !(captures.stdout.truncated() || captures.stderr.truncated()) {
            return Ok(());
        }
        let text = crate::order::merged_text(&captures.stdout, &captures.stderr, &captures.order);
        for (captured, name) in [(&captures.stdout, "output"), (&captures.stderr, "error")] {
            let note = format!("[{} bytes of standard {name} omitted]\n", captured.omitted_bytes());
            prop_assert_eq!(text.contains(&note), captured.truncated());
        }
    }

    #[test]
    fn what_is_kept_whole_is_merged_whole(chunks in chunks()) {
        let mut source = Source::new(1 << 20, false, None);
        for chunk in &chunks {
            source.print(chunk);
        }
        let captures = source.finish();
        let text = crate::order::merged_text(&captures.stdout, &captures.stderr, &captures.order);
        let expected = all_of(&chunks, None);
        prop_assert_eq!(text, String::from_utf8_lossy(&expected));
        prop_assert_eq!(captures.stdout.sha256(), None);
    }

    /// Whatever is left of an index, no byte is told to be of the wrong output.
    #[test]
    fn a_torn_index_says_nothing_wrong(chunks in chunks(), limit in 0u64..10_000, cut in 0.0f64..1.0) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        let spill = SpillFile::create(&path, limit, true).unwrap();
        let mut source = Source::new(0, false, Some(spill));
        for chunk in &chunks {
            source.print(chunk);
        }
        let spill = source.finish().spill.unwrap();
        let index = spill.index.unwrap().path;
        let length = index.metadata().unwrap().len();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "any place will do")]
        let cut = (length as f64 * cut) as u64;
        std::fs::OpenOptions::new().write(true).open(&index).unwrap().set_len(cut).unwrap();

        let mut truth = chunks.iter().flat_map(|(output, bytes, _)| bytes.iter().map(move |byte| (*byte, *output)));
        let mut reader = SpillReader::open(&path).unwrap();
        let known_to = reader.order_unknown_from().unwrap_or(spill.written_bytes);
        let mut position = 0;
        let mut buffer = [0; 100];
        while let Some(piece) = reader.read_piece(&mut buffer).unwrap() {
            prop_assert_eq!(piece.offset, position);
            prop_assert_eq!(piece.source.is_some(), position < known_to);
            for byte in piece.bytes {
                let (expected, output) = truth.next().unwrap();
                prop_assert_eq!(*byte, expected);
                prop_assert!(piece.source.is_none_or(|(source, _)| source == output));
            }
            position += piece.bytes.len() as u64;
        }
        prop_assert_eq!(position, spill.written_bytes);
        if known_to < spill.written_bytes {
            let error = read_only(&path, Output::Stdout).unwrap_err();
            prop_assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
        }
    }
}

#[test]
fn of_many_segments_the_first_and_the_last_are_kept() {
    let mut source = Source::new(1 << 20, false, None);
    for number in 0..5_000 {
        let output = if number % 2 == 0 {
            Output::Stdout
        } else {
            Output::Stderr
        };
        let line = format!("{number}\n").into_bytes();
        source.print(&(output, line, Duration::ZERO));
    }
    let captures = source.finish();
    let order = &captures.order;
    let forgotten = order.forgotten();
    assert_eq!((order.first().len(), order.last().count()), (1024, 1024));
    assert_eq!(forgotten.segments, 5_000 - 2 * 1024);
    for (captured, output, forgotten) in [
        (&captures.stdout, Output::Stdout, forgotten.stdout_bytes),
        (&captures.stderr, Output::Stderr, forgotten.stderr_bytes),
    ] {
        let known: u64 = order
            .first()
            .iter()
            .chain(order.last())
            .filter(|segment| segment.output == output)
            .map(|segment| segment.length)
            .sum();
        assert_eq!(known + forgotten, captured.total_bytes());
    }
    let text = crate::order::merged_text(&captures.stdout, &captures.stderr, order);
    let (ours, lines): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with('['));
    // 1024 to 3975 are of four digits and a line feed each.
    let note = "[the order of the next 14760 bytes is forgotten: standard output comes first]";
    assert_eq!(ours, [note, "[the order is known again]"]);
    let forgotten = (1024..3976).step_by(2).chain((1025..3976).step_by(2));
    let expected: Vec<String> = (0..1024)
        .chain(forgotten)
        .chain(3976..5_000)
        .map(|number| number.to_string())
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_gap_is_told_once_and_where_it_is() {
    let mut source = Source::new(4, false, None);
    for (output, text) in [
        (Output::Stdout, "abc"),
        (Output::Stderr, "1"),
        (Output::Stdout, "def"),
        (Output::Stderr, "2345"),
        (Output::Stdout, "gh"),
    ] {
        source.print(&(output, text.into(), Duration::ZERO));
    }
    let captures = source.finish();
    let text = crate::order::merged_text(&captures.stdout, &captures.stderr, &captures.order);
    let expected =
        "ab\n[4 bytes of standard output omitted]\n12\n[1 bytes of standard error omitted]\n45gh";
    assert_eq!(text, expected);
}
