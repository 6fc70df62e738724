//! What a framework's recogniser has to offer. Adding a framework is one file that implements [`Recognizer`] and one line
//! in [`crate::frameworks::all`].

use std::fmt::Debug;

use crate::findings::Findings;
use crate::line::Line;

/// One framework's state machine over the lines of an input. All recognisers run side by side, since one job may run
/// several tools.
pub(crate) trait Recognizer: Debug + Send {
    /// Literals of which each line that can start something for this recogniser holds at least one, without its envelope and
    /// colours. A line with none of them is not shown to it, unless it [`follows`](Self::follows).
    ///
    /// One that begins with `^` only counts where the line begins: the fewer lines a recogniser has to look at, the better.
    ///
    /// Each holds one of the prefilter's markers, which are looked for in the raw line: colours may stand inside a phrase, so
    /// that part of an anchor has to avoid the seams where tools change colour.
    fn anchors(&self) -> &'static [&'static str];

    /// Takes the next line. Lines without an anchor of this recogniser were left out before it, unless it followed.
    fn line(&mut self, line: &Line<'_>, findings: &mut Findings);

    /// Whether this recogniser is inside a block and needs every next line. Asked when it was shown a line.
    fn follows(&self) -> bool {
        false
    }

    /// Whether the next lines are the output of one of this framework's tests, whatever they look like: then no other
    /// recogniser reads them. Asked when it was shown a line.
    fn holds(&self) -> bool {
        false
    }

    /// Whether this recogniser reads lines that another one holds: the runner writes between whatever a tool prints.
    fn reads_held_lines(&self) -> bool {
        false
    }

    /// Whether this recogniser wants to be shown what the runner says behind `##[`, which tells that a step failed or that
    /// another one begins: also while somebody else holds the lines, and without an anchor.
    fn reads_runner_lines(&self) -> bool {
        false
    }

    /// The input ends behind `line`, which is empty: what it ends with stands above. All recognisers get this before any
    /// of them [`finish`](Self::finish)es.
    fn end(&mut self, _line: &Line<'_>, _findings: &mut Findings) {}

    /// The input has ended.
    fn finish(&mut self, findings: &mut Findings);
}
