//! The example that reads a body.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use crate::support::example::program;
use crate::support::server::Server;

#[test]
fn pull_prints_each_line_when_it_arrives() {
    let Some(mut program) = program("pull") else {
        return;
    };
    let (go_on, wait) = channel();
    let wait = Mutex::new(wait);
    let server = Server::new(move |conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nX-Own: yes\r\nContent-Length: 12\r\n\r\n");
        for line in ["one\n", "two\n", "end\n"] {
            let () = wait.lock().unwrap().recv().unwrap();
            conn.send(line);
        }
    });
    let mut child = program
        .arg(server.url("/"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for expected in ["1: one", "2: two", "3: end"] {
        go_on.send(()).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), expected);
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("status 200") && told.contains("yes"),
        "{told}"
    );
}

#[test]
fn pull_fails_if_the_body_is_cut_short() {
    let Some(mut program) = program("pull") else {
        return;
    };
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\none\nt");
    });
    let output = program.arg(server.url("/")).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.starts_with(b"1: one\n"));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("pull: libcurl error 18 "), "{told}");
}
