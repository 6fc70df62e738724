//! Tests of `ftc-process` through its public API, on real processes.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make files for the children to run and to read"
)]

mod cancel;
mod capture;
mod confine_files;
mod confine_home;
mod confine_levels;
mod confine_limits;
#[cfg(target_os = "linux")]
mod confine_network;
mod confine_root;
mod confine_support;
mod contain;
mod env;
mod errors;
mod exec;
mod fault_attack;
mod fault_end;
mod fault_host;
mod fault_limits;
mod fault_pids;
mod fault_start;
mod fault_support;
mod find;
mod identity;
mod kill_set;
mod limits;
mod lines;
mod order;
mod orphaned;
mod place;
mod readers;
mod run;
#[cfg(target_os = "linux")]
mod service;
#[cfg(target_os = "linux")]
mod service_adopt;
#[cfg(target_os = "linux")]
mod service_log;
#[cfg(target_os = "linux")]
mod service_support;
mod spill;
mod supervisor_kill;
mod supervisor_probes;
mod supervisor_restart;
mod supervisor_run;
mod supervisor_spec;
mod supervisor_support;
mod supervisor_systemd;
mod support;
