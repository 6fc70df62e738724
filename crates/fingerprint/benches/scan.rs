//! How fast logs are read, against ripgrep counting the lines that hold one of the same literals, and against a bare loop that
//! reads the file.
//!
//! `cargo bench -p ftc-fingerprint --bench scan [-- --mib 256 --rounds 7 --only NAME]` writes each kind of log into a file and
//! reads it in each way in turn. Rates and ratios are those of the fastest rounds, which other work on the machine disturbs least. With `taskset -c 0` in front of it all ways share
//! one processor. Where `FTC_CORPUS` names a corpus of logs, these are repeated and read too.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ftc_fingerprint::{Options, Scanner};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const PIECE: usize = 256 * 1024;

/// Build output without any anchor.
const CLEAN: &str =
    "   Downloaded serde_json v1.0.154 in 12 ms from the registry, 171 kilobytes of source text\n";

/// What a verbose passing Go run prints.
const VERBOSE: &str = "=== RUN   TestLease/renew\n[info] lease granted to node 7 for 9 s\n--- PASS: TestLease/renew (0.01s)\n";

/// A failing Go test.
const FAILING: &str = "--- FAIL: TestLease (0.01s)\n    lease_test.go:41: lease 8bc85a0b-9136-45c0-af75-03633152ccf4 lost\nFAIL\nFAIL\texample.com/lease\t0.014s\n";

/// Output of many tools without a literal that is searched, with some that come near.
const MIXED: &str = "\
[INFO] Downloading from central: https://repo.maven.apache.org/maven2/org/junit/junit-bom/5.9.2/junit-bom-5.9.2.pom
  -- Installing: /usr/local/include/north/compass.h
added 412 packages, and audited 413 packages in 9s
#9 sha256:6b23e1a0a3c8 12.58MB / 30.43MB 1.2s
go: downloading github.com/stretchr/testify v1.8.1
copying build/lib/north/compass.py -> build/bdist.linux-x86_64/wheel/./north
[ 63%] Building CXX object src/CMakeFiles/north.dir/compass.cc.o
Get:14 http://deb.debian.org/debian bookworm/main amd64 libssl-dev amd64 3.0.17-1 [2439 kB]
";

fn main() -> Result<()> {
    let bytes = number("--mib", 256)? << 20;
    let rounds = number("--rounds", 7)?;
    let only = argument("--only");
    for (name, pattern) in logs()? {
        if only.as_ref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scan.log");
        write(&file, &pattern, bytes)?;
        let measured = measure(&file, rounds);
        std::fs::remove_file(&file)?;
        print(&name, &measured?)?;
    }
    Ok(())
}

fn logs() -> Result<Vec<(String, Vec<u8>)>> {
    let with_failures = |lines: usize, failures: usize| {
        let pattern = CLEAN.repeat(lines) + &FAILING.repeat(failures);
        pattern.into_bytes()
    };
    let mut logs = vec![
        ("clean".to_owned(), CLEAN.into()),
        ("clean, of many tools".to_owned(), MIXED.into()),
        ("1 failure in 2000 lines".to_owned(), with_failures(2000, 1)),
        (
            "5 failures in 3000 lines".to_owned(),
            with_failures(3000, 5),
        ),
        ("verbose, passing".to_owned(), VERBOSE.into()),
    ];
    if let Some(corpus) = std::env::var_os("FTC_CORPUS") {
        let open = PathBuf::from(corpus).join("open");
        logs.push((
            "corpus, Firefox's jobs".to_owned(),
            joined(&open, |name| name == "thirdparty-treeherder")?,
        ));
        logs.push((
            "corpus, short failing logs".to_owned(),
            joined(&open, |name| !name.starts_with("thirdparty-"))?,
        ));
    }
    Ok(logs)
}

/// The logs below the folders of a corpus that are wanted, behind one another.
fn joined(open: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    let mut paths = Vec::new();
    for folder in std::fs::read_dir(open)? {
        let folder = folder?;
        if is_wanted(&folder.file_name().to_string_lossy()) {
            for file in std::fs::read_dir(folder.path())? {
                paths.push(file?.path());
            }
        }
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "log"));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        File::open(path)?.read_to_end(&mut all)?;
    }
    Ok(all)
}

fn write(path: &Path, pattern: &[u8], bytes: usize) -> Result<()> {
    let piece = pattern.repeat((1 << 20) / pattern.len() + 1);
    let mut file = File::create(path)?;
    for _ in 0..=bytes / piece.len() {
        file.write_all(&piece)?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Measured {
    bytes: u64,
    failures: usize,
    scan: Vec<Duration>,
    ripgrep: Vec<Duration>,
    bare: Vec<Duration>,
}

fn measure(path: &Path, rounds: usize) -> Result<Measured> {
    let mut measured = Measured {
        bytes: path.metadata()?.len(),
        ..Measured::default()
    };
    for _ in 0..rounds {
        measured.bare.push(timed(|| bare(path))?);
        measured.scan.push(timed(|| {
            measured.failures = scan(path)?;
            Ok(())
        })?);
        if let Ok(time) = timed(|| ripgrep(path)) {
            measured.ripgrep.push(time);
        }
    }
    Ok(measured)
}

fn print(name: &str, measured: &Measured) -> Result<()> {
    let scan = fastest(&measured.scan);
    #[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52")]
    let gigabytes = measured.bytes as f64 / 1e9;
    let against = |times: &[Duration]| {
        if times.is_empty() {
            return "not installed".to_owned();
        }
        let time = fastest(times);
        format!("{:5.2}x of {:4.1} GB/s", scan / time, gigabytes / time)
    };
    writeln!(
        std::io::stdout(),
        "{name:27} {:6.2} GB/s   ripgrep {}   bare loop {}   {} failures",
        gigabytes / scan,
        against(&measured.ripgrep),
        against(&measured.bare),
        measured.failures,
    )?;
    Ok(())
}

fn fastest(times: &[Duration]) -> f64 {
    times.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn scan(path: &Path) -> Result<usize> {
    let mut scanner = Scanner::new(&Options::default());
    each_piece(path, |piece| scanner.feed(piece))?;
    Ok(scanner.finish().failures.len())
}

fn bare(path: &Path) -> Result<()> {
    let mut total = 0;
    each_piece(path, |piece| total += piece.len())?;
    std::hint::black_box(total);
    Ok(())
}

fn each_piece(path: &Path, mut take: impl FnMut(&[u8])) -> Result<()> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        take(&piece[..length]);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the peer")]
fn ripgrep(path: &Path) -> Result<()> {
    let markers = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/markers.txt");
    std::process::Command::new("rg")
        .args(["--no-config", "-j1", "-c", "-F", "-f", markers])
        .arg(path)
        .stdout(std::process::Stdio::null())
        .status()?;
    Ok(())
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|given| given != name).nth(1)
}

fn number(name: &str, default: usize) -> Result<usize> {
    Ok(match argument(name) {
        Some(text) => text.parse()?,
        None => default,
    })
}
