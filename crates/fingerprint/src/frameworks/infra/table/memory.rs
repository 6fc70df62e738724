//! Memory. Texts: bash `jobs.c` and `siglist.c`, GNU make `job.c`, GCC `gcc.c`, LLVM `ErrorHandling.cpp`, Linux
//! `mm/oom_kill.c`, V8 `api.cc` with Node 12 to 22, `HotSpot` `debug.cpp` and `os.cpp`, Go `cmd/go`, Gradle's daemon client.

use super::{Row, memory};

pub(super) const ROWS: &[Row] = &[
    memory(
        1,
        "node",
        "heap",
        r"^FATAL ERROR: (?:[^:]*: )?(?P<m>.*JavaScript heap out of memory)",
    ),
    memory(
        1,
        "node",
        "FATAL ERROR: ",
        r"^FATAL ERROR: (?P<m>(?:CALL_AND_RETRY_LAST|NewSpace|invalid (?:array|table) size|Zone|Committing semi space|Ineffective mark-compacts).*(?:failed|[Oo]ut of memory).*)",
    ),
    memory(
        1,
        "kernel",
        "Killed process ",
        r"^(?:\[ *\d+\.\d+\] |\w{3} +\d+ [\d:]+ \S+ kernel: (?:\[ *\d+\.\d+\] )?)?(?P<m>(?:Out of memory|Memory cgroup out of memory): Killed process) \d+ \((?:.*)\)",
    ),
    memory(
        2,
        "sh",
        "Killed",
        r"^(?:\S+: line \d+: +)?\d+ (?P<m>Killed +\S.*)",
    ),
    memory(
        2,
        "sh",
        "Killed",
        r"^\S*(?:sh|bash): line \d+: +\d+ (?P<m>Killed)$",
    ),
    memory(3, "sh", "Killed", r"^(?P<m>Killed)$"),
    memory(
        2,
        "make",
        "Killed",
        r"^g?make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*: )?(?P<m>[^\]:]+\] Killed)",
    ),
    row_137(
        r"^g?make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*: )?(?P<m>[^\]:]+\] Error 137)\b",
        "make",
        "Error 137",
    ),
    row_137(
        r"^(?:Process completed|(?:.*: )?command terminated|The command .*exited|.*container.* exited|error Command failed) with (?:exit )?code (?P<m>137)\b",
        "exit code",
        "137",
    ),
    row_137(
        r"^(?:ERROR: Job failed: )?(?:command terminated with )?exit (?:code|status) (?P<m>137)\b",
        "exit code",
        "137",
    ),
    memory(
        1,
        "gcc",
        "Killed signal",
        r"^\S*(?:cc|\+\+|clang|collect2|cpp)\S*: fatal error: (?P<m>Killed signal terminated program \S+)",
    ),
    memory(
        1,
        "gcc",
        "internal compiler error: Killed",
        r"^\S+: internal compiler error: (?P<m>Killed \(program \S+\))",
    ),
    memory(
        1,
        "gcc",
        "terminated with signal 9",
        r"^collect2: (?:fatal )?error: (?P<m>\S+ terminated with signal 9)",
    ),
    memory(
        1,
        "clang",
        "unable to execute command: Killed",
        r"^clang\S*: error: (?P<m>unable to execute command: Killed)",
    ),
    memory(
        1,
        "gcc",
        "out of memory allocating",
        r"^\S*(?:cc1\w*|cc1plus|lto1|as|ld\S*): (?P<m>out of memory allocating) \d+ bytes",
    ),
    memory(
        1,
        "gcc",
        "virtual memory exhausted",
        r"^(?P<m>virtual memory exhausted: Cannot allocate memory)",
    ),
    memory(
        1,
        "ld",
        "memory exhausted",
        r"^\S*ld\S*: (?P<m>(?:final link failed: )?memory exhausted)",
    ),
    memory(
        1,
        "llvm",
        "LLVM ERROR: ",
        r"^(?:rustc-)?(?P<m>LLVM ERROR: out of memory)",
    ),
    memory(
        1,
        "cargo",
        "signal: 9, SIGKILL",
        r"^\s+process didn't exit successfully: `[^`]*\brustc\b.* \((?P<m>signal: 9, SIGKILL: kill)\)",
    ),
    memory(
        1,
        "go",
        "signal: killed",
        r"^(?:go build [^:]+: )?\S*/(?:pkg/tool/[^:]*/)?(?P<m>(?:compile|link|asm|cgo|vet): signal: killed)$",
    ),
    memory(
        1,
        "java",
        "java.lang.OutOfMemoryError",
        r"^(?:\[ERROR\] |> )?(?:Exception in thread .*|Caused by: |Terminating due to |Exception: |ERROR: )?java\.lang\.(?P<m>OutOfMemoryError(?:: (?:Java heap space|GC overhead limit exceeded|Metaspace|unable to create (?:new )?native thread|Direct buffer memory|Requested array size.*))?)",
    ),
    memory(
        1,
        "java",
        "insufficient memory",
        r"^# (?P<m>There is insufficient memory for the Java Runtime Environment to continue)",
    ),
    memory(
        1,
        "gradle",
        "disappeared unexpectedly",
        r"^(?:> )?(?P<m>Gradle build daemon disappeared unexpectedly)",
    ),
    memory(
        2,
        "sh",
        "Cannot allocate memory",
        r"^(?P<tool>\S+?)(?:: line \d+)?: (?P<m>(?:.*: )?(?:fork: )?Cannot allocate memory)$",
    ),
    memory(
        1,
        "sh",
        "fork: ",
        r"^\S+(?:: line \d+)?: (?P<m>fork: (?:retry: )?Resource temporarily unavailable)",
    ),
    memory(
        2,
        "python",
        "[Errno 12] ",
        r"^OSError: (?P<m>\[Errno 12\] Cannot allocate memory)",
    ),
];

/// 128 + 9: killed, nearly always for its memory. It tells nothing that a failure of its own would not.
const fn row_137(pattern: &'static str, tool: &'static str, needle: &'static str) -> Row {
    let mut row = memory(9, tool, needle, pattern);
    row.only_follows = true;
    row
}
