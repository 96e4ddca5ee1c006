//! Threads that share connections.

mod server;

use std::thread;

use curlback::{Agent, Error, Transfer, handlers::Collect};
use server::{Server, respond};

fn fetch(agent: &Agent, url: &str) -> Result<Vec<u8>, Error> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    transfer.fail_on_error(true)?;
    let (mut transfer, result) = agent.start(transfer).wait();
    result?;
    Ok(transfer.handler_mut().take_body())
}

fn work(url: &str) -> Result<usize, Error> {
    // By default, libcurl closes connections when fewer transfers run.
    let agent = Agent::builder().max_connects(8).build()?;
    thread::scope(|scope| {
        let worker = |_| {
            scope.spawn(|| (0..10).try_fold(0, |bytes, _| Ok(bytes + fetch(&agent, url)?.len())))
        };
        let workers: Vec<_> = (0..8).map(worker).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("it does not panic"))
            .sum()
    })
}

#[test]
fn eight_threads_share_connections() {
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b"body"));
    assert_eq!(work(&server.url("/")).unwrap(), 8 * 10 * 4);
    assert_eq!(server.requests().len(), 80);
    assert!(
        server.connections() <= 8,
        "{} connections",
        server.connections()
    );
}
