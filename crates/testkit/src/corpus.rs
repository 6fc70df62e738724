//! Truth about logs, and how well predictions agree with it.
//!
//! A *truth* is a JSON file that says what one log must be read as: its failures with names and kinds, its class, and which
//! failures are the same. A *prediction* is the line that `ftc-scan --format jsonl` prints for that log. [`score`] compares
//! them.
//!
//! A truth names its log (`file`), so truths may lie beside the logs or in a folder of their own.
//!
//! ```
//! use ftc_testkit::corpus::{Predictions, Truth, score};
//!
//! let truth = r#"{
//!     "file": "pytest/tax.log", "framework": "pytest", "class": "regression", "class_basis": "rerun",
//!     "failures": [{"test": "test_tax[FR-21]", "kind": "assertion", "group": "tax/france", "family": "tax"}]
//! }"#;
//! let truths = [Truth::parse(truth).unwrap().expect("a truth has failures and a framework")];
//! let line = r#"{"file": "pytest/tax.log", "class": "unknown", "failures": [
//!     {"test": "tests/test_cart.py::test_tax[FR-21]", "kind": "assertion", "fingerprint": "5c1f"}]}"#;
//! let predictions = Predictions::parse(&line.replace('\n', " ")).unwrap();
//!
//! let score = score(&truths, &predictions);
//! assert_eq!(score.names.all.f1(), 1.0);
//! // Whether a test that failed once is flaky cannot be read in one log: `unknown` is an abstention, not an error.
//! assert_eq!(score.classes["rerun"].all.abstained, 1);
//! ```

mod counts;
mod detail;
mod load;
mod matching;
mod name;
mod pairs;
mod prediction;
mod render;
mod score;
mod truth;

pub use counts::{ClassCounts, Clean, Counts, KindCounts, PairCounts, Table};
pub use detail::Detail;
pub use load::{LoadTruthsError, load_truths};
pub use prediction::{ParsePredictionsError, PredictedFailure, Prediction, Predictions};
pub use score::{Score, score};
pub use truth::{ExpectedFailure, Truth};
