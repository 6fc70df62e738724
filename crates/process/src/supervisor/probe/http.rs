//! The least of HTTP/1.1 (RFC 9112, June 2022) that asks one question. The server is not trusted: what is read of its answer is
//! bounded, and so is the time.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::time::Instant;

use super::target::{Connection, Target};

/// How much of status line and headers is read.
const HEAD_LIMIT_BYTES: usize = 16 << 10;
/// How much of the body is read, as it is sent.
const BODY_LIMIT_BYTES: usize = 64 << 10;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    target: Target,
    text: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Its beginning. Empty unless it was asked for.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Words for the person who wrote it if it cannot be sent.
    pub(crate) fn new(
        url: &str,
        headers: &BTreeMap<String, String>,
        allow_remote: bool,
    ) -> Result<Self, String> {
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(format!("does not begin with `http://`: `{url}`"));
        };
        // A fragment is not sent, and whoever writes one expects something else.
        if rest.contains(|letter: char| !letter.is_ascii_graphic() || letter == '#') {
            return Err(format!(
                "has a blank, a `#` or a letter that must be encoded: `{url}`"
            ));
        }
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(authority_end);
        let target = Target::parse(authority, Some(80), allow_remote)?;
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut text = format!(
            "GET {slash}{path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: ftc\r\nAccept: */*\r\nConnection: close\r\n"
        );
        check_headers(headers)?;
        for (name, value) in headers {
            for part in [name, ": ", value, "\r\n"] {
                text.push_str(part);
            }
        }
        text.push_str("\r\n");
        Ok(Self { target, text })
    }

    /// Asks. Blocks until `deadline` at most, but for a name to be looked up.
    pub(crate) fn send(&self, wants_body: bool, deadline: Instant) -> io::Result<Response> {
        let mut connection = self.target.connect(deadline)?;
        connection.write_all(self.text.as_bytes())?;
        let mut bytes = Vec::new();
        loop {
            let head_end = read_head(&mut connection, &mut bytes)?;
            let rest = bytes.split_off(head_end);
            let head = Head::parse(&bytes)?;
            // Those below 200 only announce the answer proper, and have no body.
            if head.status >= 200 {
                let body = if wants_body {
                    read_body(&mut connection, &head, rest)?
                } else {
                    Vec::new()
                };
                return Ok(Response {
                    status: head.status,
                    body,
                });
            }
            bytes = rest;
        }
    }
}

/// Names are tokens, and values have no line ends: whatever has could send a second request.
pub(crate) fn check_headers(headers: &BTreeMap<String, String>) -> Result<(), String> {
    headers
        .iter()
        .try_for_each(|(name, value)| check_header(name, value))
}

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(format!("has a header with the name `{name}`"));
    }
    if value
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
    {
        return Err(format!("has a header `{name}` with a control character"));
    }
    Ok(())
}

struct Head {
    status: u16,
    length: Option<usize>,
    is_chunked: bool,
}

impl Head {
    fn parse(bytes: &[u8]) -> io::Result<Self> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let status = parse_status(first).ok_or_else(|| bad("the answer is not HTTP/1"))?;
        let mut head = Self {
            status,
            length: None,
            is_chunked: false,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = value.parse().ok();
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.is_chunked = value.to_ascii_lowercase().ends_with("chunked");
            }
        }
        Ok(head)
    }
}

fn parse_status(line: &str) -> Option<u16> {
    let rest = line.strip_prefix("HTTP/1.")?;
    let (_, rest) = rest.split_once(' ')?;
    let status = rest.split(' ').next()?;
    (status.len() == 3).then(|| status.parse().ok())?
}

/// Reads until the blank line after the headers, and returns where the rest begins.
fn read_head(connection: &mut Connection, bytes: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        if let Some(at) = find(bytes, b"\r\n\r\n") {
            return Ok(at + 4);
        }
        if bytes.len() > HEAD_LIMIT_BYTES {
            return Err(bad("the headers of the answer are too long"));
        }
        if read_more(connection, bytes)? == 0 {
            return Err(bad("the answer ended within its headers"));
        }
    }
}

fn read_body(connection: &mut Connection, head: &Head, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let wanted = head
        .length
        .filter(|_| !head.is_chunked)
        .unwrap_or(usize::MAX)
        .min(BODY_LIMIT_BYTES);
    while bytes.len() < wanted {
        let is_last_chunk = head.is_chunked
            && (bytes.starts_with(b"0\r\n") || find(&bytes, b"\r\n0\r\n").is_some());
        if is_last_chunk || read_more(connection, &mut bytes)? == 0 {
            break;
        }
    }
    bytes.truncate(wanted);
    Ok(if head.is_chunked {
        unchunk(&bytes)
    } else {
        bytes
    })
}

/// The contents of as many chunks as are there.
fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut contents = Vec::new();
    while let Some(line_end) = find(bytes, b"\r\n") {
        let line = String::from_utf8_lossy(&bytes[..line_end]);
        let size = line.split(';').next().unwrap_or_default().trim();
        let Ok(size @ 1..) = usize::from_str_radix(size, 16) else {
            break;
        };
        bytes = &bytes[line_end + 2..];
        contents.extend_from_slice(&bytes[..size.min(bytes.len())]);
        bytes = bytes.get(size.saturating_add(2)..).unwrap_or_default();
    }
    contents
}

fn read_more(connection: &mut Connection, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 4096];
    loop {
        match connection.read(&mut buffer) {
            Ok(count) => {
                bytes.extend_from_slice(&buffer[..count]);
                return Ok(count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn bad(words: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words)
}

#[cfg(test)]
mod tests;
