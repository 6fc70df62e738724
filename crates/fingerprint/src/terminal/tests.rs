use super::{cut, is_drawn, unfold};

const WIDTH: usize = 30;

/// What a progress display writes: lines filled up to the right edge.
fn fill(lines: &[&str]) -> String {
    lines.iter().fold(String::new(), |mut drawn, line| {
        let rows = line.chars().count().div_ceil(WIDTH).max(1);
        drawn.push_str(line);
        drawn.push_str(&" ".repeat(rows * WIDTH - line.chars().count()));
        drawn
    })
}

/// Goes to the first of two rows and erases both.
const ERASE_TWO: &str = "\u{1b}[1A\r\u{1b}[2K\u{1b}[1B\r\u{1b}[2K\u{1b}[1A";

fn session() -> String {
    let bars = fill(&["Running 0/2", "  a::b"]);
    let report = fill(&[
        "    FAIL a::b",
        "",
        "    a message that is longer than a row",
    ]);
    format!("{bars}{ERASE_TWO}{bars}{ERASE_TWO}{report}{bars}{ERASE_TWO}error: run failed\r")
}

#[test]
fn the_width_follows_from_the_bars() {
    assert_eq!(
        unfold(&session()),
        [
            "Running 0/2",
            "  a::b",
            "Running 0/2",
            "  a::b",
            "    FAIL a::b",
            "",
            "    a message that is longer than a row",
            "Running 0/2",
            "  a::b",
            "error: run failed",
        ]
    );
}

#[test]
fn colours_take_no_room() {
    let coloured = session().replace("FAIL", "\u{1b}[31;1mFAIL\u{1b}[0m");
    assert_eq!(unfold(&coloured), unfold(&session()));
}

#[test]
fn a_line_may_wrap_behind_a_blank() {
    let bars = fill(&["Running 0/2", "  a::b"]);
    let text = fill(&["    thirty columns up to here and more", "    next"]);
    let session = format!("{bars}{ERASE_TWO}{text}{bars}{ERASE_TWO}");
    assert_eq!(
        unfold(&session)[2..4],
        ["    thirty columns up to here and more", "    next"]
    );
}

#[test]
fn a_session_is_cut_where_rows_are_erased() {
    let session = session();
    let at = cut(session.as_bytes()).expect("rows are erased");
    let mut parts = unfold(&session[..at]);
    parts.extend(unfold(&session[at..]));
    assert_eq!(parts, unfold(&session));
}

#[test]
fn plain_lines_and_single_bars_are_not_drawings() {
    assert!(!is_drawn(b"test a ... ok"));
    assert!(!is_drawn(b"Building 1/2\r\x1b[2KBuilding 2/2"));
    assert!(is_drawn(session().as_bytes()));
}
