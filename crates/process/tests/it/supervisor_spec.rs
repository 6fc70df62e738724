//! What a service may be, and in what order services start.

use std::time::Duration;

use ftc_process::Signal;
use ftc_process::confine::Profile;
use ftc_process::supervisor::{Check, ProbeSpec, RestartWhen, ServiceSpec, SpecError, start_order};
use insta::assert_snapshot;
use proptest::prelude::*;

fn parse(text: &str) -> Result<ServiceSpec, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn service(name: &str, depends_on: &[&str]) -> ServiceSpec {
    let mut spec = ServiceSpec::new(name, ["true"], "/");
    spec.depends_on = depends_on.iter().map(|&name| name.to_owned()).collect();
    spec
}

/// What is wrong with a service that `change` has changed.
fn problem(change: impl FnOnce(&mut ServiceSpec)) -> String {
    let mut spec = service("web", &[]);
    change(&mut spec);
    spec.check().expect_err("it cannot be used").to_string()
}

#[test]
fn a_whole_service_can_be_written_and_read_back() {
    let text = r#"{
        "name": "web", "argv": ["./server", "--port", "8080"], "directory": "/srv/web",
        "env": {"pass": ["TZ"], "set": {"MODE": "fast"}},
        "depends_on": ["db"], "restart_dependents": true,
        "startup": {"check": {"log-line": {"contains": "listening"}}, "period_ms": 100, "failure_threshold": 50},
        "readiness": {"check": {"http": {"url": "http://localhost:8080/ready", "status": 200}}, "timeout_ms": 500},
        "liveness": {"check": {"tcp": {"address": "[::1]:8080"}}, "success_threshold": 2, "initial_delay_ms": 5},
        "restart": {"when": "always", "backoff": {"initial_ms": 10, "max_ms": 20, "factor": 3, "jitter": 0},
                    "max_restarts": 7, "window_ms": 1000},
        "stop": {"signal": "INT", "grace_ms": 2500},
        "log": {"max_bytes": 1000, "max_age_ms": 60000, "keep": 2},
        "confinement": {"profile": "agent", "writable": ["/srv/web/data"], "network": "off"}
    }"#;
    let spec = parse(text).unwrap();
    assert_eq!(spec.check(), Ok(()));
    assert_eq!(spec.stop.signal, Signal::Int);
    assert_eq!(spec.stop.grace, Duration::from_millis(2500));
    assert_eq!(spec.restart.when, RestartWhen::Always);
    assert_eq!(spec.log.max_age, Some(Duration::from_secs(60)));
    assert_eq!(spec.confinement.as_ref().unwrap().profile, Profile::Agent);
    assert_eq!(
        spec.startup.as_ref().unwrap().period,
        Duration::from_millis(100)
    );
    let written = serde_json::to_string(&spec).unwrap();
    assert_eq!(parse(&written).unwrap(), spec);
}

