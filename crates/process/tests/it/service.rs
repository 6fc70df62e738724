use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::Duration;

use ftc_process::service::{Adoption, ServiceCommand, ServiceError, ServiceState};
use ftc_process::{Containment, End, Liveness, Shim, Signal, SpawnError};

use crate::service_support::{Place, ended, wait_until_gone};
use crate::support::{is_running, run, shell, shim, wait_until};

const FOREVER: &str = "echo $$ >pid; exec sleep 600";

#[test]
fn it_runs_until_it_is_stopped() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    let pid = place.wait_for("pid");
    assert_eq!(service.identity().pid.to_string(), pid);
    assert_eq!(service.identity().liveness(), Liveness::Alive);
    assert_eq!(service.shim_identity().liveness(), Liveness::Alive);
    assert!(service.shim_identity().executable.is_some());
    let state = service.state().unwrap();
    assert_eq!(
        state,
        ServiceState::Running {
            since: service.since()
        }
    );
    assert_eq!(service.wait(Duration::ZERO).unwrap(), None);

    let record = service.stop().unwrap();
    assert_eq!(record.end, End::Signaled(15));
    assert!(record.stop_requested);
    assert_eq!(record.survivors_killed, 0);
    assert_eq!(&record.program, service.identity());
    assert!(record.since <= record.at);
    assert!(!is_running(&pid));
    assert_eq!(
        service.state().unwrap(),
        ServiceState::Ended(record.clone())
    );
    assert_eq!(service.stop().unwrap(), record);
    assert!(matches!(place.adopt(), Adoption::Ended(found) if found == record));
    // Nothing that could be mistaken for a service that runs.
    assert!(!place.service().join("control").exists());
    assert_eq!(service.shim_identity().liveness(), Liveness::Gone);
}

#[test]
fn its_end_is_recorded() {
    for (script, end) in [
        ("exit 0", End::Exited(0)),
        ("exit 7", End::Exited(7)),
        ("kill -9 $$", End::Signaled(9)),
    ] {
        let place = Place::new();
        let service = place.launch(script);
        let record = ended(&service);
        assert_eq!(record.end, end, "{script}");
        assert!(!record.stop_requested);
        assert_eq!(record.log_bytes_dropped, 0);
        assert!(matches!(place.adopt(), Adoption::Ended(found) if found == record));
    }
}

