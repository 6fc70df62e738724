//! No space left on device. Texts: `strerror(ENOSPC)` of glibc, musl and Go, behind the words of GCC, binutils, GNU coreutils
//! and tar, bash, git, cargo, `CPython`, Node, `OpenJDK`; `quota` for `EDQUOT`.

use super::{Row, disk};

/// `No space left on device` of C, `no space left on device` of Go and Node.
macro_rules! full {
    () => {
        r"(?:(?:[Nn]o space left on device|Disk quota exceeded|There is not enough space on the disk)(?: \(os error \d+\))?)"
    };
}

pub(super) const ROWS: &[Row] = &[
    disk(
        "gcc",
        " space left",
        concat!(
            r"^(?:\S+:\d+:\d+: )?(?:\S+: )?(?:fatal error|Fatal error): .*?(?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "ld",
        " space left",
        concat!(r"^\S*\bld(?:\.\w+)?: (?:\S+: )?(?P<m>.*", full!(), ")"),
    ),
    disk(
        "go",
        " space left",
        concat!(
            r"^(?:go: |go build [^:]*: |\S+/pkg/tool/\S+: |mkdir |write |open |copying |create |close |build cache).*?(?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "npm",
        "ENOSPC",
        r"^npm (?:ERR!|error) (?:code )?(?:nospc )?(?P<m>ENOSPC)",
    ),
    disk(
        "node",
        "ENOSPC",
        r"^(?:error |\S* ?\[?\w*Error\]?: |  )?.{0,40}?(?P<m>ENOSPC: no space left on device, \w+)",
    ),
    disk(
        "python",
        "[Errno 28] ",
        concat!(
            r"^(?:E +)?(?:ERROR: .*)?(?:OSError|IOError): (?P<m>\[Errno 28\] ",
            full!(),
            ")"
        ),
    ),
    disk(
        "pip",
        "[Errno 28] ",
        concat!(
            r"^ERROR: Could not install packages due to an (?:OSError|EnvironmentError): (?P<m>\[Errno 28\] ",
            full!(),
            ")"
        ),
    ),
    disk(
        "java",
        " space left",
        concat!(
            r"^(?:\[ERROR\] .*|Caused by: |Exception in thread .*|> )?java\.io\.IOException: (?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "gradle",
        " space left",
        concat!(r"^ *> (?:.*: )?(?P<m>", full!(), ")"),
    ),
    disk(
        "git",
        " space left",
        concat!(
            r"^(?:fatal|error): (?:.*: )?(?P<m>(?:write error|sha1 file.*|file write error|unable to \w+ .*|cannot create .*|could not .*)?:? ?\(?",
            full!(),
            ")"
        ),
    ),
    disk(
        "rustc",
        " space left",
        concat!(
            r"^(?:error|warning)?(?:\[E\d+\])?:? ?(?:rustc-LLVM ERROR: .*|LLVM ERROR: .*|error: .*|.*failed to .*|.*couldn't create .*)(?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "cargo",
        " space left",
        r"^\s{2,}(?:(?:failed to|couldn't|could not) .*: )?(?P<m>No space left on device \(os error 28\))$",
    ),
    disk(
        "docker",
        " space left",
        concat!(
            r"^(?:docker: )?(?:ERROR: |Error response from daemon: |failed to (?:register layer|solve|copy|extract).*: ).*(?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "runner",
        " space left",
        concat!(
            r"^You are running out of disk space\. .*(?P<m>",
            full!(),
            ")"
        ),
    ),
    disk(
        "sh",
        " space left",
        concat!(
            r"^(?P<tool>[\w./+-]+?)(?:: line \d+)?: (?:.*: )?(?P<m>",
            full!(),
            r")\.?$"
        ),
    ),
    disk(
        "sh",
        "Disk quota exceeded",
        r"^(?P<tool>[\w./+-]+?)(?:: line \d+)?: (?:.*: )?(?P<m>Disk quota exceeded)$",
    ),
];
