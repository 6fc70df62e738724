//! The log of a gate.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Place, log, read, script, shown};

/// The summary of a failure was the end of one log for all gates, out of which the failure had scrolled.
#[test]
fn loop_w05_each_gate_has_a_log_of_its_own() {
    let place = Place::new();
    let run = place.run(
        "version: 1\ngates:\n  - {id: scenarios, argv: [sh, -c, 'echo scenario 3 broke; exit 1']}\n  \
         - {id: unit, argv: [sh, -c, 'for i in 1 2 3 4 5; do echo line $i; done']}\n",
    );
    assert_eq!(log(&run.gates[0]), "scenario 3 broke\n");
    assert_eq!(run.gates[0].tail, "scenario 3 broke");
    assert_eq!(
        log(&run.gates[1]),
        "line 1\nline 2\nline 3\nline 4\nline 5\n"
    );
    assert_eq!(
        run.gates[1].log.as_deref(),
        Some(place.artifacts().join("unit.log").as_path())
    );
}

#[test]
fn a_log_holds_both_outputs_and_is_private() {
    let place = Place::new();
    let result = place.run_gate(&script("echo out; echo err >&2"));
    let mut lines: Vec<_> = log(&result).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["err", "out"]);
    assert_eq!((result.log_bytes, result.log_truncated), (8, false));
    let mode = std::fs::metadata(result.log.unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_log_of_an_earlier_run_is_kept() {
    let place = Place::new();
    let results: Vec<_> = (1..=3)
        .map(|run| place.run_gate(&script(&format!("echo run {run}"))))
        .collect();
    let names: Vec<_> = results
        .iter()
        .map(|result| {
            result
                .log
                .as_ref()
                .unwrap()
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
        })
        .collect();
    assert_eq!(names, ["unit.log", "unit.2.log", "unit.3.log"]);
    assert_eq!(log(&results[0]), "run 1\n");
}

#[test]
fn a_flood_fills_neither_the_disk_nor_the_result() {
    let place = Place::new();
    let result = place.run_gate_in(&script("yes | head -c 4000000; echo end"), |context| {
        context.log_limit_bytes = 100_000;
    });
    assert_eq!(shown(&result), "pass");
    assert_eq!((result.log_bytes, result.log_truncated), (100_000, true));
    assert_eq!(
        std::fs::metadata(result.log.unwrap()).unwrap().len(),
        100_000
    );
    assert_eq!(
        result.notes,
        ["the log ends after 100000 bytes; 3900004 more were printed"]
    );
}

/// The log's own totals come last, so what a cut log says of them may be a part.
#[test]
fn a_cut_log_does_not_prove_how_many_tests_ran() {
    let place = Place::new();
    let mut spec = script("echo ran 5; yes | head -c 4000000; echo ran 0");
    spec.evidence.min_tests = Some(1);
    let result = place.run_gate_in(&spec, |context| context.log_limit_bytes = 100_000);
    assert_eq!(
        shown(&result),
        "error\nevidence: at least 1 must run, and neither report nor log says how many tests ran"
    );
}

#[test]
fn the_last_lines_are_clean() {
    let place = Place::new();
    let spec = script("printf '\\033[31mred\\033[0m\\npassword=hunter2\\n\\377\\n'");
    let result = place.run_gate(&spec);
    assert_eq!(result.tail, "red\npassword=[redacted credential]\n\u{fffd}");
    // What is read for tests is what was printed.
    assert!(
        std::fs::read(result.log.unwrap())
            .unwrap()
            .starts_with(b"\x1b[31mred")
    );
}

#[test]
fn of_a_long_log_the_last_lines_are_shown() {
    let result = Place::new().run_gate(&script("seq 1 100000"));
    let lines: Vec<_> = result.tail.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[39]), (40, "99961", "100000"));
    let result = Place::new().run_gate(&script("yes é | head -c 300000 | tr -d '\\n'"));
    assert!(
        result.tail.len() <= 8192 && result.tail.ends_with('é'),
        "{}",
        result.tail.len()
    );
}

/// Whoever can write into the directory must not choose which file is written.
#[test]
fn a_link_in_the_place_of_a_log_is_not_followed() {
    let place = Place::new();
    std::fs::create_dir(place.artifacts()).unwrap();
    std::os::unix::fs::symlink(place.outside("target"), place.artifacts().join("unit.log"))
        .unwrap();
    let result = place.run_gate(&script("echo hello"));
    assert_eq!(read(&place.artifacts().join("unit.2.log")), "hello\n");
    assert_eq!(shown(&result), "pass");
    assert!(!place.outside("target").exists());
}
