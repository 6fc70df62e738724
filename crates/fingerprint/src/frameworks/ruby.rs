//! Ruby: `RSpec`, minitest, test-unit, Cucumber, `RuboCop`.

mod cucumber;
mod minitest;
mod rspec;
mod rubocop;
mod test_unit;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(rspec::Rspec::default()),
        Box::new(minitest::Minitest::default()),
        Box::new(test_unit::TestUnit::default()),
        Box::new(cucumber::Cucumber::default()),
        Box::new(rubocop::Rubocop),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[rspec::DIALECT, minitest::DIALECT];

/// The function in a line of a backtrace, of the project: ``./spec/a_spec.rb:3:in `total'``, since Ruby 3.4
/// `'Cart#total'`.
fn function(frame: &str) -> Option<&str> {
    let (place, function) = frame.trim().split_once(":in ")?;
    let is_foreign = place.contains("/gems/") || place.contains("<internal:");
    let function = function.trim_matches(['`', '\'']);
    (!is_foreign && !function.contains("block ") && !function.starts_with('<')).then_some(function)
}
