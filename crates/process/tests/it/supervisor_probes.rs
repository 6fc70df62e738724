//! Probes and dependencies of services.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use ftc_process::supervisor::{ProbeName, State, StopReason, What};
use serde_json::json;

use crate::supervisor_support::{
    FakeClock, Stage, command_probe, has, is_alive, pass_until, pid, probe, status, story,
    until_state,
};

#[test]
fn a_failing_readiness_probe_never_kills() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    // It counts how often it was asked. Where its program may not write, the questions are not counted.
    spec.readiness = Some(command_probe(
        "test -e ready || { echo not yet >&2; exit 1; }",
    ));
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    let mut answers = std::collections::BTreeSet::new();
    let happenings = pass_until(
        &mut supervisor,
        "it was asked ten times",
        |supervisor, _| {
            let status = status(supervisor, "web");
            answers.extend(status.probes.iter().filter_map(|probe| probe.answered));
            answers.len() >= 10
        },
    );
    assert_eq!(status(&supervisor, "web").state, State::Running);
    let first = pid(&supervisor, "web");
    let story = story(&happenings, "web");
    assert_eq!(story.len(), 2, "{story:?}");
    assert_eq!(story[1], "not ready: exit code 1: not yet");
    assert_eq!(status(&supervisor, "web").probes[0].passes, Some(false));

    stage.write("ready", "");
    until_state(&mut supervisor, "web", State::Ready);
    std::fs::remove_file(stage.path("ready")).unwrap();
    until_state(&mut supervisor, "web", State::Running);
    assert_eq!(pid(&supervisor, "web"), first);
    assert_eq!(status(&supervisor, "web").restarts, 0);
}

#[test]
fn a_failing_liveness_probe_restarts() {
    let mut stage = Stage::new();
    let mut spec = stage.script("web", "rm -f sick; exec sleep 600");
    spec.liveness = Some(command_probe("test ! -e sick"));
    spec.restart.backoff.initial = Duration::from_millis(1);
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    let first = pid(&supervisor, "web");
    pass_until(&mut supervisor, "it is alive", |supervisor, _| {
        status(supervisor, "web")
            .probes
            .iter()
            .any(|probe| probe.passes == Some(true))
    });
    stage.write("sick", "");
    let happenings = pass_until(&mut supervisor, "it was restarted", |supervisor, _| {
        let status = status(supervisor, "web");
        status.state == State::Ready && status.pid != Some(first)
    });
    let reason = |what: &What| {
        matches!(
            what,
            What::Stopping {
                reason: StopReason::Probe {
                    probe: ProbeName::Liveness,
                    ..
                }
            }
        )
    };
    assert!(has(&happenings, "web", reason), "{happenings:?}");
    assert!(!is_alive(first));
    assert_eq!(status(&supervisor, "web").restarts, 1);
}

#[test]
fn the_startup_probe_gates_the_others() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    spec.startup = Some(command_probe("test -e started"));
    spec.startup.as_mut().unwrap().failure_threshold = 1000;
    spec.liveness = Some(command_probe("test -e started"));
    spec.liveness.as_mut().unwrap().failure_threshold = 1;
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    let mut answers = std::collections::BTreeSet::new();
    pass_until(
        &mut supervisor,
        "it was asked five times",
        |supervisor, _| {
            let status = status(supervisor, "web");
            assert_eq!(status.state, State::Starting);
            assert!(
                status
                    .probes
                    .iter()
                    .all(|probe| probe.probe == ProbeName::Startup)
            );
            answers.extend(status.probes.iter().filter_map(|probe| probe.answered));
            answers.len() >= 5
        },
    );
    let first = pid(&supervisor, "web");
    stage.write("started", "");
    until_state(&mut supervisor, "web", State::Ready);
    assert_eq!(pid(&supervisor, "web"), first);
    assert!(
        status(&supervisor, "web")
            .probes
            .iter()
            .all(|probe| probe.probe == ProbeName::Liveness)
    );
}

