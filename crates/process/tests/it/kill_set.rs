//! Ways to outlive a run, each with every means of holding the child, at the end of the program and at a timeout.

use ftc_process::{End, SpawnError, Stop};

use crate::place::{BY_A_SHIM, BY_ANYTHING, Held, Place, time_out};
use crate::support::{has_cgroup, run};

/// Runs `script`, which says that it is `ready` when what is to outlive it runs: once to its end, and once into a timeout.
fn check(means: &[Held], script: &str) {
    for &held in means {
        let place = Place::new();
        let spawn = held.prepare(place.spawn(&format!("{script}; echo ready; exit 7")));
        let outcome = run(&spawn);
        assert_eq!(outcome.end, End::Exited(7), "{held:?}: {outcome:?}");
        assert_eq!(outcome.stdout.to_text(), "ready\n");
        assert_eq!(outcome.containment, held.containment());
        assert!(!outcome.output_abandoned, "{held:?}");
        place.assert_empty(held);
        if held != Held::Group {
            assert!(outcome.survivors_killed > 0, "{held:?}");
        }

        let (outcome, place) = time_out(held, &format!("{script}; echo ready; LONG"));
        assert_eq!(outcome.stopped, Some(Stop::WallTimeout));
        assert!(!outcome.output_abandoned, "{held:?}");
        place.assert_empty(held);
    }
}

#[test]
fn the_same_group() {
    check(&BY_ANYTHING, "LONG & LONG & :");
}

#[test]
fn the_same_group_that_ignores_the_first_signal_while_its_leader_ends() {
    check(
        &BY_ANYTHING,
        "(trap '' TERM; echo >up; LONG) & read -r x <up",
    );
}

#[test]
fn a_group_that_is_stopped() {
    check(&BY_ANYTHING, "sh -c 'kill -STOP $$; LONG' & LONG & :");
}

#[test]
fn a_session_of_its_own_with_closed_outputs() {
    check(
        &BY_A_SHIM,
        "setsid sh -c 'exec >/dev/null 2>&1; echo >up; exec LONG' & read -r x <up",
    );
}

#[test]
fn a_session_of_its_own_that_holds_the_outputs_open() {
    check(
        &BY_A_SHIM,
        "setsid sh -c 'echo >up; exec LONG' & read -r x <up",
    );
}

#[test]
fn a_daemon_with_two_forks_closed_descriptors_and_an_empty_environment() {
    let daemon = "(env -i /bin/sh -c 'trap \"\" HUP TERM INT; PATH=/bin:/usr/bin; \
                  setsid sh -c \"(echo >up; exec LONG 0<&- 1>&- 2>&- 9>&-) &\" &' &)";
    check(&BY_A_SHIM, &format!("{daemon}; read -r x <up"));
}

#[test]
fn many_sessions_one_within_the_other() {
    let nested = "nest() { if [ $1 -gt 0 ]; then setsid sh nest.sh $(($1 - 1)) & LONG; else echo >up; LONG; fi; }; nest $1";
    check(
        &BY_A_SHIM,
        &format!("cat >nest.sh <<'END'\n{nested}\nEND\nsetsid sh nest.sh 6 & read -r x <up"),
    );
}

#[test]
fn a_bounded_fork_bomb() {
    let bomb = "bomb() { if [ $1 -gt 0 ]; then bomb $(($1 - 1)) & bomb $(($1 - 1)) & fi; LONG; }";
    check(&BY_ANYTHING, &format!("{bomb}; bomb 5 & bomb 1 & LONG & :"));
}

/// Changes its process id and its session all the time, until its folder is gone.
#[test]
fn a_racer() {
    let racer = "cat >racer.sh <<'END'\n[ -e open ] || exit\n[ \"$1\" = 0 ] && echo >up\n\
                 setsid sh racer.sh $(($1 - 1)) &\nEND\nsetsid sh racer.sh 5 & read -r x <up";
    check(&BY_A_SHIM, racer);
}

#[test]
#[ignore = "needs python"]
fn a_fast_racer() {
    let racer = "cat >racer.py <<'END'\nimport os\nround = 0\nwhile os.path.exists('open'):\n \
                 if os.fork(): os._exit(0)\n os.setsid()\n round += 1\n \
                 if round == 50: open('up', 'w').write('up\\n')\nEND\npython3 racer.py & read -r x <up";
    check(&BY_A_SHIM, racer);
}

