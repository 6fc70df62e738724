//! A panic or fatal error with its goroutines, and the panic by which the `testing` package ends a run that takes too
//! long.

use crate::findings::Block;
use crate::kind::Kind;
use crate::line::Line;

use super::stack;

/// One `panic:` or `fatal error:` up to the end of its package.
#[derive(Debug)]
pub(super) struct Panic {
    pub(super) kind: Kind,
    pub(super) detail: Option<String>,
    message: Vec<String>,
    is_repeated: bool,
    /// The head, and the stack of the goroutine that matters.
    pub(super) block: Block,
    part: Part,
    /// `running tests:` of Go 1.20 and later, with how long each has run, in seconds.
    running: Vec<(String, f64)>,
    goroutine: Goroutine,
    goroutines: usize,
    /// From the goroutine that panicked.
    own_test: Option<String>,
    pub(super) function: Option<String>,
    /// The panicking goroutine is a test's own: the `--- FAIL` line just before names it.
    pub(super) on_test_goroutine: bool,
    /// First test found on any stack.
    any_test: Option<String>,
    /// The process ended just behind it.
    ends_process: bool,
    /// Lines before the first goroutine.
    head: u32,
}

/// No message is longer: others print `panic: ` too, and what follows theirs is not Go's.
const HEAD_LINES: u32 = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Message,
    Running,
    Stacks,
}

/// The goroutine that is being read.
#[derive(Debug, Default)]
struct Goroutine {
    block: Block,
    pending: Option<String>,
    test: Option<String>,
    function: Option<String>,
    is_test_runner: bool,
}