#[test]
fn a_service_that_does_not_get_started_is_restarted_and_its_dependents_wait() {
    let mut stage = Stage::new();
    let mut db = stage.sleeper("db");
    db.startup = Some(command_probe("test -e db-up"));
    db.restart.max_restarts = 1;
    let mut web = stage.sleeper("web");
    web.depends_on.push("db".to_owned());
    let clock = FakeClock::new();
    let mut supervisor = stage.open_with(&[web, db], &clock);
    supervisor.start("web").unwrap();
    let mut happenings = Vec::new();
    for state in [State::Backoff, State::CrashLoop] {
        happenings.extend(pass_until(
            &mut supervisor,
            "the probe has failed",
            |supervisor, _| {
                clock.advance(Duration::from_millis(10));
                status(supervisor, "db").state == state
            },
        ));
        clock.advance(Duration::from_secs(1));
    }
    let stopped = |what: &What| {
        matches!(
            what,
            What::Stopping {
                reason: StopReason::Probe {
                    probe: ProbeName::Startup,
                    ..
                }
            }
        )
    };
    assert!(has(&happenings, "db", stopped), "{happenings:?}");
    assert_eq!(story(&happenings, "web"), ["waits for db"]);
    let status = status(&supervisor, "web");
    assert_eq!(
        (status.state, status.waiting_for),
        (State::Waiting, vec!["db".to_owned()])
    );

    stage.write("db-up", "");
    supervisor.reset("db").unwrap();
    pass_until(&mut supervisor, "both are ready", |supervisor, _| {
        clock.advance(Duration::from_millis(10));
        supervisor
            .status()
            .iter()
            .all(|status| status.state == State::Ready)
    });
}

#[test]
fn dependencies_come_first_and_go_last() {
    let mut stage = Stage::new();
    let script = |name: &str| {
        format!(
            "echo +{name} >>order; trap 'echo -{name} >>order; exit 0' TERM; while :; do sleep 0.01; done"
        )
    };
    let mut web = stage.script("web", &script("web"));
    web.depends_on = vec!["db".to_owned(), "cache".to_owned()];
    let mut db = stage.script("db", &script("db"));
    db.depends_on = vec!["disk".to_owned()];
    let mut cache = stage.script("cache", &script("cache"));
    let mut disk = stage.script("disk", &script("disk"));
    for (name, spec) in [
        ("web", &mut web),
        ("db", &mut db),
        ("cache", &mut cache),
        ("disk", &mut disk),
    ] {
        spec.readiness = Some(command_probe(&format!("grep -q '^+{name}$' order")));
        spec.stop.grace = Duration::from_secs(60);
    }
    let other = stage.sleeper("other");
    let mut supervisor = stage.open(&[web, db, cache, disk, other]);
    // The others come along.
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    assert_eq!(status(&supervisor, "other").state, State::Stopped);
    supervisor.stop_all().unwrap();
    pass_until(&mut supervisor, "all are down", |supervisor, _| {
        supervisor
            .status()
            .iter()
            .all(|status| status.state == State::Stopped)
    });
    let order = stage.read("order");
    let place = |line: &str| order.lines().position(|found| found == line).expect(line);
    assert_eq!(order.lines().count(), 8, "{order}");
    assert!(
        place("+disk") < place("+db")
            && place("+db") < place("+web")
            && place("+cache") < place("+web")
    );
    assert!(
        place("-web") < place("-db")
            && place("-db") < place("-disk")
            && place("-web") < place("-cache")
    );
}

#[test]
fn dependents_are_restarted_only_if_asked_for() {
    for restart_dependents in [false, true] {
        let mut stage = Stage::new();
        let mut db = stage.sleeper("db");
        db.restart_dependents = restart_dependents;
        let mut web = stage.sleeper("web");
        web.depends_on.push("db".to_owned());
        let specs = [db, web];
        let mut supervisor = stage.open(&specs);
        supervisor.start("web").unwrap();
        until_state(&mut supervisor, "web", State::Ready);
        let (db, web) = (pid(&supervisor, "db"), pid(&supervisor, "web"));
        supervisor.restart("db").unwrap();
        let happenings = pass_until(&mut supervisor, "all run", |supervisor, _| {
            let web_followed = status(supervisor, "web").pid != Some(web);
            status(supervisor, "db").pid != Some(db)
                && web_followed == restart_dependents
                && supervisor
                    .status()
                    .iter()
                    .all(|status| status.state == State::Ready)
        });
        let followed = |what: &What| {
            matches!(
                what,
                What::Stopping {
                    reason: StopReason::DependencyRestarted
                }
            )
        };
        assert_eq!(
            has(&happenings, "web", followed),
            restart_dependents,
            "{happenings:?}"
        );
        assert_eq!(is_alive(web), !restart_dependents);
        assert_eq!(status(&supervisor, "web").restarts, 0);
    }
}

