#![doc = include_str!("../README.md")]

mod ansi;
mod assemble;
mod class;
mod classify;
mod enclosure;
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
mod tally;
mod terminal;

pub use class::{Class, Classification, Evidence};
pub use failure::{Excerpt, Failure, Span};
pub use keys::{FINGERPRINT_VERSION, Fingerprint, Keys, ParseFingerprintError, Sketch};
pub use kind::{Framework, Kind, UnknownName};
pub use scan::{Note, Options, Scan, TestTotals};
pub use scanner::Scanner;
