//! Judges and applies governed changes.

fn main() {}
