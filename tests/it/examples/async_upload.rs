//! The example that uploads in a task.

use std::io::Write;
use std::process::{Command, Output};

use crate::support::example::program;
use crate::support::pulled::pattern;
use crate::support::server::Server;

/// Uploads `body` with the example. Returns its output, and its standard error as a string.
fn upload(program: &mut Command, server: &Server, body: &[u8]) -> (Output, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(body).unwrap();
    let output = program.arg(server.url("/")).arg(file.path()).output();
    let output = output.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, stderr)
}

#[test]
fn async_upload_shows_itself() {
    let Some(mut program) = program("async_upload") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"received 4194304 bytes\n");
}

#[test]
fn async_upload_sends_the_file_and_prints_the_answer() {
    let Some(mut program) = program("async_upload") else {
        return;
    };
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "", pattern(1_000_000));
    });
    let (output, stderr) = upload(&mut program, &server, &pattern(3_000_000));
    assert!(output.status.success(), "{stderr}");
    assert!(output.stdout == pattern(1_000_000));
    let requests = server.requests();
    assert!(requests[0].line.starts_with("PUT "), "{}", requests[0].line);
    assert_eq!(requests[0].header("content-length"), Some("3000000"));
    assert!(requests[0].body == pattern(3_000_000));
}

#[test]
fn async_upload_prints_the_answer_of_a_server_that_refuses_the_rest() {
    let Some(mut program) = program("async_upload") else {
        return;
    };
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        conn.reply("413 Too Much", "Connection: close\r\n", pattern(1_000_000));
        conn.drain();
    });
    let (output, stderr) = upload(&mut program, &server, &pattern(8_000_000));
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(output.stdout == pattern(1_000_000));
    let expected = "async_upload: the server answered with status 413\n";
    assert_eq!(stderr, expected);
}

#[test]
fn async_upload_says_why_it_has_broken() {
    let Some(mut broken) = program("async_upload") else {
        return;
    };
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        conn.line();
        conn.reset();
    });
    let (output, stderr) = upload(&mut broken, &server, &pattern(8_000_000));
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let codes = ["libcurl error 55 ", "libcurl error 56 "];
    assert!(codes.iter().any(|code| stderr.contains(code)), "{stderr}");

    let path = "/there is no such file";
    let mut missing = program("async_upload").unwrap();
    let output = missing.args([&server.url("/"), path]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with(&format!("async_upload: {path}: ")),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn async_upload_does_not_end_the_body_if_the_file_cannot_be_read() {
    let Some(mut program) = program("async_upload") else {
        return;
    };
    let server = Server::new(|conn| {
        // The body comes in chunks but without the last one, so the request is not complete.
        assert!(conn.request().is_none());
    });
    let directory = tempfile::tempdir().unwrap();
    let output = program
        .arg(server.url("/"))
        .arg(directory.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let start = format!("async_upload: {}: ", directory.path().display());
    assert!(stderr.starts_with(&start), "{stderr}");
    assert!(stderr.contains("irectory ("), "{stderr}");
}
