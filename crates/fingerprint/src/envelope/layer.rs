//! One layer of an envelope.
//!
//! Seen in: actions/runner 2.3xx, gh 2.x (`pkg/cmd/run/view`), Azure Pipelines agent 3; `docker logs -t`, `kubectl logs --timestamps`;
//! GitLab Runner 17 (`helpers/trace`, `FF_TIMESTAMPS`); Jenkins Timestamper 1.2x; Buildkite agent 3 (`process/timestamper.go`);
//! `TeamCity` 2023 build logs; Drone and Woodpecker CLIs; Taskcluster docker-worker and mozharness; moreutils `ts`, journald and
//! syslog (RFC 3164). 2024 to 2026.

use super::shape::{behind, behind_blank, behind_clock, behind_date, behind_syslog, instant};

/// What one system puts before each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// Job, tab, step, tab, time stamp, blank: `gh run view --log`.
    GithubView,
    /// A time stamp and a blank: GitHub, Azure, Docker, Kubernetes.
    Instant,
    /// A time stamp and `00O `, the number and the name of the stream: GitLab. `+` for the blank goes on with a line.
    Gitlab,
    /// `_bk;t=1700000000000` between ESC and BEL: Buildkite. Some ways to store it lose the ESC.
    Buildkite,
    /// `[task 2025-02-13T21:45:24.968Z] `, `[taskcluster 2025-02-13 09:58:31.699Z] `.
    Taskcluster,
    /// `21:45:24     INFO - `.
    Mozharness,
    /// `[2024-02-07T12:49:23.183Z] `, `[2024-02-07 12:49:23] `, `[12:49:23] `: Jenkins and others.
    Bracketed,
    /// `[12:49:23]W:\t [Step 1/2] `.
    Teamcity,
    /// `[test:12:34s] `: step, number of the line, seconds.
    Drone,
    /// `2024-02-07 12:49:23 `.
    Date,
    /// `12:49:23 `.
    Clock,
    /// `12:49:23  `: Jenkins.
    WideClock,
    /// `Feb 07 12:49:23 `.
    Syslog,
    /// `Feb 07 12:49:23 host unit[123]: `.
    Journal,
}

/// What a layer was.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub(super) stamp: Option<&'a str>,
    pub(super) rest: &'a [u8],
}

impl Layer {
    /// Those that hold more of a line come before those that hold less of it.
    const ALL: [Self; 14] = [
        Self::GithubView,
        Self::Gitlab,
        Self::Instant,
        Self::Buildkite,
        Self::Taskcluster,
        Self::Mozharness,
        Self::Teamcity,
        Self::Bracketed,
        Self::Drone,
        Self::Date,
        Self::WideClock,
        Self::Clock,
        Self::Journal,
        Self::Syslog,
    ];

