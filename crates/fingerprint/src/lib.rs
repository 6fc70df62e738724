//! Turns CI logs and test reports into failures, fingerprints and classifications.
//!
//! Pure and synchronous: bytes go in, records come out. No file is opened, no clock is read, nothing is printed.
//!
//! ```
//! use ftc_fingerprint::{Class, Kind, Options, Scanner};
//!
//! let log = b"--- FAIL: TestLease (0.01s)\n    lease_test.go:41: lease expired after 31ms\nFAIL\nFAIL\texample.com/lease\t0.014s\n";
//! let mut scanner = Scanner::new(&Options::default());
//! for chunk in log.chunks(16) {
//!     scanner.feed(chunk);
//! }
//! let scan = scanner.finish();
//! assert_eq!(scan.class, Class::Unknown, "one assertion failure in one log is not decidable");
//! let failure = &scan.failures[0];
//! assert_eq!(failure.test.as_deref(), Some("TestLease"));
//! assert_eq!(failure.kind, Kind::Assertion);
//! assert_eq!(failure.message, "lease expired after 31ms");
//! assert_eq!(failure.keys.exact.to_string().len(), 64);
//! ```

mod ansi;
mod assemble;
mod class;
mod classify;
mod envelope;
mod excerpt;
mod failure;
mod findings;
mod frameworks;
mod identity;
mod keys;
mod kind;
mod line;
mod merge;
mod normalize;
mod prefilter;
mod recognizer;
mod report;
mod scan;
mod scanner;

pub use class::{Class, Classification, Evidence};
pub use failure::{Excerpt, Failure, Span};
pub use keys::{FINGERPRINT_VERSION, Fingerprint, Keys, ParseFingerprintError, Sketch};
pub use kind::{Framework, Kind, UnknownName};
pub use scan::{Note, Options, Scan};
pub use scanner::Scanner;
