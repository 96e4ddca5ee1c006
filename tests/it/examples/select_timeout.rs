//! The example that gives up transfers that take too long.

use std::sync::{Arc, Barrier};

use crate::support::example::program;
use crate::support::server::Server;

#[test]
fn select_timeout_shows_itself() {
    let Some(mut program) = program("select_timeout") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines.len(), 5, "{stdout}");
    assert!(lines[0].ends_with("/fast: 4 bytes"), "{stdout}");
    // The example's server prints this when the connection is closed, while the program still runs.
    assert_eq!(lines[1], "given up: /silent");
    let expected = "/stalled: 4 bytes, then nothing in time";
    assert!(lines[2].ends_with(expected), "{stdout}");
    let mut given_up = [lines[3], lines[4]];
    given_up.sort_unstable();
    assert_eq!(given_up, ["given up: /silent", "given up: /stalled"]);
}

#[test]
fn select_timeout_reads_the_first_answer() {
    let Some(mut first) = program("select_timeout") else {
        return;
    };
    let both = Arc::new(Barrier::new(2));
    let server = Server::new(move |conn| {
        let request = conn.request().unwrap();
        match request.line.as_str() {
            "GET /none HTTP/1.1" => conn.reply("404 Not Found", "", ""),
            "GET /b HTTP/1.1" => {
                both.wait();
                conn.reply("200 OK", "", "x".repeat(1_000_000));
            }
            _ => {
                both.wait();
                conn.drain();
            }
        }
    });
    let [a, b, none] = ["/a", "/b", "/none"].map(|path| server.url(path));
    let output = first.args(["60000", &a, &b]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout, format!("{b}: 1000000 bytes\n"));

    let mut neither = program("select_timeout").unwrap();
    let output = neither.args(["60000", &none, &none]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.matches("error: 404").count(), 2, "{stderr}");
    assert!(stderr.ends_with("both have failed\n"), "{stderr}");
}

#[test]
fn select_timeout_waits_no_longer_than_it_is_told() {
    let Some(mut program) = program("select_timeout") else {
        return;
    };
    let server = Server::new(|conn| conn.drain());
    let [a, b] = ["/a", "/b"].map(|path| server.url(path));
    let output = program.args(["50", &a, &b]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("elapsed"), "{stderr}");
}
