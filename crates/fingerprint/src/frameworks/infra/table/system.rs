//! Names and services whichever program needs them, where the program's own name begins the line.

use super::{Row, network, trouble};

pub(super) const ROWS: &[Row] = &[
    network(
        3,
        "sh",
        "Temporary failure in name resolution",
        r"^(?P<tool>[\w./+-]+): (?P<m>(?:.*: )?Temporary failure in name resolution)$",
    ),
    // Uncaught errors of scripts: the last line of a traceback, the first of a stack.
    network(
        4,
        "python",
        "rror: ",
        concat!(
            r"^(?P<m>(?:urllib\.error\.URLError: <urlopen error |requests\.exceptions\.(?:ConnectionError|ConnectTimeout|ReadTimeout|SSLError|ChunkedEncodingError)|urllib3\.exceptions\.\w+|http\.client\.\w+|socket\.gaierror: |ConnectionResetError: |ConnectionRefusedError: |ConnectionAbortedError: ).*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        4,
        "python",
        "HTTP Error 5",
        r"^urllib\.error\.(?P<m>HTTPError: HTTP Error (?:429|5\d\d): .*)",
    ),
    network(
        4,
        "node",
        " E",
        r"^(?:Uncaught )?(?:\w*Error(?: \[\w+\])?: )?(?P<m>(?:(?:connect|read|write|getaddrinfo|queryA) (?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EPIPE|EHOSTUNREACH)\b).*)",
    ),
    network(
        3,
        "aws",
        "Could not connect to the endpoint URL",
        r"^(?:fatal error: )?(?P<m>Could not connect to the endpoint URL: .*)",
    ),
    network(
        3,
        "github",
        "API rate limit exceeded",
        r"^(?:HttpError: |gh: |error: |RequestError: |HTTP 403: )?(?P<m>API rate limit exceeded for .*?)(?: \(.*|\. .*)?$",
    ),
    network(
        3,
        "github",
        "Unable to download actions",
        r"^(?P<m>Unable to download actions).*",
    ),
    network(
        3,
        "github",
        "Response status code does not indicate success: ",
        r"^(?P<m>Response status code does not indicate success: (?:429|5\d\d).*)",
    ),
    network(
        3,
        "github",
        "Failed to ",
        r"^(?P<m>Failed to (?:CreateArtifact|FinalizeArtifact|ListArtifacts|GetSignedArtifactURL|download action).*)",
    ),
    network(
        3,
        "github",
        "Cache service responded with ",
        r"^(?:Failed to restore: )(?P<m>Cache service responded with 5\d\d)",
    ),
];
