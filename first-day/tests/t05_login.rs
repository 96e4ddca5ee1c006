//! A login by password, then requests with the token and the cookie of its response.

mod server;

use std::error::Error;

use curlback::{Auth, Transfer, handlers::Collect};
use server::{Server, respond};

/// Logs in, and keeps the cookies and the token of the session.
fn login(url: &str, user: &str, password: &str) -> Result<Transfer<Collect>, Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.cookie_file("")?; // keeps cookies in memory
    transfer.fail_on_error(true)?;
    transfer.url(url)?;
    transfer.username(user)?;
    transfer.password(password)?;
    transfer.perform()?;
    let token = transfer.handler_mut().take_body();
    transfer.http_auth(Auth::BEARER)?;
    transfer.xoauth2_bearer(token)?;
    Ok(transfer)
}

fn get(session: &mut Transfer<Collect>, url: &str) -> Result<Vec<u8>, curlback::Error> {
    session.url(url)?;
    session.perform()?;
    Ok(session.handler_mut().take_body())
}

#[test]
fn sends_a_password_then_a_token_and_keeps_cookies() {
    let server = Server::start(|request, to| match &*request.line {
        "GET /login" => respond(to, "200 OK", &["Set-Cookie: session=7"], b"abc.def"),
        _ => respond(to, "200 OK", &[], b"me"),
    });
    let mut session = login(&server.url("/login"), "ann", "secret").unwrap();
    assert_eq!(get(&mut session, &server.url("/me")).unwrap(), b"me");

    let requests = server.requests();
    assert_eq!(
        requests[0].header("Authorization"),
        Some("Basic YW5uOnNlY3JldA==")
    );
    assert_eq!(requests[0].header("Cookie"), None);
    assert_eq!(requests[1].header("Authorization"), Some("Bearer abc.def"));
    assert_eq!(requests[1].header("Cookie"), Some("session=7"));
    assert_eq!(server.connections(), 1);
}
