//! `Restricted` checks the address of a proxy, and connections that are reused.

use curlback::Callback;
use curlback::handlers::{Collect, Refused, Restricted};

use super::restricted::{HERE, LOOPBACK, and_also, assert_refused, transfer};
use crate::support::server::Server;
use crate::support::skip::needs;

#[test]
fn through_a_proxy_only_its_address_is_seen() {
    needs!((7, 80, 0), "prereq");
    let proxy = Server::ok("by proxy");
    let handler = and_also(HERE).and(Collect::new());
    let mut transfer = transfer(handler, "http://10.0.0.1/inside");
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner().body(), b"by proxy");
    let line = &proxy.requests()[0].line;
    assert_eq!(line, "GET http://10.0.0.1/inside HTTP/1.1");

    // A proxy at a refused address is not reached, wherever the URL leads.
    let mut transfer = super::restricted::transfer(Restricted::new(), "http://8.8.8.8/");
    transfer.proxy(&proxy.url("")).unwrap();
    assert_refused(&mut transfer, &proxy.address().to_string(), LOOPBACK);
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn reused_connection_is_checked_by_the_policy_of_its_user() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("public");
    let mut transfer = transfer(and_also(HERE), &server.url("/"));
    transfer.perform().unwrap();
    *transfer.handler_mut() = Restricted::new();
    let error = transfer.perform().unwrap_err();
    let cause: &Refused = error.downcast_ref().unwrap();
    assert!(cause.to_string().contains(LOOPBACK), "{cause}");
    assert_eq!(error.callback(), Some(Callback::Prereq));
}
