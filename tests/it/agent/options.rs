//! The options of an agent, which it has in common with a `Multi`.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use curlback::agent::Builder;
use curlback::multi::{NetworkChange, Pipelining};
use curlback::{Agent, Error};

use crate::support::h2_server::H2Server;
use crate::support::pulled::transfer;
use crate::support::server::Server;
use crate::support::skip::{is_before, known, needs, skip};

/// Makes a server that answers a request once the test sends a message. For each request, the receiver
/// gets the sender of that message. A test binds the server before the receiver, so that the server is
/// dropped last.
fn held() -> (Server, Receiver<Sender<()>>) {
    let (sender, comes) = channel();
    let sender = Mutex::new(sender);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            let (go_on, may_go_on) = channel();
            let sent = sender.lock().unwrap().send(go_on);
            if sent.is_err() || may_go_on.recv().is_err() {
                return;
            }
            conn.reply("200 OK", "", "body");
        }
    });
    (server, comes)
}

/// Returns how many connections a transfer has made.
fn connects(agent: &Agent, url: &str) -> u64 {
    let (transfer, result) = agent.start(transfer((), url)).wait();
    result.unwrap();
    transfer.num_connects().unwrap().into()
}

#[test]
fn limits_of_connections_are_kept() {
    let limits: [fn(Builder) -> Builder; 2] = [
        |builder| builder.max_total_connections(2),
        |builder| builder.max_host_connections(2),
    ];
    for limit in limits {
        let (server, comes) = held();
        let agent = limit(Agent::builder()).build().unwrap();
        let get = |_| agent.start(transfer((), &server.url("/")));
        let all: Vec<_> = (0..6).map(get).collect();
        // There are two requests at a time: the third comes only after one of them was answered.
        let mut answers = vec![comes.recv().unwrap(), comes.recv().unwrap()];
        for _ in 2..6 {
            assert!(comes.try_recv().is_err());
            answers.remove(0).send(()).unwrap();
            answers.push(comes.recv().unwrap());
        }
        for answer in answers {
            answer.send(()).unwrap();
        }
        let mut connections = 0;
        for started in all {
            let (transfer, result) = started.wait();
            result.unwrap();
            connections += transfer.num_connects().unwrap();
        }
        assert_eq!(connections, 2);
    }
}

#[test]
fn no_more_connections_are_kept_than_may_be() {
    let (one, other) = (Server::ok("one"), Server::ok("other"));
    // If two connections became idle in the same millisecond, libcurl may close
    // either of them.
    for (limit, expected) in [(1, 3..=4), (100, 2..=2)] {
        let agent = Agent::builder().max_connects(limit).build().unwrap();
        let servers = [&one, &other, &one, &other];
        let connections = servers.map(|server| connects(&agent, &server.url("/")));
        let made: u64 = connections.iter().sum();
        assert!(expected.contains(&made), "{limit}: {made}");
    }
}

/// Returns how many connections a transfer makes while another transfer is in progress on an HTTP/2
/// connection.
fn connects_beside(server: &H2Server, builder: Builder) -> u64 {
    let agent = builder.build().unwrap();
    let mut slow = transfer((), "");
    server.slow(&mut slow);
    let _slow = agent.open(slow).wait().unwrap();
    let mut other = transfer((), "");
    server.whole(&mut other);
    let (other, result) = agent.start(other).wait();
    result.unwrap();
    other.num_connects().unwrap().into()
}

#[test]
fn streams_share_a_connection_as_far_as_they_may() {
    let Some(server) = H2Server::new(&[0; 20_000]) else {
        return;
    };
    let alone = Agent::builder().pipelining(Pipelining::NOTHING);
    assert_eq!(connects_beside(&server, alone), 1);
    needs!((8, 1, 0), "HTTP/2 that transfers may share");
    assert_eq!(connects_beside(&server, Agent::builder()), 0);
    let few = Agent::builder().max_concurrent_streams(1);
    assert_eq!(connects_beside(&server, few), 1);
}

#[test]
fn value_that_does_not_suit_is_an_error_of_build() {
    for threads in [1, 2] {
        let builder = || Agent::builder().threads(NonZeroUsize::new(threads).unwrap());
        let unknown = Pipelining::from_bits_retain(1 << 9);
        let error = builder().pipelining(unknown).build().unwrap_err();
        assert!(
            matches!(error, Error::Option { option, .. } if option == "CURLMOPT_PIPELINING"),
            "{error:?}"
        );
        // libcurl itself decides whether these values are valid.
        let refused: [fn(Builder) -> Builder; 2] = [
            |builder| builder.resolve_threads_max(0),
            |builder| builder.quick_exit(true),
        ];
        for (refuse, is_valid) in refused.into_iter().zip([false, true]) {
            match refuse(builder()).build() {
                Err(Error::Unsupported { .. }) => assert!(is_before((8, 20, 0))),
                Err(error) => assert!(matches!(error, Error::Option { .. }) && !is_valid),
                Ok(_) => assert!(is_valid),
            }
        }
    }
}

#[test]
fn changed_network_forgets_connections_of_each_thread() {
    let server = Server::ok("body");
    let two = NonZeroUsize::new(2).unwrap();
    let agent = Agent::builder().threads(two).build().unwrap();
    let all = || {
        [0; 4]
            .map(|_| connects(&agent, &server.url("/")))
            .iter()
            .sum::<u64>()
    };
    assert_eq!(all(), 2);
    assert_eq!(all(), 0);
    if known(agent.network_changed(NetworkChange::CLEAR_CONNECTIONS)).is_none() {
        return skip!("the linked libcurl is not told of changed networks");
    }
    assert_eq!(all(), 2);
    agent.shutdown();
    let error = agent.network_changed(NetworkChange::CLEAR_ALL).unwrap_err();
    assert!(matches!(error, Error::Agent { .. }), "{error:?}");
}
