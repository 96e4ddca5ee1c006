//! The example that uploads piece by piece.

use std::io::Write;
use std::process::Stdio;
use std::sync::mpsc::channel;

use crate::support::example::program;
use crate::support::server::Server;

#[test]
fn upload_pieces_shows_itself() {
    let Some(mut program) = program("upload_pieces") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8_lossy(&output.stdout);
    for number in 1..=3 {
        assert!(stdout.contains(&format!("piece {number}\n")), "{stdout}");
    }
    assert!(stdout.ends_with("24 bytes\n"), "{stdout}");
}

#[test]
fn upload_pieces_sends_each_line_when_it_comes() {
    let Some(mut program) = program("upload_pieces") else {
        return;
    };
    let (arrive, arrived) = channel();
    let server = Server::new(move |conn| {
        let Some(request) = conn.head() else { return };
        assert_eq!(request.header("transfer-encoding"), Some("chunked"));
        if request.header("expect").is_some() {
            conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        while let Some(line) = conn.line() {
            let is_last = line == "0";
            arrive.send(line).unwrap();
            if is_last {
                conn.reply("200 OK", "", "thanks");
            }
        }
    });
    let mut child = program
        .arg(server.url("/"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for (line, size) in [("one", "4"), ("three", "6")] {
        writeln!(stdin, "{line}").unwrap();
        // The next line is written only after this one has arrived.
        let expected = [size, line, ""];
        assert_eq!(expected.map(|_| arrived.recv().unwrap()), expected);
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"thanks");
}

#[test]
fn upload_pieces_prints_the_answer_of_a_server_that_refuses() {
    let Some(mut program) = program("upload_pieces") else {
        return;
    };
    let server = Server::new(|conn| {
        conn.head();
        conn.reply("403 No", "Connection: close\r\n", "not here");
    });
    let output = program
        .arg(server.url("/"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stdout, b"not here");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let expected = "upload_pieces: the server answered with status 403\n";
    assert_eq!(stderr, expected);
}
