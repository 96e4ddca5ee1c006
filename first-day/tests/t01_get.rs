//! A GET with a header and a time limit.

mod server;

use std::time::Duration;

use curlback::{Code, Error, Transfer, handlers::Collect};
use server::{LIMIT, Server, respond, wait_for_close};

fn get(url: &str, limit: Duration) -> Result<String, Error> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    transfer.timeout(limit)?;
    transfer.add_header("Accept: text/plain")?;
    transfer.fail_on_error(true)?;
    transfer.perform()?;
    Ok(transfer.handler().text().into_owned())
}

#[test]
fn returns_the_body() {
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b"hello"));
    assert_eq!(get(&server.url("/greeting"), LIMIT).unwrap(), "hello");

    let request = &server.requests()[0];
    assert_eq!(request.line, "GET /greeting");
    assert_eq!(request.header("Accept"), Some("text/plain"));
}

#[test]
fn fails_for_a_status_of_an_error() {
    let server = Server::start(|_, to| respond(to, "404 Not Found", &[], b"nothing here"));
    let error = get(&server.url("/missing"), LIMIT).unwrap_err();
    assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR));
}

#[test]
fn gives_up_after_the_time_limit() {
    let server = Server::start(|_, to| wait_for_close(to));
    let error = get(&server.url("/silent"), Duration::from_millis(200)).unwrap_err();
    assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));
    assert_eq!(server.requests().len(), 1);
}
