use ftc_redact::{MAX_HELD_BYTES, Redactor, scrub, strip_controls};

use crate::support::{key, named, stream, tokens};

fn everything() -> String {
    let mut lines = vec!["first \x1b[31mline\x1b[0m é".to_owned()];
    lines.extend(tokens());
    lines.extend(named().into_iter().map(|(text, _)| text));
    lines.extend(key("2026 "));
    lines.push("last".to_owned());
    lines.join("\n")
}

#[test]
fn one_cut_anywhere_changes_nothing() {
    let text = everything();
    let (whole, cleaned) = (scrub(&text), scrub(&strip_controls(&text)).into_owned());
    for cut in 0..text.len() {
        assert_eq!(
            stream(Redactor::new(), &text, &[cut]),
            whole,
            "cut at {cut}"
        );
        assert_eq!(
            stream(Redactor::cleaning(), &text, &[cut]),
            cleaned,
            "cut at {cut}"
        );
    }
    let everywhere: Vec<usize> = (0..text.len()).collect();
    assert_eq!(stream(Redactor::new(), &text, &everywhere), whole);
}

#[test]
fn over_long_lines_are_scrubbed_in_parts_that_do_not_depend_on_the_cuts() {
    let unit = format!("{} filler é ", tokens()[0]);
    let line = unit.repeat(5 * MAX_HELD_BYTES / unit.len());
    let expected = "[redacted github] filler é ".repeat(line.len() / unit.len());
    assert_eq!(scrub(&line), expected);
    for step in [1_000, 4_097, MAX_HELD_BYTES - 1, MAX_HELD_BYTES, 200_000] {
        let cuts: Vec<usize> = (0..line.len()).step_by(step).collect();
        assert_eq!(stream(Redactor::new(), &line, &cuts), expected, "{step}");
    }
}

#[test]
fn a_secret_on_any_place_of_a_seam_is_found() {
    let token = &tokens()[0];
    for before in (MAX_HELD_BYTES - 60..MAX_HELD_BYTES + 20)
        .chain(MAX_HELD_BYTES - 8 * 1024 - 60..MAX_HELD_BYTES - 8 * 1024 + 20)
    {
        let text = format!("{}{token}{}", "x".repeat(before), "-y".repeat(before));
        let scrubbed = scrub(&text);
        assert_eq!(scrubbed.matches("[redacted github]").count(), 1, "{before}");
        assert!(!scrubbed.contains(&token[8..20]), "{before}");
    }
}

#[test]
fn a_secret_without_end_is_swallowed_to_its_end() {
    let long = "a1".repeat(3 * MAX_HELD_BYTES);
    assert_eq!(
        scrub(&format!("token={long} tail\nnext")),
        "token=[redacted credential] tail\nnext"
    );
    assert_eq!(
        scrub(&format!("password=\"{long} {long}\nnext")),
        "password=\"[redacted credential]\nnext"
    );
}

#[test]
fn output_lags_by_a_line_at_most() {
    let mut redactor = Redactor::new();
    let mut output = String::new();
    redactor.push("one\ntwo", &mut output);
    assert_eq!(output, "one\n");
    redactor.push(&"x".repeat(10 * MAX_HELD_BYTES), &mut output);
    assert!(output.len() >= 9 * MAX_HELD_BYTES);
    assert!(!redactor.finish(&mut output));
    assert_eq!(output.len(), 7 + 10 * MAX_HELD_BYTES);
}
