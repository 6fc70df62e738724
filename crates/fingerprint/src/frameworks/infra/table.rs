//! The table: which words of which tool say that not the code failed, one file per group of tools.
//!
//! Each pattern is anchored where the tool begins its line. Words that a tool prints as well when the code is wrong (a 404,
//! an unknown version, a missing credential of the project) are not here.

mod ci;
mod containers;
mod disk;
mod fetch;
mod java;
mod languages;
mod memory;
mod system;

/// What is wrong. Several causes of one group in one step are one failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Memory ran out, or something was killed for it.
    Memory,
    /// No room on a disk.
    Disk,
    /// A name was not resolved, a connection not made or not kept, a service not willing.
    Network,
    /// A service of the machine itself does not run.
    Machine,
    /// What runs the job ended it.
    Runner,
    /// No cause, but the beginning of a message whose next lines may hold one.
    Head,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// What is wrong, in a word for people and programs: the failure's detail.
    pub(super) id: &'static str,
    pub(super) group: Group,
    /// Of several causes of one failure the lowest is its primary message.
    pub(super) rank: u8,
    /// The tool that stands in front of the message, unless the pattern names it as `tool`.
    pub(super) tool: &'static str,
    /// A literal that each such line holds.
    pub(super) needle: &'static str,
    /// The line; `m` is the message, else all that matched.
    pub(super) pattern: &'static str,
    /// It only says that something before it ended so.
    pub(super) only_follows: bool,
}

const fn row(
    id: &'static str,
    group: Group,
    rank: u8,
    tool: &'static str,
    needle: &'static str,
    pattern: &'static str,
) -> Row {
    Row {
        id,
        group,
        rank,
        tool,
        needle,
        pattern,
        only_follows: false,
    }
}

const fn network(rank: u8, tool: &'static str, needle: &'static str, pattern: &'static str) -> Row {
    row("network", Group::Network, rank, tool, needle, pattern)
}

const fn disk(tool: &'static str, needle: &'static str, pattern: &'static str) -> Row {
    row("disk-full", Group::Disk, 1, tool, needle, pattern)
}

const fn memory(rank: u8, tool: &'static str, needle: &'static str, pattern: &'static str) -> Row {
    row("out-of-memory", Group::Memory, rank, tool, needle, pattern)
}

const fn machine(tool: &'static str, needle: &'static str, pattern: &'static str) -> Row {
    row("machine", Group::Machine, 1, tool, needle, pattern)
}

/// The next lines may hold a cause.
const fn head(needle: &'static str, pattern: &'static str) -> Row {
    row("", Group::Head, 9, "", needle, pattern)
}

/// Words of the network's own errors, as libc, Go, Node, Java, Rust and OpenSSL say them, and of servers that are not
/// willing at the moment.
macro_rules! trouble {
    () => {
        concat!(
            r"(?:(?i:connection (?:was )?(?:reset|refused|timed out|closed|aborted|broken)|connect(?:ion)? time-?d? ?out",
            r"|(?:operation|request|read|handshake|socket hang up|network)[^\x22]{0,24}? tim(?:ed|e) ?out|time-?out was reached",
            r"|no route to host|network is unreachable|name or service not known|temporary failure (?:in name resolution|resolving)",
            r"|could ?n[o']t resolve (?:host|proxy)|could ?n[o']t connect to (?:server|host)|no such host|nodename nor servname|getaddrinfo",
            r"|unexpected eof|tls handshake|tls connect error|i/o timeout|broken pipe|server misbehaving|socket hang up|deadline exceeded",
            r"|failed to connect to|failed to lookup address|dns error|error trying to connect|connect error|empty reply from server",
            r"|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|too ?many ?requests|internal server error)",
            r"|EAI_AGAIN|ENOTFOUND|ECONNRESET|ECONNREFUSED|ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE",
            r"|SSL_ERROR_SYSCALL|UnknownHostException|SocketTimeoutException|SSLHandshakeException|\b(?:429|500|502|503|504)\b)"
        )
    };
}
use trouble;

/// The same as a text.
pub(super) const TROUBLE: &str = trouble!();

/// All rows. Of those that fit one line the first speaks.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [
        ci::ROWS,
        memory::ROWS,
        disk::ROWS,
        containers::ROWS,
        fetch::ROWS,
        languages::ROWS,
        java::ROWS,
        system::ROWS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::rows;

    #[test]
    fn every_pattern_is_valid_and_anchored() {
        for row in rows() {
            assert!(row.pattern.starts_with('^'), "{row:?}");
            Regex::new(row.pattern).unwrap_or_else(|error| panic!("{row:?}: {error}"));
        }
    }
}
