use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::{BODY_LIMIT_BYTES, Request, Response};

const LONG: Duration = Duration::from_secs(60);

/// Asks a server that does `serve` with its only connection.
fn ask(
    limit: Duration,
    wants_body: bool,
    serve: impl FnOnce(TcpStream) + Send + 'static,
) -> Result<Response, String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || serve(listener.accept().unwrap().0));
    let url = format!("http://127.0.0.1:{port}/health?deep=1");
    let headers = BTreeMap::from([("X-Key".to_owned(), "a b".to_owned())]);
    let request = Request::new(&url, &headers, false).unwrap();
    request
        .send(wants_body, Instant::now() + limit)
        .map_err(|error| error.to_string())
}

/// Reads the whole request, so that closing the connection does not reset it, and answers.
fn answer(mut stream: TcpStream, text: &[u8]) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        asked.extend(byte);
    }
    stream.write_all(text).unwrap();
}

fn status_of(text: &'static [u8]) -> Result<u16, String> {
    ask(LONG, false, move |stream| answer(stream, text)).map(|response| response.status)
}

fn body_of(text: Vec<u8>) -> Vec<u8> {
    let response = ask(LONG, true, move |stream| answer(stream, &text));
    response.unwrap().body
}

#[test]
fn the_question_is_what_a_server_expects() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let response = ask(LONG, false, move |mut stream| {
        let mut buffer = [0; 1000];
        let count = stream.read(&mut buffer).unwrap();
        sender
            .send(String::from_utf8_lossy(&buffer[..count]).into_owned())
            .unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    assert_eq!(response.unwrap().status, 204);
    let asked = receiver.recv().unwrap();
    assert!(
        asked.starts_with("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{asked}"
    );
    assert!(
        asked.contains("\r\nConnection: close\r\nX-Key: a b\r\n\r\n"),
        "{asked}"
    );
}

#[test]
fn the_status_is_read() {
    assert_eq!(status_of(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), Ok(200));
    assert_eq!(status_of(b"HTTP/1.0 503 \r\n\r\n"), Ok(503));
    assert_eq!(status_of(b"HTTP/1.1 404\r\n\r\n"), Ok(404));
    let announced = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n";
    assert_eq!(status_of(announced), Ok(201));
}

#[test]
fn what_is_no_http_is_an_error() {
    let no_http = Err("the answer is not HTTP/1".to_owned());
    assert_eq!(status_of(b"SSH-2.0-OpenSSH\r\n\r\n"), no_http);
    assert_eq!(status_of(b"HTTP/2 200\r\n\r\n"), no_http);
    assert_eq!(status_of(b"HTTP/1.1 2000 OK\r\n\r\n"), no_http);
    assert_eq!(status_of(b"\r\n\r\n"), no_http);
    let ended = Err("the answer ended within its headers".to_owned());
    assert_eq!(status_of(b""), ended);
    assert_eq!(status_of(b"HTTP/1.1 200 OK\r\nA: b\r\n"), ended);
}

#[test]
fn bodies_are_read_as_they_are_framed() {
    let closed = b"HTTP/1.1 200 OK\r\n\r\nup and well".to_vec();
    assert_eq!(body_of(closed), b"up and well");
    let counted = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup, and more".to_vec();
    assert_eq!(body_of(counted), b"up");
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nup \r\n8;x=y\r\nand well\r\n0\r\n\r\n";
    assert_eq!(body_of(chunked.to_vec()), b"up and well");
    for size in ["fffffffffffffffff", "ffffffffffffffff", "-1", "zz", ""] {
        let text =
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nup\r\n{size}\r\n");
        assert_eq!(body_of(text.into_bytes()), b"up", "{size}");
    }
}

#[test]
fn a_body_without_end_is_cut_and_the_server_left() {
    let response = ask(LONG, true, |mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while stream.write_all(&[b'x'; 8192]).is_ok() {}
    });
    assert_eq!(response.unwrap().body.len(), BODY_LIMIT_BYTES);
}

#[test]
fn headers_without_end_are_refused() {
    let response = ask(LONG, false, |mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        while stream.write_all(b"X: y\r\n").is_ok() {}
    });
    assert_eq!(
        response,
        Err("the headers of the answer are too long".to_owned())
    );
}

#[test]
fn one_byte_at_a_time_does_not_stretch_the_time_limit() {
    let slow = ask(Duration::from_millis(300), true, |mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // More than a minute, if nobody hangs up.
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    assert_eq!(slow, Err("no complete answer in time".to_owned()));
    let silent = ask(Duration::from_millis(300), true, |mut stream| {
        // Until the other side gives up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(silent, Err("no complete answer in time".to_owned()));
}

#[test]
fn nobody_there_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let request =
        Request::new(&format!("http://localhost:{port}"), &BTreeMap::new(), false).unwrap();
    let error = request.send(false, Instant::now() + LONG).unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
}
