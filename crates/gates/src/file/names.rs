//! Which environment variables a repository may name.

/// What is wrong with passing on or setting the variable `name`, if anything.
///
/// A gate file belongs to the repository, and a repository must not reach for a person's credentials or for git's own variables,
/// which can make any later git command run a program.
pub(super) fn complaint(name: &str) -> Option<String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Some(format!(
            "`{name}` cannot be the name of an environment variable"
        ));
    }
    let upper = name.to_ascii_uppercase();
    let is_refused = upper.starts_with("GIT_")
        || upper.starts_with("AWS_")
        || upper.ends_with("PASSWORD")
        || upper.ends_with("SECRET")
        || (upper.starts_with("FTC_") && upper.ends_with("TOKEN"));
    is_refused.then(|| format!("a repository may not name the environment variable `{name}`"))
}
