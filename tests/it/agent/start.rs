//! Transfers that an agent starts, and their results.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use curlback::agent::Started;
use curlback::handlers::Collect;
use curlback::{
    AddressFilter, Agent, Callback, CallbackResult, Callbacks, Code, Share, ShareData, Transfer,
    WriteResult, callbacks,
};

use socket2::Socket;

use crate::support::breaks::{How, Own};
use crate::support::pulled::transfer;
use crate::support::server::Server;

/// `write` does what its `How` says: it continues, fails, aborts or panics.
#[derive(Debug)]
struct Breaks(How);

#[callbacks]
impl Callbacks for Breaks {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        match self.0.result(Callback::Write) {
            curlback::CallbackResult::Fail(error) => WriteResult::Fail(error),
            curlback::CallbackResult::Abort => WriteResult::Abort,
            curlback::CallbackResult::Continue => WriteResult::Continue,
        }
    }
}

#[test]
fn transfers_of_every_type_come_back_with_their_results() {
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    let get = transfer(Collect::new(), &server.url("/"));
    let fails = transfer(Breaks(How::Fail), &server.url("/"));
    let refused = transfer((), "http://127.0.0.1:1/");
    let (get, fails, refused) = (agent.start(get), agent.start(fails), agent.start(refused));

    let (mut get, result) = get.wait();
    result.unwrap();
    assert_eq!(get.handler_mut().take_body(), b"body");
    assert_eq!(get.response_code().unwrap(), 200);
    let (mut fails, result) = fails.wait();
    assert_eq!(
        result.unwrap_err().downcast_ref(),
        Some(&Own(Callback::Write))
    );
    let (_, result) = refused.wait();
    assert_eq!(result.unwrap_err().code(), Some(Code::COULDNT_CONNECT));

    // Each transfer can be used again, by the agent or by `perform`.
    fails.handler_mut().0 = How::Not;
    agent.start(fails).wait().1.unwrap();
    let (mut get, result) = agent.start(get).wait();
    result.unwrap();
    assert_eq!(get.num_connects().unwrap(), 0);
    get.perform().unwrap();
    assert_eq!(get.handler().body(), b"body");
}

#[test]
fn what_cannot_begin_comes_back_with_the_error() {
    let agent = Agent::new().unwrap();
    let mut upload = transfer((), "http://127.0.0.1:1/");
    upload.in_filesize(7).unwrap();
    let (mut upload, result) = agent.start(upload).wait();
    let refused = upload.perform().unwrap_err();
    assert_eq!(result.unwrap_err().to_string(), refused.to_string());
}

#[test]
fn panic_before_a_transfer_begins_comes_out_of_the_handle() {
    struct Panics;
    #[callbacks]
    impl Callbacks for Panics {
        fn address_filter(&self) -> AddressFilter {
            panic!("asked")
        }
    }
    let agent = Agent::new().unwrap();
    let started = agent.start(transfer(Panics, "http://127.0.0.1:1/"));
    let result = catch_unwind(AssertUnwindSafe(|| started.wait().1));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"asked"));
    let opening = agent.open(transfer(Panics, "http://127.0.0.1:1/"));
    let result = catch_unwind(AssertUnwindSafe(|| opening.wait().map(drop).is_ok()));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"asked"));
}

/// The agent's thread closes the connection, so `close_socket` runs on that thread.
#[test]
fn panic_that_closes_a_former_connection_comes_out_of_the_handle() {
    struct Panics;
    #[callbacks]
    impl Callbacks for Panics {
        fn close_socket(&mut self, _: Socket) -> CallbackResult {
            panic!("closed")
        }
    }
    let server = Server::ok("body");
    for threads in [1, 2] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let agent = Agent::builder().threads(threads).build().unwrap();
        let mut connected = transfer(Panics, &server.url("/"));
        connected.connect_only(true).unwrap();
        connected.perform().unwrap();
        let started = agent.start(connected);
        let result = catch_unwind(AssertUnwindSafe(|| started.wait().1));
        assert_eq!(result.unwrap_err().downcast_ref(), Some(&"closed"));
    }
}

