//! Addresses of other repositories.

/// An address that git may be given, and how it is shown: without a user's name and password.
pub(crate) struct RemoteUrl {
    pub(crate) address: String,
    pub(crate) shown: String,
}

impl RemoteUrl {
    /// Reads a URL, git's `host:path`, or a path. `None` for what git could take as an option or as a program.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.is_empty() || text.starts_with('-') || text.contains(['\0', '\n']) {
            return None;
        }
        if let Some((helper, _)) = text.split_once("::")
            && helper
                .chars()
                .all(|character| character.is_ascii_alphanumeric())
        {
            return None;
        }
        // git is run elsewhere, so a relative path has to be made absolute.
        let address = if is_path(text) {
            std::path::absolute(text).ok()?.to_str()?.to_owned()
        } else {
            text.to_owned()
        };
        Some(Self {
            shown: without_user(&address),
            address,
        })
    }
}

/// git's rule: a colon before the first slash makes it a host and a path there.
fn is_path(text: &str) -> bool {
    match (text.find(':'), text.find('/')) {
        (None, _) => true,
        (Some(colon), Some(slash)) => slash < colon,
        (Some(_), None) => false,
    }
}

fn without_user(address: &str) -> String {
    if let Some((scheme, rest)) = address.split_once("://") {
        let host_end = rest.find('/').unwrap_or(rest.len());
        if let Some(at) = rest[..host_end].rfind('@') {
            return format!("{scheme}://{}", &rest[at + 1..]);
        }
    }
    address.to_owned()
}
