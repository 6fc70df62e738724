//! What a JVM prints of an exception: type, message, frames, causes.
//!
//! Format: `java.lang.Throwable.printStackTrace` (JDK 8 to 25), and what Surefire's trimming, Gradle's indentation and the
//! console launcher leave of it.

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};

/// Lines of a message that are kept; with ten an assertion of AssertJ is whole.
const MESSAGE_LINES: usize = 24;

/// Functions that are kept.
const FUNCTIONS: usize = 16;

/// An exception as it is read line by line.
#[derive(Debug, Default)]
pub(super) struct Thrown {
    kind: String,
    message: Vec<String>,
    /// Type and first line of the newest cause.
    cause: Option<String>,
    /// The first frames of the project.
    functions: Vec<String>,
    /// Frames have come, so that what follows is no part of the message.
    has_frames: bool,
    /// The next line names the cause: Gradle writes `Caused by:` on a line of its own.
    awaits_cause: bool,
}

impl Thrown {
    /// Begins with `package.Type: message` or with the type alone.
    pub(super) fn begin(header: &str) -> Self {
        let header = header.trim();
        let (kind, message) = split_header(header);
        Self {
            kind: kind.to_owned(),
            message: message
                .filter(|message| !message.trim().is_empty())
                .map(|message| vec![message.trim().to_owned()])
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Reads a whole text that begins with the exception.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip_while(|line| line.trim().is_empty());
        let mut thrown = Self::begin(lines.next()?);
        for line in lines {
            thrown.push(line);
        }
        Some(thrown)
    }

    /// Takes the next line, however it is indented.
    pub(super) fn push(&mut self, line: &str) {
        let line = line.trim();
        if self.awaits_cause {
            self.awaits_cause = false;
            self.cause = Some(line.to_owned());
        } else if let Some(frame) = frame(line.strip_prefix("at ").unwrap_or(line)) {
            self.has_frames = true;
            if self.functions.len() < FUNCTIONS && !is_library(frame) {
                self.functions.push(frame.to_owned());
            }
        } else if let Some(cause) = line.strip_prefix("Caused by:") {
            self.has_frames = true;
            self.awaits_cause = cause.trim().is_empty();
            if !self.awaits_cause {
                self.cause = Some(cause.trim().to_owned());
            }
        } else if line.starts_with("Suppressed: ") || line == "[...]" || is_more(line) {
            self.has_frames = true;
        } else if !self.has_frames && self.message.len() < MESSAGE_LINES && !line.is_empty() {
            self.message.push(line.to_owned());
        }
    }

    /// A failed test that threw this.
    pub(super) fn finding(
        &self,
        framework: Framework,
        test: String,
        class: Option<&str>,
        block: Block,
    ) -> Finding {
        let message = self.message();
        let kind = if message.is_empty() {
            Kind::Assertion
        } else {
            self.kind()
        };
        let mut finding = Finding::new(framework, Some(test), kind, block).saying(message);
        finding.suite = class.map(str::to_owned);
        finding.function = self.function();
        finding
    }

    /// The first function of the project.
    pub(super) fn function(&self) -> Option<String> {
        self.functions.first().cloned()
    }

    /// Classes of the project's first functions.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.functions
            .iter()
            .filter_map(|function| function.rsplit_once('.'))
    }

    /// Type, message and the cause behind all causes.
    pub(super) fn message(&self) -> String {
        let mut text = self.kind.clone();
        if !self.message.is_empty() {
            text.push_str(": ");
            text.push_str(&self.message.join("\n"));
        }
        if let Some(cause) = self.cause.as_ref().filter(|cause| !text.contains(*cause)) {
            text.push_str("\nCaused by: ");
            text.push_str(cause);
        }
        text
    }

    /// How a test that threw this failed.
    pub(super) fn kind(&self) -> Kind {
        let message = self.message.first().map_or("", String::as_str);
        kind_of(&self.kind, message)
    }
}

/// `package.Type` and what stands behind the colon.
fn split_header(header: &str) -> (&str, Option<&str>) {
    match header.split_once(':') {
        Some((kind, message)) if !kind.trim().contains(' ') => (kind.trim(), Some(message)),
        _ => (header, None),
    }
}

