//! Where things of the person are.

use std::path::PathBuf;

use ftc_process::ParentEnv;

/// The folder of what the programs remember for the person: `$XDG_STATE_HOME/ftc`, or `~/.local/state/ftc`. It need not exist.
///
/// `None` where neither variable is an absolute path: the XDG base directory specification 0.8 says to ignore a relative one.
pub fn state_directory(env: &ParentEnv) -> Option<PathBuf> {
    let absolute = |name: &str| {
        env.var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let home = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local").join("state")))?;
    Some(home.join("ftc"))
}
