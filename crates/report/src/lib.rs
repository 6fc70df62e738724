//! Streaming parsers of test reports.
