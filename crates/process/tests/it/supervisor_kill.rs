//! Supervisors that are killed at any time, and what the next one finds.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use ftc_process::ProcessIdentity;
use ftc_process::service::{Adoption, Service};
use ftc_process::supervisor::{ServiceSpec, State, What};
use serde_json::{Value, json};

use crate::supervisor_support::{
    Stage, has, is_alive, pass, pass_until, pid, status, story, until_state,
};
use crate::support::is_running;

/// `supervise`, in a process of its own.
struct Supervising {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Supervising {
    fn start(stage: &Stage, specs: &[ServiceSpec]) -> Self {
        Self::start_with(stage, specs, &[])
    }

    fn start_with(stage: &Stage, specs: &[ServiceSpec], flags: &[&str]) -> Self {
        stage.write(
            "specs.json",
            &serde_json::to_string(specs).expect("a spec can be written"),
        );
        let mut child = Command::new(example("supervise"))
            .arg(stage.supervised())
            .arg(stage.path("specs.json"))
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is an example of ours");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, lines }
    }

    /// Reads what it tells until this.
    fn until(&mut self, told: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines
            .last()
            .is_none_or(|line: &String| !line.starts_with(told))
        {
            let mut line = String::new();
            assert!(
                self.lines.read_line(&mut line).is_ok_and(|count| count > 0),
                "it has ended: {lines:?}"
            );
            lines.push(line.trim_end().to_owned());
        }
        lines
    }

    fn kill(mut self) {
        self.child.kill().expect("it is a child of ours");
        self.child.wait().expect("it is a child of ours");
    }
}

/// An example of this package, which is built with its tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("it lies in `deps`");
    let path = profile.join("examples").join(name);
    assert!(
        path.exists(),
        "there is no `{}`: build it with `cargo build --examples`",
        path.display()
    );
    path
}

/// Prints numbers, one a line, for ever.
const COUNT: &str = "n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done";

/// Prints numbers, one a line, as fast as it can: three thousand for each of the files `go.0` to `go.2`.
const FLOOD: &str = "n=0; for round in 0 1 2; do
    until test -e go.$round; do sleep 0.01; done
    end=$((n+3000)); while test $n -lt $end; do n=$((n+1)); echo $n; done
done; exec sleep 600";

#[test]
fn services_are_adopted_by_identity_and_count_on() {
    let mut stage = Stage::new();
    let specs = [stage.script("count", COUNT), stage.script("down", "exit 1")];
    let mut supervising = Supervising::start(&stage, &specs);
    let lines = supervising.until("down: is restarted in");
    let started = lines.iter().find(|line| line.starts_with("count: started"));
    let started = started.expect("it was started").clone();
    supervising.kill();

    let mut supervisor = stage.open(&specs);
    let pid = pid(&supervisor, "count");
    assert_eq!(started, format!("count: started (process {pid})"));
    let happenings = pass(&mut supervisor);
    assert_eq!(
        story(&happenings, "count"),
        [format!("found running (process {pid})"), "ready".to_owned()]
    );
    // It was the supervisor that died, and nothing else.
    assert_eq!(status(&supervisor, "count").restarts, 0);
    assert!(status(&supervisor, "down").last_exit.is_some());
    let before = stage.log("count").len();
    pass_until(&mut supervisor, "it counts on", |_, _| {
        stage.log("count").len() > before + 5
    });
    assert!(is_alive(pid));
}

#[test]
fn rotation_loses_no_line_when_the_supervisor_is_killed() {
    let mut stage = Stage::new();
    let mut spec = stage.script("count", FLOOD);
    spec.log.max_bytes = 500;
    spec.log.keep = 1_000_000;
    let mut reader = Service::logs(&stage.service_directory("count"));
    let mut lines = Vec::new();
    for round in 0..3 {
        let mut supervising = Supervising::start(&stage, std::slice::from_ref(&spec));
        supervising.until("count: ready");
        stage.write(&format!("go.{round}"), "");
        let wanted = 3000 * round + 300;
        pass_until_true("it floods its log", &mut || {
            lines.extend(reader.read_new().unwrap());
            lines.len() > wanted
        });
        supervising.kill();
        pass_until_true("it has printed all of it", &mut || {
            lines.extend(reader.read_new().unwrap());
            lines.len() >= 3000 * (round + 1)
        });
    }
    assert_eq!((lines.len(), reader.missed_files()), (9000, 0));
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(line.to_text(), (index + 1).to_string());
    }
    let files = std::fs::read_dir(stage.service_directory("count")).unwrap();
    let is_log = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("log.");
    let files = files.filter(|entry| is_log(&entry.as_ref().unwrap().file_name()));
    assert!(files.count() > 50);
}

