//! What a framework's recogniser has to offer. Adding a framework is one file that implements [`Recognizer`] and one line
//! in [`crate::frameworks::all`].

use std::fmt::Debug;

use crate::findings::Findings;
use crate::line::Line;

/// One framework's state machine over the lines of an input. All recognisers run side by side, since one job may run
/// several tools.
pub(crate) trait Recognizer: Debug + Send {
    /// Literals of which each line that can start something for this recogniser holds at least one. A line with none of
    /// any recogniser's anchors is shown to nobody, unless somebody [`follows`](Self::follows).
    ///
    /// Colours may stand inside a phrase, so an anchor has to avoid the seams where tools change colour.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "a test holds the prefilter's markers to the anchors"
        )
    )]
    fn anchors(&self) -> &'static [&'static str];

    /// Takes the next line. Lines without an anchor may have been left out before it.
    fn line(&mut self, line: &Line<'_>, findings: &mut Findings);

    /// Whether this recogniser is inside a block and needs every next line.
    fn follows(&self) -> bool {
        false
    }

    /// Whether the next lines are the output of one of this framework's tests, whatever they look like: then no other
    /// recogniser reads them.
    fn holds(&self) -> bool {
        false
    }

    /// Whether this recogniser reads lines that another one holds: the runner writes between whatever a tool prints.
    fn reads_held_lines(&self) -> bool {
        false
    }

    /// The input has ended.
    fn finish(&mut self, findings: &mut Findings);
}
