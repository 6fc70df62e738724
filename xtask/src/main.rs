//! Placeholder until the first commit that fills it.
fn main() {}
