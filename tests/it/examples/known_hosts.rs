//! The example `known_hosts`, as a program.

#![cfg(unix)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::support::example::program;
use crate::support::skip::needs;
use crate::support::sshd::{CONTENT, FILE, Sshd, said};

/// Runs the example, which downloads [`FILE`], and answers the question that it asks. Returns its
/// output, and its standard error as a string.
fn example(sshd: &Sshd, answer: &[u8]) -> Option<(Output, String)> {
    let mut child = program("known_hosts")?
        .args(["--identity".as_ref(), sshd.path("client").as_os_str()])
        .arg(sshd.url(FILE))
        .arg(sshd.known_hosts())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // If the example asks nothing, it may have ended by now.
    let _ = child.stdin.take().unwrap().write_all(answer);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some((output, text))
}

#[test]
fn the_example_asks_before_it_trusts_an_unknown_key_and_refuses_a_changed_one() {
    needs!((7, 77, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::start() else { return };
    let said = said(
        Command::new("ssh-keygen")
            .arg("-lf")
            .arg(sshd.path("host.pub")),
    );
    let fingerprint = said.split(' ').nth(1).unwrap();

    let before = sshd.known_hosts_text();
    for answer in [&b"no\n"[..], b""] {
        let Some((output, text)) = example(&sshd, answer) else {
            return;
        };
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert_eq!(output.stdout, b"");
        assert!(text.contains(fingerprint), "{text}");
        assert_eq!(sshd.known_hosts_text(), before);
    }

    let (output, text) = example(&sshd, b"yes\n").unwrap();
    assert!(output.status.success(), "{text}");
    assert_eq!(output.stdout, CONTENT);
    assert!(text.contains(fingerprint), "{text}");
    assert_eq!(sshd.known_keys(), [sshd.host_key()]);

    let (output, text) = example(&sshd, b"").unwrap();
    assert!(output.status.success(), "{text}");
    assert_eq!((&output.stdout[..], text.as_str()), (CONTENT, ""));

    sshd.know(Some(&sshd.other_key("ed25519")));
    let before = sshd.known_hosts_text();
    let (output, text) = example(&sshd, b"yes\n").unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(output.stdout, b"");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("known_hosts: "), "{text}");
    assert_eq!(sshd.known_hosts_text(), before);
}
