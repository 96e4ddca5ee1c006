//! The examples with one transfer, as programs that a user runs.

use std::fs;

use crate::support::bodies::bytes;
use crate::support::example::{assert_failure, run};
use crate::support::ports::deaf_port;
use crate::support::server::Server;
use crate::support::skip::needs;

#[test]
fn multipart_posts_a_form_to_a_server_of_its_own() {
    let Some(output) = run("multipart", &[]) else {
        return;
    };
    let squares: usize = (1..=100_000_u64)
        .map(|n| (n * n).to_string().len() + 1)
        .sum();
    let expected = format!("title: 6 bytes\nnote: 22 bytes\nsquares: {squares} bytes\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{output:?}"
    );
    let output = run("multipart", &["field=value"]).unwrap();
    assert_failure(&output, "expected URL and fields");
}

#[test]
fn multipart_posts_fields_and_files() {
    let server = Server::ok("the answer");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, bytes(3000)).unwrap();
    let from_file = format!("file=@{}", file.path().display());
    let Some(output) = run("multipart", &[&server.url("/"), "field=a=b", &from_file]) else {
        return;
    };
    assert_eq!(output.stdout, b"the answer", "{output:?}");
    let parts = crate::support::multipart::received(&server.requests()[0]);
    assert_eq!(parts[0].body, b"a=b");
    assert!(parts[1].body == bytes(3000));
    let output = run("multipart", &[&server.url("/"), "x=@/no/such/file"]).unwrap();
    assert_failure(&output, "/no/such/file: No such file");
}

#[test]
fn header_body_tells_them_apart() {
    let server = Server::ok("the body");
    let Some(output) = run("header_body", &[&server.url("/")]) else {
        return;
    };
    assert_eq!(output.stdout, b"the body");
    assert!(
        output.stderr.starts_with(b"HTTP/1.1 200 OK\r\n"),
        "{output:?}"
    );
}

#[test]
fn debug_prints_what_happens() {
    let server = Server::ok("the body");
    let Some(output) = run("debug", &[&server.url("/")]) else {
        return;
    };
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("HeaderOut: GET / HTTP/1.1"), "{stdout}");
    assert!(stdout.contains("DataIn: 8 bytes"), "{stdout}");
}

#[test]
fn progress_says_how_much_it_was() {
    let server = Server::ok("the body");
    let Some(output) = run("progress", &[&server.url("/")]) else {
        return;
    };
    assert!(output.stdout.starts_with(b"8 bytes in "), "{output:?}");
    let (_socket, port) = deaf_port();
    let output = run("progress", &[&format!("http://127.0.0.1:{port}/")]).unwrap();
    assert_failure(&output, "connect");
}

#[test]
fn bind_socket_shows_both_ends() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("the body");
    let url = server.url("/");
    let Some(output) = run(
        "bind_socket",
        &["--local", "127.0.0.3", "--mark", "8", &url],
    ) else {
        return;
    };
    assert_eq!(output.stdout, b"the body", "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("from 127.0.0.3:"), "{stderr}");
    assert!(
        stderr.contains(&format!(" to {}", server.address())),
        "{stderr}"
    );
}
