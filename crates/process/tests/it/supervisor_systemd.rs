//! Services as units of systemd.

use std::time::Duration;

use ftc_process::Signal;
use ftc_process::confine::Network;
use ftc_process::supervisor::{ServiceSpec, SystemdOptions};
use insta::assert_snapshot;

fn unit(spec: &ServiceSpec) -> String {
    spec.to_systemd_unit(&SystemdOptions::default())
        .expect("it can be written")
}

/// The lines that begin with `key`.
fn lines(spec: &ServiceSpec, key: &str) -> Vec<String> {
    let unit = unit(spec);
    let lines = unit
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_plain_service() {
    let spec = ServiceSpec::new("web", ["server", "--port", "80"], "/srv/web");
    assert_snapshot!(unit(&spec), @r##"
# Service web. systemd has no equal for these:
# - an end by SIGHUP, SIGINT, SIGPIPE or SIGTERM is no failure
# - the back-off has no jitter
# - output goes to the journal, which has its own limits

[Unit]
Description=web
StartLimitIntervalSec=600s
StartLimitBurst=6

[Service]
Type=exec
ExecStart="server" "--port" "80"
WorkingDirectory=/srv/web
Restart=on-failure
RestartSec=1s
RestartSteps=6
RestartMaxDelaySec=60s
TimeoutStopSec=10s
KillSignal=SIGTERM
KillMode=control-group
StandardOutput=journal
StandardError=journal

[Install]
WantedBy=multi-user.target
"##);
}

fn full() -> ServiceSpec {
    let text = r#"{
        "name": "web", "argv": ["/opt/web/server", "--rate", "50%", "$HOME"], "directory": "/srv/web 100%",
        "env": {"pass": ["TZ"], "set": {"GREETING": "say \"hi\" $USER\n100%"}},
        "depends_on": ["db", "cache"],
        "liveness": {"check": {"tcp": {"address": "localhost:80"}}},
        "restart": {"when": "always", "backoff": {"initial_ms": 500, "max_ms": 8000, "jitter": 0}, "max_restarts": 3, "window_ms": 60000},
        "stop": {"signal": "INT", "grace_ms": 1500},
        "confinement": {"profile": "gate", "writable": ["/srv/web 100%/data"], "hidden": ["/etc/keys"],
                        "limits": {"open_files": 64}}
    }"#;
    serde_json::from_str(text).expect("it is a service")
}

#[test]
fn a_service_with_everything() {
    let mut options = SystemdOptions::default();
    options.prefix = "ftc-".to_owned();
    options.user = Some("web".to_owned());
    options.wanted_by = Some("default.target".to_owned());
    assert_snapshot!(full().to_systemd_unit(&options).unwrap(), @r##"
# Service web. systemd has no equal for these:
# - the liveness probe is not run
# - a dependency counts as ready as soon as its program runs
# - whoever stops or restarts a dependency does the same to this service
# - output goes to the journal, which has its own limits
# - what may be read is restricted less than by our confinement

[Unit]
Description=web
Requires=ftc-db.service ftc-cache.service
After=ftc-db.service ftc-cache.service
StartLimitIntervalSec=60s
StartLimitBurst=4

[Service]
Type=exec
User=web
ExecStart="/opt/web/server" "--rate" "50%%" "$$HOME"
WorkingDirectory=/srv/web 100%%
PassEnvironment="TZ"
Environment="GREETING=say \"hi\" $USER\n100%%"
Restart=always
RestartSec=500ms
RestartSteps=4
RestartMaxDelaySec=8s
TimeoutStopSec=1500ms
KillSignal=SIGINT
KillMode=control-group
StandardOutput=journal
StandardError=journal
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ReadWritePaths="/srv/web 100%%/data"
InaccessiblePaths="-/etc/keys"
PrivateNetwork=yes
LimitNOFILE=64

[Install]
WantedBy=default.target
"##);
}

#[test]
fn words_are_quoted_so_that_they_stay_what_they_are() {
    let hostile = [
        "", " ", "a b", ";", "a;b", "'", "\"", "\\", "\\n", "%h", "%%", "$A", "${A}", "$$", "#",
        "\n", "\t", "\u{1b}", "é", "-", "@",
    ];
    for word in hostile {
        let spec = ServiceSpec::new("a", ["/bin/echo", word], "/");
        let line = &lines(&spec, "ExecStart")[0];
        let word_read = line.strip_prefix("\"/bin/echo\" ").expect(line);
        assert_eq!(read_word(word_read, true), word, "{line}");

        let mut spec = ServiceSpec::new("a", ["true"], "/");
        spec.environment.set.insert("V".to_owned(), word.to_owned());
        let line = &lines(&spec, "Environment")[0];
        assert_eq!(read_word(line, false), format!("V={word}"), "{line}");
    }
}

/// Reads one quoted word as systemd.syntax(7), "Quoting", and systemd.service(5), "Command lines", say.
fn read_word(quoted: &str, has_variables: bool) -> String {
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let mut letters = inner.expect(quoted).chars().peekable();
    let mut word = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => panic!("the word ends too early: {quoted}"),
            '%' => {
                assert_eq!(letters.next(), Some('%'), "{quoted}");
                word.push('%');
            }
            '$' if has_variables => {
                assert_eq!(letters.next(), Some('$'), "{quoted}");
                word.push('$');
            }
            '\\' => match letters.next().expect(quoted) {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                'x' => {
                    let digits: String = letters.by_ref().take(2).collect();
                    word.push(char::from(u8::from_str_radix(&digits, 16).expect(quoted)));
                }
                letter @ ('\\' | '"') => word.push(letter),
                other => panic!("no such escape: {other}"),
            },
            letter => word.push(letter),
        }
    }
    word
}

