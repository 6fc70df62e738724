//! Names of tests, as the versions write them, and the rules around them.

/// What is in front of the modules of a suite that could not be loaded.
const FAILED_LOADS: &[&str] = &[
    "unittest.loader._FailedTest",
    "unittest.loader.ModuleImportFailure",
    "nose2.loader.LoadTestsFailure",
];

/// A test by its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TestId {
    /// `pkg.mod.Class.test_x`, with the subtest behind it.
    pub(super) name: String,
    /// `pkg.mod.Class`.
    pub(super) suite: String,
    /// The test stands for a module that could not be loaded.
    pub(super) is_failed_load: bool,
}

impl TestId {
    /// Reads `test_x (pkg.mod.Class.test_x)`, before 3.11 `test_x (pkg.mod.Class)`, and what follows of a subtest:
    /// `[message] (i=3)`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (method, rest) = text.split_once(" (")?;
        let (path, after) = rest.split_once(')')?;
        let is_name = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || "_.<>-".contains(c))
        };
        if !is_name(method) || !is_name(path) {
            return None;
        }
        let suite = path
            .strip_suffix(method)
            .and_then(|path| path.strip_suffix('.'))
            .unwrap_or(path);
        let subtest = after.trim();
        let mut name = format!("{suite}.{method}");
        if subtest.starts_with(['(', '[']) {
            name.push(' ');
            name.push_str(subtest);
        }
        Some(Self {
            name,
            is_failed_load: FAILED_LOADS.contains(&suite),
            suite: suite.to_owned(),
        })
    }
}

/// Whether `text` is a rule of `sign`s, as wide as unittest (70) or trial (79) draws them.
pub(super) fn is_rule(text: Option<&str>, sign: char) -> bool {
    text.is_some_and(|text| matches!(text.len(), 70 | 79) && text.chars().all(|c| c == sign))
}
