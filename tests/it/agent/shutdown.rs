//! Agents that are shut down.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use curlback::{Agent, Callbacks, Error, WriteResult, callbacks};

use super::ends::{await_gone, begun, endless};
use crate::support::pulled::transfer;
use crate::support::server::Server;

#[test]
fn shutdown_cancels_what_runs_and_refuses_what_comes() {
    let (server, gone) = endless();
    let agent = Agent::new().unwrap();
    let started = begun(&agent, &server);
    let other = agent.clone();
    agent.shutdown();
    assert!(started.is_finished());
    let (transfer, result) = started.wait();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    await_gone(&gone);
    let (_, result) = other.start(transfer).wait();
    let error = result.unwrap_err();
    assert!(error.to_string().contains("shut down"), "{error}");
    other.shutdown();
}

#[test]
fn shutdown_waits_for_the_end_of_the_thread() {
    /// Takes its time to be dropped.
    struct Last(Agent, Arc<AtomicBool>);
    impl Drop for Last {
        fn drop(&mut self) {
            (0..1000).for_each(|_| thread::yield_now());
            self.0.shutdown(); // does not wait for its own thread
            self.1.store(true, Ordering::Relaxed);
        }
    }
    thread_local! {
        static LAST: Cell<Option<Last>> = const { Cell::new(None) };
    }
    struct Leaves(Agent, Arc<AtomicBool>);
    #[callbacks]
    impl Callbacks for Leaves {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            LAST.set(Some(Last(self.0.clone(), self.1.clone())));
            WriteResult::Continue
        }
    }
    let (server, has_ended) = (Server::ok("body"), Arc::<AtomicBool>::default());
    let agent = Agent::new().unwrap();
    let get = transfer(Leaves(agent.clone(), has_ended.clone()), &server.url("/"));
    agent.start(get).wait().1.unwrap();
    // Both callers wait.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                agent.shutdown();
                assert!(has_ended.load(Ordering::Relaxed));
            });
        }
    });
}

#[test]
fn shutdown_inside_a_callback_does_not_wait_for_its_thread() {
    struct Shuts(Agent);
    #[callbacks]
    impl Callbacks for Shuts {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            self.0.shutdown();
            WriteResult::Continue
        }
    }
    let (server, _gone) = endless();
    let agent = Agent::new().unwrap();
    let started = agent.start(transfer(Shuts(agent.clone()), &server.url("/")));
    let (_, result) = started.wait();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    agent.shutdown();
}

#[test]
fn shutdown_inside_callbacks_on_two_threads_does_not_hang() {
    struct Shuts(Agent, Arc<Barrier>);
    #[callbacks]
    impl Callbacks for Shuts {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            self.1.wait();
            self.0.shutdown();
            WriteResult::Continue
        }
    }
    let (server, _gone) = endless();
    let two = NonZeroUsize::new(2).unwrap();
    let agent = Agent::builder().threads(two).build().unwrap();
    let both = Arc::new(Barrier::new(2));
    let start = |_| {
        agent.start(transfer(
            Shuts(agent.clone(), both.clone()),
            &server.url("/"),
        ))
    };
    for started in [0, 1].map(start) {
        let (_, result) = started.wait();
        assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    }
    agent.shutdown();
}
