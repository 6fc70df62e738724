//! Tests of `ftc-flaky` through its public API: real git, real processes, a forge of files.

#![expect(
    clippy::unwrap_used,
    reason = "a world that cannot be made fails the test that needs it"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make the files that agents and gates read and change"
)]

mod support;

mod agents;
mod approvals;
mod claims;
mod confined;
mod dry_run;
mod ends;
mod faults;
mod hostile;
mod judgement;
mod lifecycle;
mod measuring;
mod overtaken;
mod rate;
mod reviews;
mod rules;
mod vandals;