#[test]
fn what_it_used_is_recorded() {
    let place = Place::new();
    let service = place.launch("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
    let usage = ended(&service).usage;
    assert!(usage.user > Duration::ZERO, "{usage:?}");
    assert!(usage.max_rss_bytes > 100_000, "{usage:?}");
}

#[test]
fn one_that_ignores_the_stop_signal_is_killed_after_its_grace() {
    let place = Place::new();
    let mut command = place.command("trap '' TERM; echo $$ >pid; while :; do sleep 600; done");
    command.grace = Duration::from_millis(100);
    let service = place.try_launch(&command).unwrap();
    let pid = place.wait_for("pid");
    let record = service.stop().unwrap();
    assert_eq!(record.end, End::Signaled(9));
    assert!(record.stop_requested);
    assert!(!is_running(&pid));
}

#[test]
fn the_stop_signal_is_the_one_that_was_asked_for() {
    let place = Place::new();
    let script = "trap 'echo got it; exit 4' USR1; echo $$ >pid; while :; do sleep 0.01; done";
    let mut command = place.command(script);
    command.stop_signal = Signal::Usr1;
    command.grace = Duration::from_secs(600);
    let service = place.try_launch(&command).unwrap();
    place.wait_for("pid");
    assert_eq!(service.stop().unwrap().end, End::Exited(4));
    // The shell may say itself which signal ended what it waited for.
    assert!(place.log().lines().any(|line| line == "got it"));
}

#[test]
fn a_halted_program_hears_that_it_is_to_stop() {
    let place = Place::new();
    let mut command = place.command(FOREVER);
    command.grace = Duration::from_secs(600);
    let service = place.try_launch(&command).unwrap();
    place.wait_for("pid");
    service.signal(Signal::Stop).unwrap();
    assert_eq!(service.stop().unwrap().end, End::Signaled(15));
}

#[test]
fn signals_reach_the_program_and_only_it() {
    let place = Place::new();
    let script = "(trap 'echo child >wrong' HUP; echo up >child; while :; do sleep 0.01; done) &
        trap 'echo hup >got' HUP; echo $$ >pid; while :; do sleep 0.01; done";
    let service = place.launch(script);
    place.wait_for("pid");
    place.wait_for("child");
    service.signal(Signal::Hup).unwrap();
    assert_eq!(place.wait_for("got"), "hup");
    service.stop().unwrap();
    assert!(!place.file("wrong").exists());
    let error = service.signal(Signal::Hup).unwrap_err();
    assert!(matches!(error, ServiceError::Ended { .. }), "{error:?}");
}

/// Leaves the session and closes everything, as a daemon does.
const DAEMONS: &str = "setsid sh -c 'echo $$ >daemon; exec sleep 600' </dev/null >/dev/null 2>&1 &
    (setsid sh -c 'trap \"\" TERM HUP; sleep 600 & echo $$ >stubborn; wait' & )
    until [ -s daemon ] && [ -s stubborn ]; do sleep 0.01; done; echo $$ >pid;";

#[test]
fn nothing_is_left_after_a_stop() {
    for shim in [shim(), shim().without_cgroup()] {
        let place = Place::new();
        let mut command = place.command(&format!("{DAEMONS} exec sleep 600"));
        command.grace = Duration::from_secs(600);
        let service =
            ftc_process::service::Service::launch(&place.service(), &command, &shim).unwrap();
        place.wait_for("pid");
        let (daemon, stubborn) = (place.wait_for("daemon"), place.wait_for("stubborn"));
        // Those who left the group are not waited for: they were not asked to end.
        let record = service.stop().unwrap();
        assert_eq!(record.end, End::Signaled(15));
        // The stubborn one has a child besides.
        assert_eq!(record.survivors_killed, 3);
        assert!(!is_running(&daemon) && !is_running(&stubborn));
    }
}

#[test]
fn nothing_is_left_when_it_ends_by_itself() {
    let place = Place::new();
    let service = place.launch_with(&format!("{DAEMONS} exit 3"), &shim().without_cgroup());
    assert_eq!(service.containment(), Containment::Subreaper);
    let record = ended(&service);
    assert_eq!(record.end, End::Exited(3));
    assert_eq!(record.survivors_killed, 3);
    for name in ["daemon", "stubborn"] {
        assert!(!is_running(&place.wait_for(name)));
    }
}

#[test]
fn the_rest_of_the_group_has_the_grace_too() {
    let place = Place::new();
    // The shell ends at once; what it waited for puts things in order.
    let script = "(trap 'sleep 0.2; echo in order; exit 0' TERM; echo up >child; while :; do sleep 0.01; done) &
        echo $$ >pid; wait";
    let mut command = place.command(script);
    command.grace = Duration::from_secs(600);
    let service = place.try_launch(&command).unwrap();
    place.wait_for("child");
    let record = service.stop().unwrap();
    assert_eq!(record.end, End::Signaled(15));
    assert_eq!(record.survivors_killed, 0);
    assert!(place.log().lines().any(|line| line == "in order"));
}

#[test]
fn a_signal_to_the_shim_is_a_stop() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    place.wait_for("pid");
    let shim = ftc_process::Process::open(service.shim_identity())
        .unwrap()
        .unwrap();
    shim.signal(Signal::Term).unwrap();
    let record = ended(&service);
    assert_eq!(record.end, End::Signaled(15));
    assert!(record.stop_requested);
}

#[test]
fn a_halted_shim_is_told_to_go_on() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    place.wait_for("pid");
    let shim = ftc_process::Process::open(service.shim_identity())
        .unwrap()
        .unwrap();
    shim.signal(Signal::Stop).unwrap();
    assert_eq!(service.stop().unwrap().end, End::Signaled(15));
}

#[test]
fn it_gets_its_environment_and_nothing_else() {
    let place = Place::new();
    let env =
        ftc_process::find_program("env", None, crate::support::parent().var_os("PATH")).unwrap();
    let mut command = ServiceCommand::new([env]);
    command.environment.insert("ONE".into(), "1".into());
    command.environment.insert("EMPTY".into(), "".into());
    ended(&place.try_launch(&command).unwrap());
    let log = place.log();
    let mut lines: Vec<&str> = log.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["EMPTY=", "ONE=1"]);
}

#[test]
fn it_has_no_descriptor_of_the_shim_or_of_who_launched_it() {
    let place = Place::new();
    // Not meant for it, and opened without the flag that keeps it here.
    let kept = fs::File::open("/dev/null").unwrap();
    rustix_without_cloexec(&kept);
    let service = place.launch("ls -l /proc/self/fd; read line; echo end of file: $?");
    ended(&service);
    let log = place.log();
    assert!(log.contains("end of file: 1\n"), "{log}");
    let targets: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split_once(" -> "))
        .map(|(_, target)| target)
        // The directory that `ls` reads.
        .filter(|target| !target.starts_with("/proc/"))
        .collect();
    assert_eq!(targets[0], "/dev/null");
    assert_eq!(targets.len(), 3, "{log}");
    assert!(
        targets[1..]
            .iter()
            .all(|target| target.starts_with("pipe:")),
        "{log}"
    );
}

