//! Runs the gates of a repository.

fn main() {}
