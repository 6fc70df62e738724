//! The order in which services are started.

use std::collections::BTreeMap;

use super::ServiceSpec;
use super::check::SpecError;

/// Checks services each and together, and returns the order in which they are started, as places in `specs`: each after all
/// that it depends on, and otherwise as they are given. They are stopped in the opposite order.
pub fn start_order(specs: &[ServiceSpec]) -> Result<Vec<usize>, SpecError> {
    let mut places = BTreeMap::new();
    for (place, spec) in specs.iter().enumerate() {
        spec.check()?;
        if places.insert(spec.name.as_str(), place).is_some() {
            return Err(SpecError::Duplicate {
                service: spec.name.clone(),
            });
        }
    }
    let mut walk = Walk {
        specs,
        places,
        marks: vec![Mark::New; specs.len()],
        order: Vec::with_capacity(specs.len()),
    };
    for place in 0..specs.len() {
        walk.visit(place)?;
    }
    Ok(walk.order)
}

struct Walk<'a> {
    specs: &'a [ServiceSpec],
    places: BTreeMap<&'a str, usize>,
    marks: Vec<Mark>,
    order: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Entered,
    Done,
}

impl Walk<'_> {
    /// Depth first. The path is kept here and not on the stack, which a long chain would exhaust.
    fn visit(&mut self, place: usize) -> Result<(), SpecError> {
        if self.marks[place] == Mark::Done {
            return Ok(());
        }
        // Each with how many of its dependencies have been walked.
        let mut path = vec![(place, 0)];
        self.marks[place] = Mark::Entered;
        while let Some((here, walked)) = path.last_mut() {
            let here = *here;
            let spec = &self.specs[here];
            let Some(dependency) = spec.depends_on.get(*walked) else {
                self.marks[here] = Mark::Done;
                self.order.push(here);
                path.pop();
                continue;
            };
            *walked += 1;
            let Some(&next) = self.places.get(dependency.as_str()) else {
                return Err(SpecError::UnknownDependency {
                    service: spec.name.clone(),
                    dependency: dependency.clone(),
                });
            };
            match self.marks[next] {
                Mark::Done => {}
                Mark::New => {
                    self.marks[next] = Mark::Entered;
                    path.push((next, 0));
                }
                Mark::Entered => return Err(self.cycle(&path, next)),
            }
        }
        Ok(())
    }

    fn cycle(&self, path: &[(usize, usize)], again: usize) -> SpecError {
        let name = |place: usize| self.specs[place].name.clone();
        let services = path
            .iter()
            .map(|&(place, _)| place)
            .skip_while(|&place| place != again)
            .chain([again])
            .map(name)
            .collect();
        SpecError::Cycle { services }
    }
}
