//! Test support for the workspace; never a dependency of shipped code.
