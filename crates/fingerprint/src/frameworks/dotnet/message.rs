//! What a test's error message says, and its stack: `   at Shop.CartTests.Adds() in /src/CartTests.cs:line 12`.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::message_of;

use super::DOTNET;

/// Lines of a message that are kept.
const LINES: usize = 16;

/// An error message and a stack, as they are read line by line.
#[derive(Debug, Default)]
pub(super) struct Said {
    lines: Vec<String>,
    frames: Vec<String>,
}

/// Functions that are kept.
const FRAMES: usize = 16;

/// Namespaces that are no project's own.
const LIBRARIES: &[&str] = &[
    "System.",
    "Microsoft.",
    "Xunit.",
    "NUnit.",
    "FluentAssertions.",
    "Shouldly.",
    "Moq.",
    "NSubstitute.",
    "AwesomeAssertions.",
    "Castle.",
];

impl Said {
    pub(super) fn line(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.lines.len() < LINES {
            self.lines.push(text.to_owned());
        }
    }

    pub(super) fn frame(&mut self, text: &str) {
        let Some(function) = text.trim().strip_prefix("at ") else {
            return;
        };
        let end = function.find(['(', ' ']).unwrap_or(function.len());
        let function = &function[..end];
        let is_library = LIBRARIES
            .iter()
            .any(|library| function.starts_with(library));
        if !is_library && function.contains('.') && self.frames.len() < FRAMES {
            self.frames.push(function.to_owned());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.frames.is_empty()
    }

    /// Kind and message. An exception other than an assertion's has its type before the message.
    fn judge(&self) -> (Kind, String) {
        let mut lines = self.lines.as_slice();
        let mut is_thrown = false;
        if let Some((first, rest)) = lines.split_first()
            && first.starts_with("Test method ")
            && first.contains(" threw exception:")
        {
            is_thrown = true;
            lines = rest;
        }
        let mut text = lines.join("\n");
        let first = lines.first().map_or("", String::as_str);
        // NUnit says in which step around the tests it was thrown.
        is_thrown |= [
            "OneTimeSetUp: ",
            "OneTimeTearDown: ",
            "SetUp : ",
            "TearDown : ",
        ]
        .iter()
        .find_map(|step| first.strip_prefix(step))
        .and_then(exception)
        .is_some_and(|(kind, _)| !kind.starts_with("NUnit.Framework."));
        if let Some((kind, message)) = exception(first) {
            let rest = &text[first.len()..];
            let is_assertion = [
                "Xunit.Sdk.",
                "NUnit.Framework.",
                "Shouldly.",
                "Moq.",
                "Microsoft.VisualStudio.TestTools.",
            ]
            .iter()
            .any(|namespace| kind.starts_with(namespace));
            is_thrown |= !is_assertion;
            text = format!("{kind}: {message}{rest}");
        }
        let is_timeout = text.contains("Test execution timed out after")
            || text.contains("TestTimeoutException")
            || text.contains("Test exceeded Timeout value")
            || text.contains("' exceeded execution timeout period")
            || text.contains("' timed out after ")
            || text.contains("' execution timed out after ");
        let kind = if is_timeout {
            Kind::Timeout
        } else if is_thrown {
            Kind::Panic
        } else {
            Kind::Assertion
        };
        (kind, text)
    }

    /// The failure of the test that a reporter calls `name`: NUnit and MSTest leave out the class, the stack has it.
    pub(super) fn finding(&self, name: &str, class: Option<&str>, block: Block) -> Finding {
        let (kind, message) = self.judge();
        let test = self.qualified(name, class);
        let mut finding = Finding::new(DOTNET, Some(test), kind, block).saying(message);
        finding.function = self.frames.first().cloned();
        finding
    }

    fn qualified(&self, name: &str, class: Option<&str>) -> String {
        let bare = &name[..name.find(['(', '<', ' ']).unwrap_or(name.len())];
        if bare.contains('.') {
            return name.to_owned();
        }
        let class = class.or_else(|| {
            self.frames.iter().find_map(|frame| {
                let (class, method) = frame.rsplit_once('.')?;
                // An async method's frame is `Class.<Method>d__3.MoveNext` in older runtimes.
                (method == bare || class.ends_with(&format!("<{bare}>d__"))).then_some(class)
            })
        });
        class.map_or_else(|| name.to_owned(), |class| format!("{class}.{name}"))
    }
}

/// `System.InvalidOperationException : text` or with the colon alone.
fn exception(line: &str) -> Option<(&str, &str)> {
    let (kind, message) = line.split_once(':')?;
    let kind = kind.trim();
    let is_type = kind.contains('.')
        && !kind.contains([' ', '(', '/'])
        && (kind.ends_with("Exception") || kind.ends_with("Error"));
    is_type.then_some((kind, message.trim()))
}

/// Whether a case holds a stack of .NET.
pub(super) fn wrote(_: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    problem.is_some_and(|problem| {
        problem.text.text.contains(".cs:line ")
            || problem.text.text.contains(".fs:line ")
            || problem.text.text.contains(".vb:line ")
    })
}

/// Reads a case of the JUnit loggers of VSTest.
pub(super) fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let mut said = Said::default();
    let message = message_of(problem);
    message.lines().for_each(|line| said.line(line));
    let is_told = !message.is_empty();
    for line in problem
        .map_or("", |problem| problem.text.text.as_str())
        .lines()
    {
        if line.trim_start().starts_with("at ") {
            said.frame(line);
        } else if !is_told && said.frames.is_empty() {
            said.line(line);
        }
    }
    let class = case.classname.as_deref().filter(|class| !class.is_empty());
    let mut finding = said.finding(&case.name, class, Block::default());
    finding.suite = class.map(str::to_owned);
    finding
}
