//! A process that ends while its threads use TLS.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use curlback::{Agent, Transfer};

use crate::support::built_in::https;
use crate::support::child::{child_at, in_child};
use crate::support::tls_server::{Identity, TlsServer};

const LONG: Duration = Duration::from_secs(30);
/// How many processes end.
const ROUNDS: usize = 12;

/// Makes a transfer with a new connection, whose server nobody vouches for.
fn get(url: &str) -> Transfer<()> {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.ssl_verify_peer(false).unwrap();
    transfer.ssl_verify_host(false).unwrap();
    transfer
}

/// Runs a test in processes of its own. Each ends after the first transfers, while `begin` makes others.
fn end_during_handshakes(test: &str, begin: impl Fn(&str, Sender<()>)) {
    if !https() {
        return;
    }
    if let Some(url) = in_child() {
        let (sender, done) = channel();
        begin(&url, sender);
        (0..10).for_each(|_| done.recv_timeout(LONG).unwrap());
        return;
    }
    let server = TlsServer::ok(&Identity::authority().vouch_for("127.0.0.1"), "");
    for _ in 0..ROUNDS {
        child_at(test, &server.url("/"));
    }
}

#[test]
fn process_may_end_while_threads_perform() {
    let test = "tls::exit::process_may_end_while_threads_perform";
    end_during_handshakes(test, |url, done| {
        for _ in 0..8 {
            let (url, done) = (url.to_owned(), done.clone());
            thread::spawn(move || {
                loop {
                    get(&url).perform().unwrap();
                    let _ = done.send(());
                }
            });
        }
    });
}

#[test]
fn process_may_end_while_an_agent_runs_transfers() {
    let test = "tls::exit::process_may_end_while_an_agent_runs_transfers";
    end_during_handshakes(test, |url, done| {
        for _ in 0..8 {
            let agent = Agent::new().unwrap();
            let (url, done) = (url.to_owned(), done.clone());
            thread::spawn(move || {
                loop {
                    agent.start(get(&url)).wait().1.unwrap();
                    let _ = done.send(());
                }
            });
        }
    });
}
