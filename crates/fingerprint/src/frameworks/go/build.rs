//! Errors of the compiler, `go vet` and package loading: `# package`, then `file.go:12:3: text`.

use std::collections::HashSet;

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;

/// Reads build errors out of the stream.
#[derive(Debug, Default)]
pub(super) struct Build {
    open: Option<Open>,
    /// Packages whose errors were reported.
    reported: HashSet<String>,
}

#[derive(Debug)]
struct Open {
    package: String,
    block: Block,
    /// The first error without its position. `None` until one came.
    message: Option<String>,
}

impl Build {
    /// Whether a heading or an error has been read and its next line is wanted.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes the line if it is part of build output.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        framework: Framework,
        findings: &mut Findings,
    ) -> bool {
        let text = line.text.as_ref();
        if let Some(package) = heading(text) {
            if self
                .open
                .as_ref()
                .is_some_and(|open| open.message.is_none() && open.package == package)
            {
                return true;
            }
            self.close(framework, findings);
            self.open = Some(Open {
                package: package.to_owned(),
                block: Block::of(line),
                message: None,
            });
            return true;
        }
        if self.open.is_none()
            && error(text).is_some()
            && let Some(above) = line.above().next()
            && let Some(package) = heading(&above.text)
        {
            self.open = Some(Open {
                package: package.to_owned(),
                block: Block::of(&above),
                message: None,
            });
        }
        let Some(open) = &mut self.open else {
            return not_loaded(text, line, framework, findings)
                || self.not_built(text, line, framework, findings);
        };
        if let Some(message) = error(text) {
            open.block.push(line);
            open.message.get_or_insert_with(|| message.to_owned());
            return true;
        }
        let continues = open.message.is_some()
            && (text.starts_with('\t') || text.starts_with("too many errors"));
        if continues {
            open.block.push(line);
            return true;
        }
        self.close(framework, findings);
        self.not_built(text, line, framework, findings)
    }

    /// `FAIL<tab>package [build failed]` is a failure of its own only when the errors were not seen.
    fn not_built(
        &mut self,
        text: &str,
        line: &Line<'_>,
        framework: Framework,
        findings: &mut Findings,
    ) -> bool {
        use super::header::{Header, PackageEnd};
        let Some(Header::Package {
            package,
            end: PackageEnd::NotBuilt,
        }) = Header::parse(text)
        else {
            return false;
        };
        let reported = self
            .reported
            .iter()
            .any(|known| base(known) == base(package));
        if !reported {
            let mut finding = Finding::new(framework, None, Kind::Build, Block::of(line));
            finding.suite = Some(package.to_owned());
            finding.message = format!("package {package} does not build");
            finding.standing = Standing::UnlessInfra;
            findings.report(finding);
            self.reported.insert(package.to_owned());
        }
        true
    }

    pub(super) fn close(&mut self, framework: Framework, findings: &mut Findings) {
        let Some(open) = self.open.take() else {
            return;
        };
        let Some(message) = open.message else {
            return;
        };
        let mut finding = Finding::new(framework, None, Kind::Build, open.block);
        finding.suite = Some(open.package.clone());
        finding.message = message;
        findings.report(finding);
        self.reported.insert(open.package);
    }
}

/// Loading packages fails before there is one to put into a heading: `a.go:3:8: package x is not in std`.
fn not_loaded(text: &str, line: &Line<'_>, framework: Framework, findings: &mut Findings) -> bool {
    const SIGNS: &[&str] = &[
        " is not in std",
        " is not in GOROOT",
        "no required module provides package ",
        "cannot find package ",
        "cannot find module ",
        "missing go.sum entry for ",
        "build constraints exclude all Go files in ",
    ];
    let Some(message) =
        error(text).filter(|message| SIGNS.iter().any(|sign| message.contains(sign)))
    else {
        return false;
    };
    let message = message.split(" (").next().unwrap_or(message);
    let finding = Finding::new(framework, None, Kind::Build, Block::of(line));
    findings.report(finding.saying(message));
    true
}

/// `pkg_test` and `pkg.test` are the same package's tests.
fn base(package: &str) -> &str {
    package.trim_end_matches(".test").trim_end_matches("_test")
}

/// `# example.com/a/b [example.com/a/b.test]`, `# [example.com/a/b]`.
fn heading(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("# ")?.trim_end();
    let mut words = rest.split(' ');
    let package = words.next()?;
    let package = package
        .strip_prefix('[')
        .and_then(|p| p.strip_suffix(']'))
        .unwrap_or(package);
    let is_package = !package.is_empty()
        && package
            .chars()
            .all(|c| c.is_alphanumeric() || "./_-~@".contains(c));
    let has_variant = words
        .next()
        .is_none_or(|word| word.starts_with('[') && word.ends_with(']'));
    (is_package && has_variant && words.next().is_none()).then_some(package)
}

/// The text of `scheduler/b.go:22:27: undefined: limit`, with `vet: ` in front for what keeps vet from running.
fn error(text: &str) -> Option<&str> {
    let text = text.strip_prefix("vet: ").unwrap_or(text);
    let at = memchr::memmem::find(text.as_bytes(), b".go:")?;
    let (file, rest) = (&text[..at], &text[at + ".go:".len()..]);
    if file.is_empty() || file.contains(char::is_whitespace) {
        return None;
    }
    let mut rest = rest;
    let mut positions = 0;
    while let Some((number, behind)) = rest.split_once(':') {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = behind;
        positions += 1;
    }
    (positions > 0).then(|| rest.trim())
}
