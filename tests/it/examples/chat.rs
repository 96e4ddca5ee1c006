//! The example that chats.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::example::program;
use crate::support::skip::skip;
use crate::support::ws_server::{WsServer, echo};

/// Types the first string of each pair into the example, and checks that it prints the second one.
/// Returns whether the example has succeeded, and its standard error. Returns `None` if the example is not
/// built, or if the linked libcurl has no WebSockets.
fn chat(url: Option<&str>, talk: &[(&str, &str)]) -> Option<(bool, String)> {
    let mut child = program("chat")?
        .args(url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for (said, expected) in talk {
        // If libcurl has no WebSockets, the program may have ended, and this write may fail.
        let _ = input.write_all(said.as_bytes());
        match answers.next() {
            Some(answer) => assert_eq!(answer.unwrap(), *expected),
            None => break,
        }
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    if told.starts_with("chat: curl_ws_recv ") {
        assert_eq!(output.status.code(), Some(1));
        skip!("the linked libcurl has no WebSockets");
        return None;
    }
    Some((output.status.success(), told))
}

#[test]
fn chat_sends_lines_and_prints_messages() {
    let talk = [
        ("", "welcome"),
        ("hello\n", "you said: hello"),
        ("ü €\n", "you said: ü €"),
    ];
    let Some((success, told)) = chat(None, &talk) else {
        return;
    };
    assert!(success, "{told}");
    assert!(told.starts_with("connected"), "{told}");

    let server = WsServer::new(echo);
    let url = server.url();
    let (success, told) = chat(Some(&url), &[("a\n", "a"), ("\n", "")]).unwrap();
    assert!(success, "{told}");
}

#[test]
fn chat_ends_with_the_server() {
    let server = WsServer::new(|conn| {
        conn.send("last".into()).unwrap();
        // The connection ends without a close frame.
    });
    let url = server.url();
    let Some((success, told)) = chat(Some(&url), &[("", "last")]) else {
        return;
    };
    // The program may see the end of its input first, or the end of the connection.
    assert!(success || told.contains("without a close"), "{told}");
}
