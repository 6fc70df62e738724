//! Writing words so that systemd reads them as they are.

use std::fmt::Write as _;
use std::path::Path;

/// A command line. In the arguments `$` is doubled besides `%`; the program is a path, in which variables are not replaced.
pub(super) fn command(argv: &[String]) -> Result<String, String> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err("has no program".to_owned());
    };
    // These before a path have a meaning, in quotes, too.
    if program.starts_with(['@', '-', ':', '+', '!', '|']) {
        return Err(format!(
            "has a program that systemd would take for something else: `{program}`"
        ));
    }
    if program.contains('/') && !program.starts_with('/') {
        return Err(format!(
            "has a program that is neither a name nor an absolute path: `{program}`"
        ));
    }
    if program.contains('$') {
        return Err(format!("has a program with a `$` in its name: `{program}`"));
    }
    let mut words = vec![word(program)];
    for argument in arguments {
        // A lone semicolon separates commands unless it is quoted, which it is.
        words.push(word(argument).replace('$', "$$"));
    }
    Ok(words.join(" "))
}

/// A word in double quotes, with C escapes.
pub(super) fn word(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '%' => quoted.push_str("%%"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if letter.is_ascii_control() => {
                // A `String` takes whatever is written.
                let _ = write!(quoted, "\\x{:02x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A path in double quotes, for keys that do not know escapes.
pub(super) fn path(path: &Path) -> Result<String, String> {
    let text = plain(path)?;
    if text.contains('"') {
        return Err(format!("cannot be written in a unit: `{text}`"));
    }
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

/// A path that is the whole value of its key, which knows neither quotes nor escapes.
pub(super) fn whole_line(path: &Path) -> Result<String, String> {
    let text = plain(path)?;
    if text.trim() != text {
        return Err(format!("cannot be written in a unit: `{text}`"));
    }
    Ok(text.replace('%', "%%"))
}

fn plain(path: &Path) -> Result<&str, String> {
    let text = path.to_str().filter(|text| {
        // A backslash at the end of a line joins it with the next.
        !text.chars().any(char::is_control) && !text.contains('\\')
    });
    text.ok_or_else(|| {
        let path = path.to_string_lossy();
        format!("cannot be written in a unit: `{}`", path.escape_debug())
    })
}
