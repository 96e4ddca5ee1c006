//! The examples that read server-sent events: on a thread, and in a task.

use std::sync::Mutex;

use crate::support::example::program;
use crate::support::server::Server;

#[test]
fn event_stream_shows_itself() {
    shows_itself("event_stream");
}

#[test]
fn async_events_shows_itself() {
    shows_itself("async_events");
}

fn shows_itself(name: &str) {
    let Some(mut program) = program(name) else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let expected = "1 count: one\\ntwo\n2 count: one\\ntwo\n3 count: one\\ntwo\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn event_stream_goes_on_after_the_last_event_when_the_connection_breaks() {
    goes_on("event_stream");
}

#[test]
fn async_events_goes_on_after_the_last_event_when_the_connection_breaks() {
    goes_on("async_events");
}

fn goes_on(name: &str) {
    let Some(mut program) = program(name) else {
        return;
    };
    let chunk = |data: &str| format!("{:x}\r\n{data}\r\n", data.len());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answers = [
        // The connection breaks in the middle of an event and in the middle of the body.
        head.to_owned() + &chunk("retry: 1\r\nid: a b\r\ndata: one\r\n\r\nid: c\ndata: lo"),
        head.to_owned() + &chunk("data:two\n\n") + "0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nid\ndata: 3\n\n".to_owned(),
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    ];
    let answers = Mutex::new(answers.into_iter());
    let server = Server::new(move |conn| {
        if conn.request().is_some() {
            conn.send(answers.lock().unwrap().next().unwrap());
        }
    });
    let output = program.arg(server.url("/")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "a b : one\na b : two\n : 3\n", "{output:?}");
    let requests = server.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| request.header("last-event-id"))
        .collect();
    assert_eq!(ids, [None, Some("a b"), Some("a b"), None]);
    assert_eq!(requests[0].header("accept"), Some("text/event-stream"));
}
