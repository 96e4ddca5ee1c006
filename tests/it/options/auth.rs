//! Names and passwords, and which hosts get them.

use curlback::{Auth, Version};

use crate::support::server::Server;
use crate::support::servers::redirecting_server;
use crate::support::skip::skip_case;
use crate::support::transfers::{Get, collecting, request};

#[test]
fn names_and_passwords_reach_the_server() {
    let basic = |t: &mut Get| {
        t.username("me")?;
        t.password("pass:word")
    };
    let sent = request(|t, _| basic(t));
    let proof = "Basic bWU6cGFzczp3b3Jk";
    assert_eq!(sent.header("authorization"), Some(proof));
    // With Digest, the first request has no credentials: it only gets the challenge.
    let sent = request(|t, _| {
        t.http_auth(Auth::DIGEST)?;
        basic(t)
    });
    assert_eq!(sent.header("authorization"), None);
    let sent = request(|t, s| {
        t.proxy(&s.url(""))?;
        t.noproxy("")?;
        t.proxy_auth(Auth::BASIC)?;
        t.proxy_username("me")?;
        t.proxy_password("pass:word")
    });
    assert_eq!(sent.header("proxy-authorization"), Some(proof));
}

#[test]
fn password_goes_to_another_host_only_when_unrestricted() {
    for (unrestricted, host) in [
        (false, "127.0.0.1"),
        (true, "127.0.0.1"),
        (false, "other.invalid"),
        (true, "other.invalid"),
    ] {
        let other = Server::ok("");
        let port = other.address().port();
        let server = redirecting_server("302 Found", format!("http://{host}:{port}/new"));
        let mut transfer = collecting(&server.url("/old"));
        transfer
            .resolve([format!("other.invalid:{port}:127.0.0.1")])
            .unwrap();
        transfer.username("me").unwrap();
        transfer.password("secret").unwrap();
        transfer.follow_location(true).unwrap();
        transfer.unrestricted_auth(unrestricted).unwrap();
        transfer.perform().unwrap();
        let proof = |server: &Server| server.requests()[0].header("authorization").is_some();
        assert!(proof(&server));
        if host == "127.0.0.1" && !unrestricted && Version::linked() < Version::new(7, 83, 0) {
            skip_case!("this libcurl takes another port for the same host");
            continue;
        }
        assert_eq!(proof(&other), unrestricted, "{host}");
    }
}
