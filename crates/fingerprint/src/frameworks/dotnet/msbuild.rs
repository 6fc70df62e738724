//! Errors as MSBuild prints them: of the compilers, of NuGet and of the SDK.
//!
//! Format: "MSBuild / Visual Studio aware error messages", `Program.cs(3,5): error CS1002: text [/src/App.csproj]`
//! (<https://learn.microsoft.com/visualstudio/msbuild/msbuild-diagnostic-format-for-tasks>). Each is printed where it occurs and
//! again at the end.

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

const MSBUILD: Framework = Framework::new("msbuild", "msbuild");

#[derive(Debug, Default)]
pub(super) struct MsBuild;

/// Who errors are of, by the letters of their codes. Those of C++ and TypeScript have readers of their own.
const CODES: &[&str] = &[
    "CS", "FS", "BC", "MSB", "NU", "NETSDK", "CA", "IDE", "SA", "RCS", "SYSLIB", "ASP", "RZ",
    "xUnit", "NUnit", "MSTEST", "S", "IL", "MC", "XLS", "XA",
];

impl Recognizer for MsBuild {
    fn anchors(&self) -> &'static [&'static str] {
        &[": error ", "^    0 Error(s)"]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("    0 Error(s)") {
            let succeeded = line
                .before()
                .take(4)
                .any(|above| above.starts_with("Build succeeded"));
            if succeeded {
                findings.passed(MSBUILD, "MSBuild says Build succeeded");
            }
        } else if let Some(finding) = error(text, line) {
            findings.report(finding);
        }
    }

    fn finish(&mut self, _: &mut Findings) {}
}

fn error(text: &str, line: &Line<'_>) -> Option<Finding> {
    let (place, rest) = text.split_once(": error ")?;
    let (code, message) = rest.split_once(": ")?;
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = code.len() - letters.len();
    let file = place.trim().split('(').next()?.trim();
    if !CODES.contains(&letters) || digits < 3 || file.is_empty() {
        return None;
    }
    let message = message
        .rsplit_once(" [")
        .filter(|(_, project)| project.ends_with(']') && project.contains("proj"))
        .map_or(message, |(message, _)| message);
    let is_network = code == "NU1301" || message.contains("Unable to load the service index");
    let kind = if is_network { Kind::Infra } else { Kind::Build };
    // What only says that something else failed; of the network somebody else may tell more.
    let follows = is_network || matches!(code, "MSB3073" | "MSB4181" | "MSB1009" | "MSB3077");
    let mut finding = Finding::new(MSBUILD, None, kind, Block::of(line))
        .saying(format!("{code}: {}", message.trim()));
    if follows {
        finding = finding.standing(Standing::Fallback);
    }
    finding.detail = Some(code.to_owned());
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    finding.suite = Some(name.to_owned());
    Some(finding)
}
