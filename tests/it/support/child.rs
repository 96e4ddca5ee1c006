//! Tests that run themselves again in a process of their own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::server::Server;

/// The environment variable that tells a child the URL of its server.
const URL: &str = "CURLBACK_TEST_URL";

/// Returns the URL of the server if this process is a child, and `None` if it is the parent.
pub(crate) fn in_child() -> Option<String> {
    std::env::var(URL).ok()
}

/// Runs the test of this name again, alone in a process of its own. Asserts that it succeeds.
pub(crate) fn child(test: &str, server: &Server, stdin: &[u8]) -> Output {
    child_preloading(test, server, stdin, None)
}

/// Runs the test of this name again as [`child`] does, with the server at `url`.
pub(crate) fn child_at(test: &str, url: &str) -> Output {
    run(test, url, b"", None)
}

/// Runs the test of this name again as [`child`] does, with `library` in `LD_PRELOAD`.
pub(crate) fn child_preloading(
    test: &str,
    server: &Server,
    stdin: &[u8],
    library: Option<&Path>,
) -> Output {
    run(test, &server.url("/"), stdin, library)
}

fn run(test: &str, url: &str, stdin: &[u8], library: Option<&Path>) -> Output {
    let mut child = Command::new(std::env::current_exe().unwrap());
    if let Some(library) = library {
        child.env("LD_PRELOAD", library);
    }
    let mut child = child
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(URL, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (shown(&output.stdout), shown(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "{test} is not a test: {out}");
    output
}
