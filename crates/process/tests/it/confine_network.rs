//! The network and its substitutes.

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};

use ftc_process::confine::{Confinement, Network, NetworkLevel, Profile};
use ftc_process::{Outcome, Spawn};

use crate::confine_support::{Place, confined, example, reached, said};
use crate::support::{parent, run, shim};

fn reach(way: &str, what: &str) -> Spawn {
    Spawn::new([example("reach")])
        .args([way, what])
        .inherit_from(&parent())
        .shim(shim())
}

/// Asserts that it is reached unconfined and by one with network, and not by one without.
fn assert_cut_off(way: &str, what: &str) -> Outcome {
    let open = run(&reach(way, what));
    assert!(
        open.success(),
        "{way} {what} does not work at all: {}",
        said(&open)
    );
    let closed = run(&reach(way, what).confine(Confinement::new(Profile::Gate)));
    assert!(!closed.success(), "{way} {what}: {}", said(&closed));
    closed
}

fn assert_reached(way: &str, what: &str, confinement: Confinement) {
    let outcome = run(&reach(way, what).confine(confinement));
    assert!(outcome.success(), "{way} {what}: {}", said(&outcome));
}

#[test]
fn tcp_is_off() {
    if reached(Profile::Gate).network == NetworkLevel::Open {
        return;
    }
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(address) else {
            // A machine without IPv6.
            continue;
        };
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                stream.unwrap().write_all(b"!").unwrap();
            }
        });
        assert_cut_off("tcp", &address);
        assert_reached("tcp", &address, Confinement::new(Profile::Agent));
        assert_reached("tcp", &address, Confinement::new(Profile::Health));
        assert_reached(
            "tcp",
            &address,
            Confinement::new(Profile::Gate).network(Network::On),
        );
    }
}

#[test]
fn udp_is_off() {
    if reached(Profile::Gate).network < NetworkLevel::Filter {
        return;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        loop {
            let (_, from) = socket.recv_from(&mut [0]).unwrap();
            // It may be gone.
            let _ = socket.send_to(b"!", from);
        }
    });
    assert_cut_off("udp", &address);
    assert_reached("udp", &address, Confinement::new(Profile::Agent));
}

#[test]
fn abstract_sockets_are_off() {
    let level = reached(Profile::Gate);
    if level.landlock_abi < 6 && level.network < NetworkLevel::Namespace {
        return;
    }
    let name = format!("ftc-test-{}", std::process::id());
    let listener =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            stream.unwrap().write_all(b"!").unwrap();
        }
    });
    assert_cut_off("abstract", &name);
}

#[test]
fn the_sockets_of_daemons_are_out_of_reach() {
    let level = reached(Profile::Agent);
    if !level.private_view {
        assert!(
            level.missing.iter().any(|text| text.contains("sockets")),
            "{level:?}"
        );
        return;
    }
    let place = Place::new();
    let path = place.outside().join("daemon.sock");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            stream.unwrap().write_all(b"!").unwrap();
        }
    });
    let path = path.to_str().unwrap();
    assert_cut_off("unix", path);
    let agent = run(&reach("unix", path).confine(place.confinement(Profile::Agent)));
    assert!(!agent.success(), "{}", said(&agent));
    // It can be allowed by name.
    assert_reached(
        "unix",
        path,
        Confinement::new(Profile::Agent).writable(path),
    );
}

#[test]
fn it_has_a_loopback_of_its_own() {
    let outcome = run(&reach("loopback", "127.0.0.1:0").confine(Confinement::new(Profile::Gate)));
    let level = confined(&outcome);
    if level.network == NetworkLevel::Namespace && level.missing.is_empty() {
        assert!(outcome.success(), "{}", said(&outcome));
        assert_reached("loopback", "[::1]:0", Confinement::new(Profile::Gate));
    } else if level.network == NetworkLevel::Filter {
        assert!(!outcome.success(), "{}", said(&outcome));
    }
}

#[test]
fn families_that_pass_by_a_namespace_are_refused() {
    if reached(Profile::Gate).network < NetworkLevel::Filter {
        return;
    }
    // AF_VSOCK, to the host of a virtual machine; AF_ALG, to the kernel's ciphers. Not every kernel has them.
    for family in ["40", "38"] {
        let closed = run(&reach("family", family).confine(Confinement::new(Profile::Gate)));
        assert!(!closed.success(), "{family}: {}", said(&closed));
        let text = closed.stderr.to_text();
        assert!(text.contains("Permission denied"), "{family}: {text}");
    }
    // AF_UNIX stays.
    assert_reached("family", "1", Confinement::new(Profile::Gate));
}
