//! When two names mean one test.
//!
//! Reporters qualify names differently: `tests::x`, `crate::tests::x`, `crate tests::x`. A truth's name matches when its tokens
//! are the last tokens of the predicted name. A parent never matches its child: `TestX` is not the end of `TestX/sub`.

/// The tokens of a name: split at `::`, `.`, `/`, `>`, `›`, `#` and blanks, after what stands in parentheses at its end
/// (`(line 11)`, `(pkg.Class)`, `(3ms)`) is taken off.
pub(super) fn tokens(name: &str) -> Vec<&str> {
    let whole = name.trim();
    let mut bare = whole;
    // Three, because a reporter may add a place and a time behind a name that ends with its class.
    for _ in 0..3 {
        bare = without_last_parentheses(bare);
    }
    split(if bare.is_empty() { whole } else { bare })
}

/// Whether `predicted` ends with the tokens of `truth`.
pub(super) fn matches(predicted: &str, truth: &str) -> bool {
    let truth = tokens(truth);
    !truth.is_empty() && tokens(predicted).ends_with(&truth)
}

fn without_last_parentheses(name: &str) -> &str {
    let Some(inside) = name.trim_end().strip_suffix(')') else {
        return name;
    };
    match inside.rfind(['(', ')']) {
        Some(at) if inside[at..].starts_with('(') => inside[..at].trim_end(),
        _ => name,
    }
}

fn split(name: &str) -> Vec<&str> {
    name.split("::")
        .flat_map(|part| {
            part.split(|c: char| matches!(c, '.' | '/' | '>' | '›' | '#') || c.is_whitespace())
        })
        .filter(|token| !token.is_empty())
        .collect()
}
