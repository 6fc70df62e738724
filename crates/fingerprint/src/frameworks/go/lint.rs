//! Linters, and modules that do not load: what fails before a compiler runs.
//!
//! Formats: golangci-lint 1.50 to 2.x (`text` and `github-actions`), staticcheck 2020 to 2025; `cmd/go/internal/modload` of
//! Go 1.16 to 1.25.

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::GO_TEST;

const GOLANGCI: Framework = Framework::new("golangci-lint", "golangci-lint");
const STATICCHECK: Framework = Framework::new("staticcheck", "staticcheck");

/// Linters that golangci-lint names behind each issue.
const LINTERS: &[&str] = &[
    "asasalint",
    "asciicheck",
    "bodyclose",
    "contextcheck",
    "copyloopvar",
    "cyclop",
    "depguard",
    "dogsled",
    "dupl",
    "durationcheck",
    "err113",
    "errcheck",
    "errchkjson",
    "errname",
    "errorlint",
    "exhaustive",
    "exportloopref",
    "fatcontext",
    "forbidigo",
    "forcetypeassert",
    "funlen",
    "gci",
    "gochecknoglobals",
    "gochecknoinits",
    "gocognit",
    "goconst",
    "gocritic",
    "gocyclo",
    "godot",
    "godox",
    "goerr113",
    "gofmt",
    "gofumpt",
    "goheader",
    "goimports",
    "golines",
    "golint",
    "gomnd",
    "gomoddirectives",
    "gomodguard",
    "goprintffuncname",
    "gosec",
    "gosimple",
    "govet",
    "importas",
    "ineffassign",
    "interfacebloat",
    "intrange",
    "ireturn",
    "lll",
    "loggercheck",
    "maintidx",
    "makezero",
    "misspell",
    "mnd",
    "musttag",
    "nakedret",
    "nestif",
    "nilerr",
    "nilnil",
    "nlreturn",
    "noctx",
    "nolintlint",
    "nonamedreturns",
    "paralleltest",
    "perfsprint",
    "prealloc",
    "predeclared",
    "promlinter",
    "reassign",
    "revive",
    "rowserrcheck",
    "sloglint",
    "spancheck",
    "sqlclosecheck",
    "staticcheck",
    "stylecheck",
    "tagliatelle",
    "tenv",
    "testifylint",
    "testpackage",
    "thelper",
    "tparallel",
    "typecheck",
    "unconvert",
    "unparam",
    "unused",
    "usestdlibvars",
    "usetesting",
    "varnamelen",
    "wastedassign",
    "whitespace",
    "wrapcheck",
    "wsl",
];

/// What a module that does not load says.
const MODULE: &[&str] = &[
    "updates to go.mod needed",
    "cannot find main module",
    "errors parsing go.mod",
    "inconsistent vendoring in ",
    "go.mod requires go ",
    "missing go.sum entry",
    "unknown revision ",
    "no matching versions for query ",
    "but does not contain package",
    "module declares its path as",
    "checksum mismatch",
];

/// Issues of one run are one failure, told by the first.
#[derive(Debug, Default)]
pub(super) struct Lint {
    found: Option<Finding>,
}

impl Lint {
    /// Takes the line if a linter wrote it.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        let Some((framework, message, linter)) = issue(&line.text) else {
            return false;
        };
        if let Some(found) = &mut self.found {
            found.block.push(line);
        } else {
            let mut finding = Finding::new(framework, None, Kind::Build, Block::of(line));
            finding.detail = Some(linter.to_owned());
            self.found = Some(finding.saying(message));
        }
        true
    }

    /// The step or the input has ended at `end`.
    pub(super) fn close(&mut self, end: &Line<'_>, findings: &mut Findings) {
        if let Some(finding) = self.found.take() {
            findings.report(finding);
        }
        let has_failed = end.text.is_empty() || end.text.starts_with("##[error]");
        if !has_failed || !findings.list.is_empty() {
            return;
        }
        // What cannot load its modules says so and ends.
        let last = end
            .above()
            .take(8)
            .find(|above| above.text.starts_with("go: ") && is_of_module(&above.text));
        if let Some(last) = last {
            let message = last.text["go: ".len()..].trim_end_matches(':').to_owned();
            let finding = Finding::new(GO_TEST, None, Kind::Build, Block::of(&last));
            findings.report(finding.standing(Standing::UnlessInfra).saying(message));
        }
    }
}

fn is_of_module(text: &str) -> bool {
    MODULE.iter().any(|words| text.contains(words))
}

/// Tool, message and linter of `pkg/a.go:12:5: text (errcheck)`; the runner takes the place off when it makes an annotation
/// of it.
fn issue(text: &str) -> Option<(Framework, &str, &str)> {
    let (rest, is_annotation) = match text.strip_prefix("##[error]") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let body = rest.strip_suffix(')')?;
    let (_, linter) = body.rsplit_once(" (")?;
    let framework = if LINTERS.binary_search(&linter).is_ok() {
        GOLANGCI
    } else if is_code(linter) {
        STATICCHECK
    } else {
        return None;
    };
    let message = match placed(rest) {
        Some(message) => message,
        None if is_annotation && framework == GOLANGCI => rest,
        None => return None,
    };
    Some((framework, message, linter))
}

/// `SA1019`, `ST1005`, `S1000`, `QF1001`, `U1000`.
fn is_code(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = &word[..word.len() - number.len()];
    matches!(letters, "SA" | "ST" | "S" | "QF" | "U")
        && number.len() == 4
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text behind `pkg/a.go:12:5: `.
fn placed(text: &str) -> Option<&str> {
    let (file, rest) = text.split_once(".go:")?;
    if file.is_empty() || file.contains(char::is_whitespace) {
        return None;
    }
    let (place, message) = rest.split_once(": ")?;
    let is_place = place
        .split(':')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_place.then_some(message)
}
