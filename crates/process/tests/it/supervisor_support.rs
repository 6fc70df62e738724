//! A directory with a supervisor, for the tests of supervisors.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ftc_process::service::Service;
use ftc_process::supervisor::{
    Clock, Happening, Now, ProbeSpec, ServiceSpec, State, Status, Supervisor, SystemClock, What,
};

use crate::support::{parent, shim};

/// A directory of a test. At its end everything that runs in it is stopped.
pub struct Stage {
    directory: tempfile::TempDir,
    services: Vec<String>,
}

impl Stage {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("there is room for tests"),
            services: Vec::new(),
        }
    }

    /// A file of the services: they run in this directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn supervised(&self) -> PathBuf {
        self.path("supervised")
    }

    pub fn service_directory(&self, name: &str) -> PathBuf {
        self.supervised().join(name).join("service")
    }

    /// A service that is a shell script. It is restarted after a second or more.
    pub fn script(&mut self, name: &str, script: &str) -> ServiceSpec {
        self.services.push(name.to_owned());
        let mut spec = ServiceSpec::new(name, ["sh", "-c", script], self.directory.path());
        spec.stop.grace = Duration::from_secs(2);
        spec
    }

    /// One that runs until it is stopped.
    pub fn sleeper(&mut self, name: &str) -> ServiceSpec {
        self.script(name, "exec sleep 600")
    }

    pub fn open(&self, specs: &[ServiceSpec]) -> Supervisor {
        Supervisor::open(&self.supervised(), specs.to_vec(), shim(), &parent())
            .expect("nobody else has the directory")
    }

    pub fn open_with(&self, specs: &[ServiceSpec], clock: &FakeClock) -> Supervisor {
        let clock = Box::new(clock.clone());
        Supervisor::open_with(&self.supervised(), specs.to_vec(), shim(), &parent(), clock)
            .expect("nobody else has the directory")
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it is the test's directory");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// All that the service has printed.
    pub fn log(&self, name: &str) -> Vec<String> {
        let mut reader = Service::logs(&self.service_directory(name));
        let mut lines = Vec::new();
        loop {
            let new = reader.read_new().expect("there is a log");
            if new.is_empty() {
                assert_eq!(reader.missed_files(), 0);
                return lines;
            }
            lines.extend(new.iter().map(ftc_process::service::LogLine::to_text));
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        use ftc_process::service::Adoption;
        for name in &self.services {
            if let Ok(Adoption::Running(service)) = Service::adopt(&self.service_directory(name)) {
                // It is a clean-up: what the test had to say is said.
                let _ = service.stop();
            }
        }
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct FakeClock(Arc<Mutex<Now>>);

impl FakeClock {
    pub fn new() -> Self {
        let mut now = SystemClock.now();
        // So that sums of whole milliseconds are met exactly.
        let milliseconds =
            u64::try_from(now.monotonic.as_millis()).expect("no machine is that old");
        now.monotonic = Duration::from_millis(milliseconds);
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.monotonic += duration;
        now.wall += duration;
    }

    /// Somebody sets the time of day.
    pub fn set_wall(&self, wall: std::time::SystemTime) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).wall = wall;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Now {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes until the condition holds. What happened meanwhile.
pub fn pass_until(
    supervisor: &mut Supervisor,
    what: &str,
    mut condition: impl FnMut(&Supervisor, &[Happening]) -> bool,
) -> Vec<Happening> {
    let started = Instant::now();
    let mut happenings = Vec::new();
    loop {
        happenings.extend(supervisor.tick());
        if condition(supervisor, &happenings) {
            return happenings;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "waited too long until {what}: {:#?}\n{happenings:#?}",
            supervisor.status()
        );
        // Looked at again and again, as every condition here.
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn until_state(supervisor: &mut Supervisor, name: &str, state: State) -> Vec<Happening> {
    pass_until(
        supervisor,
        &format!("{name} is {state:?}"),
        |supervisor, _| status(supervisor, name).state == state,
    )
}

/// A few passes, in which nothing of interest happens if nothing is due.
pub fn pass(supervisor: &mut Supervisor) -> Vec<Happening> {
    (0..3).flat_map(|_| supervisor.tick()).collect()
}

pub fn status(supervisor: &Supervisor, name: &str) -> Status {
    let mut all = supervisor.status().into_iter();
    all.find(|status| status.name == name)
        .expect("there is such a service")
}

pub fn pid(supervisor: &Supervisor, name: &str) -> u32 {
    status(supervisor, name).pid.expect("it runs")
}

/// What happened to `name`, in words.
pub fn story(happenings: &[Happening], name: &str) -> Vec<String> {
    let own = happenings
        .iter()
        .filter(|happening| happening.service == name);
    own.map(|happening| happening.what.to_string()).collect()
}

pub fn has(happenings: &[Happening], name: &str, wanted: impl Fn(&What) -> bool) -> bool {
    let mut own = happenings
        .iter()
        .filter(|happening| happening.service == name);
    own.any(|happening| wanted(&happening.what))
}

/// A probe that asks every ten milliseconds whether `script` succeeds.
pub fn command_probe(script: &str) -> ProbeSpec {
    let check = serde_json::json!({"command": {"argv": ["sh", "-c", script]}});
    probe(&check)
}

pub fn probe(check: &serde_json::Value) -> ProbeSpec {
    let probe = serde_json::json!({"check": check, "period_ms": 10, "timeout_ms": 20_000, "failure_threshold": 2});
    serde_json::from_value(probe).expect("it is a probe")
}

pub fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists() && crate::support::is_running(&pid.to_string())
}
