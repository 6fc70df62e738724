//! Starting, ending and restarting services.

use std::time::{Duration, SystemTime};

use ftc_process::Signal;
use ftc_process::supervisor::{
    Desired, RestartWhen, ServiceSpec, State, StopReason, Supervisor, SupervisorError, What,
};

use crate::supervisor_support::{
    FakeClock, Stage, has, is_alive, pass, pass_until, pid, status, story, until_state,
};
use crate::support::{parent, shim};

#[test]
fn a_service_is_started_and_stopped_as_a_person_wants() {
    let mut stage = Stage::new();
    let spec = stage.script("web", "echo hello; exec sleep 600");
    let mut supervisor = stage.open(&[spec]);
    assert_eq!(pass(&mut supervisor), []);
    assert_eq!(status(&supervisor, "web").state, State::Stopped);

    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    let pid = pid(&supervisor, "web");
    assert!(is_alive(pid));
    pass_until(&mut supervisor, "it has printed", |supervisor, _| {
        let lines = supervisor.logs("web").unwrap().read_new().unwrap();
        lines.len() == 1 && lines[0].to_text() == "hello"
    });

    supervisor.stop("web").unwrap();
    let happenings = until_state(&mut supervisor, "web", State::Stopped);
    assert_eq!(
        story(&happenings, "web"),
        ["is stopped: asked for", "ended: signal 15"]
    );
    assert!(!is_alive(pid));
    let status = status(&supervisor, "web");
    assert_eq!(status.last_exit.unwrap().signal, Some(15));
    assert_eq!((status.desired, status.restarts), (Desired::Stopped, 0));
    assert_eq!(supervisor.next_wake(), None);
}

