//! Where things are in the directory of a forge. All paths are relative to it.

use std::fmt::Write as _;

use ftc_durable::Digest;

use crate::ids::IssueNumber;

pub(super) const LOCK: &str = ".lock";
pub(super) const KEY: &str = "seal.key";
pub(super) const FORGE: &str = "forge.toml";
pub(super) const PEOPLE: &str = "people.toml";
pub(super) const LABELS: &str = "labels.toml";
pub(super) const ISSUES: &str = "issues";
pub(super) const PULLS: &str = "pulls";

/// The longest name of a file that is made of the name of a check.
const FILE_NAME_BYTES: usize = 120;

/// A number as part of a path: four digits at least.
pub(super) fn digits(number: u64) -> String {
    format!("{number:04}")
}

/// The number that a name of a directory or the stem of a file stands for; one spelling only.
pub(super) fn parse_digits(name: &str) -> Option<u64> {
    let number = name.parse().ok()?;
    (digits(number) == name).then_some(number)
}

pub(super) fn issue(number: IssueNumber) -> String {
    format!("{ISSUES}/{}/issue.md", digits(number.0))
}

pub(super) fn pull(number: IssueNumber) -> String {
    format!("{PULLS}/{}/pull.md", digits(number.0))
}

/// The `index`th file of a kind (`comments`) that belongs to the thing in `directory`.
pub(super) fn part(directory: &str, kind: &str, index: u64) -> String {
    format!("{directory}/{kind}/{}.md", digits(index))
}

pub(super) fn checks(sha: &str) -> String {
    format!("checks/{sha}")
}

pub(super) fn check(sha: &str, name: &str) -> String {
    format!("{}/{}.md", checks(sha), file_name(name))
}

/// A name of a file for any text: different texts have different names.
fn file_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_')
            || (byte == b'.' && !name.is_empty());
        if plain {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02x}").expect("a string takes everything");
        }
    }
    if name.len() > FILE_NAME_BYTES {
        let digest = Digest::of_content(text.as_bytes()).to_string();
        // `%%` cannot come of any short text.
        name.truncate(FILE_NAME_BYTES / 2);
        write!(name, "%%{}", &digest[..32]).expect("a string takes everything");
    }
    name
}
