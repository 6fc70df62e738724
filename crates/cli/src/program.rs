//! Who is running.

/// Who is running: what a message says of the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Program {
    /// The name that a person types.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Program {
    /// A program `name` at `version`, which is usually `env!("CARGO_PKG_VERSION")`.
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version }
    }
}
