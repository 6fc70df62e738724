//! A short run of the fuzz targets for every day: the fixtures of each family, changed in ways that are the same each time.

#[path = "../../fuzz/src/laws.rs"]
mod laws;
mod mutate;

use std::fs::File;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use mutate::Mutator;

/// How many changed inputs each family gets: a few seconds in a build without optimisation.
const ROUNDS: usize = 150;

/// An input is cut to as many bytes.
const BYTES: usize = 8 * 1024;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()))
}

/// The fixtures of a family, always in the same order.
fn seeds(family: &str) -> Vec<Vec<u8>> {
    let table = read(&fuzz().join("families.txt"));
    let table = String::from_utf8(table).expect("the table of families is text");
    let folders = table
        .lines()
        .find_map(|line| line.strip_prefix(family)?.strip_prefix(": "))
        .unwrap_or_else(|| panic!("`{family}` is in the table of families"));
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders.split(' ') {
        let folder = fuzz().join("../../../fixtures/ci-logs").join(folder);
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()));
        paths.extend(entries.map(|entry| entry.expect("the fixtures can be listed").path()));
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn keep(path: &Path, input: &[u8]) {
    let mut file = File::create(path).expect("the input can be kept");
    file.write_all(input).expect("the input can be kept");
}

/// Changes the seeds of a family again and again, and holds the law to what comes out.
fn run(family: &str, law: fn(&[u8])) {
    let dictionary = read(&fuzz().join(format!("dictionaries/{family}.txt")));
    let mut mutator = Mutator::new(seeds(family), &dictionary);
    for round in 0..ROUNDS {
        let mut input = mutator.next();
        input.truncate(BYTES);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| law(&input))) {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{family}-{round}"));
            keep(&path, &input);
            let text = format!("round {round} of `{family}`, see `{}`\n", path.display());
            std::io::stderr()
                .write_all(text.as_bytes())
                .expect("standard error can be written");
            resume_unwind(panic);
        }
    }
}

macro_rules! families {
    ($($family:ident: $law:ident,)*) => {
        $(#[test]
        fn $family() {
            run(stringify!($family), laws::$law);
        })*

        #[test]
        fn every_target_is_run_here() {
            let tested = [$(stringify!($family)),*];
            let targets = std::fs::read_dir(fuzz().join("fuzz_targets")).expect("the targets can be listed");
            for target in targets {
                let path = target.expect("the targets can be listed").path();
                let name = path.file_stem().expect("a target has a name").to_string_lossy();
                assert!(tested.contains(&name.as_ref()), "`{name}` is not run");
            }
        }
    };
}

families! {
    envelope: scan,
    go: scan,
    javascript: scan,
    jvm: scan,
    native: scan,
    normalise: normalise,
    python: scan,
    report: scan,
    rust: scan,
    script: scan,
}
