//! Agents with a shim, and confined.

use std::fs;

use ftc_agent::{AgentError, AgentOutcome, AgentRun, CommandDriver};
use ftc_process::confine::Profile;
use ftc_process::{Cancel, Confinement, Containment, Shim};

use crate::support::{Place, mode};

fn shim() -> Shim {
    ftc_testkit::shim::example("agent-shim")
}

fn confined(place: &Place, script: &str, rest: &str) -> AgentRun {
    let driver = CommandDriver::new(place.profile("agent", script, rest), place.environment(&[]))
        .shim(shim())
        .confine(Confinement::new(Profile::Agent).readable(place.path("agent.sh")));
    place.run(&driver, "do it").expect("the test is set up")
}

fn are_files_confined(run: &AgentRun) -> bool {
    run.confined
        .as_ref()
        .is_some_and(|confined| confined.landlock_abi > 0)
}

#[test]
fn it_changes_its_worktree_and_cannot_write_beside_it() {
    let place = Place::new();
    let script = "echo new >code; echo hello >../outside";
    let run = confined(&place, script, "");
    assert_eq!(
        fs::read_to_string(place.worktree.join("code")).unwrap(),
        "new\n",
        "{}",
        run.reason
    );
    if are_files_confined(&run) {
        assert!(!place.path("outside").exists());
    }
}

#[test]
fn it_reads_its_prompt_and_no_key_of_the_person() {
    let place = Place::new();
    fs::write(place.path("person/key"), "secret\n").unwrap();
    let key = place.path("person/key");
    let script = format!("cat \"$1\"; echo; cat '{}'", key.display());
    let run = confined(&place, &script, "");
    assert!(
        place.transcript().starts_with("do it\n"),
        "{}",
        place.transcript()
    );
    if are_files_confined(&run) {
        assert!(!place.transcript().contains("secret"));
    }
}

#[test]
fn its_home_is_the_private_one_and_is_gone_afterwards() {
    let place = Place::new();
    fs::write(place.path("person/.login"), "token\n").unwrap();
    let script = "cat \"$HOME/.login\"; echo mine >\"$HOME/.mine\" && echo temporary >\"$TMPDIR/file\" && echo written";
    let run = confined(&place, script, "home_files = ['.login']\n");
    assert_eq!(place.transcript(), "token\nwritten\n", "{}", run.reason);
    assert!(!place.path("person/.mine").exists());
    for name in ["home", "tmp", "run"] {
        assert!(!place.out.join(name).exists(), "{name}");
    }
    assert_eq!(mode(&place.out), 0o700);
}

#[test]
fn a_profile_can_name_more_to_read_and_to_write() {
    let place = Place::new();
    fs::create_dir_all(place.path("person/.config/agent")).unwrap();
    fs::write(place.path("person/.config/agent/rules"), "be kind\n").unwrap();
    fs::create_dir(place.path("cache")).unwrap();
    let cache = place.path("cache");
    let script = format!(
        "cat '{}'; echo kept >'{}/kept'",
        place.path("person/.config/agent/rules").display(),
        cache.display()
    );
    let rest = format!(
        "readable = ['~/.config/agent']\nwritable = ['{}']\n",
        cache.display()
    );
    let run = confined(&place, &script, &rest);
    assert_eq!(place.transcript(), "be kind\n", "{}", run.reason);
    assert_eq!(fs::read_to_string(cache.join("kept")).unwrap(), "kept\n");
}

#[test]
fn state_in_the_worktree_is_hidden_where_that_can_be_done() {
    let place = Place::new();
    fs::create_dir(place.worktree.join(".ftc")).unwrap();
    fs::write(place.worktree.join(".ftc/journal"), "secret\n").unwrap();
    let run = confined(&place, "cat .ftc/journal", "");
    let is_whole = run
        .confined
        .as_ref()
        .is_some_and(|confined| confined.missing.is_empty());
    if is_whole {
        assert!(!place.transcript().contains("secret"));
    }
    assert_eq!(
        fs::read_to_string(place.worktree.join(".ftc/journal")).unwrap(),
        "secret\n"
    );
}

/// Without a shim it goes on, as another test shows.
#[test]
fn what_it_leaves_running_is_killed_and_told() {
    let place = Place::new();
    let profile = place.profile(
        "agent",
        "setsid sleep 600 >/dev/null 2>&1 & echo new >code",
        "",
    );
    let driver = CommandDriver::new(profile, place.environment(&[])).shim(shim());
    let run = place.run(&driver, "do it").unwrap();
    assert_eq!(run.outcome, AgentOutcome::Changed, "{}", run.reason);
    if run.containment > Some(Containment::Group) {
        assert_eq!(run.notes, ["it left a process behind, which was killed"]);
    }
}

#[test]
fn one_that_kills_the_shim_is_an_error() {
    let place = Place::new();
    let profile = place.profile("agent", "echo new >code; kill -9 $PPID; sleep 600", "");
    let driver = CommandDriver::new(profile, place.environment(&[]))
        .shim(shim())
        .require(Containment::Subreaper);
    let error = place.run(&driver, "do it").unwrap_err();
    assert!(error.is_breach(), "{error:?}");
    assert!(!error.is_retryable());
    assert!(!place.out.join("home").exists());
}

#[test]
fn one_that_cannot_be_held_as_required_is_not_started() {
    let place = Place::new();
    let profile = place.profile("agent", "echo new >code", "");
    let driver =
        CommandDriver::new(profile, place.environment(&[])).require(Containment::Subreaper);
    let error = place.run(&driver, "do it").unwrap_err();
    assert!(matches!(error, AgentError::Run { .. }), "{error:?}");
    assert!(!error.is_breach());
    assert_eq!(
        fs::read_to_string(place.worktree.join("code")).unwrap(),
        "old\n"
    );
}

#[test]
fn one_that_nobody_wants_any_more_is_stopped() {
    let place = Place::new();
    let profile = place.profile("agent", "exec sleep 600", "");
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    let driver = CommandDriver::new(profile, place.environment(&[])).cancel_on(&cancel);
    let run = place.run(&driver, "do it").unwrap();
    assert_eq!(run.outcome, AgentOutcome::Interrupted);
    assert!(run.reason.ends_with("because the run was interrupted"));
}
