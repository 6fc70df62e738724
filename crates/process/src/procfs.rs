//! What `/proc` tells of processes: proc(5), as of Linux 6.18.

use std::fs;
use std::io;

use rustix::process::Pid;

/// One process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// `Z` for one that has ended and was not waited for yet.
    pub(crate) state: u8,
    pub(crate) parent: i32,
    pub(crate) group: i32,
    pub(crate) session: i32,
    /// In programs, with children that were waited for; in hundredths of a second.
    pub(crate) user_ticks: u64,
    /// The same in the kernel.
    pub(crate) system_ticks: u64,
    /// When it was started, in hundredths of a second since the boot.
    pub(crate) start_ticks: u64,
}

impl Stat {
    /// `None` where there is no such process any more, or it may not be looked at.
    pub(crate) fn of(pid: Pid) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Self::parse(&stat)
    }

    /// Field 2 is the program's name in brackets, which may itself hold brackets, blanks and line ends.
    pub(crate) fn parse(stat: &[u8]) -> Option<Self> {
        let end = stat.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(&stat[end + 1..]).ok()?;
        // From field 3 on.
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let id = |index: usize| fields.get(index)?.parse::<i32>().ok();
        let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            state: *fields.first()?.as_bytes().first()?,
            parent: id(1)?,
            group: id(2)?,
            session: id(3)?,
            user_ticks: ticks(11)?.saturating_add(ticks(13)?),
            system_ticks: ticks(12)?.saturating_add(ticks(14)?),
            start_ticks: ticks(19)?,
        })
    }

    /// Whether it has ended.
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }
}

/// All processes that can be seen.
pub(crate) fn all() -> io::Result<Vec<Pid>> {
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        pids.extend(name.to_str().and_then(parse_pid));
    }
    Ok(pids)
}

/// The children of all threads of `pid`; `None` where the kernel does not tell (it was built without `CONFIG_PROC_CHILDREN`).
///
/// May miss some of those that come and go while it is read.
pub(crate) fn children(pid: Pid) -> Option<Vec<Pid>> {
    let tasks = format!("/proc/{pid}/task");
    let Ok(threads) = fs::read_dir(&tasks) else {
        // It has ended.
        return Some(Vec::new());
    };
    let mut children = Vec::new();
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(text) => children.extend(text.split_ascii_whitespace().filter_map(parse_pid)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && thread.path().exists() => {
                return None;
            }
            // The thread has ended.
            Err(_) => {}
        }
    }
    Some(children)
}

/// A field of `mountinfo`, in which spaces and the like are written as a backslash and three octal digits.
pub(crate) fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| *first == b'\\');
        let byte = octal
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        plain.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[3..] } else { after };
    }
    plain
}

fn parse_pid(text: &str) -> Option<Pid> {
    text.parse().ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn the_name_may_look_like_fields() {
        let fields = "S 1 2 3 0 -1 4194560 5 6 7 8 90 100 11 12 20 0 1 0 12345 13 14";
        for name in ["sh", "a b", ") Z 1 (", "two\nlines"] {
            let stat = Stat::parse(format!("42 ({name}) {fields}\n").as_bytes()).unwrap();
            assert_eq!((stat.parent, stat.group, stat.session), (1, 2, 3));
            assert_eq!((stat.user_ticks, stat.system_ticks), (101, 112));
            assert_eq!(stat.start_ticks, 12345);
            assert!(!stat.is_dead());
        }
        assert_eq!(Stat::parse(b"42 (sh) S 1 2"), None);
        assert_eq!(Stat::parse(b""), None);
    }
}