#[test]
fn a_storm_of_zombies() {
    // The shell becomes a program that waits for nobody.
    for held in BY_ANYTHING {
        let storm =
            "i=0; while [ $i -lt 500 ]; do (exit 3) & i=$((i + 1)); done; echo ready; exec LONG";
        let (outcome, place) = time_out(held, storm);
        assert_eq!(outcome.stopped, Some(Stop::WallTimeout));
        place.assert_empty(held);
    }
}

#[test]
fn orphans_that_end_by_themselves_are_no_survivors() {
    for held in BY_A_SHIM {
        let place = Place::new();
        // Each leaves its parent and ends: the shim has to wait for all of them while the program still runs.
        let script = "exec 8<open; i=0; while [ $i -lt 100 ]; do (exit 0 8<&- &); i=$((i + 1)); done; exec 9>&-; read -r x <&8; exit 0";
        let outcome = run(&held.prepare(place.spawn(script)));
        assert!(outcome.success(), "{outcome:?}");
        assert_eq!(outcome.survivors_killed, 0);
        place.assert_empty(held);
    }
}

/// Runs `script`, which kills the process that holds it.
fn breach(held: Held, script: &str) -> (SpawnError, Place) {
    let place = Place::new();
    let spawn = held.prepare(place.spawn(script));
    let error = spawn
        .run()
        .expect_err("a run without a result is no outcome");
    (error, place)
}

#[test]
fn who_kills_the_shim_proves_nothing_and_survives_nothing() {
    for held in BY_A_SHIM {
        let script = "LONG & setsid sh -c 'trap \"\" TERM HUP; echo >up; exec LONG' & read -r x <up; \
                      echo passed; kill -9 $PPID; LONG";
        let (error, place) = breach(held, script);
        let SpawnError::Breached { breach, .. } = error else {
            panic!("{held:?}: {error:?}");
        };
        assert_eq!(breach.stdout.to_text(), "passed\n");
        assert_eq!(breach.containment, held.containment());
        assert_eq!(breach.stopped, None);
        place.assert_empty(held);
    }
}

#[test]
fn who_kills_the_shim_and_ends_well_does_not_pass() {
    for held in BY_A_SHIM {
        let (error, place) = breach(held, "kill -9 $PPID; exit 0");
        assert!(matches!(error, SpawnError::Breached { .. }), "{error:?}");
        place.assert_empty(held);
    }
}

#[test]
fn who_kills_the_shim_and_hides_is_found_by_the_control_group() {
    if !has_cgroup() {
        return;
    }
    let script = "env -i PATH=\"$PATH\" setsid sh -c '(echo >up; exec LONG 0<&- 1>&- 2>&- 9>&-) &' & read -r x <up; \
                  kill -9 $PPID; LONG";
    let (error, place) = breach(Held::ShimAndCgroup, script);
    assert!(matches!(error, SpawnError::Breached { .. }), "{error:?}");
    place.assert_empty(Held::ShimAndCgroup);
}

#[test]
fn who_stops_the_shim_gains_nothing() {
    for held in BY_A_SHIM {
        // The shim is woken again: neither the end nor a timeout is missed for it.
        let place = Place::new();
        let spawn = held.prepare(place.spawn("setsid LONG & kill -STOP $PPID; exit 7"));
        let outcome = run(&spawn);
        assert_eq!(outcome.end, End::Exited(7));
        place.assert_empty(held);

        let (outcome, place) = time_out(held, "setsid LONG & echo ready; kill -STOP $PPID; LONG");
        assert_eq!(outcome.stopped, Some(Stop::WallTimeout));
        place.assert_empty(held);
    }
}

#[test]
fn who_asks_the_shim_to_end_asks_for_its_own_end() {
    for held in BY_A_SHIM {
        for signal in ["TERM", "INT", "HUP", "QUIT"] {
            let place = Place::new();
            let spawn = held.prepare(place.spawn(&format!("kill -{signal} $PPID; LONG")));
            let outcome = run(&spawn);
            assert_eq!(outcome.end, End::Signaled(15), "{signal}");
            assert_eq!(outcome.stopped, None);
            place.assert_empty(held);
        }
        // Others it does not mind.
        for signal in ["USR1", "USR2", "ALRM", "PIPE", "CHLD", "CONT"] {
            let place = Place::new();
            let outcome = run(&held.prepare(place.spawn(&format!("kill -{signal} $PPID; exit 7"))));
            assert_eq!(outcome.end, End::Exited(7), "{signal}");
        }
    }
}