#[test]
fn panic_comes_out_of_the_handle_and_the_agent_lives_on() {
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    let panics = agent.start(transfer(Breaks(How::Panic), &server.url("/")));
    let other = agent.start(transfer(Collect::new(), &server.url("/")));
    let payload = catch_unwind(AssertUnwindSafe(|| panics.wait())).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::Write)));
    let (other, result) = other.wait();
    result.unwrap();
    assert_eq!(other.handler().body(), b"body");
    // The agent survives a panic that nobody waits for, too.
    agent
        .start(transfer(Breaks(How::Panic), &server.url("/")))
        .detach();
    agent.start(other).wait().1.unwrap();
}

#[test]
fn five_hundred_at_once_from_many_threads_use_few_connections() {
    let server = Server::ok("body");
    let agent = Agent::builder().max_host_connections(8).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..10 {
            let (agent, url) = (agent.clone(), server.url("/"));
            scope.spawn(move || {
                let get = |_| agent.start(transfer(Collect::new(), &url));
                let all: Vec<Started<Collect>> = (0..50).map(get).collect();
                for started in all {
                    let (transfer, result) = started.wait();
                    result.unwrap();
                    assert_eq!(transfer.handler().body(), b"body");
                }
            });
        }
    });
    assert_eq!(server.requests().len(), 500);
}

#[test]
fn several_threads_take_turns_and_share_addresses() {
    let server = Server::ok("body");
    let threads = NonZeroUsize::new(3).unwrap();
    let agent = Agent::builder()
        .threads(threads)
        .name("own")
        .build()
        .unwrap();
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    struct Where(Arc<Mutex<BTreeSet<(String, String)>>>);
    #[callbacks]
    impl Callbacks for Where {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            let thread = thread::current();
            let id: ThreadId = thread.id();
            let name = thread.name().unwrap_or_default().to_owned();
            self.0.lock().unwrap().insert((name, format!("{id:?}")));
            WriteResult::Continue
        }
    }
    let get = |_| agent.start(transfer(Where(seen.clone()), &server.url("/")));
    let mut transfers = Vec::new();
    for started in (0..6).map(get).collect::<Vec<_>>() {
        let (transfer, result) = started.wait();
        result.unwrap();
        transfers.push(transfer);
    }
    let names: Vec<String> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    assert_eq!(names, ["own-0", "own-1", "own-2"]);
    // A transfer with a share of its own keeps it, and is accepted.
    let mut own: Transfer<Where> = transfers.pop().unwrap();
    own.share(&Share::new(ShareData::COOKIES).unwrap()).unwrap();
    agent.start(own).wait().1.unwrap();
}

#[test]
fn callbacks_may_start_transfers_and_drop_the_agent() {
    struct Follows {
        agent: Option<Agent>,
        next: Option<Transfer<Collect>>,
        started: Option<Started<Collect>>,
    }
    #[callbacks]
    impl Callbacks for Follows {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            if let (Some(agent), Some(next)) = (self.agent.take(), self.next.take()) {
                self.started = Some(agent.start(next));
                drop(agent);
            }
            WriteResult::Continue
        }
    }
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    let handler = Follows {
        agent: Some(agent.clone()),
        next: Some(transfer(Collect::new(), &server.url("/"))),
        started: None,
    };
    let started = agent.start(transfer(handler, &server.url("/")));
    drop(agent);
    let (transfer, result) = started.wait();
    result.unwrap();
    let (next, result) = transfer.into_handler().started.unwrap().wait();
    result.unwrap();
    assert_eq!(next.handler().body(), b"body");
}

#[test]
fn agents_and_handles_cross_threads() {
    fn is_shared<T: Send + Sync + Clone>() {}
    fn is_sent<T: Send>() {}
    is_shared::<Agent>();
    is_sent::<Started<Collect>>();
    is_sent::<curlback::agent::Opening<Collect>>();
    is_sent::<curlback::agent::Opened<Collect>>();
    is_sent::<curlback::agent::Writer>();
}
