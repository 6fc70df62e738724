//! Package managers of languages. Texts: npm 6 to 11, yarn 1 and 4, pnpm 7 to 9, pip 20 to 25 (urllib3 1 and 2), uv 0.4,
//! Poetry 1, conda 4 to 24, cargo 1.60 to 1.90, rustup 1.27, Go 1.16 to 1.25, `RubyGems` 3, Bundler 2, NuGet 6, Composer 2,
//! Mix 1.16, CPAN, `SwiftPM` 5.

use super::{Row, head, network, trouble};

pub(super) const ROWS: &[Row] = &[
    // npm
    network(
        1,
        "npm",
        "failed, reason: ",
        r"^npm (?:ERR!|error) (?:network |\w*Error: )*(?P<m>(?:request|Invalid response body while trying to fetch) .*(?:failed, )?reason: .*)",
    ),
    network(
        2,
        "npm",
        "npm ",
        r"^npm (?:ERR!|error) (?:network )?(?P<m>(?:429|5\d\d) [A-Z][\w ]+ - \w+ \S+)",
    ),
    network(
        3,
        "npm",
        "npm ",
        r"^npm (?:ERR!|error) (?P<m>code (?:ECONN\w+|ETIMEDOUT|ESOCKETTIMEDOUT|EAI_AGAIN|ENOTFOUND|EPIPE|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|E429|E5\d\d|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+))",
    ),
    // yarn
    network(
        1,
        "yarn",
        "error An unexpected error occurred: ",
        concat!(
            r#"^error An unexpected error occurred: "(?P<m>.*"#,
            trouble!(),
            r#"[^"]*)"#
        ),
    ),
    network(
        1,
        "yarn",
        "rror: ",
        concat!(
            r"^error (?P<m>(?:Error: |RequestError: |Request failed).*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "yarn",
        "YN00",
        concat!(r"^➤ (?P<m>YN00(?:01|35|18|66): .*", trouble!(), ".*)"),
    ),
    // pnpm
    network(
        1,
        "pnpm",
        "ERR_PNPM_",
        concat!(
            r"^\s*(?:\[?ERR[A-Z_]*\]? +)?(?P<m>ERR_PNPM_\w*FETCH\w* .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "pnpm",
        "ERR_PNPM_",
        r"^\s*(?P<m>ERR_PNPM_(?:META_FETCH_FAIL|FETCH_(?:429|5\d\d))\b.*)",
    ),
    network(
        1,
        "corepack",
        "rror when performing the request",
        r"^(?:Internal )?Error: (?P<m>Error when performing the request to \S+)",
    ),
    // pip, uv, poetry, conda
    network(
        1,
        "pip",
        "Retrying (Retry(total=0",
        r#"^\s*WARNING: Retrying \(Retry\(total=0,.*?after connection broken by ['"](?:.*?(?P<m>\[Errno -?\d+\] [^'"\\)]*|Read timed out|[Tt]oo many \d+ error responses|Connection reset by peer|Remote end closed connection without response|certificate verify failed[^'"\\)]*|EOF occurred in violation of protocol|Cannot connect to proxy)).*"#,
    ),
    network(
        2,
        "pip",
        "Retrying (Retry(total=",
        r"^\s*WARNING: (?P<m>Retrying) \(Retry\(total=\d+,.*after connection broken by .*",
    ),
    network(
        1,
        "pip",
        "ERROR: ",
        r"^ERROR: (?:Could not install packages due to an (?:OSError|EnvironmentError): )(?P<m>HTTPS?ConnectionPool\(host='[^']*', port=\d+\): .*?(?:Read timed out|Max retries exceeded).*)",
    ),
    network(
        1,
        "pip",
        "ERROR: ",
        r"^ERROR: (?:Could not install packages due to an (?:OSError|EnvironmentError): )?(?P<m>(?:HTTP error (?:429|5\d\d) while getting|(?:429|5\d\d) (?:Server|Client) Error).*)",
    ),
    network(
        1,
        "pip",
        "Error: ",
        r"^(?:pip\._vendor\.)(?:urllib3|requests)\.(?:packages\.urllib3\.)?exceptions\.(?P<m>(?:ReadTimeoutError|ProtocolError|ConnectionError|NewConnectionError|IncompleteRead|ChunkedEncodingError).*)",
    ),
    network(
        1,
        "uv",
        "Failed to ",
        r"^(?:error: |  × |\s+(?:├─▶|╰─▶|Caused by:) )(?P<m>(?:Failed to (?:fetch|download)|Request failed after \d+ retries).*)",
    ),
    network(
        2,
        "uv",
        "error sending request for url",
        r"^\s*(?:├─▶ |╰─▶ |Caused by: |error: )?(?P<m>error sending request for url .*)",
    ),
    network(
        1,
        "poetry",
        "All attempts to connect to",
        r"^\s*(?P<m>All attempts to connect to \S+ failed)",
    ),
    network(
        1,
        "conda",
        "CondaHTTPError: ",
        r"^(?P<m>CondaHTTPError: HTTP (?:000|429|5\d\d) [A-Z ]+ for url .*)",
    ),
    // cargo, rustup
    network(
        2,
        "cargo",
        "spurious network error",
        r"^warning: (?P<m>spurious network error) \(\d+ tr(?:y|ies) remaining\): .*",
    ),
    network(
        1,
        "cargo",
        "  [",
        r"^\s+(?P<m>\[(?:5|6|7|16|18|28|35|52|55|56|92)\] [^(]+?(?: \(.*\))?)$",
    ),
    network(
        1,
        "cargo",
        "failed to get successful HTTP response",
        r"^\s*(?P<m>failed to get successful HTTP response from .*, got (?:429|5\d\d)).*",
    ),
    network(
        2,
        "cargo",
        "network failure seems to have happened",
        r"^\s+(?P<m>network failure seems to have happened)",
    ),
    network(
        2,
        "cargo",
        "class=",
        r"^\s+(?P<m>.*; class=(?:Net|Http|Os|Ssl) \(\d+\).*)",
    ),
    head("error: failed to ", r"^error: failed to "),
    network(
        1,
        "rustup",
        "could not download file",
        r"^error: (?P<m>could not download file from .*)",
    ),
    network(
        2,
        "rustup",
        "component download failed",
        r"^error: (?P<m>component download failed for .*)",
    ),
    // go
    network(
        1,
        "go",
        ": Get \"",
        concat!(
            r#"^(?:go: |\S+\.go:\d+:\d+: )(?:.*: )?(?P<m>Get "[^"]*": .*"#,
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "go",
        "ing http",
        concat!(
            r"^(?:go: |\S+\.go:\d+:\d+: |verifying ).*: (?P<m>(?:reading|fetching) \S+: .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "go",
        "dial tcp",
        r"^(?:go: |\S+\.go:\d+:\d+: ).*: (?P<m>(?:proxyconnect tcp: )?dial tcp:? .*)",
    ),
    network(
        1,
        "go",
        "go: ",
        r"^(?:go: ).*(?P<m>unexpected EOF|TLS handshake timeout|stream error: stream ID \d+; \w+|connection reset by peer|git fetch -f .*exit status 128)",
    ),
    // ruby
    network(
        1,
        "bundler",
        "Could not ",
        r"^(?P<m>Could not (?:fetch specs from \S+|reach host \S+|verify the SSL certificate for \S+).*)",
    ),
    network(
        1,
        "gem",
        "Gem::RemoteFetcher::",
        r"^(?:ERROR:  While executing gem \.\.\. \()?(?P<m>Gem::RemoteFetcher::(?:FetchError|UnknownHostError).*)",
    ),
    network(
        1,
        "bundler",
        "Net::",
        r"^(?:Bundler::HTTPError: |ERROR:  .*)?(?P<m>Net::(?:Open|Read)Timeout.*|Network error while fetching \S+.*)",
    ),
    network(
        1,
        "bundler",
        "Network error while fetching",
        r"^(?P<m>Network error while fetching \S+.*)",
    ),
    network(
        2,
        "bundler",
        "Bundler::HTTPError",
        r"^(?P<m>Bundler::HTTPError.*)",
    ),
    // .NET, PHP, Elixir, Swift, Dart
    network(1, "nuget", "NU1301", r"^.*error (?P<m>NU1301: [^\[]*)"),
    network(
        2,
        "nuget",
        "Response status code does not indicate success: ",
        r"^.*(?P<m>Response status code does not indicate success: (?:429|5\d\d)[^\[]*)",
    ),
    network(
        1,
        "composer",
        "curl error ",
        r"^\s*(?P<m>curl error \d+ while downloading \S+: .*)",
    ),
    network(
        1,
        "composer",
        "file could not be downloaded",
        concat!(
            r"^\s*(?P<m>The \S+ file could not be downloaded.*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "mix",
        "Failed to fetch record for",
        r"^\*?\*? ?(?P<m>Failed to fetch record for .*)",
    ),
    network(
        1,
        "mix",
        "(Mix) ",
        r"^\*\* \(Mix\) (?P<m>(?:Request failed|httpc request failed).*)",
    ),
    network(
        1,
        "swift",
        "failed downloading",
        r"^error: (?P<m>failed downloading .*)",
    ),
];
