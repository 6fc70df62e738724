//! Suggestions: which known failures may have the same cause as another one.
//!
//! Nothing here merges anything: two failures are the same only when their [`exact`](crate::Keys::exact) keys are. An [`Index`]
//! answers with what a person should look at, and why, best first.
//!
//! ```
//! use ftc_fingerprint::similar::{Entry, Index, Reason};
//! use ftc_fingerprint::{Options, Scanner};
//!
//! let scan = |log: &str| {
//!     let mut scanner = Scanner::new(&Options::default());
//!     scanner.feed(log.as_bytes());
//!     scanner.finish().failures.remove(0)
//! };
//! let known = scan("--- FAIL: TestLease (0.01s)\n    lease_test.go:41: store 1 has no leader after the transfer\nFAIL\n");
//! let new = scan("--- FAIL: TestRegion (0.01s)\n    region_test.go:9: store 2 has no leader after the transfer\nFAIL\n");
//!
//! let mut index = Index::new();
//! index.insert(Entry::of(&known));
//!
//! let suggestions = index.query(&Entry::of(&new), 5);
//! assert_eq!(suggestions[0].exact, known.keys.exact);
//! assert_eq!(suggestions[0].reason.to_string(), "another test, 12 of 64 sketch bits, 3 % edit distance");
//! ```
//!
//! # How
//!
//! Failures with the same `cause` key come first. For the others, the sketches of blocks and of templates are searched by parts
//! (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012; an index of up to 20,000 as a
//! whole), what is found is put in the order of its 4-gram distance, and the first [`CANDIDATES`] are compared by edit distance; what differs in more than [`EDIT_DISTANCE`] of the mean
//! length is no suggestion. Order, cap and threshold are those of Kubernetes' triage (kubernetes/test-infra, `triage/summarize`),
//! which never lost a match to the cap.

mod cluster;
mod edit;
mod entry;
mod grams;
mod index;
mod sketches;

pub use cluster::{Cluster, Member, cluster};
pub use entry::{Entry, Reason, Suggestion, TEXT_BYTES};
pub use index::{BLOCK_BITS, CANDIDATES, EDIT_DISTANCE, Index, TEMPLATE_BITS};
