//! Infrastructure: what the machine, the network and the services say through the tools that meet them.
//!
//! A table says which words of which tool, at the beginning of a line, tell that not the code failed; [`watch`] decides
//! whether they ended the run or were overcome.

mod cause;
mod table;
mod watch;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![Box::new(watch::Watch::default())]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[];
