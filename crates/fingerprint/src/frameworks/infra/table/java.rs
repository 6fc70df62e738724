//! Tools of the JVM. Texts: Maven 3.6 to 3.9 with its resolver, Gradle 6 to 8, sbt with coursier, Bazel 5 to 7.

use super::{Row, head, network, trouble};

pub(super) const ROWS: &[Row] = &[
    network(
        1,
        "maven",
        "Could not transfer ",
        concat!(
            r"^(?:\[(?:ERROR|FATAL)\] ).*(?P<m>Could not transfer (?:artifact|metadata) .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "maven",
        "[ERROR] ",
        concat!(
            r"^\[(?:ERROR|FATAL)\] .*(?P<m>Could not transfer (?:artifact|metadata) .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "gradle",
        "Could not ",
        r"^\s*> (?P<m>Could not (?:GET|HEAD) '[^']*'\. Received status code (?:429|5\d\d) .*)",
    ),
    network(
        2,
        "gradle",
        "> ",
        "^\\s*> (?P<m>(?:Connect to \\S+ .*failed: .*|Connection (?:reset|refused|timed out).*|Read timed out|Remote host terminated the handshake|repo\\S*: .*|\\S+: Name or service not known|\\S+: Temporary failure in name resolution|No such host is known.*|java\\.net\\.\\w+Exception: .*|The server may not support the client's requested TLS protocol versions.*)).*$",
    ),
    head("FAILURE: Build ", r"^FAILURE: Build (?:failed|completed)"),
    network(
        1,
        "gradle",
        "Downloading from ",
        "^(?:Exception in thread .*)?java\\.io\\.IOException: (?P<m>Downloading from \\S+ failed: .*)",
    ),
    network(
        1,
        "java",
        "Exception in thread \"main\" java.",
        r#"^Exception in thread "main" (?P<m>java\.net\.(?:UnknownHostException|SocketTimeoutException|ConnectException|SocketException|NoRouteToHostException).*|javax\.net\.ssl\.SSL\w*Exception.*|java\.io\.IOException: Server returned HTTP response code: 5\d\d for URL: .*)"#,
    ),
    network(
        1,
        "sbt",
        "download error: ",
        concat!(
            r"^\[error\] .*(?P<m>download error: Caught .*",
            trouble!(),
            ".*)"
        ),
    ),
    network(
        1,
        "bazel",
        "rror downloading ",
        concat!(
            r"^(?:ERROR: |WARNING: |Error in \w+: |\s+).*(?P<m>Error downloading .*",
            trouble!(),
            ".*)"
        ),
    ),
];
