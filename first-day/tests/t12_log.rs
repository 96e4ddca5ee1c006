//! A log for debugging, without the secrets in it.

mod server;

use std::io::Write;

use curlback::handlers::{Collect, Log};
use curlback::{Auth, Error, Transfer};
use server::{Server, respond};

/// Logs in by password, and requests a page with the cookie and a token.
fn visit(base: &str, password: &str, token: &str, log: impl Write) -> Result<(), Error> {
    let mut transfer = Transfer::new(Log::new(log).and(Collect::new()))?;
    transfer.verbose(true)?;
    transfer.cookie_file("")?;
    transfer.url(&format!("{base}/login"))?;
    transfer.username("ann")?;
    transfer.password(password)?;
    transfer.add_header("X-Client: first-day")?;
    transfer.perform()?;

    transfer.url(&format!("{base}/page?access_token={token}"))?;
    transfer.http_auth(Auth::BEARER)?;
    transfer.xoauth2_bearer(token)?;
    transfer.perform()
}

#[test]
fn the_log_has_headers_and_no_secrets() {
    let server = Server::start(|_, to| {
        respond(
            to,
            "200 OK",
            &["Set-Cookie: session=cookie-value", "Server: test"],
            b"the body",
        )
    });
    let mut log = Vec::new();
    visit(&server.url(""), "pass-word", "to.ken", &mut log).unwrap();

    // The secrets were sent.
    let requests = server.requests();
    assert_eq!(
        requests[0].header("Authorization"),
        Some("Basic YW5uOnBhc3Mtd29yZA==")
    );
    assert_eq!(requests[1].line, "GET /page?access_token=to.ken");
    assert_eq!(requests[1].header("Authorization"), Some("Bearer to.ken"));
    assert_eq!(requests[1].header("Cookie"), Some("session=cookie-value"));

    let log = String::from_utf8(log).unwrap();
    for line in [
        "> GET /login HTTP/1.1\n",
        "> X-Client: first-day\n",
        "> Authorization: Basic [redacted]\n",
        "< HTTP/1.1 200 OK\n",
        "< Server: test\n",
        "< Set-Cookie: [redacted]\n",
        "> GET /page?access_token=[redacted] HTTP/1.1\n",
        "> Authorization: Bearer [redacted]\n",
        "> Cookie: [redacted]\n",
    ] {
        assert!(log.contains(line), "{line} is missing in:\n{log}");
    }
    for secret in [
        "pass-word",
        "YW5uOnBhc3Mtd29yZA",
        "to.ken",
        "cookie-value",
        "the body",
    ] {
        assert!(!log.contains(secret), "{secret} is in:\n{log}");
    }
}
