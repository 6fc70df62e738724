//! Commands of health checks that are held and confined.

use ftc_changeset::{
    ExecError, ExecutionResult, Executor, HealthCheck, HealthCheckKind, OldFile, RollbackCause,
};
use ftc_process::confine::Profile;
use ftc_process::{Cancel, Confinement, Shim};
use ftc_testkit::pipe::Pipe;

use super::support::{Change, Site, path, plan};

fn shim() -> Shim {
    ftc_testkit::shim::example("changeset-shim")
}

/// Applies a change whose health check is this script.
fn apply(
    site: &Site,
    script: &str,
    options: ftc_changeset::ExecutorOptions,
) -> Result<ExecutionResult, ExecError> {
    let mut plan = plan();
    let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
    let success = vec![0];
    let mut check = HealthCheck::new("works", HealthCheckKind::Command { argv, success });
    check.timeout_ms = 20_000;
    plan.health_checks.push(check);
    let change = Change::of(plan, |builder| {
        builder.modify(path("file"), OldFile::regular(b"old"), b"new", None)
    });
    site.write("file", "old");
    let (executor, _) = Executor::open(&site.root(), options).unwrap();
    change.authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()))
}

fn unhealthy(result: Result<ExecutionResult, ExecError>) -> String {
    match result.unwrap_err() {
        ExecError::RolledBack { cause, .. } => match *cause {
            RollbackCause::Unhealthy { detail, .. } => detail,
            cause => panic!("{cause:?}"),
        },
        error => panic!("{error:?}"),
    }
}

fn confined(site: &Site) -> ftc_changeset::ExecutorOptions {
    let confinement = Confinement::new(Profile::Health);
    site.options().shim(shim()).confine(confinement)
}

#[test]
fn a_confined_check_reads_the_changed_tree_and_has_a_home() {
    let site = Site::new();
    let script = "test \"$(cat file)\" = new && echo x >\"$HOME/x\" && echo y >\"$TMPDIR/y\"";
    let result = apply(&site, script, confined(&site)).unwrap();
    assert!(result.health[0].passed, "{:?}", result.health);
}

#[test]
fn it_cannot_write_the_tree_or_beside_it() {
    let script = "echo x >made; echo x >../beside; exit 3";
    let site = Site::new();
    let detail = unhealthy(apply(&site, script, site.options()));
    assert!(detail.starts_with("exit code 3"), "{detail}");
    assert!(site.root().join("made").exists() && site.directory().join("beside").exists());

    let site = Site::new();
    let detail = unhealthy(apply(&site, script, confined(&site)));
    assert!(detail.starts_with("exit code 3"), "{detail}");
    let lists = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    if lists.contains("landlock") {
        assert!(!site.root().join("made").exists() && !site.directory().join("beside").exists());
    }
}

#[test]
fn what_it_leaves_behind_is_gone_with_it() {
    let site = Site::new();
    let pipe = Pipe::make(&site.directory().join("alive"));
    let script = "exec 3>../alive; setsid sleep 600 >/dev/null 2>&1 & echo here >&3";
    let result = apply(&site, script, site.options().shim(shim())).unwrap();
    assert!(result.health[0].passed, "{:?}", result.health);
    if cfg!(target_os = "linux") {
        assert_eq!(pipe.read_until_nobody_is_left(), "here\n");
    }
}

#[test]
fn one_that_kills_the_shim_has_failed() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let site = Site::new();
    let script = "kill -9 $PPID; sleep 600";
    let detail = unhealthy(apply(&site, script, site.options().shim(shim())));
    assert!(detail.starts_with("breached: "), "{detail}");
    assert_eq!(site.read("file"), b"old");
}

#[test]
fn one_that_nobody_waits_for_any_more_has_failed_and_the_change_is_taken_back() {
    let site = Site::new();
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    let detail = unhealthy(apply(&site, "sleep 600", site.options().cancel_on(&cancel)));
    assert_eq!(detail, "interrupted");
    assert_eq!(site.read("file"), b"old");
}
