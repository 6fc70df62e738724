//! One error of a compiler, with its place.

use crate::frameworks::cpp::parts::path_of_place;

#[derive(Debug)]
pub(super) struct Error<'a> {
    pub(super) file: &'a str,
    /// Without the place, quotes made plain: which ones gcc writes depends on the locale.
    pub(super) message: String,
    pub(super) code: Option<&'a str>,
}

/// Of a source file of the C family: others write errors in the same form.
const ENDINGS: &[&str] = &[
    "c", "cc", "cpp", "cxx", "c++", "C", "h", "hh", "hpp", "hxx", "h++", "ipp", "inl", "inc",
    "tcc", "tpp", "m", "mm", "cu", "cuh", "s", "S", "cppm", "ixx", "def", "ino", "cl",
];

/// What is the machine's fault and not the source's.
const MACHINE: &[&str] = &[
    "No space left on device",
    "out of memory",
    "Cannot allocate memory",
];

pub(super) fn error(text: &str) -> Option<Error<'_>> {
    let error = gnu(text).or_else(|| microsoft(text))?;
    let is_machine = MACHINE.iter().any(|words| error.message.contains(words));
    (!is_machine).then_some(error)
}

/// `a.cc:20:22: error: text`, `a.cc:3: fatal error: text`.
fn gnu(text: &str) -> Option<Error<'_>> {
    let (place, message) = text
        .split_once(": fatal error: ")
        .or_else(|| text.split_once(": error: "))?;
    let file = path_of_place(place).filter(|file| is_source(file))?;
    Some(Error {
        file,
        message: plain(message),
        code: option(message),
    })
}

/// `a.cpp(12,5): error C2065: 'x': undeclared identifier [app.vcxproj]`, behind `1>` where projects build side by side.
fn microsoft(text: &str) -> Option<Error<'_>> {
    let text = text.trim_start();
    let text = match text.split_once('>') {
        Some((number, rest)) if super::super::parts::is_number(number) => rest.trim_start(),
        _ => text,
    };
    let (place, rest) = text
        .split_once(": fatal error C")
        .or_else(|| text.split_once(": error C"))?;
    let place = place.trim_end();
    let file = path_of_place(place).filter(|file| is_source(file))?;
    let (number, message) = rest.split_once(": ")?;
    if !super::super::parts::is_number(number) {
        return None;
    }
    let message = match message.rsplit_once(" [") {
        Some((before, project)) if project.ends_with("proj]") => before,
        _ => message,
    };
    let start = text.len() - rest.len() - 1;
    Some(Error {
        file,
        message: format!("C{number}: {}", plain(message)),
        code: Some(&text[start..=start + number.len()]),
    })
}

fn is_source(file: &str) -> bool {
    file.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// `[-Werror=unused-variable]`, `[modernize-use-auto,-warnings-as-errors]`, `[nullPointer]`.
fn option(message: &str) -> Option<&str> {
    let (_, option) = message.strip_suffix(']')?.rsplit_once(" [")?;
    (!option.contains(' ')).then_some(option)
}

pub(super) fn plain(message: &str) -> String {
    message.trim().replace(['‘', '’'], "'")
}