impl Panic {
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let (kind, message) = if text.trim_end() == "panic:" {
            // A message that begins with a line end.
            (Kind::Panic, "")
        } else if let Some(message) = text.strip_prefix("panic: ") {
            let timed_out = message.starts_with("test timed out after ");
            (
                if timed_out {
                    Kind::Timeout
                } else {
                    Kind::Panic
                },
                message,
            )
        } else {
            (Kind::Crash, text.strip_prefix("fatal error: ")?)
        };
        let detail =
            (kind == Kind::Crash && message.contains("deadlock")).then(|| "deadlock".to_owned());
        Some(Self {
            kind,
            detail,
            message: vec![without_recovered(message).to_owned()],
            is_repeated: false,
            block: Block::of(line),
            part: Part::Message,
            running: Vec::new(),
            goroutine: Goroutine::default(),
            goroutines: 0,
            own_test: None,
            function: None,
            on_test_goroutine: false,
            any_test: None,
            ends_process: false,
            head: 0,
        })
    }

    /// Takes the next line in; `false` when it is the tool's again.
    pub(super) fn extend(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if ["FAIL", "exit status", "ok  \t", "=== ", "--- ", "PASS"]
            .iter()
            .any(|end| text.starts_with(end))
        {
            // Terminals and web pages make blanks of the tab.
            self.ends_process = ["FAIL\t", "FAIL    ", "exit status"]
                .iter()
                .any(|end| text.starts_with(end));
            self.end_goroutine();
            return false;
        }
        if text.starts_with("goroutine ") && text.ends_with("]:") {
            self.end_goroutine();
            self.part = Part::Stacks;
            self.goroutine.block = Block::of(line);
            return true;
        }
        if self.part == Part::Message {
            self.head += 1;
            if self.head > HEAD_LINES {
                return false;
            }
        }
        match self.part {
            Part::Message => self.message_line(line),
            Part::Running => self.running_line(line),
            Part::Stacks => self.stack_line(line),
        }
        true
    }

    fn message_line(&mut self, line: &Line<'_>) {
        self.block.push(line);
        let text = line.text.as_ref();
        let inner = text.trim_start();
        if text.trim() == "running tests:" {
            self.part = Part::Running;
        } else if text.is_empty() || text.starts_with("[signal ") {
            // What follows the message: a blank line, or the signal it came from.
        } else if text.trim_end() == "runtime stack:" {
            self.part = Part::Stacks;
        } else if let Some(again) = inner.strip_prefix("panic:").map(str::trim) {
            // The same panic on its way out, or another one that it caused; what follows repeats the message.
            self.is_repeated = true;
            let again = without_recovered(again);
            if !again.is_empty() && !self.message.iter().any(|known| known == again) {
                self.message.push(again.to_owned());
            }
        } else if self.is_repeated || inner.is_empty() || self.is_said_again(inner) {
            // Nothing new.
        } else if self.message.len() < 20 && self.goroutines == 0 {
            self.message.push(without_recovered(inner).to_owned());
        }
    }

    /// Several threads may die of one fatal error, and each says so.
    fn is_said_again(&self, text: &str) -> bool {
        self.kind == Kind::Crash
            && text
                .strip_prefix("fatal error: ")
                .is_some_and(|again| self.message.first().is_some_and(|known| known == again))
    }

    fn running_line(&mut self, line: &Line<'_>) {
        self.block.push(line);
        let named = line
            .text
            .trim_start_matches('\t')
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once(" ("));
        match named {
            Some((test, time)) if self.running.len() < 10_000 => {
                self.running.push((test.to_owned(), seconds(time)));
            }
            _ => self.part = Part::Stacks,
        }
    }

    fn stack_line(&mut self, line: &Line<'_>) {
        self.block.widen(line.span());
        let text = line.text.as_ref();
        let goroutine = &mut self.goroutine;
        goroutine.block.push(line);
        if !text.starts_with('\t') {
            goroutine.pending = stack::function(text).map(str::to_owned);
            goroutine.is_test_runner |= text.starts_with("testing.tRunner(");
            return;
        }
        let Some(function) = goroutine.pending.take() else {
            return;
        };
        if stack::is_foreign(&function, text) {
            return;
        }
        if goroutine.function.is_none() {
            goroutine.function = Some(stack::short(&function).to_owned());
        }
        if let Some(test) = stack::test_name(&function) {
            goroutine.test.get_or_insert_with(|| test.to_owned());
        }
    }

    /// The first goroutine is the one that panicked; of a time-out it is the alarm, and the first one that runs a test
    /// matters.
    fn end_goroutine(&mut self) {
        let goroutine = std::mem::take(&mut self.goroutine);
        if goroutine.block.is_empty() {
            return;
        }
        let is_first = self.goroutines == 0;
        self.goroutines += 1;
        let matters = match self.kind {
            Kind::Timeout => self.any_test.is_none() && goroutine.test.is_some(),
            _ => is_first,
        };
        if matters {
            self.function.clone_from(&goroutine.function);
            self.on_test_goroutine = is_first && goroutine.is_test_runner;
            self.block.append(goroutine.block);
        }
        if is_first && self.kind != Kind::Timeout {
            self.own_test.clone_from(&goroutine.test);
        }
        if self.any_test.is_none() {
            self.any_test = goroutine.test;
        }
    }

    /// The tests that hang by the tool's own list: of the innermost ones, those that have run longest.
    pub(super) fn hanging(&self) -> Vec<&str> {
        let innermost = || {
            self.running
                .iter()
                .filter(|(test, _)| !self.running.iter().any(|(other, _)| is_inside(other, test)))
        };
        let longest = innermost().map(|&(_, seconds)| seconds).fold(0.0, f64::max);
        innermost()
            .filter(|(_, seconds)| *seconds >= longest)
            .map(|(test, _)| test.as_str())
            .collect()
    }

    /// The test by the stacks: the one that panicked, else any that was running.
    pub(super) fn test_on_stack(&self) -> Option<&str> {
        self.own_test.as_deref().or(self.any_test.as_deref())
    }

    /// Whether the runtime said it: by what only the runtime prints around the message.
    pub(super) fn is_of_runtime(&self) -> bool {
        let first = self.message.first().map_or("", String::as_str);
        self.goroutines > 0
            || self.part != Part::Message
            || self.ends_process
            || self.is_repeated
            || self.kind == Kind::Timeout
            || first.starts_with("runtime error: ")
            || self
                .block
                .lines
                .iter()
                .any(|line| line.starts_with("[signal "))
    }

    pub(super) fn message(&self) -> String {
        self.message.join("\n")
    }
}

/// Whether `other` is a subtest of `test`.
pub(super) fn is_inside(other: &str, test: &str) -> bool {
    other
        .strip_prefix(test)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// `[recovered]` (Go 1.0) and `[recovered, repanicked]` (Go 1.23) tell how the panic came out, not what it was.
fn without_recovered(message: &str) -> &str {
    match message.rfind(" [recovered") {
        Some(at) if message.ends_with(']') => &message[..at],
        _ => message,
    }
}

/// Seconds in a Go duration such as `1m30.5s`; what cannot be read counts as nothing.
fn seconds(duration: &str) -> f64 {
    let mut total = 0.0;
    let mut number = String::new();
    let mut chars = duration.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() || c == '.' {
            number.push(c);
            continue;
        }
        let value: f64 = number.parse().unwrap_or(0.0);
        number.clear();
        let is_milli = c == 'm' && chars.next_if_eq(&'s').is_some();
        total += value
            * match c {
                'h' => 3600.0,
                'm' if is_milli => 0.001,
                'm' => 60.0,
                's' => 1.0,
                _ => 0.0,
            };
    }
    total
}
