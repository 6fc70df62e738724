//! One line of `go test -json` (`go doc cmd/test2json`, Go 1.25).

use std::borrow::Cow;

use serde::Deserialize;

use super::test::Outcome;

/// What an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Run,
    Output,
    End(Outcome),
    BuildOutput,
    /// `start`, `pause`, `cont`, `bench`, `build-fail`, and what later versions add.
    Other,
}

#[derive(Debug)]
pub(super) struct Event<'a> {
    pub(super) action: Action,
    pub(super) package: Cow<'a, str>,
    pub(super) test: Option<Cow<'a, str>>,
    pub(super) output: Cow<'a, str>,
    /// RFC 3339, unparsed.
    pub(super) time: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    package: Cow<'a, str>,
    #[serde(borrow, default)]
    test: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    output: Cow<'a, str>,
    #[serde(borrow, default)]
    time: Option<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// Reads a line; `None` when it is not such an event.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if !text.starts_with('{') || !text.contains("\"Action\"") {
            return None;
        }
        let wire: Wire<'a> = serde_json::from_str(text).ok()?;
        let action = match wire.action.as_ref() {
            "run" => Action::Run,
            "output" => Action::Output,
            "pass" => Action::End(Outcome::Passed),
            "fail" => Action::End(Outcome::Failed),
            "skip" => Action::End(Outcome::Skipped),
            "build-output" => Action::BuildOutput,
            "start" | "pause" | "cont" | "bench" | "build-fail" | "attr" => Action::Other,
            _ => return None,
        };
        Some(Self {
            action,
            package: wire.package,
            test: wire.test.filter(|test| !test.is_empty()),
            output: wire.output,
            time: wire.time,
        })
    }
}
