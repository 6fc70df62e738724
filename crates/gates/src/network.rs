//! Telling a gate that missed the network.

use ftc_process::{Captured, Outcome};

/// What a person should know of a gate that has failed for want of it.
pub(crate) const NOTE: &str = "it seems to have missed the network, which gates do not have; hint: `network: on` in the gate file gives it to this gate";

/// What programs print that reach nobody, in lower case. With a loopback of one's own all names and addresses but those of this
/// machine fail in one of these ways.
const WORDS: [&str; 18] = [
    "could not resolve host",          // curl, git, cargo
    "temporary failure in name resol", // glibc
    "name or service not known",       // glibc
    "name does not resolve",           // musl
    "nodename nor servname",           // macOS
    "no such host",                    // Go
    "dial tcp",                        // Go
    "network is unreachable",          // every libc
    "failed to lookup address",        // Rust
    "dns error",                       // hyper
    "eai_again",                       // Node
    "enotfound",                       // Node
    "enetunreach",                     // Node
    "unknownhostexception",            // Java
    "getaddrinfo failed",              // Python on some systems
    "nameresolutionerror",             // urllib3
    "newconnectionerror",              // urllib3
    "spurious network error",          // cargo
];

/// Whether the ends of its outputs speak of it. A guess: it decides nothing.
pub(crate) fn is_missed(outcome: &Outcome) -> bool {
    [&outcome.stdout, &outcome.stderr]
        .into_iter()
        .map(Captured::to_text)
        .any(|text| speaks_of_it(&text))
}

fn speaks_of_it(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|words| text.contains(words))
}
