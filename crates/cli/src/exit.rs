//! The one table of exit codes.

/// What a program says to the program that started it. Exit codes are part of the interface: the table below is the
/// same for every program and changes only with the major version.
///
/// | code | name | meaning |
/// |---|---|---|
/// | 0 | [`Yes`](Self::Yes) | the answer is yes, or the work is done |
/// | 1 | [`No`](Self::No) | the answer is no: failures found, a gate is red, a policy denies |
/// | 2 | [`Usage`](Self::Usage) | wrong usage or configuration, or input that cannot be read; beats 1 |
/// | 3 | [`Partial`](Self::Partial) | finished in part |
/// | 4 | [`NeedsApproval`](Self::NeedsApproval) | somebody has to approve first |
/// | 5 | [`RolledBack`](Self::RolledBack) | it was tried, failed, and everything is as it was |
/// | 6 | [`Conflict`](Self::Conflict) | somebody else changed the same thing |
/// | 70 | [`Bug`](Self::Bug) | a bug of ours |
/// | 75 | [`TryAgain`](Self::TryAgain) | nothing is wrong but the moment: a lock, a lease, a rate limit |
/// | 128+n | [`Signal`](Self::Signal) | ended by signal n |
/// | any | [`Command`](Self::Command) | that of a command that was run for the person, who asked for exactly that |
///
/// ```
/// use ftc_cli::ExitCode;
///
/// assert_eq!(ExitCode::No.code(), 1);
/// assert_eq!(ExitCode::Signal(15).code(), 143);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "an exit code says something only when it is returned"]
pub enum ExitCode {
    /// The answer is yes, or the work is done.
    Yes,
    /// The answer is no: failures found, a gate is red, a policy denies.
    No,
    /// Wrong usage or configuration, or input that cannot be read. Beats [`No`](Self::No) when both hold.
    Usage,
    /// Finished in part.
    Partial,
    /// Somebody has to approve first.
    NeedsApproval,
    /// It was tried, failed, and everything is as it was.
    RolledBack,
    /// Somebody else changed the same thing.
    Conflict,
    /// A bug of ours.
    Bug,
    /// Nothing is wrong but the moment: a lock, a lease or a rate limit.
    TryAgain,
    /// Ended by this signal. Signals above 127 do not exist and are counted as 127.
    Signal(u8),
    /// The exit code of a command that was run for the person, who asked for exactly that: `ftc run --exit-code`.
    Command(u8),
}

impl ExitCode {
    /// The number that the operating system sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::NeedsApproval => 4,
            Self::RolledBack => 5,
            Self::Conflict => 6,
            Self::Bug => 70,
            Self::TryAgain => 75,
            Self::Signal(number) => 128 + number.min(127),
            Self::Command(code) => code,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.code().into()
    }
}
