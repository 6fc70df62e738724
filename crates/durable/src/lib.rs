//! Atomic whole-file writes, append logs, file locks and domain-separated hashes.