fn pass_until_true(what: &str, condition: &mut dyn FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !condition() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "waited too long until {what}"
        );
        // Looked at again and again, as every condition here.
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn there_are_never_two_of_a_service_whenever_the_supervisor_is_killed() {
    let mut stage = Stage::new();
    let lock = stage.path("lock");
    let mut spec = stage.sleeper("one");
    spec.argv = vec![
        example("only_one").to_str().unwrap().to_owned(),
        lock.to_str().unwrap().to_owned(),
    ];
    spec.restart.max_restarts = 0;
    for round in 0..50 {
        let supervising = Supervising::start(&stage, std::slice::from_ref(&spec));
        // Nothing is waited for: each round gets a little further.
        std::thread::sleep(Duration::from_micros(round * 800));
        supervising.kill();
        let mut supervisor = stage.open(std::slice::from_ref(&spec));
        // One that the other had begun to start may be met here.
        supervisor.start("one").unwrap();
        until_state(&mut supervisor, "one", State::Ready);
        assert_eq!(status(&supervisor, "one").restarts, 0);
        if round % 2 == 0 {
            supervisor.stop("one").unwrap();
            until_state(&mut supervisor, "one", State::Stopped);
            // The next one is to start it.
            supervisor.start("one").unwrap();
        }
    }
    let mut supervisor = stage.open(&[spec]);
    until_state(&mut supervisor, "one", State::Ready);
    let pid = pid(&supervisor, "one").to_string();
    pass_until(&mut supervisor, "it has the lock", |_, _| {
        stage.read("lock").lines().any(|line| line == pid)
    });
    assert_eq!(stage.read("lock.taken"), "");
    let holders = stage.read("lock");
    assert_eq!(
        holders
            .lines()
            .filter(|pid| is_running(pid))
            .collect::<Vec<_>>(),
        [pid]
    );
    supervisor.stop("one").unwrap();
    until_state(&mut supervisor, "one", State::Stopped);
    assert!(holders.lines().all(|pid| !is_running(pid)));
}

#[test]
fn sigterm_ends_the_supervisor_and_what_it_was_told_to_stop() {
    let mut stage = Stage::new();
    let mut web = stage.sleeper("web");
    web.depends_on.push("db".to_owned());
    let mut down = stage.script("down", "exit 1");
    down.restart.max_restarts = 0;
    let specs = [web, stage.sleeper("db"), down];
    for stops in [false, true] {
        let mut supervising = Supervising::start(&stage, &specs);
        supervising.until("web: ready");
        if stops {
            supervising.kill();
            supervising = Supervising::start_with(&stage, &specs, &["--stop"]);
            supervising.until("web: ready");
        }
        let supervisor = ProcessIdentity::of(supervising.child.id())
            .unwrap()
            .unwrap();
        let supervisor = ftc_process::Process::open(&supervisor).unwrap().unwrap();
        supervisor.signal(ftc_process::Signal::Term).unwrap();
        assert!(supervising.child.wait().unwrap().success());
        for name in ["web", "db"] {
            let found = Service::adopt(&stage.service_directory(name)).unwrap();
            assert_eq!(
                matches!(found, Adoption::Running(_)),
                !stops,
                "{name}: {found:?}"
            );
        }
        let mut supervisor = stage.open(&specs);
        pass(&mut supervisor);
        let states: Vec<_> = supervisor
            .status()
            .iter()
            .map(|status| status.state)
            .collect();
        if stops {
            // One that was in a crash loop is stopped like the others.
            assert_eq!(states, [State::Stopped; 3]);
        } else {
            assert_eq!(states, [State::Ready, State::Ready, State::CrashLoop]);
        }
    }
}