fn rustix_without_cloexec(file: &fs::File) {
    rustix::io::fcntl_setfd(file, rustix::io::FdFlags::empty()).expect("the test can be prepared");
}

#[test]
fn what_cannot_start_says_why_and_leaves_nothing() {
    let place = Place::new();
    let missing = ServiceCommand::new(["/no/such/program"]);
    let error = place.try_launch(&missing).unwrap_err();
    assert!(
        matches!(&error, ServiceError::Start { source, .. } if source.is_not_found()),
        "{error:?}"
    );
    assert!(matches!(place.adopt(), Adoption::Absent));

    let script = place.file("script");
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let error = place
        .try_launch(&ServiceCommand::new([script.clone()]))
        .unwrap_err();
    assert!(
        matches!(&error, ServiceError::Start { source, .. }
            if matches!(&**source, SpawnError::InterpreterMissing { program } if *program == script)),
        "{error:?}"
    );
    assert!(!error.hints().is_empty() && !error.is_retryable());
    assert!(matches!(place.adopt(), Adoption::Absent));

    let mut nowhere = place.command("true");
    nowhere.directory = Some(place.file("nowhere"));
    let error = place.try_launch(&nowhere).unwrap_err();
    assert!(
        matches!(&error, ServiceError::Start { source, .. }
            if matches!(**source, SpawnError::DirectoryMissing { .. })),
        "{error:?}"
    );

    // The lock of the attempts is free again.
    assert_eq!(ended(&place.launch("exit 5")).end, End::Exited(5));
}

#[test]
fn a_program_that_is_no_shim_is_an_error() {
    let place = Place::new();
    for program in ["/no/such/shim", "/bin/true", "/bin/cat"] {
        let error = ftc_process::service::Service::launch(
            &place.service(),
            &place.command(FOREVER),
            &Shim::at(program),
        )
        .unwrap_err();
        assert!(
            matches!(&error, ServiceError::Start { source, .. }
                if matches!(**source, SpawnError::Shim { .. })),
            "{program}: {error:?}"
        );
    }
    assert!(!place.file("pid").exists());
}

#[test]
fn a_shim_of_another_release_is_refused() {
    let place = Place::new();
    let stranger = place.file("shim");
    let script = "printf '#!/bin/sh\nexit 4\n' >shim; chmod +x shim";
    assert!(run(&shell(script).directory(place.work())).success());
    let launched = ftc_process::service::Service::launch(
        &place.service(),
        &place.command(FOREVER),
        &Shim::at(&stranger),
    );
    let Err(ServiceError::Start { source, .. }) = launched else {
        panic!("{launched:?}");
    };
    let SpawnError::Shim { source, .. } = *source else {
        panic!("{source:?}");
    };
    assert_eq!(source.to_string(), "it is of another release");
}

#[test]
fn there_is_one_at_a_time() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    let pid = place.wait_for("pid");
    let error = place
        .try_launch(&place.command("echo $$ >second"))
        .unwrap_err();
    assert!(error.is_already_running());
    assert!(
        error.to_string().ends_with(&format!("(process {pid})")),
        "{error}"
    );
    assert!(
        matches!(error, ServiceError::AlreadyRunning { program: Some(program), .. }
        if *program == *service.identity())
    );
    assert_eq!(service.wait(Duration::ZERO).unwrap(), None);
    service.stop().unwrap();
    assert!(!place.file("second").exists());
    // And another one afterwards.
    let second = place.launch("exit 6");
    assert_eq!(ended(&second).end, End::Exited(6));
    // Who knew the first is not told of the second's end.
    let error = service.state().unwrap_err();
    assert!(matches!(error, ServiceError::Lost { .. }), "{error:?}");
}

#[test]
fn of_many_that_are_launched_at_once_one_wins() {
    let place = Place::new();
    let command = place.command("echo $$ >>pids; exec sleep 600");
    let launched = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| place.try_launch(&command)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    let (won, lost): (Vec<_>, Vec<_>) = launched.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:?}");
    assert!(
        lost.into_iter()
            .all(|answer| answer.unwrap_err().is_already_running())
    );
    let service = won.into_iter().next().unwrap().unwrap();
    assert_eq!(place.wait_for("pids"), service.identity().pid.to_string());
    service.stop().unwrap();
}

