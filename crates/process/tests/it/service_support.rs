//! What the tests of services share.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_process::Shim;
use ftc_process::service::{
    Adoption, ExitRecord, LogReader, Service, ServiceCommand, ServiceError,
};

use crate::support::{is_running, parent, shim, wait_until};

/// A directory for one service and for what its program writes, removed at the end together with what still runs.
pub struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("there is room for tests"),
        }
    }

    /// Where the program runs.
    pub fn work(&self) -> &Path {
        self.directory.path()
    }

    /// The directory of the service.
    pub fn service(&self) -> PathBuf {
        self.work().join("service")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// A shell script that runs in [`work`](Self::work).
    pub fn command(&self, script: &str) -> ServiceCommand {
        let mut command = ServiceCommand::new(["sh", "-c", script]);
        command.directory = Some(self.work().to_owned());
        let path = parent()
            .var_os("PATH")
            .expect("tests have a path")
            .to_owned();
        command.environment.insert("PATH".into(), path);
        command
    }

    pub fn try_launch(&self, command: &ServiceCommand) -> Result<Service, ServiceError> {
        Service::launch(&self.service(), command, &shim())
    }

    pub fn launch(&self, script: &str) -> Service {
        self.try_launch(&self.command(script))
            .expect("the service starts")
    }

    pub fn launch_with(&self, script: &str, shim: &Shim) -> Service {
        Service::launch(&self.service(), &self.command(script), shim).expect("the service starts")
    }

    /// What a process of the service has written there, once it has.
    pub fn wait_for(&self, name: &str) -> String {
        let path = self.file(name);
        wait_until(name, || {
            fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n'))
        });
        fs::read_to_string(&path)
            .expect("it was there")
            .trim_end()
            .to_owned()
    }

    pub fn adopt(&self) -> Adoption {
        Service::adopt(&self.service()).expect("the directory is in order")
    }

    pub fn adopt_running(&self) -> Service {
        match self.adopt() {
            Adoption::Running(service) => service,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that is in the log now.
    pub fn log(&self) -> String {
        read_all(&mut Service::logs(&self.service()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whatever the test has made of it: nothing is to stay. The test itself has told what is wrong.
        if let Ok(Adoption::Running(service)) = Service::adopt(&self.service()) {
            let _ = service.signal(ftc_process::Signal::Kill);
            let _ = service.stop();
        }
        let _ = fs::set_permissions(self.work(), fs::Permissions::from_mode(0o700));
    }
}

pub fn read_all(reader: &mut LogReader) -> String {
    let mut text = String::new();
    loop {
        let lines = reader.read_new().expect("the log can be read");
        if lines.is_empty() {
            return text;
        }
        for line in lines {
            text.push_str(&line.to_text());
            if !line.goes_on {
                text.push('\n');
            }
        }
    }
}

/// Waits for the end of a service, for long.
pub fn ended(service: &Service) -> ExitRecord {
    service
        .wait(Duration::from_secs(60))
        .expect("it can be waited for")
        .expect("it ends")
}

pub fn wait_until_gone(pid: &str) {
    wait_until(&format!("process {pid} is gone"), || !is_running(pid));
}

/// A directory of a service as it is read and changed by a vandal.
pub fn edit_record(directory: &Path, edit: impl FnOnce(&mut serde_json::Value)) {
    let path = directory.join("service.json");
    let text = fs::read(&path).expect("there is a record");
    let mut record = serde_json::from_slice(&text).expect("it is JSON");
    edit(&mut record);
    fs::write(&path, record.to_string()).expect("it can be changed");
}
