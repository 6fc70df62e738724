use ftc_process::{Lines, Output};
use proptest::prelude::*;

type Told = Vec<(Output, Vec<u8>, bool)>;

/// What comes of these pieces.
fn lines(limit_bytes: usize, pieces: &[(Output, &[u8])]) -> Told {
    let mut told = Told::new();
    let mut tell = |line: ftc_process::Line<'_>| {
        told.push((line.output, line.bytes.to_vec(), line.goes_on));
    };
    let mut lines = Lines::new(limit_bytes);
    for (output, bytes) in pieces {
        lines.push(*output, bytes, &mut tell);
    }
    lines.finish(&mut tell);
    lines.finish(&mut |line| panic!("told twice: {line:?}"));
    told
}

fn text(told: &Told) -> Vec<(&str, bool)> {
    told.iter()
        .map(|(_, bytes, goes_on)| (std::str::from_utf8(bytes).expect("text"), *goes_on))
        .collect()
}

fn of_stdout<'a>(limit_bytes: usize, pieces: &[&'a str]) -> Vec<(String, bool)> {
    let pieces: Vec<(Output, &'a [u8])> = pieces
        .iter()
        .map(|piece| (Output::Stdout, piece.as_bytes()))
        .collect();
    text(&lines(limit_bytes, &pieces))
        .into_iter()
        .map(|(text, goes_on)| (text.to_owned(), goes_on))
        .collect()
}

#[test]
fn lines_may_be_torn_anywhere() {
    let whole = |text: &str| (text.to_owned(), false);
    for pieces in [
        ["one\ntwo\r\n", "\n", "three"].as_slice(),
        &["on", "e", "\n", "two\r", "\n\nth", "ree"],
        &["", "one\ntwo\r\n\nthree", ""],
    ] {
        let expected = ["one", "two", "", "three"].map(whole);
        assert_eq!(of_stdout(100, pieces), expected, "{pieces:?}");
    }
    assert_eq!(of_stdout(100, &[]), []);
    assert_eq!(of_stdout(100, &["a\rb\n"]), [whole("a\rb")]);
    // No line feed follows it.
    assert_eq!(of_stdout(100, &["end\r"]), [whole("end\r")]);
}

#[test]
fn long_lines_come_in_pieces() {
    let expected = [("abc", true), ("def", true), ("g", false), ("hij", false)]
        .map(|(text, goes_on)| (text.to_owned(), goes_on));
    for pieces in [
        ["abcdefg\nhij\n"].as_slice(),
        &["a", "bcdef", "g", "\nhij", "\n"],
        &["abcdefg", "\nhij"],
    ] {
        assert_eq!(of_stdout(3, pieces), expected, "{pieces:?}");
    }
    // A limit of nothing would never come to an end.
    assert_eq!(of_stdout(0, &["ab\n"]).len(), 2);
}

#[test]
fn the_outputs_do_not_mix() {
    let told = lines(
        100,
        &[
            (Output::Stdout, b"out "),
            (Output::Stderr, b"err\nmore "),
            (Output::Stdout, b"put\n"),
            (Output::Stderr, b"\xff"),
        ],
    );
    assert_eq!(
        told,
        [
            (Output::Stderr, b"err".to_vec(), false),
            (Output::Stdout, b"out put".to_vec(), false),
            (Output::Stderr, b"more \xff".to_vec(), false),
        ]
    );
}

proptest! {
    #[test]
    fn nothing_is_lost(
        bytes in prop::collection::vec(prop_oneof![3 => Just(b'x'), 1 => Just(b'\n'), 1 => Just(b'\r'), 1 => any::<u8>()], 0..200),
        cuts in prop::collection::vec(0usize..200, 0..10),
        limit in 1usize..50,
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<(Output, &[u8])> = cuts
            .windows(2)
            .map(|pair| (Output::Stderr, &bytes[pair[0]..pair[1]]))
            .collect();
        let told = lines(limit, &pieces);
        let mut joined = vec![Vec::new()];
        for (_, line, goes_on) in &told {
            prop_assert!(line.len() <= limit && (!goes_on || line.len() == limit));
            joined.last_mut().unwrap().extend_from_slice(line);
            if !goes_on {
                joined.push(Vec::new());
            }
        }
        joined.pop();
        let mut expected: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        // What follows the last line feed is a line only if there is something, and keeps its carriage return.
        let last = expected.pop().unwrap();
        for line in &mut expected {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        expected.extend((!last.is_empty()).then_some(last));
        // Where the limit falls before the carriage return, that is a piece of its own and is dropped there.
        prop_assert_eq!(joined, expected);
    }
}