#[test]
fn a_stop_is_finished_by_the_next_supervisor() {
    let mut stage = Stage::new();
    let mut spec = stage.script("web", "trap 'until test -e go; do sleep 0.01; done; exit 0' TERM; echo on; while :; do sleep 0.01; done");
    spec.stop.grace = Duration::from_secs(60);
    spec.restart.when = ftc_process::supervisor::RestartWhen::Always;
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    pass_until(&mut supervisor, "it has printed", |_, _| {
        stage.log("web") == ["on"]
    });
    supervisor.stop("web").unwrap();
    until_state(&mut supervisor, "web", State::Stopping);
    drop(supervisor);
    let mut supervisor = stage.open(&[spec]);
    pass(&mut supervisor);
    assert_eq!(status(&supervisor, "web").state, State::Stopping);
    stage.write("go", "");
    until_state(&mut supervisor, "web", State::Stopped);
    assert_eq!(status(&supervisor, "web").last_exit.unwrap().code, Some(0));
}

#[test]
fn what_ended_without_a_supervisor_is_seen_by_the_next() {
    let mut stage = Stage::new();
    let spec = stage.script("web", "until test -e go; do sleep 0.01; done; exit 7");
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    drop(supervisor);
    stage.write("go", "");
    pass_until_true("it has ended", &mut || {
        matches!(
            Service::adopt(&stage.service_directory("web")),
            Ok(Adoption::Ended(_))
        )
    });
    std::fs::remove_file(stage.path("go")).unwrap();
    let mut supervisor = stage.open(&[spec]);
    let happenings = until_state(&mut supervisor, "web", State::Ready);
    assert!(has(
        &happenings,
        "web",
        |what| matches!(what, What::Ended { exit } if exit.code == Some(7))
    ));
    assert_eq!(status(&supervisor, "web").restarts, 1);
}

#[test]
fn a_service_whose_shim_is_killed_is_lost_and_restarted() {
    let mut stage = Stage::new();
    let mut spec = stage.sleeper("web");
    spec.restart.backoff.initial = Duration::from_millis(1);
    let mut supervisor = stage.open(&[spec]);
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    let first = pid(&supervisor, "web");
    let Ok(Adoption::Running(service)) = Service::adopt(&stage.service_directory("web")) else {
        panic!("it runs");
    };
    let shim = ftc_process::Process::open(service.shim_identity())
        .unwrap()
        .unwrap();
    shim.signal(ftc_process::Signal::Kill).unwrap();
    let happenings = pass_until(&mut supervisor, "another one runs", |supervisor, _| {
        let status = status(supervisor, "web");
        status.state == State::Ready && status.pid != Some(first)
    });
    assert!(
        has(&happenings, "web", |what| matches!(what, What::Lost { .. })),
        "{happenings:?}"
    );
    assert!(!is_alive(first));
    assert_eq!(status(&supervisor, "web").restarts, 1);
}

/// The record of a service that was killed with its shim, changed so that it names a process of somebody else.
#[test]
fn a_reused_process_id_is_refused_and_its_process_left_alone() {
    let mut stage = Stage::new();
    let spec = stage.sleeper("web");
    let mut bystander = Command::new("sleep").arg("600").spawn().unwrap();
    let mut supervisor = stage.open(std::slice::from_ref(&spec));
    supervisor.start("web").unwrap();
    until_state(&mut supervisor, "web", State::Ready);
    drop(supervisor);
    let Ok(Adoption::Running(service)) = Service::adopt(&stage.service_directory("web")) else {
        panic!("it runs");
    };
    for identity in [service.shim_identity(), service.identity()] {
        if let Some(process) = ftc_process::Process::open(identity).unwrap() {
            process.signal(ftc_process::Signal::Kill).unwrap();
            assert!(process.wait(Duration::from_secs(60)).unwrap());
        }
    }
    let path = stage.service_directory("web").join("service.json");
    let mut record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let other = ProcessIdentity::of(bystander.id()).unwrap().unwrap();
    for role in ["shim", "program"] {
        assert!(record[role]["pid"].is_u64(), "{record}");
        record[role]["pid"] = json!(other.pid);
        // That is what a reused number looks like.
        record[role]["start_ticks"] = json!(other.start_ticks - 1);
    }
    std::fs::write(&path, record.to_string()).unwrap();

    let mut supervisor = stage.open(&[spec]);
    let happenings = pass(&mut supervisor);
    assert!(
        has(&happenings, "web", |what| matches!(
            what,
            What::Lost { killed: 0, .. }
        )),
        "{happenings:?}"
    );
    until_state(&mut supervisor, "web", State::Ready);
    assert_ne!(pid(&supervisor, "web"), other.pid);
    supervisor.stop("web").unwrap();
    until_state(&mut supervisor, "web", State::Stopped);
    assert!(is_alive(other.pid));
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}
