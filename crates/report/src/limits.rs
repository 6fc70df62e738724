//! Bounds on what a report may make us hold. A report is hostile data: whoever can run a test can write one.

/// Bytes kept of one text: a failure's message or body, or what a test printed.
pub(crate) const TEXT_BYTES: usize = 64 * 1024;

/// Bytes kept of one text inside a rerun, of which a case may have many.
pub(crate) const RERUN_TEXT_BYTES: usize = 16 * 1024;

/// Bytes kept of a name: of a test, class, file, type or suite.
pub(crate) const NAME_BYTES: usize = 8 * 1024;

/// Failure and rerun elements kept per case.
pub(crate) const PROBLEMS_PER_CASE: usize = 32;

/// Open elements at once.
pub(crate) const DEPTH: usize = 256;

/// Attributes read per tag.
pub(crate) const ATTRIBUTES_PER_TAG: usize = 64;

/// Bytes kept of one tag; real messages of a megabyte exist, larger ones are cut.
pub(crate) const TAG_BYTES: usize = 1024 * 1024;

/// Suites whose totals are kept.
pub(crate) const SUITES: usize = 4096;
