//! Trees of processes that try to outlive the program that is their root.
//!
//! Each is a shell script in a directory with a pipe called `witness`, which it opens as descriptor 9 and every process of it
//! inherits. One line `up` is written there by each process that has got as far as it wanted.

/// A tree.
pub struct Escape {
    pub name: &'static str,
    /// How many lines `up` it writes.
    pub members: usize,
    /// Parts of the script, in order.
    parts: &'static [&'static str],
    /// Its root kills its parent with SIGKILL, which without a shim is the caller.
    pub kills_parent: bool,
}

/// Ignores what can be ignored: SIGTERM would end the rest before its time.
const START: &str = "trap '' TERM HUP INT\nexec 9>witness\n";

const GROUP: &str = "sh -c 'echo up >&9; while :; do sleep 600; done' &\n";

const SESSION: &str = "setsid sh -c 'exec >/dev/null 2>&1 </dev/null; echo up >&9; : >there; while :; do sleep 600; done' &\n";

/// A daemon as in the books: two forks, a session, `/`, no descriptor but the witness (which
/// Perl would close at `exec` without `$^F`), no environment.
const DAEMON: &str = r#"perl -MPOSIX -e '
    exit 0 if fork; POSIX::setsid(); exit 0 if fork; chdir "/";
    my $sleep = $ENV{SLEEP}; $^F = 9; open(my $witness, ">&=", 9); syswrite($witness, "up\n");
    POSIX::close($_) for 0 .. 8, 10 .. 63; %ENV = (); exec {$sleep} "sleep", "600";' &
"#;

/// The same without even the witness: it is seen by the file that it executes, which nobody else does.
const CLOSED: &str = r#"perl -MPOSIX -e '
    exit 0 if fork; POSIX::setsid(); exit 0 if fork; chdir "/";
    my $sleep = $ENV{SLEEP}; open(my $witness, ">&=", 9); syswrite($witness, "up\n");
    POSIX::close($_) for 0 .. 63; %ENV = (); exec {$sleep} "sleep", "600";' &
"#;

/// A new process and a new session every 50 microseconds. It gives up when there is a file `stop`: nothing else could end it where
/// it survives.
const RACER: &str = r#"perl -MPOSIX -e '
    $SIG{TERM} = "IGNORE"; open(my $witness, ">&=", 9); syswrite($witness, "up\n");
    until (-e "stop") {
        my $child = fork; next unless defined $child;
        POSIX::_exit(0) if $child;
        POSIX::setsid(); select(undef, undef, undef, 0.00005);
    }' >/dev/null 2>&1 </dev/null &
"#;

const WAIT: &str = "while :; do sleep 600; done\n";

/// Says when it does it: nobody else knows.
const KILL_PARENT: &str =
    "while ! [ -e there ]; do sleep 0.005; done\necho up >&9\nkill -9 $PPID\n";

pub const ESCAPES: [Escape; 7] = [
    Escape {
        name: "same group, deaf to SIGTERM",
        members: 1,
        parts: &[START, GROUP, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "`setsid`",
        members: 1,
        parts: &[START, SESSION, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "double fork, closed descriptors, no environment",
        members: 1,
        parts: &[START, DAEMON, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "the same, with no descriptor at all",
        members: 1,
        parts: &[START, CLOSED, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "racer of pid and session",
        members: 1,
        parts: &[START, RACER, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "all of them at once",
        members: 5,
        parts: &[START, GROUP, SESSION, DAEMON, CLOSED, RACER, WAIT],
        kills_parent: false,
    },
    Escape {
        name: "`kill -9 $PPID`, with `setsid`",
        members: 2,
        parts: &[START, SESSION, KILL_PARENT, WAIT],
        kills_parent: true,
    },
];

impl Escape {
    pub fn script(&self) -> String {
        self.parts.concat()
    }
}
