//! What is reported, required and set.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ftc_process::confine::{Confinement, Network, NetworkLevel, Profile, Require};
use ftc_process::{End, SpawnError};

use crate::confine_support::{Place, confined, is_root, reached, said};
use crate::support::{run, shell, shim};

#[test]
fn what_is_missing_is_refused_where_all_is_required() {
    for profile in [Profile::Agent, Profile::Gate, Profile::Health] {
        let place = Place::new();
        let missing = reached(profile).missing;
        let spawn = place
            .script("echo started >started")
            .confine(place.confinement(profile).require(Require::Full));
        match spawn.run() {
            Ok(outcome) => {
                assert_eq!(missing, Vec::<String>::new());
                assert!(outcome.success(), "{}", said(&outcome));
            }
            Err(SpawnError::Confinement { why }) => {
                assert!(!missing.is_empty());
                for text in missing {
                    assert!(why.contains(&text), "{text} in {why}");
                }
                assert!(!place.worktree().join("started").exists());
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    for confinement in [
        Confinement::new(Profile::Gate).writable("/no/such/path"),
        Confinement::new(Profile::Gate).readable("/no/such/path"),
    ] {
        let error = shell("true")
            .shim(shim())
            .confine(confinement)
            .run()
            .unwrap_err();
        let SpawnError::Confinement { why } = &error else {
            panic!("{error:?}");
        };
        assert!(why.contains("`/no/such/path`"), "{why}");
    }
}

#[test]
fn the_level_tells_what_was_asked_and_reached() {
    let gate = reached(Profile::Gate);
    assert_eq!(gate.profile, Profile::Gate);
    let agent = reached(Profile::Agent);
    assert_eq!(
        (agent.profile, agent.network),
        (Profile::Agent, NetworkLevel::Open)
    );
    if gate.network < NetworkLevel::Filter {
        assert!(
            gate.missing.iter().any(|text| text.contains("network")),
            "{gate:?}"
        );
    }
    if !gate.signals {
        assert!(
            gate.missing.iter().any(|text| text.contains("signals")),
            "{gate:?}"
        );
    }
    let none = reached(Profile::None);
    assert_eq!(
        (none.landlock_abi, none.private_view, none.missing.len()),
        (0, false, 0)
    );
}

#[test]
fn the_network_alone_can_be_off() {
    let confinement = Confinement::new(Profile::None).network(Network::Off);
    let outcome = run(&shell("echo ~ >/dev/null; ls / >/dev/null")
        .shim(shim())
        .confine(confinement));
    assert!(outcome.success(), "{}", said(&outcome));
    assert_eq!(confined(&outcome).network, reached(Profile::Gate).network);
}

#[test]
fn processes_outside_cannot_be_signalled() {
    if !reached(Profile::Gate).signals {
        return;
    }
    let place = Place::new();
    place.assert_refused("the shim", "kill -0 $PPID");
    let test = std::process::id();
    place.assert_refused("the program", &format!("kill -0 {test}"));
    // Its own can.
    let outcome = run(&place
        .script("sleep 600 & kill -9 $! && wait $!; test $? -gt 128")
        .confine(place.confinement(Profile::Gate)));
    assert!(outcome.success(), "{}", said(&outcome));
}

#[test]
fn killing_the_shim_does_not_end_the_run() {
    if !reached(Profile::Gate).signals {
        return;
    }
    let place = Place::new();
    let outcome = run(&place
        .script("kill -9 $PPID; kill -9 -1; echo still here; exit 3")
        .confine(place.confinement(Profile::Gate)));
    // `kill -1` means all that may be signalled: none but itself, which the kernel leaves out.
    assert_eq!(outcome.end, End::Exited(3), "{}", said(&outcome));
    assert_eq!(outcome.stdout.to_text(), "still here\n");
}

#[test]
fn privileges_are_gone_for_good() {
    let script = "grep -E '^(NoNewPrivs|CapBnd|CapEff|CapPrm|CapAmb|CapInh)' /proc/self/status";
    let outcome = run(&shell(script)
        .shim(shim())
        .confine(Confinement::new(Profile::Agent)));
    let text = outcome.stdout.to_text();
    assert!(text.contains("NoNewPrivs:\t1"), "{text}");
    for line in text.lines().filter(|line| line.starts_with("Cap")) {
        let (name, set) = line.split_once(":\t").unwrap();
        let set = u64::from_str_radix(set, 16).unwrap();
        // By their numbers in capabilities(7): SYS_ADMIN, DAC_READ_SEARCH, SYS_PTRACE, MKNOD, NET_ADMIN, SYS_MODULE.
        for number in [21, 2, 19, 27, 12, 16] {
            // Without privileges the bounding set cannot be lowered, nor used.
            if name != "CapBnd" || is_root() {
                assert_eq!(set >> number & 1, 0, "{line}");
            }
        }
    }
}

#[test]
fn a_program_that_cannot_start_is_told_as_without_confinement() {
    let place = Place::new();
    let script = place.worktree().join("script");
    fs::write(&script, "echo no first line\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let spawn = ftc_process::Spawn::new([&script]).shim(shim());
    let open = spawn.run().unwrap_err();
    let closed = spawn
        .clone()
        .confine(place.confinement(Profile::Gate))
        .run()
        .unwrap_err();
    assert_eq!(closed.to_string(), open.to_string());
    assert!(matches!(closed, SpawnError::Start { .. }), "{closed:?}");

    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    let closed = spawn
        .confine(place.confinement(Profile::Gate))
        .run()
        .unwrap_err();
    assert!(
        matches!(closed, SpawnError::InterpreterMissing { .. }),
        "{closed:?}"
    );
}

#[test]
fn a_closed_pipe_ends_a_confined_program() {
    let outcome = run(&shell("yes | head -n 1")
        .shim(shim())
        .confine(Confinement::new(Profile::Gate)));
    assert_eq!(outcome.stdout.to_text(), "y\n");
    assert!(
        !outcome.stderr.to_text().contains("roken pipe"),
        "{}",
        said(&outcome)
    );
}
