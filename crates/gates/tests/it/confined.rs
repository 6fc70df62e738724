//! What a confined gate can and cannot do. Every way is first shown to work without confinement.

use std::net::{Ipv4Addr, TcpListener, TcpStream};

use ftc_gates::{GateResult, GateSpec, Outcome};
use ftc_process::Confinement;
use ftc_process::confine::{Network, NetworkLevel, Profile, Require};

use crate::support::{Place, id, log, read, script, shim, shown};

fn are_files_confined(result: &GateResult) -> bool {
    result
        .confined
        .as_ref()
        .is_some_and(|confined| confined.landlock_abi > 0)
}

fn network(result: &GateResult) -> NetworkLevel {
    let confined = result.confined.as_ref();
    confined.map_or(NetworkLevel::Open, |confined| confined.network)
}

#[test]
fn it_writes_its_worktree_and_nothing_else() {
    let place = Place::new();
    let spec = script("echo in > in; echo out > ../out; echo home > \"$HOME/home\"");
    assert_eq!(shown(&place.run_gate(&spec)), "pass");
    assert_eq!(read(&place.outside("out")), "out\n");
    std::fs::remove_file(place.outside("out")).unwrap();
    std::fs::remove_file(place.path("in")).unwrap();

    let result = place.run_confined(&spec);
    assert_eq!(read(&place.path("in")), "in\n");
    if are_files_confined(&result) {
        assert!(!place.outside("out").exists(), "{result:?}");
    }
    let confined = result.confined.unwrap();
    assert_eq!(confined.profile, Profile::Gate);
}

#[test]
fn it_has_a_home_and_a_temporary_folder_of_its_own() {
    let person = tempfile::tempdir().unwrap();
    let home = person.path().to_str().unwrap();
    let place = Place::with_env(&[("HOME", home)]);
    let spec = script("echo \"$HOME\"; touch \"$HOME/here\" \"${TMPDIR:-/nowhere}/there\"");
    let result = place.run_confined(&spec);
    assert_eq!(shown(&result), "pass", "{}", result.tail);
    assert_ne!(log(&result).trim_end(), home);
    assert!(!person.path().join("here").exists());
}

#[test]
fn it_cannot_read_a_key_of_the_person() {
    let person = tempfile::tempdir().unwrap();
    std::fs::write(person.path().join("key"), "secret\n").unwrap();
    let place = Place::new();
    let key = person.path().join("key");
    std::os::unix::fs::symlink(&key, place.path("link")).unwrap();
    let mut spec = script("cat \"$KEY\"; cat link");
    let key = key.to_str().unwrap().to_owned();
    spec.env.set.insert("KEY".to_owned(), key);
    assert_eq!(log(&place.run_gate(&spec)), "secret\nsecret\n");
    let result = place.run_confined(&spec);
    if are_files_confined(&result) {
        assert!(!log(&result).contains("secret"), "{}", result.tail);
        assert_eq!(result.outcome, Outcome::Fail);
    }
}

#[test]
fn what_the_caller_hides_or_shows_is_hidden_or_shown() {
    let place = Place::new();
    place.write(".ftc/key", "secret\n");
    std::fs::create_dir(place.outside("shown")).unwrap();
    std::fs::write(place.outside("shown/file"), "shown\n").unwrap();
    let spec = script("cat ../shown/file; cat .ftc/key");
    assert_eq!(log(&place.run_gate(&spec)), "shown\nsecret\n");
    let confinement = Confinement::new(Profile::Gate)
        .readable(place.outside("shown"))
        .hidden(place.path(".ftc"));
    let result = place.run_gate_in(&spec, |context| {
        context.shim = Some(shim());
        context.confinement = Some(confinement);
    });
    assert!(log(&result).contains("shown\n"), "{}", result.tail);
    let confined = result.confined.as_ref().unwrap();
    if confined.missing.is_empty() {
        assert!(!log(&result).contains("secret"), "{}", result.tail);
    }
}

/// Connects where the environment says, as a gate of the test below; by itself it does nothing.
#[test]
fn connect_if_asked() {
    // A test is told by nobody but its environment.
    if let Some(port) = std::env::var_os("FTC_TEST_PORT") {
        let port: u16 = port.to_str().unwrap().parse().unwrap();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    }
}

/// A gate that connects to `port` of this machine.
fn connecting(port: u16) -> GateSpec {
    let program = std::env::current_exe().expect("a test program knows where it is");
    let program = program.to_str().expect("its path is UTF-8");
    let mut spec = GateSpec::new(
        id("connect"),
        [program, "--exact", "confined::connect_if_asked"],
    );
    spec.env
        .set
        .insert("FTC_TEST_PORT".to_owned(), port.to_string());
    spec
}

fn connections(listener: &TcpListener) -> usize {
    listener.set_nonblocking(true).expect("it is open");
    std::iter::from_fn(|| listener.accept().ok()).count()
}

#[test]
fn it_has_no_network_unless_its_file_says_so() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut spec = connecting(listener.local_addr().unwrap().port());
    assert_eq!(shown(&Place::new().run_gate(&spec)), "pass");
    assert_eq!(connections(&listener), 1);

    let result = Place::new().run_confined(&spec);
    if network(&result) > NetworkLevel::Open {
        assert_eq!(result.outcome, Outcome::Fail, "{}", result.tail);
        assert_eq!(connections(&listener), 0);
    }
    spec.network = Network::On;
    let result = Place::new().run_confined(&spec);
    assert_eq!(shown(&result), "pass", "{}", result.tail);
    assert_eq!(network(&result), NetworkLevel::Open);
}

#[test]
fn a_gate_that_misses_the_network_is_told_how_to_get_it() {
    let place = Place::new();
    let mut spec = script("echo 'curl: (6) Could not resolve host: example.com' >&2; exit 6");
    let result = place.run_confined(&spec);
    if network(&result) > NetworkLevel::Open {
        let note = result.notes.last().unwrap();
        assert!(note.contains("hint: `network: on`"), "{note}");
    }
    spec.network = Network::On;
    let result = place.run_confined(&spec);
    assert!(
        !result.notes.iter().any(|note| note.contains("network")),
        "{:?}",
        result.notes
    );
    // Words alone mean nothing.
    spec.network = Network::Off;
    spec.argv[2] = "echo 'it said: could not resolve host'".to_owned();
    assert_eq!(place.run_confined(&spec).notes, [""; 0]);
}

#[test]
fn limits_are_kept_with_and_without_confinement() {
    let place = Place::new();
    let mut spec = script("ulimit -n");
    spec.limits.open_files = Some(77);
    for confinement in [None, Some(Confinement::new(Profile::Gate))] {
        let result = place.run_gate_in(&spec, |context| {
            context.shim = Some(shim());
            context.confinement = confinement;
        });
        assert_eq!(log(&result), "77\n");
    }
    // Without a shim nobody can set them, and a gate without its limits is another gate.
    let result = place.run_gate(&spec);
    assert_eq!(shown(&result), "error\na confinement needs a shim");
}

#[test]
fn what_is_required_and_cannot_be_had_is_an_error() {
    let place = Place::new();
    let result = place.run_gate_in(&script("touch ran"), |context| {
        context.shim = Some(shim());
        let confinement = Confinement::new(Profile::Gate).readable(place.outside("absent"));
        context.confinement = Some(confinement.require(Require::Full));
    });
    assert_eq!(result.outcome, Outcome::Error);
    assert!(
        result.reasons[0].starts_with("the child cannot be confined: "),
        "{:?}",
        result.reasons
    );
    assert!(!place.path("ran").exists());
}