#[test]
fn a_restart_is_another_process_and_counts_as_none() {
    let mut stage = Stage::new();
    let spec = stage.sleeper("web");
    let mut supervisor = stage.open(&[spec]);
    supervisor.restart("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    let first = pid(&supervisor, "web");
    supervisor.restart("web").unwrap();
    let happenings = pass_until(&mut supervisor, "it runs again", |_, happenings| {
        has(happenings, "web", |what| matches!(what, What::Ready))
    });
    assert!(has(&happenings, "web", |what| matches!(
        what,
        What::Stopping {
            reason: StopReason::Restart
        }
    )));
    assert_ne!(pid(&supervisor, "web"), first);
    assert!(!is_alive(first));
    assert_eq!(status(&supervisor, "web").restarts, 0);
}

#[test]
fn a_program_that_exits_at_once_is_restarted_as_its_policy_says() {
    let mut stage = Stage::new();
    for (name, code, when, state) in [
        ("clean", 0, RestartWhen::OnFailure, State::Ended),
        ("failed", 3, RestartWhen::OnFailure, State::Backoff),
        ("always", 0, RestartWhen::Always, State::Backoff),
        ("never", 3, RestartWhen::Never, State::Ended),
    ] {
        let mut spec = stage.script(name, &format!("exit {code}"));
        spec.restart.when = when;
        // Back-off lasts as long as nobody moves the clock.
        let clock = FakeClock::new();
        let mut supervisor = stage.open_with(&[spec], &clock);
        supervisor.start(name).unwrap();
        until_state(&mut supervisor, name, state);
        assert_eq!(
            status(&supervisor, name).last_exit.unwrap().code,
            Some(code),
            "{name}"
        );
    }
}

#[test]
fn back_off_and_crash_loop_follow_the_clock_until_a_person_resets() {
    let mut stage = Stage::new();
    let mut spec = stage.script("web", "exit 1");
    spec.restart.max_restarts = 3;
    spec.restart.window = Duration::from_secs(3600);
    let clock = FakeClock::new();
    let mut supervisor = stage.open_with(std::slice::from_ref(&spec), &clock);
    supervisor.start("web").unwrap();

    for attempt in 0..3 {
        until_state(&mut supervisor, "web", State::Backoff);
        let wait = status(&supervisor, "web").restart_in.unwrap();
        assert_eq!(wait, spec.restart.backoff.delay("web", attempt));
        assert_eq!(supervisor.next_wake(), Some(wait));
        clock.advance(wait.saturating_sub(Duration::from_millis(1)));
        assert_eq!(story(&pass(&mut supervisor), "web"), [""; 0]);
        assert_eq!(status(&supervisor, "web").state, State::Backoff);
        clock.advance(Duration::from_millis(1));
        let happenings = pass_until(&mut supervisor, "it has ended again", |_, happenings| {
            has(happenings, "web", |what| matches!(what, What::Ended { .. }))
        });
        assert!(has(&happenings, "web", |what| matches!(
            what,
            What::Started { .. }
        )));
    }
    until_state(&mut supervisor, "web", State::CrashLoop);
    clock.advance(Duration::from_secs(1_000_000));
    assert_eq!(story(&pass(&mut supervisor), "web"), [""; 0]);
    assert_eq!(supervisor.next_wake(), None);
    // Neither a start nor another supervisor helps.
    let error = supervisor.start("web").unwrap_err();
    assert!(
        matches!(error, SupervisorError::CrashLoop { .. }),
        "{error}"
    );
    drop(supervisor);
    let mut supervisor = stage.open_with(&[spec], &clock);
    assert_eq!(story(&pass(&mut supervisor), "web"), [""; 0]);
    assert_eq!(status(&supervisor, "web").state, State::CrashLoop);

    supervisor.reset("web").unwrap();
    let happenings = until_state(&mut supervisor, "web", State::Backoff);
    assert!(has(&happenings, "web", |what| matches!(
        what,
        What::Started { .. }
    )));
    assert_eq!(status(&supervisor, "web").restarts, 0);
}

#[test]
fn history_outlives_the_supervisor() {
    let mut stage = Stage::new();
    let mut spec = stage.script("web", "exit 1");
    spec.restart.max_restarts = 2;
    let clock = FakeClock::new();
    // A new supervisor for every step.
    let mut restarts = Vec::new();
    let restarts = loop {
        let mut supervisor = stage.open_with(std::slice::from_ref(&spec), &clock);
        if restarts.is_empty() {
            supervisor.start("web").unwrap();
        }
        pass_until(&mut supervisor, "it is down", |supervisor, _| {
            let state = status(supervisor, "web").state;
            matches!(state, State::Backoff | State::CrashLoop)
        });
        let status = status(&supervisor, "web");
        restarts.push(status.restarts);
        if status.state == State::CrashLoop {
            break restarts;
        }
        clock.advance(status.restart_in.unwrap_or_default());
        // The next one finds what this one has begun.
        supervisor.tick();
    };
    let mut seen = restarts;
    seen.dedup();
    assert_eq!(seen, [0, 1, 2]);
}

#[test]
fn a_missing_program_is_a_failure_like_others() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    spec.argv = vec!["./missing".to_owned()];
    spec.restart.max_restarts = 1;
    let clock = FakeClock::new();
    let mut supervisor = stage.open_with(&[spec], &clock);
    supervisor.start("web").unwrap();
    let happenings = until_state(&mut supervisor, "web", State::Backoff);
    let failed = |what: &What| matches!(what, What::StartFailed { why } if why.contains("missing"));
    assert!(has(&happenings, "web", failed), "{happenings:?}");
    assert!(
        status(&supervisor, "web")
            .last_exit
            .unwrap()
            .problem
            .unwrap()
            .contains("missing")
    );
    // Once it is there, it is started.
    stage.write("missing", "#!/bin/sh\nexec sleep 600\n");
    std::fs::set_permissions(
        stage.path("missing"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    clock.advance(Duration::from_secs(60));
    until_state(&mut supervisor, "web", State::Ready);
    assert_eq!(status(&supervisor, "web").restarts, 1);
}

#[test]
fn a_jump_of_the_time_of_day_changes_nothing() {
    let mut stage = Stage::new();
    let specs = [stage.sleeper("up"), stage.script("down", "exit 1")];
    let clock = FakeClock::new();
    let mut supervisor = stage.open_with(&specs, &clock);
    supervisor.start_all().unwrap();
    until_state(&mut supervisor, "up", State::Ready);
    until_state(&mut supervisor, "down", State::Backoff);
    let (wake, pid) = (supervisor.next_wake(), pid(&supervisor, "up"));
    let years = Duration::from_secs(10 * 365 * 24 * 3600);
    let now = SystemTime::now();
    for wall in [now - years, now + years, SystemTime::UNIX_EPOCH - years] {
        clock.set_wall(wall);
        assert_eq!(pass(&mut supervisor), []);
        assert_eq!(supervisor.next_wake(), wake);
        // Nor does it for the next supervisor.
        drop(supervisor);
        supervisor = stage.open_with(&specs, &clock);
        pass(&mut supervisor);
        assert_eq!(supervisor.next_wake(), wake);
        assert_eq!(status(&supervisor, "up").pid, Some(pid));
        assert_eq!(status(&supervisor, "down").state, State::Backoff);
    }
}

#[test]
fn what_a_person_has_stopped_stays_stopped() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    spec.restart.when = RestartWhen::Always;
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start_all().unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    supervisor.stop("web").unwrap();
    until_state(&mut supervisor, "web", State::Stopped);
    drop(supervisor);
    let mut supervisor = stage.open(&[spec]);
    supervisor.start_all().unwrap();
    assert_eq!(pass(&mut supervisor), []);
    assert_eq!(status(&supervisor, "web").state, State::Stopped);
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
}

#[test]
fn a_stop_that_is_taken_back_is_a_restart() {
    let mut stage = Stage::new();
    // It ends only when it is told to by the file.
    let spec = stage.script(
        "web",
        "trap 'until test -e go; do sleep 0.01; done; exit 0' TERM; while :; do sleep 0.01; done",
    );
    let mut spec = spec;
    spec.stop.grace = Duration::from_secs(60);
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    supervisor.stop("web").unwrap();
    until_state(&mut supervisor, "web", State::Stopping);
    supervisor.start("web").unwrap();
    stage.write("go", "");
    let happenings = until_state(&mut supervisor, "web", State::Ready);
    assert!(
        has(&happenings, "web", |what| matches!(
            what,
            What::Ended { .. }
        )),
        "{happenings:?}"
    );
}

#[test]
fn one_that_does_not_listen_is_killed_after_its_grace() {
    let mut stage = Stage::new();
    let mut spec = stage.script(
        "web",
        "trap '' INT TERM; echo on; while :; do sleep 0.05; done",
    );
    spec.stop.grace = Duration::from_millis(50);
    spec.stop.signal = Signal::Int;
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    pass_until(&mut supervisor, "it has printed", |_, _| {
        stage.log("web") == ["on"]
    });
    supervisor.stop("web").unwrap();
    until_state(&mut supervisor, "web", State::Stopped);
    assert_eq!(
        status(&supervisor, "web").last_exit.unwrap().signal,
        Some(9)
    );
}

fn refusal(stage: &Stage, specs: Vec<ServiceSpec>) -> SupervisorError {
    let opened = Supervisor::open(&stage.supervised(), specs, shim(), &parent());
    opened.expect_err("it is refused")
}

#[test]
fn a_second_supervisor_is_refused_and_told_who_has_it() {
    let mut stage = Stage::new();
    let spec = stage.sleeper("web");
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    let error = refusal(&stage, vec![spec.clone()]);
    assert!(error.is_retryable());
    let SupervisorError::AlreadySupervised { owner, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(owner.unwrap().pid, std::process::id());
    drop(supervisor);
    // The service does not hold the lock.
    let supervisor = stage.open(&[spec]);
    assert_eq!(status(&supervisor, "web").state, State::Ready);
}

#[test]
fn what_cannot_be_used_is_an_error_and_nothing_is_touched() {
    let mut stage = Stage::new();
    let spec = stage.sleeper("web");
    let mut bad = spec.clone();
    bad.depends_on.push("db".to_owned());
    assert!(matches!(
        refusal(&stage, vec![bad]),
        SupervisorError::Spec(_)
    ));
    assert!(!stage.supervised().exists());

    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    assert!(matches!(
        supervisor.stop("db"),
        Err(SupervisorError::NoSuchService { .. })
    ));
    supervisor.stop("web").unwrap();
    drop(supervisor);
    let record = stage.supervised().join("web").join("supervision.json");
    let text = std::fs::read_to_string(&record).unwrap();
    // A word of a person may be in there, so that it is not simply begun anew.
    for damaged in [
        "",
        "{",
        &text.replace("\"version\": 1", "\"version\": 2"),
        "[]",
    ] {
        std::fs::write(&record, damaged).unwrap();
        let error = refusal(&stage, vec![spec.clone()]);
        let SupervisorError::File { path, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(path, &record);
        assert!(!error.hints().is_empty());
    }
    // What a later release adds is no damage.
    std::fs::write(
        &record,
        text.replace("\"version\": 1", "\"version\": 1, \"mood\": \"good\""),
    )
    .unwrap();
    assert_eq!(
        status(&stage.open(&[spec]), "web").desired,
        Desired::Stopped
    );
}

#[test]
fn one_that_runs_with_an_older_command_is_told_to_be_outdated() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    assert!(!status(&supervisor, "web").is_outdated);
    drop(supervisor);
    spec.argv.push("unused".to_owned());
    let mut supervisor = stage.open(&[spec]);
    assert!(status(&supervisor, "web").is_outdated);
    supervisor.restart("web").unwrap();
    pass_until(&mut supervisor, "it runs again", |supervisor, _| {
        let status = status(supervisor, "web");
        status.state == State::Ready && !status.is_outdated
    });
}
