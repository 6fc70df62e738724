//! Where a probe connects to, and doing so in time.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    host: Host,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    /// Never looked up: what the resolver says of it is the system's, and may be another machine.
    Localhost,
    Name(String),
}

impl Target {
    /// Parses `HOST:PORT`; an IPv6 address stands in brackets. Without a port it is `default_port`, where there is one.
    pub(crate) fn parse(
        text: &str,
        default_port: Option<u16>,
        allow_remote: bool,
    ) -> Result<Self, String> {
        let (host, port) = split_port(text);
        let port = match (port, default_port) {
            (Some(port), _) => port
                .parse()
                .ok()
                .filter(|&port| port != 0)
                .ok_or_else(|| format!("has no port number: `{text}`"))?,
            (None, Some(port)) => port,
            (None, None) => return Err(format!("is not `HOST:PORT`: `{text}`")),
        };
        let host = parse_host(host).ok_or_else(|| format!("has no host: `{text}`"))?;
        let is_local = match &host {
            Host::Address(address) => address.is_loopback(),
            Host::Localhost => true,
            Host::Name(_) => false,
        };
        if !is_local && !allow_remote {
            return Err(format!(
                "is not on this machine, and `allow_remote` is not set: `{text}`"
            ));
        }
        Ok(Self { host, port })
    }

    /// Connects to the first of its addresses that accepts.
    pub(crate) fn connect(&self, deadline: Instant) -> io::Result<Connection> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in self.addresses()? {
            match TcpStream::connect_timeout(&address, remaining(deadline)?) {
                Ok(stream) => return Ok(Connection { stream, deadline }),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let address = |address: IpAddr| SocketAddr::new(address, self.port);
        Ok(match &self.host {
            Host::Address(ip) => vec![address(*ip)],
            Host::Localhost => vec![
                address(Ipv4Addr::LOCALHOST.into()),
                address(Ipv6Addr::LOCALHOST.into()),
            ],
            Host::Name(name) => (name.as_str(), self.port).to_socket_addrs()?.collect(),
        })
    }
}

/// Host and port of `HOST:PORT`. The colons of an address in brackets are its own.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let after_address = text.rfind(']').map_or(0, |bracket| bracket + 1);
    match text[after_address..].rfind(':') {
        Some(colon) => {
            let colon = after_address + colon;
            (&text[..colon], Some(&text[colon + 1..]))
        }
        None => (text, None),
    }
}

fn parse_host(host: &str) -> Option<Host> {
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(Host::Address(address.into()));
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(Host::Address(address.into()));
    }
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Host::Localhost);
    }
    let is_name_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!host.is_empty() && host.bytes().all(is_name_byte)).then(|| Host::Name(host.to_owned()))
}

/// A connection whose every operation ends at one deadline, however little the other side sends each time.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream
            .set_read_timeout(Some(remaining(self.deadline)?))?;
        self.stream.read(buffer).map_err(name_timeout)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream
            .set_write_timeout(Some(remaining(self.deadline)?))?;
        self.stream.write(bytes).map_err(name_timeout)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Never zero, which would mean no limit.
fn remaining(deadline: Instant) -> io::Result<Duration> {
    let remaining = deadline.saturating_duration_since(Instant::now());
    if remaining.is_zero() {
        return Err(timed_out());
    }
    Ok(remaining)
}

/// A timeout of a socket comes as `WouldBlock`.
fn name_timeout(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => timed_out(),
        _ => error,
    }
}

fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no complete answer in time")
}
