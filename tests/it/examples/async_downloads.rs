//! The example that downloads in tasks.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};

use crate::support::example::program;
use crate::support::server::Server;

/// How many downloads run at once.
const AT_ONCE: usize = 4;

#[test]
fn async_downloads_shows_itself() {
    let Some(mut program) = program("async_downloads") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout.lines().count(), 9, "{stdout}");
    assert_eq!(stdout.matches(": 700000 bytes in ").count(), 9, "{stdout}");
}

#[test]
fn async_downloads_stores_each_that_is_whole() {
    let Some(mut program) = program("async_downloads") else {
        return;
    };
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.split(' ').nth(1) {
                Some("/none") => conn.reply("404 Not Found", "", "no"),
                Some("/cut") => {
                    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                    return;
                }
                path => conn.reply("200 OK", "", path.unwrap_or_default().repeat(100_000)),
            }
        }
    });
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("old"), "old").unwrap();
    let paths = ["/a", "/none", "/b/?c=/d", "/cut", "/old", "/dir/e?f", ""];
    let urls = paths.map(|path| server.url(path));
    let output = program.arg(directory.path()).args(&urls).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let line = |path| {
        let start = server.url(path) + ": ";
        let mut lines = stdout.lines().filter_map(|line| line.strip_prefix(&start));
        lines.next().unwrap_or_else(|| panic!("{path}: {stdout}"))
    };
    assert!(line("/a").starts_with("200000 bytes in "), "{stdout}");
    assert!(line("/none").contains("error: 404"), "{stdout}");
    assert!(line("/cut").starts_with("libcurl error 18 "), "{stdout}");
    // Two URLs lead to the same file name. The first one that is stored gets it.
    let index = [line("/b/?c=/d"), line("")];
    let stored = index.iter().filter(|line| line.ends_with("index.html"));
    assert_eq!(stored.count(), 1, "{stdout}");
    assert!(!line("/old").contains("bytes in"), "{stdout}");
    let mut names: Vec<_> = directory
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a", "e", "index.html", "old"]);
    let read = |name| std::fs::read_to_string(directory.path().join(name)).unwrap();
    assert_eq!(read("a"), "/a".repeat(100_000));
    assert_eq!(read("e"), "/dir/e?f".repeat(100_000));
    assert_eq!(read("old"), "old");
}

#[test]
fn async_downloads_runs_four_at_once() {
    let Some(mut program) = program("async_downloads") else {
        return;
    };
    let peers = Arc::new(Mutex::new(BTreeSet::new()));
    let (seen, changed) = (peers.clone(), Condvar::new());
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            let mut seen = seen.lock().unwrap();
            seen.insert(conn.peer());
            changed.notify_all();
            // No request is answered before `AT_ONCE` clients have connected.
            drop(
                changed
                    .wait_while(seen, |seen| seen.len() < AT_ONCE)
                    .unwrap(),
            );
            conn.reply("200 OK", "", "body");
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let urls = (0..3 * AT_ONCE).map(|number| server.url(&format!("/{number}")));
    let output = program.arg(directory.path()).args(urls).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    // Each later transfer uses the connection of a transfer that has ended.
    assert_eq!(peers.lock().unwrap().len(), AT_ONCE);
    assert_eq!(directory.path().read_dir().unwrap().count(), 3 * AT_ONCE);
}