#[test]
fn its_files_are_private() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    place.wait_for("pid");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&place.service()), 0o700);
    for name in ["lock", "service.json", "control", "log.00000001", "log"] {
        assert_eq!(mode(&place.service().join(name)), 0o600, "{name}");
    }
    service.stop().unwrap();
    assert_eq!(mode(&place.service().join("exit.json")), 0o600);
}

#[test]
fn the_path_may_be_longer_than_the_address_of_a_socket() {
    let place = Place::new();
    let mut path = place.work().to_owned();
    for _ in 0..3 {
        path.push("x".repeat(100));
        fs::create_dir(&path).unwrap();
    }
    let path = path.join("service");
    let service =
        ftc_process::service::Service::launch(&path, &place.command(FOREVER), &shim()).unwrap();
    place.wait_for("pid");
    let Adoption::Running(adopted) = ftc_process::service::Service::adopt(&path).unwrap() else {
        panic!("it runs");
    };
    assert_eq!(adopted.stop().unwrap().end, End::Signaled(15));
    drop(service);
}

#[test]
fn it_is_no_child_of_who_launched_it() {
    let place = Place::new();
    let service = place.launch(FOREVER);
    let pid = place.wait_for("pid");
    let parent_of = |pid: &str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let rest = stat.rsplit(") ").next().unwrap();
        rest.split(' ').nth(1).unwrap().to_owned()
    };
    let shim = parent_of(&pid);
    assert_eq!(shim, service.shim_identity().pid.to_string());
    assert_ne!(parent_of(&shim), std::process::id().to_string());
    let shim_pid = shim.clone();
    service.stop().unwrap();
    // Nobody here has to wait for it.
    wait_until("the shim is reaped", || {
        !std::path::Path::new(&format!("/proc/{shim_pid}")).exists() || !is_running(&shim_pid)
    });
    wait_until_gone(&pid);
}

#[test]
fn a_command_is_told_from_another() {
    let place = Place::new();
    let command = place.command(FOREVER);
    let service = place.try_launch(&command).unwrap();
    assert_eq!(service.command_digest(), command.digest());
    assert_eq!(place.adopt_running().command_digest(), command.digest());
    let mut others = vec![place.command("true")];
    let mut other = command.clone();
    other.environment.insert("A".into(), "B".into());
    others.push(other.clone());
    other.grace += Duration::from_secs(1);
    others.push(other.clone());
    other.log.keep += 1;
    others.push(other);
    let mut joined = ServiceCommand::new(["sh", "-c", "xy"]);
    others.push(joined.clone());
    joined.argv = ["sh", "-cx", "y"].map(Into::into).to_vec();
    others.push(joined);
    let mut digests: Vec<String> = others.iter().map(ServiceCommand::digest).collect();
    digests.push(command.digest());
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 7);
    service.stop().unwrap();
}

#[test]
fn a_confined_service_has_a_private_home_that_stays() {
    use ftc_process::Confinement;
    use ftc_process::confine::Profile;

    let place = Place::new();
    let script = "cat \"$HOME/kept\" >before 2>/dev/null; echo kept >\"$HOME/kept\"; echo \"$HOME\" >home;
        echo $$ >pid; cat ../service/service.json >seen 2>/dev/null || echo refused >seen; exec sleep 600";
    let mut command = place.command(script);
    fs::create_dir(place.file("work")).unwrap();
    command.directory = Some(place.file("work"));
    command.confinement = Some(Confinement::new(Profile::Agent).writable(place.file("work")));
    for before in ["", "kept\n"] {
        let service = place.try_launch(&command).unwrap();
        place.wait_for("work/pid");
        let confined = service.confined().expect("it was asked for");
        let seen = place.wait_for("work/seen");
        if confined.landlock_abi > 0 {
            // The key for the socket is in there.
            assert_eq!(seen, "refused");
        }
        assert!(!confined.profile.to_string().is_empty());
        assert_eq!(place.adopt_running().confined(), service.confined());
        let home = place.wait_for("work/home");
        assert!(!home.is_empty());
        assert_eq!(
            fs::read_to_string(place.file("work/before")).unwrap(),
            before
        );
        assert_eq!(service.stop().unwrap().end, End::Signaled(15));
        for name in ["pid", "seen", "home"] {
            fs::remove_file(place.file("work").join(name)).unwrap();
        }
    }
    assert!(place.service().join("private").is_dir());
}
