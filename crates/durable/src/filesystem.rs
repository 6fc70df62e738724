//! Network filesystems, on which neither locks nor renames nor shared memory can be trusted between machines.

use std::path::Path;

/// The name of the network filesystem that `path` is on, or `None` for a local one and where it cannot be told:
/// nothing must be refused because a question about it failed.
#[cfg(target_os = "linux")]
pub fn network_filesystem(path: &Path) -> Option<&'static str> {
    let magic = rustix::fs::statfs(path).ok()?.f_type;
    // The field's type differs between architectures; the numbers are 32 bits everywhere.
    named(u32::try_from(magic).ok()?)
}

#[cfg(not(target_os = "linux"))]
pub fn network_filesystem(_path: &Path) -> Option<&'static str> {
    None
}

/// Numbers from linux/magic.h (Linux 6.12) and, for those it does not list, statfs(2) of man-pages 6.9.
#[cfg(any(target_os = "linux", test))]
fn named(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "nfs",
        0x517b => "smb",
        0xfe53_4d42 => "smb2",
        0xff53_4d42 => "cifs",
        0x0102_1997 => "9p",
        0x5346_414f => "afs",
        0x00c3_6400 => "ceph",
        0x7375_7245 => "coda",
        0x564c => "ncp",
        0x0bd0_0bd0 => "lustre",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_filesystems_are_known_by_number() {
        assert_eq!(named(0x6969), Some("nfs"));
        assert_eq!(named(0xff53_4d42), Some("cifs"));
        assert_eq!(named(0xef53), None, "ext4");
        assert_eq!(named(0x0102_1994), None, "tmpfs");
    }

    #[test]
    fn a_path_that_is_not_there_is_not_refused() {
        assert_eq!(network_filesystem(Path::new("/no/such/place")), None);
    }
}
