//! The examples with many transfers and with remotes, as programs that a user runs.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::support::example::program;
use crate::support::server::Server;
use crate::support::servers::endless;

fn files() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.split(' ').nth(1) {
                Some("/none") => conn.reply("404 Not Found", "", "no"),
                path => conn.reply("200 OK", "", path.unwrap_or_default().repeat(1000)),
            }
        }
    })
}

#[test]
fn multi_download_stores_each_and_says_what_failed() {
    let Some(mut program) = program("multi_download") else {
        return;
    };
    let server = files();
    let folder = tempfile::tempdir().unwrap();
    let urls = ["/a", "/none", "/b", "/c", "/d", "/e"].map(|path| server.url(path));
    let output = program.args(&urls).current_dir(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout.lines().count(), urls.len(), "{stdout}");
    assert!(stdout.contains(&format!("{}: 2000 bytes in a", server.url("/a"))));
    assert!(stdout.contains("error: 404"), "{stdout}");
    for name in ["a", "b", "c", "d", "e"] {
        let stored = std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(stored, format!("/{name}").repeat(1000).as_bytes());
    }
    assert!(!folder.path().join("none").exists());
}

#[test]
fn event_loop_fetches_each() {
    let Some(mut program) = program("event_loop") else {
        return;
    };
    let server = files();
    let urls = ["/a", "/bb", "/ccc"].map(|path| server.url(path));
    let output = program.args(&urls).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    for url in &urls {
        let size = 1000 * (url.len() - server.url("").len());
        assert!(stdout.contains(&format!("{url}: {size} bytes")), "{stdout}");
    }
}

/// Runs `remote_control` on an endless body. Once the first bytes are there, calls `stop`, which
/// must cancel the transfer.
fn controlled(stop: impl FnOnce(&mut Child)) {
    let Some(mut program) = program("remote_control") else {
        return;
    };
    let server = endless(1000);
    let mut child = program
        .arg(server.url("/"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut stdout, &mut [0; 1000]).unwrap();
    let drained = std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    stop(&mut child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(output.stderr, b"cancelled\n");
    drained.join().unwrap().unwrap();
}

#[test]
fn remote_control_pauses_resumes_and_cancels() {
    controlled(|child| {
        let stdin = child.stdin.as_mut().unwrap();
        stdin.write_all(b"p\nr\nq\n").unwrap();
    });
}

#[cfg(unix)]
#[test]
fn remote_control_ends_cleanly_when_interrupted() {
    controlled(|child| {
        let pid = child.id().to_string();
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -INT \"$0\"", &pid]);
        assert!(kill.status().unwrap().success());
    });
}