    /// The layer that most lines carry.
    pub(super) fn of(lines: &[&[u8]]) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| {
            let wrapped = lines
                .iter()
                .filter(|line| layer.take(line).is_some())
                .count();
            wrapped > 0 && wrapped * 100 >= lines.len() * layer.least_share()
        })
    }

    /// How many of a hundred lines must carry it.
    fn least_share(self) -> usize {
        match self {
            // The scripts around it write lines without.
            Self::Mozharness => 20,
            // No tool writes this.
            Self::Buildkite => 30,
            // One blank and indented text would look the same.
            Self::WideClock => 95,
            _ => 60,
        }
    }

    /// Takes it off a line.
    pub(super) fn take(self, line: &[u8]) -> Option<Taken<'_>> {
        match self {
            Self::GithubView => {
                let tab = memchr::memchr_iter(b'\t', line).nth(1)?;
                Self::Instant.take(&line[tab + 1..])
            }
            Self::Instant => {
                let (stamp, rest) = instant(line)?;
                stamped(stamp, behind_blank(rest)?)
            }
            Self::Gitlab => {
                let (stamp, rest) = instant(line)?;
                let [b' ', first, second, b'O' | b'E', b' ' | b'+', rest @ ..] = rest else {
                    return None;
                };
                let is_number = first.is_ascii_hexdigit() && second.is_ascii_hexdigit();
                is_number.then_some(Taken {
                    stamp: Some(stamp),
                    rest,
                })
            }
            Self::Buildkite => {
                let rest = line.strip_prefix(b"\x1b").unwrap_or(line);
                let rest = rest.strip_prefix(b"_bk;t=")?;
                let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
                bare(rest[end..].strip_prefix(b"\x07")?)
            }
            Self::Taskcluster => {
                if let Some(rest) = line.strip_prefix(b"[taskcluster ") {
                    return bare(behind_blank(behind_date(rest)?.strip_prefix(b"]")?)?);
                }
                let (stamp, rest) = instant(line.strip_prefix(b"[task ")?)?;
                stamped(stamp, behind_blank(rest.strip_prefix(b"]")?)?)
            }
            Self::Mozharness => {
                let rest = behind_clock(line)?.trim_ascii_start();
                let end = rest.iter().position(|byte| !byte.is_ascii_uppercase())?;
                let is_level = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "FATAL"]
                    .iter()
                    .any(|level| level.as_bytes() == &rest[..end]);
                is_level.then_some(())?;
                bare(behind_blank(rest[end..].strip_prefix(b" -")?)?)
            }
            Self::Bracketed => {
                let rest = line.strip_prefix(b"[")?;
                if let Some((stamp, rest)) = instant(rest) {
                    return stamped(stamp, behind_blank(rest.strip_prefix(b"]")?)?);
                }
                let rest = behind_date(rest).or_else(|| behind_clock(rest))?;
                bare(behind_blank(rest.strip_prefix(b"]")?)?)
            }
            Self::Teamcity => {
                let rest = behind_clock(line.strip_prefix(b"[")?)?.strip_prefix(b"]")?;
                let (_, rest) = rest
                    .split_first()
                    .filter(|&(&level, _)| b" WEFi".contains(&level))?;
                let rest = rest.strip_prefix(b":")?;
                let rest = rest.trim_ascii_start();
                let step = rest.strip_prefix(b"[Step ").and_then(|step| {
                    let end = memchr::memchr(b']', step)?;
                    behind_blank(&step[end + 1..])
                });
                bare(step.unwrap_or(rest))
            }
            Self::Drone => {
                let rest = line.strip_prefix(b"[")?;
                let end = memchr::memchr(b']', rest)?;
                let mut parts = rest[..end].rsplit(|&byte| byte == b':');
                let seconds = parts.next()?.strip_suffix(b"s")?;
                let number = parts.next()?;
                let number = number.strip_prefix(b"L").unwrap_or(number);
                let are_numbers = !seconds.is_empty() && !number.is_empty();
                let are_numbers = are_numbers
                    && seconds.iter().chain(number).all(u8::is_ascii_digit)
                    && parts.next().is_some_and(|step| !step.is_empty());
                are_numbers.then_some(())?;
                bare(behind_blank(&rest[end + 1..])?)
            }
            Self::Date => bare(behind_blank(behind_date(line)?)?),
            Self::Clock => bare(behind_blank(behind_clock(line)?)?),
            Self::WideClock => {
                let rest = behind_blank(behind_clock(line)?)?;
                bare(behind_blank(rest)?)
            }
            Self::Syslog => bare(behind_blank(behind_syslog(line)?)?),
            Self::Journal => {
                let rest = behind(behind_syslog(line)?, b" ")?;
                let host = memchr::memchr(b' ', rest)?;
                let unit = &rest[host + 1..];
                let end = memchr::memmem::find(unit, b"]:")?;
                let (name, number) = unit[..end].split_at(memchr::memchr(b'[', &unit[..end])?);
                let is_unit = !name.is_empty()
                    && !name.contains(&b' ')
                    && number[1..].iter().all(u8::is_ascii_digit);
                is_unit.then_some(())?;
                bare(behind_blank(&unit[end + 2..])?)
            }
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends what may fail")]
fn bare(rest: &[u8]) -> Option<Taken<'_>> {
    Some(Taken { stamp: None, rest })
}

#[expect(clippy::unnecessary_wraps, reason = "it ends what may fail")]
fn stamped<'a>(stamp: &'a str, rest: &'a [u8]) -> Option<Taken<'a>> {
    Some(Taken {
        stamp: Some(stamp),
        rest,
    })
}
