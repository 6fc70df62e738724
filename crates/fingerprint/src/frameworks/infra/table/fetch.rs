//! What fetches files and repositories. Texts: curl 7.60 to 8.11 `lib/strerror.c`, wget 1.21 `src/http.c`, `src/connect.c`,
//! git 2.30 to 2.47 `http.c`, `remote-curl.c`, `fetch-pack.c`, OpenSSH 8 to 9, apt 2.x `apt-pkg/acquire*.cc`, dnf, apk.

use super::{Row, head, machine, network, row, trouble};

pub(super) const ROWS: &[Row] = &[
    network(
        1,
        "curl",
        "curl: (",
        r"^curl: \((?:5|6|7|16|18|28|35|52|55|56|92)\) .+",
    ),
    network(
        1,
        "curl",
        "curl: (22)",
        r"^curl: \(22\) The requested URL returned error: (?:429|5\d\d).*",
    ),
    network(
        1,
        "curl",
        "curl: (60)",
        r"^curl: \(60\) SSL certificate problem: .+",
    ),
    network(
        1,
        "wget",
        "failed: ",
        r"^(?:Connecting to|Resolving) (?P<m>\S+ ?\S*\.\.\. failed: .+)",
    ),
    network(
        1,
        "wget",
        " ERROR ",
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?P<m>ERROR (?:429|5\d\d): .+)",
    ),
    network(
        1,
        "wget",
        "wget: ",
        r"^wget: (?P<m>unable to resolve host address .+)",
    ),
    network(
        1,
        "wget",
        "wget: ",
        "^wget: (?P<m>(?:bad address|can't connect to remote host|download timed out|server returned error: HTTP/\\S+ 5\\d\\d).*)",
    ),
    network(
        2,
        "wget",
        "Read error (",
        r"^(?:HTTP request sent, awaiting response\.\.\. |[\d-]+ [\d:]+ \([^)]*\) - )?(?P<m>Read error \([^)]*\)) (?:in headers|at byte).*",
    ),
    network(
        1,
        "git",
        "fatal: unable to access ",
        concat!(
            r"^(?:error: )?fatal: (?P<m>unable to access .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "git",
        "fatal: unable to access ",
        r"^fatal: (?P<m>unable to access .*(?:(?:SSL|TLS|GnuTLS|schannel|certificate|HTTP/2|RPC|transfer closed|Recv failure|Send failure).*))",
    ),
    network(
        1,
        "git",
        "fatal: unable to ",
        "^fatal: (?P<m>unable to (?:connect to|look up) .*)",
    ),
    network(2, "git", "RPC failed", r"^error: (?P<m>RPC failed; .*)"),
    network(
        3,
        "git",
        "fatal: ",
        r"^fatal: (?P<m>early EOF|fetch-pack: (?:invalid index-pack output|unexpected disconnect while reading sideband packet)|the remote end hung up unexpectedly|index-pack failed|expected flush after ref listing|protocol error: .*)",
    ),
    network(
        3,
        "git",
        "remote: Internal Server Error",
        r"^remote: (?P<m>Internal Server Error)",
    ),
    network(
        1,
        "ssh",
        "ssh: ",
        r"^ssh: (?P<m>connect to host \S+ port \d+: .+|Could not resolve hostname .+)",
    ),
    network(
        1,
        "ssh",
        "kex_exchange_identification",
        r"^(?P<m>kex_exchange_identification: .+)",
    ),
    row(
        "credentials",
        super::Group::Network,
        2,
        "ssh",
        "Host key verification failed",
        r"^(?P<m>Host key verification failed)\.",
    ),
    row(
        "credentials",
        super::Group::Network,
        2,
        "git",
        "Permission denied (publickey",
        r"^\S+@\S+: (?P<m>Permission denied \(publickey[^)]*\))",
    ),
    row(
        "credentials",
        super::Group::Network,
        2,
        "git",
        "fatal: ",
        r"^fatal: (?P<m>Authentication failed for .*|could not read (?:Username|Password) for .*)",
    ),
    network(
        4,
        "git",
        "fatal: Could not read from remote repository",
        r"^fatal: (?P<m>Could not read from remote repository)",
    ),
    head("fatal: clone of ", r"^fatal: clone of "),
    network(
        1,
        "apt",
        "Failed to fetch ",
        r"^E: (?P<m>Failed to fetch .+)",
    ),
    network(
        2,
        "apt",
        "Failed to fetch ",
        concat!(r"^W: (?P<m>Failed to fetch .+", trouble!(), ".*)"),
    ),
    network(
        3,
        "apt",
        "E: Unable to fetch some archives",
        r"^E: (?P<m>Unable to fetch some archives)",
    ),
    machine(
        "apt",
        "E: Could not get lock ",
        r"^E: (?P<m>Could not get lock [^.]*?)\.? .*",
    ),
    machine(
        "apt",
        "Unable to acquire the dpkg frontend lock",
        r"^E: (?P<m>Unable to acquire the dpkg frontend lock)",
    ),
    network(
        1,
        "apk",
        "temporary error",
        r"^(?:ERROR|WARNING): (?P<m>.*temporary error \(try again later\))",
    ),
    network(
        1,
        "dnf",
        "Failed to download",
        r"^Error: (?P<m>Failed to download metadata for repo .*)",
    ),
    network(
        2,
        "dnf",
        "Curl error (",
        r"^(?:  - |\s*)(?P<m>Curl error \(\d+\): [^\[]*)",
    ),
    network(
        1,
        "pacman",
        "failed retrieving file",
        concat!(
            r"^error: (?P<m>failed retrieving file .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "snap",
        "error: cannot install",
        concat!(r"^error: (?P<m>cannot install .*", trouble!(), ".*)"),
    ),
    network(
        1,
        "brew",
        "rror: ",
        "^Error: (?P<m>(?:\\S+: )?Failed to download resource .*)",
    ),
];