#[test]
fn what_a_unit_cannot_say_is_refused() {
    let refused = |change: &dyn Fn(&mut ServiceSpec)| {
        let mut spec = full();
        change(&mut spec);
        let refused = spec.to_systemd_unit(&SystemdOptions::default());
        refused.expect_err("it cannot be written").to_string()
    };
    assert_snapshot!(refused(&|spec| spec.argv[0] = "./server".into()), @r#"service `web`: `argv` has a program that is neither a name nor an absolute path: `./server`"#);
    assert_snapshot!(refused(&|spec| spec.argv[0] = "-server".into()), @r#"service `web`: `argv` has a program that systemd would take for something else: `-server`"#);
    assert_snapshot!(refused(&|spec| spec.argv[0] = "/a/$b".into()), @r#"service `web`: `argv` has a program with a `$` in its name: `/a/$b`"#);
    assert_snapshot!(refused(&|spec| spec.directory = "/a\nb".into()), @r#"service `web`: `directory` cannot be written in a unit: `/a\nb`"#);
    assert_snapshot!(refused(&|spec| spec.directory = "/a ".into()), @r#"service `web`: `directory` cannot be written in a unit: `/a `"#);
    assert_snapshot!(refused(&|spec| spec.directory = "/a\\".into()), @r#"service `web`: `directory` cannot be written in a unit: `/a\\`"#);
    assert_snapshot!(refused(&|spec| spec.confinement.as_mut().unwrap().writable = vec!["/a\"b".into()]), @r#"service `web`: `confinement.writable` cannot be written in a unit: `/a"b`"#);
    // What is wrong in itself is refused before.
    assert_snapshot!(refused(&|spec| spec.name = "../web".into()), @r#"service `../web`: `name` is not `[a-z0-9][a-z0-9_-]*` of at most 64 bytes"#);
    let mut options = SystemdOptions::default();
    options.user = Some("web\n[Service]\nUser=root".to_owned());
    assert_snapshot!(full().to_systemd_unit(&options).unwrap_err().to_string(), @r#"service `web`: `User` cannot be written in a unit: `web\n[Service]\nUser=root`"#);
}

#[test]
fn the_network_and_signals_follow_the_service() {
    let mut spec = full();
    assert_eq!(lines(&spec, "PrivateNetwork"), ["yes"]);
    spec.confinement.as_mut().unwrap().network = Some(Network::On);
    assert!(lines(&spec, "PrivateNetwork").is_empty());
    spec.stop.signal = Signal::Quit;
    spec.stop.grace = Duration::from_secs(90);
    assert_eq!(lines(&spec, "KillSignal"), ["SIGQUIT"]);
    assert_eq!(lines(&spec, "TimeoutStopSec"), ["90s"]);
}