#[test]
fn tcp_and_http_probes_ask_the_machine() {
    let mut stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut tcp = stage.sleeper("tcp");
    tcp.readiness = Some(probe(&json!({"tcp": {"address": address.to_string()}})));
    tcp.liveness = Some(probe(
        &json!({"tcp": {"address": format!("localhost:{}", address.port())}}),
    ));
    let mut refused = stage.sleeper("refused");
    refused.readiness = Some(probe(&json!({"tcp": {"address": closed.to_string()}})));
    let mut http = stage.sleeper("http");
    let url = format!("http://{address}/ready");
    http.readiness = Some(probe(
        &json!({"http": {"url": url, "contains": "all well"}}),
    ));
    let mut wrong = stage.sleeper("wrong");
    wrong.readiness = Some(probe(&json!({"http": {"url": url, "status": 500}})));

    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                // A probe that only connects asks nothing.
                if stream.read(&mut [0; 1000]).is_ok_and(|count| count > 0) {
                    let _ =
                        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nall well");
                }
            });
        }
    });
    let mut supervisor = stage.open(&[tcp, refused, http, wrong]);
    supervisor.start_all().unwrap();
    for name in ["tcp", "http"] {
        until_state(&mut supervisor, name, State::Ready);
    }
    for (name, words) in [("refused", "refused"), ("wrong", "status 200")] {
        pass_until(&mut supervisor, "the probe fails", |supervisor, _| {
            status(supervisor, name).probes[0].passes == Some(false)
        });
        let problem = status(&supervisor, name).probes[0].problem.clone().unwrap();
        assert!(problem.contains(words), "{problem}");
    }
}

#[test]
fn a_command_that_hangs_is_a_bad_answer() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    spec.readiness = Some(command_probe("sleep 600"));
    spec.readiness.as_mut().unwrap().timeout = Duration::from_millis(50);
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    pass_until(&mut supervisor, "the probe fails", |supervisor, _| {
        let status = status(supervisor, "web");
        status
            .probes
            .iter()
            .any(|probe| probe.passes == Some(false))
    });
    let problem = status(&supervisor, "web").probes[0]
        .problem
        .clone()
        .unwrap();
    assert_eq!(problem, "stopped at its time limit");
}

#[test]
fn a_log_line_counts_for_the_run_that_printed_it() {
    let mut stage = Stage::new();
    let mut spec = stage.script(
        "web",
        "test -e quiet || echo 'now listening on 80'; exec sleep 600",
    );
    let mut readiness = probe(&json!({"log-line": {"contains": "listening on"}}));
    readiness.failure_threshold = 1;
    spec.readiness = Some(readiness);
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);

    // It stays seen for the next supervisor, even when the line is gone from the log.
    drop(supervisor);
    for entry in std::fs::read_dir(stage.service_directory("web")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("log.")
        {
            std::fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(0)
                .unwrap();
        }
    }
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    until_state(&mut supervisor, "web", State::Ready);

    // But not for the next run.
    supervisor.restart("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    stage.write("quiet", "");
    supervisor.restart("web").unwrap();
    pass_until(
        &mut supervisor,
        "the probe fails",
        |supervisor, happenings| {
            has(happenings, "web", |what| {
                matches!(what, What::Started { .. })
            }) && status(supervisor, "web")
                .probes
                .iter()
                .any(|probe| probe.passes == Some(false))
        },
    );
    assert_eq!(status(&supervisor, "web").state, State::Running);
}
