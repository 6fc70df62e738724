//! Frames of the stacks that sanitizers print.
//!
//! Formats: `    #0 0x55e0 in f(int) /src/a.cc:15:3` of most (compiler-rt's `DEFAULT_STACK_TRACE_FORMAT`), `    #0 f(int)
//! /src/a.cc:15 (binary+0x1)` of `ThreadSanitizer`.

/// One frame.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) function: &'a str,
    /// Where the source is known: its path.
    path: Option<&'a str>,
}

pub(super) fn parse(text: &str) -> Option<Frame<'_>> {
    let rest = text.trim_start().strip_prefix('#')?;
    let (number, rest) = rest.split_once(' ')?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest = match rest.strip_prefix("0x") {
        Some(rest) => rest.split_once(" in ").map_or("", |(_, rest)| rest),
        None => rest,
    };
    let rest = rest.split(" (BuildId: ").next().unwrap_or(rest);
    // What stands in brackets at the end is the module.
    let rest = match rest.rsplit_once(" (") {
        Some((before, module)) if module.ends_with(')') && module.contains("+0x") => before,
        _ => rest,
    };
    let (function, path) = match rest.rsplit_once(' ') {
        Some((function, path)) if path.contains(['/', '.', '<', ':']) && !path.ends_with(')') => {
            (function, Some(path).filter(|path| *path != "<null>"))
        }
        _ => (rest, None),
    };
    Some(Frame { function, path })
}

const LIBRARY_PATHS: &[&str] = &[
    "/libsanitizer/",
    "compiler-rt",
    "/usr/include/",
    "/usr/lib",
    "sysdeps/",
    "csu/",
    "nptl/",
    "/googletest/",
    "/gtest/",
    "/gmock/",
    "/catch2/",
    "<null>",
];

const LIBRARY_FUNCTIONS: &[&str] = &[
    "__interceptor_",
    "__asan_",
    "__tsan_",
    "__libc_",
    "___interceptor_",
    "operator new",
    "operator delete",
    "std::",
    "testing::",
    "Catch::",
    "doctest::",
    "boost::",
    "void std::",
    "void testing::",
    "void boost::",
    "bool testing::",
    "<null>",
    "_start",
    "pthread_",
    "gsignal",
    "__GI_",
];

const C_FUNCTIONS: &[&str] = &[
    "malloc", "calloc", "realloc", "free", "abort", "raise", "memcpy", "memmove", "memset",
    "strlen", "strcpy", "strncpy", "strcmp", "strdup", "read", "write", "printf", "main",
];

impl Frame<'_> {
    /// Whether the project's own code stands here, as far as names and paths tell.
    fn is_own(&self) -> bool {
        let is_library = LIBRARY_FUNCTIONS
            .iter()
            .any(|prefix| self.function.starts_with(prefix))
            || C_FUNCTIONS[..C_FUNCTIONS.len() - 1].contains(&self.function)
            || self.function.is_empty();
        !is_library
            && self
                .path
                .is_some_and(|path| !LIBRARY_PATHS.iter().any(|part| path.contains(part)))
    }
}

/// The first own function of a stack, without its parameters' defaults; else none.
pub(super) fn first_own<'a>(frames: impl IntoIterator<Item = &'a str>) -> Option<String> {
    frames
        .into_iter()
        .filter_map(parse)
        .find(Frame::is_own)
        .map(|frame| frame.function.to_owned())
}

/// `Suite.Test` where the function is the body of a test of `GoogleTest`: `Suite_Test_Test::TestBody()`. Underscores in
/// either name leave it open where one ends.
pub(super) fn gtest_of(function: &str) -> Option<String> {
    let class = function.strip_suffix("::TestBody()")?;
    let class = class.split('<').next()?;
    let class = class.rsplit("::").next()?;
    let names = class.strip_suffix("_Test")?;
    let (suite, test) = names.split_once('_')?;
    (!suite.is_empty() && !test.is_empty() && !test.contains('_'))
        .then(|| format!("{suite}.{test}"))
}
