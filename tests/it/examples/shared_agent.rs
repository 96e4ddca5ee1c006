//! The example whose server threads share an agent.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use curlback::handlers::Collect;

use crate::support::example::{Serving, program};
use crate::support::ports::deaf_port;
use crate::support::pulled::transfer;
use crate::support::server::Server;

/// How many connections to the backend there may be.
const CONNECTIONS: usize = 4;

fn get(url: &str) -> (u32, Vec<u8>) {
    let mut transfer = transfer(Collect::new(), url);
    transfer.perform().unwrap();
    let status = transfer.response_code().unwrap();
    (status, transfer.handler_mut().take_body())
}

#[test]
fn shared_agent_shows_itself() {
    let Some(mut program) = program("shared_agent") else {
        return;
    };
    let output = program.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let count = stdout
        .strip_prefix("80 requests of 8 clients came on ")
        .and_then(|rest| rest.strip_suffix(" connections to the backend\n"))
        .unwrap_or_else(|| panic!("{stdout}"));
    let count: usize = count.parse().unwrap();
    assert!((1..=CONNECTIONS).contains(&count), "{count}");
}

#[test]
fn shared_agent_serves_its_clients_at_once_on_few_connections() {
    let Some(mut program) = program("shared_agent") else {
        return;
    };
    let peers = Arc::new(Mutex::new(BTreeSet::new()));
    let (seen, together) = (peers.clone(), Barrier::new(CONNECTIONS));
    let server = Server::new(move |conn| {
        while let Some(request) = conn.request() {
            seen.lock().unwrap().insert(conn.peer());
            // No request is answered before all connections are in use.
            together.wait();
            let path = request.line.split(' ').nth(1).unwrap();
            conn.reply("299 Own", "", path.repeat(10_000));
        }
    });
    let front = Serving::start(program.arg(server.url("/")));
    thread::scope(|scope| {
        for number in 0..3 * CONNECTIONS {
            let front = &front;
            scope.spawn(move || {
                let path = format!("/{number}");
                let expected = path.repeat(10_000).into_bytes();
                assert!(get(&front.url(&path)) == (299, expected));
            });
        }
    });
    assert_eq!(server.requests().len(), 3 * CONNECTIONS);
    assert_eq!(peers.lock().unwrap().len(), CONNECTIONS);
}

#[test]
fn shared_agent_says_that_the_backend_has_failed() {
    let Some(mut program) = program("shared_agent") else {
        return;
    };
    let (_socket, port) = deaf_port();
    let front = Serving::start(program.arg(format!("http://127.0.0.1:{port}")));
    let (status, body) = get(&front.url("/"));
    assert_eq!(status, 502);
    let body = String::from_utf8(body).unwrap();
    assert!(body.starts_with("libcurl error 7 "), "{body}");
}
