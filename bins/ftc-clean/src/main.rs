//! The flaky-test lifecycle, from a red run to a merged fix.

fn main() {}