#[test]
fn what_is_left_out_has_a_value() {
    let spec = parse(r#"{"name": "a", "argv": ["true"], "directory": "/"}"#).unwrap();
    assert_eq!(spec, ServiceSpec::new("a", ["true"], "/"));
    assert_eq!(spec.check(), Ok(()));
}

#[test]
fn unknown_keys_are_errors() {
    for (within, key) in [
        ("", r#""restarts": {}"#),
        ("", r#""env": {"unset": []}"#),
        ("", r#""restart": {"backoff": {"initial": 1}}"#),
        ("", r#""stop": {"signal": "TERM", "grace": 1}"#),
        ("", r#""log": {"max": 1}"#),
        (
            "",
            r#""liveness": {"check": {"tcp": {"address": "localhost:1", "host": "a"}}}"#,
        ),
        ("", r#""liveness": {"check": {"icmp": {}}}"#),
        ("", r#""confinement": {"profile": "agent", "write": []}"#),
    ] {
        let text = format!(r#"{{"name": "a", "argv": ["true"], "directory": "/", {within}{key}}}"#);
        let error = parse(&text).unwrap_err();
        assert!(error.contains("unknown"), "{key}: {error}");
    }
}

#[test]
fn names_are_plain() {
    for name in ["a", "web-1", "0_x", &"a".repeat(64)] {
        assert_eq!(service(name, &[]).check(), Ok(()), "{name}");
    }
    for name in [
        "",
        "-a",
        "_a",
        "Web",
        "a.b",
        "a/b",
        "..",
        "a b",
        "é",
        "a\n",
        &"a".repeat(65),
    ] {
        let error = service(name, &[]).check().unwrap_err();
        assert!(
            matches!(error, SpecError::Invalid { key, .. } if key == "name"),
            "{name}"
        );
    }
}

#[test]
fn errors_name_the_service_and_the_key() {
    assert_snapshot!(problem(|spec| spec.argv.clear()), @"service `web`: `argv` has no program");
    assert_snapshot!(problem(|spec| spec.argv = vec!["a".into(), "b\0".into()]), @"service `web`: `argv` has a NUL byte in argument 1");
    assert_snapshot!(problem(|spec| spec.directory = "srv".into()), @"service `web`: `directory` is not an absolute path: `srv`");
    assert_snapshot!(problem(|spec| spec.environment.pass.push("A=B".into())), @"service `web`: `env.pass` has `A=B`, which is no name");
    assert_snapshot!(problem(|spec| { spec.environment.set.insert("A".into(), "\0".into()); }), @"service `web`: `env.set.A` contains a NUL byte");
    assert_snapshot!(problem(|spec| spec.depends_on = vec!["a".into(), "a".into()]), @"service `web`: `depends_on` names `a` twice");
    assert_snapshot!(problem(|spec| spec.stop.signal = Signal::Cont), @"service `web`: `stop.signal` is `CONT`, which ends nothing");
    assert_snapshot!(problem(|spec| spec.stop.grace = Duration::MAX), @"service `web`: `stop.grace_ms` is longer than a year");
    assert_snapshot!(problem(|spec| spec.log.max_bytes = 0), @"service `web`: `log.max_bytes` is 0");
    assert_snapshot!(problem(|spec| spec.log.max_age = Some(Duration::ZERO)), @"service `web`: `log.max_age_ms` is 0");
    assert_snapshot!(problem(|spec| spec.restart.window = Duration::ZERO), @"service `web`: `restart.window_ms` is 0");
    assert_snapshot!(problem(|spec| spec.restart.backoff.initial = Duration::ZERO), @"service `web`: `restart.backoff.initial_ms` is 0");
    assert_snapshot!(problem(|spec| spec.restart.backoff.max = Duration::from_millis(1)), @"service `web`: `restart.backoff.max_ms` is less than `initial_ms`");
    assert_snapshot!(problem(|spec| spec.restart.backoff.factor = f64::NAN), @"service `web`: `restart.backoff.factor` is not between 1 and 100");
    assert_snapshot!(problem(|spec| spec.restart.backoff.jitter = -0.1), @"service `web`: `restart.backoff.jitter` is not between 0 and 1");
    assert_snapshot!(problem(|spec| spec.restart.max_restarts = 1001), @"service `web`: `restart.max_restarts` is more than 1000");
}

/// What is wrong with a readiness probe of this check.
fn check_problem(check: &str) -> String {
    let check: Check = serde_json::from_str(check).expect("it can be read");
    problem(|spec| spec.readiness = Some(ProbeSpec::new(check)))
}

#[test]
fn probes_are_checked() {
    let tcp = || {
        let check = r#"{"tcp": {"address": "localhost:80"}}"#;
        ProbeSpec::new(serde_json::from_str(check).unwrap())
    };
    assert_snapshot!(problem(|spec| { spec.liveness = Some(tcp()); spec.liveness.as_mut().unwrap().period = Duration::ZERO; }), @"service `web`: `liveness.period_ms` is 0");
    assert_snapshot!(problem(|spec| { spec.startup = Some(tcp()); spec.startup.as_mut().unwrap().timeout = Duration::ZERO; }), @"service `web`: `startup.timeout_ms` is 0");
    assert_snapshot!(problem(|spec| { spec.startup = Some(tcp()); spec.startup.as_mut().unwrap().failure_threshold = 0; }), @"service `web`: `startup.failure_threshold` is 0");
    assert_snapshot!(problem(|spec| spec.liveness = Some(ProbeSpec::new(serde_json::from_str(r#"{"log-line": {"contains": "up"}}"#).unwrap()))), @"service `web`: `liveness.check` cannot be `log-line`: a line that was printed once says nothing of now");
    assert_snapshot!(check_problem(r#"{"command": {"argv": []}}"#), @"service `web`: `readiness.check.command.argv` has no program");
    assert_snapshot!(check_problem(r#"{"log-line": {"contains": "a\nb"}}"#), @"service `web`: `readiness.check.log-line.contains` is empty or longer than a line");
    assert_snapshot!(check_problem(r#"{"tcp": {"address": "localhost"}}"#), @"service `web`: `readiness.check.tcp.address` is not `HOST:PORT`: `localhost`");
    assert_snapshot!(check_problem(r#"{"tcp": {"address": "localhost:0"}}"#), @"service `web`: `readiness.check.tcp.address` has no port number: `localhost:0`");
    assert_snapshot!(check_problem(r#"{"http": {"url": "https://localhost/"}}"#), @"service `web`: `readiness.check.http.url` does not begin with `http://`: `https://localhost/`");
    assert_snapshot!(check_problem(r#"{"http": {"url": "http://localhost/a b"}}"#), @"service `web`: `readiness.check.http.url` has a blank, a `#` or a letter that must be encoded: `http://localhost/a b`");
    assert_snapshot!(check_problem(r#"{"http": {"url": "http://localhost/", "headers": {"A": "b\r\nC: d"}}}"#), @"service `web`: `readiness.check.http.headers` has a header `A` with a control character");
    assert_snapshot!(check_problem(r#"{"http": {"url": "http://localhost/", "status": 99}}"#), @"service `web`: `readiness.check.http.status` is not between 200 and 599");
}

#[test]
fn other_machines_are_asked_only_if_that_is_allowed() {
    for (host, is_local) in [
        ("127.0.0.1:1", true),
        ("127.9.9.9:1", true),
        ("LOCALHOST:1", true),
        ("[::1]:1", true),
        // All of these are, or may be, somebody else.
        ("0.0.0.0:1", false),
        ("10.0.0.1:1", false),
        ("[::]:1", false),
        ("[::ffff:127.0.0.1]:1", false),
        ("localhost.example.org:1", false),
        ("127.1:1", false),
        ("2130706433:1", false),
    ] {
        for allow_remote in [false, true] {
            for check in [
                format!(r#"{{"tcp": {{"address": "{host}", "allow_remote": {allow_remote}}}}}"#),
                format!(
                    r#"{{"http": {{"url": "http://{host}/", "allow_remote": {allow_remote}}}}}"#
                ),
            ] {
                let mut spec = service("web", &[]);
                spec.readiness = Some(ProbeSpec::new(serde_json::from_str(&check).unwrap()));
                assert_eq!(spec.check().is_ok(), is_local || allow_remote, "{check}");
            }
        }
    }
    for host in ["user@localhost:1", "[127.0.0.1]:1", "::1:1", ":1", "[::1:1"] {
        let check = format!(r#"{{"tcp": {{"address": "{host}", "allow_remote": true}}}}"#);
        let mut spec = service("web", &[]);
        spec.readiness = Some(ProbeSpec::new(serde_json::from_str(&check).unwrap()));
        assert!(spec.check().is_err(), "{check}");
    }
}

fn order(specs: &[ServiceSpec]) -> Result<Vec<&str>, String> {
    let order = start_order(specs).map_err(|error| error.to_string())?;
    Ok(order
        .into_iter()
        .map(|place| specs[place].name.as_str())
        .collect())
}

#[test]
fn dependencies_come_first_and_the_rest_as_given() {
    let specs = [
        service("web", &["db", "cache"]),
        service("cache", &[]),
        service("db", &["disk"]),
        service("disk", &[]),
    ];
    assert_eq!(order(&specs).unwrap(), ["disk", "db", "cache", "web"]);
    let specs = [service("b", &[]), service("a", &[])];
    assert_eq!(order(&specs).unwrap(), ["b", "a"]);
    assert_eq!(order(&[]).unwrap(), [""; 0]);
}

#[test]
fn services_are_refused_together() {
    assert_snapshot!(order(&[service("a", &[]), service("a", &[])]).unwrap_err(), @"there are two services with the name `a`");
    assert_snapshot!(order(&[service("a", &["b"])]).unwrap_err(), @"service `a`: `depends_on` names `b`, which is no service here");
    assert_snapshot!(order(&[service("a", &["a"])]).unwrap_err(), @"services depend on each other: `a` -> `a`");
    let specs = [
        service("x", &["a"]),
        service("a", &["b"]),
        service("b", &["c"]),
        service("c", &["a"]),
    ];
    assert_snapshot!(order(&specs).unwrap_err(), @"services depend on each other: `a` -> `b` -> `c` -> `a`");
}

#[test]
fn a_long_chain_does_not_exhaust_the_stack() {
    let specs: Vec<_> = (0..20_000)
        .map(|number| {
            let next = format!("s{}", number + 1);
            let is_last = number == 19_999;
            service(
                &format!("s{number}"),
                if is_last {
                    &[]
                } else {
                    std::slice::from_ref(&next)
                }
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice(),
            )
        })
        .collect();
    let order = start_order(&specs).unwrap();
    assert_eq!((order[0], order[19_999]), (19_999, 0));
}

proptest! {
    #[test]
    fn each_comes_once_and_after_its_dependencies(edges in prop::collection::vec((0..12_usize, 0..12_usize), 0..30)) {
        let mut specs: Vec<_> = (0..12).map(|number| service(&format!("s{number}"), &[])).collect();
        for (from, to) in edges {
            // Only to later ones, so that there is no cycle.
            let name = format!("s{to}");
            if from < to && !specs[from].depends_on.contains(&name) {
                specs[from].depends_on.push(name);
            }
        }
        let order = order(&specs).unwrap();
        for spec in &specs {
            let place = |name: &str| {
                let places: Vec<_> = order.iter().enumerate().filter(|(_, found)| **found == name).collect();
                assert_eq!(places.len(), 1);
                places[0].0
            };
            for dependency in &spec.depends_on {
                prop_assert!(place(dependency) < place(&spec.name));
            }
        }
    }
}
