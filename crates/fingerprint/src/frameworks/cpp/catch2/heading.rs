//! The heading above a failure: a rule of dashes, the test and its sections, a rule, the place, a rule of dots.

use crate::line::Line;

/// The test that a failure belongs to, with its sections, as JUnit reports join them: `test/section/inner section`.
pub(super) fn above(line: &Line<'_>) -> Option<String> {
    let mut before = line.before();
    before.find(|text| is_rule(text, b'.'))?;
    before.next()?;
    if !is_rule(&before.next()?, b'-') {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for text in before.take(16) {
        if is_rule(&text, b'-') {
            names.reverse();
            return join(&names);
        }
        names.push(text.into_owned());
    }
    None
}

fn is_rule(text: &str, sign: u8) -> bool {
    text.len() >= 70 && text.bytes().all(|byte| byte == sign)
}

/// Long names are wrapped at 79 columns.
fn join(lines: &[String]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    let mut last: Option<&str> = None;
    for line in lines {
        let word = line.trim_start().split(' ').next().unwrap_or_default();
        let is_wrapped = last
            .is_some_and(|last| last.len() + 1 + word.len() > 79 && indent(line) >= indent(last));
        match names.last_mut().filter(|_| is_wrapped) {
            Some(name) => {
                name.push(' ');
                name.push_str(line.trim());
            }
            None => names.push(line.trim().to_owned()),
        }
        last = Some(line);
    }
    (!names.is_empty()).then(|| names.join("/"))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
