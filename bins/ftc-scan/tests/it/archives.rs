//! gzip and zip.

use crate::support::{FAILING, PASSING, Place, files, gzip, tests, zip};

#[test]
fn gzip_is_known_by_its_content_and_may_have_many_members() {
    let place = Place::new();
    let (first, second) = FAILING.split_at(40);
    place.write(
        "named.log",
        [gzip(first.as_bytes()), gzip(second.as_bytes())].concat(),
    );
    place.write("logs/a.log.gz", gzip(FAILING.as_bytes()));
    let objects = place.jsonl(&["named.log", "logs"]);
    assert_eq!(files(&objects), ["named.log", "a.log.gz"]);
    assert_eq!(objects[0]["failures"], objects[1]["failures"]);
    assert_eq!(tests(&objects[0]), ["TestLease"]);
}

#[test]
fn members_of_a_zip_archive_are_files() {
    let place = Place::new();
    let archive = zip(&[
        ("job/2.txt", PASSING.as_bytes()),
        ("job/1.txt", FAILING.as_bytes()),
        ("image.png", b"\x89PNG\r\n"),
    ]);
    place.write("logs/run.zip", &archive);
    let objects = place.jsonl(&["logs"]);
    assert_eq!(
        files(&objects),
        ["run.zip!/job/1.txt", "run.zip!/job/2.txt"]
    );
    assert_eq!(tests(&objects[0]), ["TestLease"]);
    let run = place.run_with_input(&["--format", "jsonl", "-"], &archive);
    assert_eq!(files(&run.jsonl()), ["-!/job/1.txt", "-!/job/2.txt"]);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_job_in_a_run_log_is_counted_once() {
    let place = Place::new();
    place.write(
        "run.zip",
        zip(&[
            ("0_unit.txt", FAILING.as_bytes()),
            ("unit/1_Set up job.txt", b"setting up\n"),
            ("unit/2_Run tests.txt", FAILING.as_bytes()),
            ("steps only/2_Run tests.txt", FAILING.as_bytes()),
        ]),
    );
    let objects = place.jsonl(&["run.zip"]);
    assert_eq!(
        files(&objects),
        ["run.zip!/0_unit.txt", "run.zip!/steps only/2_Run tests.txt"]
    );
}

#[test]
fn archives_inside_of_archives_are_skipped_with_a_warning() {
    let place = Place::new();
    let inner = zip(&[("a.log", FAILING.as_bytes())]);
    place.write(
        "run.zip",
        zip(&[
            ("b.log", PASSING.as_bytes()),
            ("inner.zip", &inner),
            ("c.log.gz", &gzip(b"x")),
        ]),
    );
    let run = place.run(&["--format", "jsonl", "run.zip"]);
    assert_eq!(files(&run.jsonl()), ["run.zip!/b.log"]);
    assert_eq!(
        run.stderr,
        "warning: skipped 2 archives inside of `run.zip`: archives in archives are not opened\n"
    );
    assert_eq!(run.code, 0);
}

#[test]
fn names_of_members_are_never_paths() {
    let place = Place::new();
    let archive = zip(&[
        ("../../escape.log", FAILING.as_bytes()),
        ("/absolute.log", FAILING.as_bytes()),
    ]);
    place.write("deep/er/run.zip", archive);
    let objects = place.jsonl(&["deep/er/run.zip"]);
    assert_eq!(
        files(&objects),
        [
            "deep/er/run.zip!/../../escape.log",
            "deep/er/run.zip!//absolute.log"
        ]
    );
    let mut left: Vec<_> = walk(place.path("")).collect();
    left.sort();
    assert_eq!(
        left,
        [place.path("deep/er/run.zip")],
        "nothing out of an archive is written"
    );
}

/// All files below a directory.
fn walk(directory: std::path::PathBuf) -> Box<dyn Iterator<Item = std::path::PathBuf>> {
    let entries = std::fs::read_dir(directory).expect("the directory can be listed");
    Box::new(entries.flat_map(|entry| {
        let path = entry.expect("the directory can be listed").path();
        if path.is_dir() {
            walk(path)
        } else {
            Box::new(std::iter::once(path))
        }
    }))
}
