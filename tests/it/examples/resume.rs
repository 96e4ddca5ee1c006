//! The example that continues a download.

use std::process::{Command, Output};
use std::sync::Mutex;

use crate::support::example::program;
use crate::support::server::Server;

fn run(program: &mut Command) -> (Output, String) {
    let output = program.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, stdout)
}

#[test]
fn resume_shows_itself() {
    let Some(mut program) = program("resume") else {
        return;
    };
    let (output, stdout) = run(&mut program);
    assert!(output.status.success(), "{output:?}");
    let cuts = stdout
        .lines()
        .filter(|line| line.contains("4000 bytes, then "));
    assert_eq!(cuts.count(), 2, "{stdout}");
    assert!(
        stdout.ends_with(": 10000 bytes, continued at 8000\n"),
        "{stdout}"
    );
}

#[test]
fn resume_continues_in_the_next_process() {
    let Some(mut first) = program("resume") else {
        return;
    };
    let status_500 = Mutex::new(Some(()));
    let server = Server::new(move |conn| {
        let Some(request) = conn.request() else {
            return;
        };
        match (request.line.as_str(), request.header("range")) {
            ("GET /none HTTP/1.1", _) => conn.reply("404 Not Found", "", ""),
            (_, Some("bytes=3-")) if status_500.lock().unwrap().take().is_some() => {
                conn.reply("500 Oops", "", "no file");
            }
            (_, Some("bytes=3-")) => {
                let headers = "ETag: \"1\"\r\nContent-Range: bytes 3-5/6\r\n";
                conn.reply("206 OK", headers, "def");
            }
            _ => conn.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 6\r\n\r\nabc"),
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let (output, stdout) = run(first.arg(server.url("/")).arg(&path));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stdout.starts_with("3 bytes, then "), "{stdout}");
    assert_eq!(
        output.stderr,
        b"resume: the server answered with status 500\n"
    );
    assert!(!path.exists());

    let (output, stdout) = run(program("resume").unwrap().arg(server.url("/")).arg(&path));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"abcdef");
    assert!(stdout.ends_with("6 bytes, continued at 3\n"), "{stdout}");

    let (output, _) = run(program("resume")
        .unwrap()
        .arg(server.url("/none"))
        .arg(&path));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        output.stderr,
        b"resume: the server answered with status 404\n"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"abcdef");
}