/// Whether a line begins with the name of an exception: `package.Type`, then nothing, a colon or ` at`.
pub(super) fn is_header(line: &str) -> bool {
    let end = line.find([':', ' ']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let simple = super::names::simple(name);
    let has_type = simple
        .rsplit('$')
        .next()
        .is_some_and(|simple| simple.starts_with(|c: char| c.is_ascii_uppercase()));
    let is_name = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'));
    let is_exception = ["Exception", "Error", "Failure", "Throwable", "Exceptions"]
        .iter()
        .any(|end| simple.ends_with(end))
        || name.contains('.');
    has_type
        && is_name
        && is_exception
        && (rest.is_empty() || rest.starts_with(':') || rest.starts_with(" at "))
}

/// The function of `module/package.Class.method(File.java:3)`; the console launcher leaves out the `at` before it.
fn frame(place: &str) -> Option<&str> {
    let (name, file) = place.split_once('(')?;
    let file = file.split_once(')')?.0;
    let is_file = file.contains(".java")
        || file.contains(".kt")
        || file.contains(".scala")
        || file.contains(".groovy")
        || matches!(
            file,
            "Native Method" | "Unknown Source" | "SourceFile" | "<generated>"
        );
    let name = name.rsplit('/').next().unwrap_or(name);
    (is_file && name.contains('.') && !name.contains(' ')).then_some(name)
}

/// `... 23 more`
fn is_more(line: &str) -> bool {
    line.strip_prefix("... ")
        .and_then(|rest| rest.split_once(' '))
        .is_some_and(|(count, rest)| {
            count.bytes().all(|byte| byte.is_ascii_digit())
                && (rest.starts_with("more") || rest.starts_with("common frames"))
        })
}

/// Packages that are no project's own.
const LIBRARIES: &[&str] = &[
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "org.codehaus.groovy.",
    "org.apache.groovy.",
    "junit.",
    "org.junit.",
    "org.opentest4j.",
    "org.hamcrest.",
    "org.assertj.",
    "org.testng.",
    "org.mockito.",
    "net.bytebuddy.",
    "org.spockframework.",
    "spock.",
    "org.gradle.",
    "org.apache.maven.",
    "com.google.common.truth.",
    "io.kotest.",
    "org.scalatest.",
    "munit.",
    "org.specs2.",
    "org.springframework.",
    "sbt.",
    "org.awaitility.",
    "io.mockk.",
    "strikt.",
    "androidx.test.",
    "android.",
];

fn is_library(function: &str) -> bool {
    LIBRARIES
        .iter()
        .any(|package| function.starts_with(package))
}

/// How the names of assertions' exceptions end.
const ASSERTIONS: &[&str] = &[
    "AssertionError",
    "AssertionFailedError",
    "AssertionFailure",
    "ComparisonFailure",
    "ComparisonFailException",
    "MultipleFailuresError",
    "MultipleFailureException",
    "AssertionErrorWithFacts",
    "TestFailedException",
    "TestFailedDueToTimeoutException",
    "ConditionNotSatisfiedError",
    "WrongExceptionThrownError",
    "TooManyInvocationsError",
    "TooFewInvocationsError",
    "FailException",
    "FailureException",
    "ConditionTimeoutException",
];

/// What the names of exceptions say of the kind.
pub(super) fn kind_of(kind: &str, message: &str) -> Kind {
    let simple = kind.rsplit(['.', '$']).next().unwrap_or(kind);
    let is_timeout = matches!(
        simple,
        "TestTimedOutException"
            | "ThreadTimeoutException"
            | "UncompletedCoroutinesError"
            | "TimeoutCancellationException"
            | "SpockTimeoutError"
            | "TestTimeoutException"
    ) || simple == "TimeoutException" && message.contains("timed out after")
        || message.starts_with("execution exceeded timeout of ")
        || message.contains("==> execution exceeded timeout of ")
        || message.starts_with("execution timed out after ")
        || message.contains("==> execution timed out after ");
    if is_timeout {
        return Kind::Timeout;
    }
    if message.contains("Unresolved compilation problem") {
        return Kind::Build;
    }
    if ASSERTIONS.iter().any(|end| simple.ends_with(end))
        || kind.starts_with("org.mockito.exceptions.verification.")
    {
        Kind::Assertion
    } else {
        Kind::Panic
    }
}
