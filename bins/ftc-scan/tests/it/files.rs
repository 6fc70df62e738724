//! Files, directories and standard input.

use std::os::unix::fs::symlink;

use crate::support::{FAILING, PASSING, Place, files, gzip, tests};

#[test]
fn a_file_is_named_as_it_was_given_whatever_its_extension() {
    let place = Place::new();
    place.write("sub/output", FAILING);
    let absolute = place.path("sub/output").display().to_string();
    for path in ["sub/output", "./sub/output", absolute.as_str()] {
        let objects = place.jsonl(&[path]);
        assert_eq!(files(&objects), [path]);
        assert_eq!(tests(&objects[0]), ["TestLease"]);
    }
}

#[test]
fn a_directory_gives_its_logs_in_the_order_of_their_names() {
    let place = Place::new();
    for name in [
        "b.log",
        "a/2.txt",
        "a/1.TXT",
        "c.xml",
        "d.json",
        "e.jsonl",
        "z/deep/er.log",
    ] {
        place.write(format!("logs/{name}"), PASSING);
    }
    place
        .write("logs/.git/hidden.log", FAILING)
        .write("logs/program.o", FAILING)
        .write("logs/noextension", FAILING);
    let objects = place.jsonl(&["logs"]);
    assert_eq!(
        files(&objects),
        [
            "a/1.TXT",
            "a/2.txt",
            "b.log",
            "c.xml",
            "d.json",
            "e.jsonl",
            "z/deep/er.log"
        ]
    );
}

#[test]
fn any_number_of_jobs_gives_the_same_answer() {
    let place = Place::new();
    for index in 0..40 {
        place.write(
            format!("logs/{index:02}.log"),
            if index % 3 == 0 { FAILING } else { PASSING },
        );
    }
    let one = place.run(&["--format", "jsonl", "--jobs", "1", "logs"]);
    assert_eq!(one.code, 1);
    assert_eq!(one.jsonl().len(), 40);
    for jobs in ["2", "7", "100"] {
        assert_eq!(
            place
                .run(&["--format", "jsonl", "--jobs", jobs, "logs"])
                .stdout,
            one.stdout
        );
    }
}

#[test]
fn standard_input_may_be_text_or_gzip() {
    let place = Place::new();
    for input in [FAILING.as_bytes().to_vec(), gzip(FAILING.as_bytes())] {
        let run = place.run_with_input(&["--format", "jsonl", "-"], &input);
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(files(&run.jsonl()), ["-"]);
        assert_eq!(tests(&run.jsonl()[0]), ["TestLease"]);
    }
}

#[test]
fn a_descriptor_that_the_shell_has_opened_is_read() {
    let place = Place::new();
    let run = place.run_with_input(&["--format", "jsonl", "/dev/stdin"], FAILING.as_bytes());
    assert_eq!(tests(&run.jsonl()[0]), ["TestLease"]);
}

#[test]
fn links_inside_of_a_directory_are_skipped_with_a_warning_loops_too() {
    let place = Place::new();
    place
        .write("logs/real.log", FAILING)
        .write("elsewhere/other.log", FAILING);
    symlink(place.path("logs"), place.path("logs/loop")).unwrap();
    symlink(place.path("elsewhere"), place.path("logs/elsewhere")).unwrap();
    symlink("self.log", place.path("logs/self.log")).unwrap();
    let run = place.run(&["--format", "jsonl", "logs"]);
    assert_eq!(files(&run.jsonl()), ["real.log"]);
    assert_eq!(run.code, 1, "a warning is no error");
    assert_eq!(
        run.stderr,
        "warning: skipped `logs/elsewhere`: links are not followed\n\
         warning: skipped `logs/loop`: links are not followed\n\
         warning: skipped `logs/self.log`: links are not followed\n"
    );
}

#[test]
fn a_link_that_was_named_is_followed() {
    let place = Place::new();
    place.write("elsewhere/other.log", FAILING);
    symlink("elsewhere/other.log", place.path("link")).unwrap();
    symlink("elsewhere", place.path("directory")).unwrap();
    assert_eq!(files(&place.jsonl(&["link"])), ["link"]);
    assert_eq!(files(&place.jsonl(&["directory"])), ["other.log"]);
}

#[test]
fn a_directory_without_a_log_is_told() {
    let place = Place::new();
    place.write("logs/readme.md", "nothing");
    let run = place.run(&["logs"]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.stderr,
        "warning: no file in `logs` is one of *.log, *.txt, *.xml, *.json, *.jsonl, *.gz, *.zip\n"
    );
}

#[test]
fn utf_16_with_a_mark_is_decoded() {
    let place = Place::new();
    let little: Vec<u8> = "\u{feff}"
        .chars()
        .chain(FAILING.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    place.write("windows.log", little);
    let objects = place.jsonl(&["windows.log"]);
    assert_eq!(tests(&objects[0]), ["TestLease"]);
    assert_eq!(
        objects[0]["notes"][0],
        "decoded from UTF-16; line numbers hold, byte offsets are those of UTF-8"
    );
}

#[test]
fn files_come_in_the_order_of_the_arguments() {
    let place = Place::new();
    place
        .write("z.log", PASSING)
        .write("dir/a.log", PASSING)
        .write("a.log", PASSING);
    assert_eq!(
        files(&place.jsonl(&["z.log", "dir", "a.log", "z.log"])),
        ["z.log", "a.log", "a.log", "z.log"]
    );
}
