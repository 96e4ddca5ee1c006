//! The example `file_upload`, as a program.

use std::fs;

use crate::support::bodies::bytes;
use crate::support::example::{assert_failure, assert_success, program, run};
use crate::support::ports::deaf_port;
use crate::support::server::Server;

#[test]
fn file_upload_checks_itself() {
    let Some(output) = run("file_upload", &[]) else {
        return;
    };
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout.starts_with("67108864 bytes in "), "{stdout}");
    assert!(
        stdout.contains("the server received the same bytes"),
        "{stdout}"
    );
}

#[test]
fn file_upload_sends_a_file() {
    let server = Server::ok("");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, bytes(300_000)).unwrap();
    let path = file.path().to_str().unwrap();
    let Some(output) = run("file_upload", &[&server.url("/x"), path]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.starts_with(b"300000 bytes in "), "{output:?}");
    assert!(server.requests()[0].body == bytes(300_000));
}

#[test]
fn file_upload_names_what_went_wrong() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, bytes(3_000_000)).unwrap();
    let path = file.path().to_str().unwrap();
    let (_socket, port) = deaf_port();
    let refused = format!("http://127.0.0.1:{port}/");
    let Some(output) = run("file_upload", &[&refused, path]) else {
        return;
    };
    assert_failure(&output, "connect");

    let output = run("file_upload", &[&refused, "/no/such/file"]).unwrap();
    assert_failure(&output, "/no/such/file: No such file");

    let cuts = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 100 Continue\r\n\r\n");
        conn.reset();
    });
    let output = run("file_upload", &[&cuts.url("/"), path]).unwrap();
    assert_failure(&output, "libcurl error");

    let output = run("file_upload", &["only-one"]).unwrap();
    assert_failure(&output, "expected URL and FILE");
}

#[test]
fn file_upload_tells_what_a_server_says_that_refuses() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, bytes(3_000_000)).unwrap();
    let path = file.path().to_str().unwrap();
    for (status, body, told) in [
        ("403 Forbidden", "", "the server answered with status 403"),
        (
            "413 Too Large",
            "at most\n  10 \x1b[31mbytes\n",
            "the server answered with status 413: at most 10 [31mbytes",
        ),
    ] {
        let refuses = Server::new(move |conn| {
            conn.request();
            conn.reply(status, "", body);
        });
        let Some(output) = run("file_upload", &[&refuses.url("/"), path]) else {
            return;
        };
        assert_failure(&output, told);
        assert!(output.stderr.ends_with(format!("{told}\n").as_bytes()));
        assert_eq!(output.stdout, b"");
    }
    // This server answers before it has read the body.
    let refuses = Server::new(|conn| {
        conn.head();
        conn.reply("507 Full", "", "come back tomorrow");
        conn.drain();
    });
    let output = run("file_upload", &[&refuses.url("/"), path]).unwrap();
    assert_failure(&output, "status 507: come back tomorrow");
}

#[test]
fn file_upload_shows_only_the_beginning_of_a_long_answer() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let refuses = Server::new(|conn| {
        conn.request();
        conn.reply("400 Bad Request", "", "no ".repeat(100_000));
    });
    let Some(output) = run("file_upload", &[&refuses.url("/"), path]) else {
        return;
    };
    assert_failure(&output, "status 400: no no no");
    assert!(output.stderr.len() < 5000, "{}", output.stderr.len());
}

/// Runs the example on a path whose size is unknown. `write` provides the bytes.
#[cfg(unix)]
fn upload_of_a_pipe(
    path: &str,
    stdin: std::process::Stdio,
    write: impl FnOnce(&mut std::process::Child),
) {
    let Some(mut program) = program("file_upload") else {
        return;
    };
    let server = Server::ok("thanks");
    let mut child = program
        .args([&server.url("/x"), path])
        .stdin(stdin)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    write(&mut child);
    let output = child.wait_with_output().unwrap();
    let stdout = assert_success(&output);
    assert!(stdout.starts_with("40000000 bytes in "), "{stdout}");
    // The total is unknown, so no line of the progress names a total.
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains(" of "), "{stderr}");
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(
        lines.iter().all(|line| line.ends_with(" bytes")),
        "{stderr}"
    );
    let requests = server.requests();
    assert_eq!(requests[0].header("transfer-encoding"), Some("chunked"));
    assert!(requests[0].body == bytes(40_000_000));
}

#[cfg(unix)]
#[test]
fn file_upload_sends_its_standard_input() {
    upload_of_a_pipe("/dev/stdin", std::process::Stdio::piped(), |child| {
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, &bytes(40_000_000)).unwrap();
    });
}

#[cfg(unix)]
#[test]
fn file_upload_sends_a_named_pipe() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let name = path.to_str().unwrap();
    upload_of_a_pipe(name, std::process::Stdio::null(), |_| {
        fs::write(&path, bytes(40_000_000)).unwrap();
    });
}
