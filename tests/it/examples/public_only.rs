//! The example `public_only`, as a program.

use std::process::Output;

use crate::support::example::program;
use crate::support::server::Server;
use crate::support::skip::needs;

/// Runs the example with this URL as an argument and this proxy in its environment; `None` means without.
/// Returns `None` if the example is not built.
fn public_only(url: Option<&str>, proxy: Option<&str>) -> Option<Output> {
    let mut command = program("public_only")?;
    command.args(url);
    if let Some(proxy) = proxy {
        command.env("http_proxy", proxy).env("ALL_PROXY", proxy);
    }
    Some(command.output().unwrap())
}

#[test]
fn example_refuses_an_internal_address_in_one_line() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let address = server.address();
    for proxy in [None, Some(server.url(""))] {
        let Some(output) = public_only(Some(&server.url("/")), proxy.as_deref()) else {
            return;
        };
        let stderr = String::from_utf8(output.stderr).unwrap();
        let line = format!("public_only: {address} is refused: loopback (127.0.0.0/8)\n");
        assert_eq!(stderr, line);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn example_takes_http_only() {
    for url in [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "ftp://127.0.0.1:1/",
        "",
    ] {
        let Some(output) = public_only(Some(url), None) else {
            return;
        };
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        // The example fails before it checks an address.
        assert!(!stderr.contains("is refused"), "{stderr}");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn example_shows_itself() {
    needs!((7, 80, 0), "prereq");
    let Some(output) = public_only(None, None) else {
        return;
    };
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let expected = "169.254.169.254:80 is refused: link-local (169.254.0.0/16)\n";
    assert!(stdout.ends_with(expected), "{stdout}{stderr}");
}
