//! Python besides pytest: unittest and the runners built on it, behave, Robot Framework, linters, uncaught exceptions.

mod behave;
mod lint;
mod robot;
mod traceback;
mod uncaught;
mod unittest;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(unittest::Unittest::default()),
        Box::new(lint::Lint::default()),
        Box::new(behave::Behave::default()),
        Box::new(robot::Robot::default()),
        Box::new(uncaught::Uncaught::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[unittest::DIALECT, behave::DIALECT, robot::DIALECT];
