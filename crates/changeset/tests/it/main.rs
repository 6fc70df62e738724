//! Tests of `ftc-changeset` through its public API.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests edit trees as other programs do, and make damaged files"
)]

mod acceptance;
mod authorize;
mod blobs;
mod change_set;
mod checksum;
mod defects;
mod executor;
mod forge;
mod gate_built_in;
mod gate_limits;
mod gate_paths;
mod gate_properties;
mod gate_relax;
mod gate_risk;
mod gate_time;
mod path;
mod plan;
mod policy;
mod policy_bad;
mod support;
