//! Tries to reach something that a confined child must not reach. For the tests of confinement: a shell cannot.
//!
//! `reach WAY WHAT` exits with 0 if it was reached, else with 1 and the reason.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let reached = match arguments.as_slice() {
        [way, what] => linux::reach(way, what),
        _ => Err(std::io::ErrorKind::InvalidInput.into()),
    };
    match reached {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            // Nobody reads it but a person who looks for the cause.
            let _ = writeln!(std::io::stderr(), "{arguments:?}: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixStream};
    use std::time::Duration;

    use rustix::net::{AddressFamily, SocketType};

    pub fn reach(way: &str, what: &str) -> io::Result<()> {
        match way {
            "tcp" => greeted(TcpStream::connect(what)?),
            "udp" => answered(what),
            "unix" => greeted(UnixStream::connect(what)?),
            "abstract" => greeted(UnixStream::connect_addr(&SocketAddr::from_abstract_name(
                what,
            )?)?),
            "loopback" => itself(what),
            "family" => {
                let family = what.parse().map_err(io::Error::other)?;
                rustix::net::socket(AddressFamily::from_raw(family), SocketType::DGRAM, None)?;
                Ok(())
            }
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    /// A connection alone proves little: the one who listens says something.
    fn greeted(mut stream: impl io::Read) -> io::Result<()> {
        stream.by_ref().read_exact(&mut [0])
    }

    fn answered(address: &str) -> io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        socket.connect(address)?;
        socket.send(b"?")?;
        socket.recv(&mut [0]).map(drop)
    }

    fn itself(address: &str) -> io::Result<()> {
        let listener = TcpListener::bind(address)?;
        TcpStream::connect(listener.local_addr()?).map(drop)
    }
}
