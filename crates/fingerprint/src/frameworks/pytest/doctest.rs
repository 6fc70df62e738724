//! What a failed doctest prints: the example, then what was expected of it and what came (`doctest.OutputChecker`).

/// The mismatch in one line: `Expected: 5 Got: 4`.
pub(super) fn mismatch<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut said = String::new();
    let mut is_inside = false;
    for line in lines {
        match line.trim_end() {
            "Expected:" | "Expected nothing" if !is_inside => {
                is_inside = true;
                said.push_str(line.trim_end());
            }
            "Got:" | "Got nothing" if is_inside => {
                said.push(' ');
                said.push_str(line.trim_end());
            }
            difference if !is_inside && difference.starts_with("Differences (") => {
                is_inside = true;
                said.push_str("Differences:");
            }
            "" if is_inside => break,
            // The head of a difference counts lines and tells nothing.
            value if is_inside && value.starts_with("    @@ ") => {}
            value if is_inside && value.starts_with("    ") => {
                said.push(' ');
                said.push_str(value.trim());
            }
            _ if is_inside => break,
            _ => {}
        }
    }
    is_inside.then_some(said)
}
