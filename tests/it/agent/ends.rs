//! Transfers of an agent that are cancelled, given up or left, and panics.

use std::fmt;
use std::future::Future;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use curlback::agent::Started;
use curlback::handlers::Collect;
use curlback::{Agent, Callbacks, Error, WriteResult, callbacks};

use crate::support::breaks::How;
#[cfg(target_os = "linux")]
use crate::support::child::{child, in_child};
use crate::support::pulled::transfer;
use crate::support::server::Server;

/// Makes a server that begins an answer and never ends it. The receiver gets a message whenever a
/// client that has sent a request has gone.
pub(super) fn endless() -> (Server, Receiver<()>) {
    let (sender, gone) = channel();
    let server = Server::new(move |conn| {
        if conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
            conn.drain();
            let _ = sender.send(());
        }
    });
    (server, gone)
}

pub(super) fn await_gone(gone: &Receiver<()>) {
    gone.recv_timeout(Duration::from_secs(20))
        .expect("the connection stays open");
}

/// Sends a message at each call of `write`. Its `Arc` tells whether the handler was dropped.
pub(super) struct Tells {
    begins: std::sync::mpsc::Sender<()>,
    _dropped: Arc<()>,
}

#[callbacks]
impl Callbacks for Tells {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        let _ = self.begins.send(());
        WriteResult::Continue
    }
}

/// Starts a transfer, and waits until its body begins.
pub(super) fn begun(agent: &Agent, server: &Server) -> Started<Tells> {
    let (begins, has_begun) = channel();
    let tells = Tells {
        begins,
        _dropped: Arc::default(),
    };
    let started = agent.start(transfer(tells, &server.url("/")));
    has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    started
}

#[test]
fn dropped_handles_cancel_at_once_and_leave_nothing() {
    let (server, gone) = endless();
    let agent = Agent::new().unwrap();
    let (begins, has_begun) = channel();
    let kept = Arc::new(());
    let start = |_| {
        let tells = Tells {
            begins: begins.clone(),
            _dropped: kept.clone(),
        };
        agent.start(transfer(tells, &server.url("/")))
    };
    let all: Vec<_> = (0..50).map(start).collect();
    for _ in 0..50 {
        has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    }
    drop(all);
    for _ in 0..50 {
        await_gone(&gone);
    }
    agent.shutdown();
    assert_eq!(Arc::strong_count(&kept), 1);
}

#[test]
fn handle_that_is_dropped_before_the_transfer_begins_cancels_it_too() {
    let (server, gone) = endless();
    let agent = Agent::new().unwrap();
    for _ in 0..50 {
        drop(agent.start(transfer(Collect::new(), &server.url("/"))));
    }
    agent.shutdown();
    assert!(server.requests().len() <= 50);
    drop(server);
    // Waits until all connections that were made are closed.
    while gone.recv().is_ok() {}
}

#[test]
fn remote_cancels_and_the_transfer_comes_back() {
    let (server, gone) = endless();
    let agent = Agent::new().unwrap();
    let started = begun(&agent, &server);
    let Err(started) = started.wait_for(Duration::from_millis(20)) else {
        panic!("it does not end");
    };
    assert!(!started.is_finished());
    assert!(started.remote().clone().cancel());
    let (_, result) = started.wait();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    await_gone(&gone);
}

#[test]
fn detached_transfer_goes_on_and_ends() {
    let (done, is_done) = channel();
    struct Done(std::sync::mpsc::Sender<()>);
    impl Callbacks for Done {}
    impl Drop for Done {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    agent.start(transfer(Done(done), &server.url("/"))).detach();
    drop(agent);
    is_done.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(server.requests().len(), 1);
}

/// Notes at each wake-up whether all of these transfers have ended.
#[derive(Default)]
struct Looks {
    started: Mutex<Vec<Started<()>>>,
    have_ended: Mutex<Vec<bool>>,
}

impl Wake for Looks {
    fn wake(self: Arc<Self>) {
        let have_ended = self
            .started
            .lock()
            .unwrap()
            .iter()
            .all(Started::is_finished);
        self.have_ended.lock().unwrap().push(have_ended);
    }
}

#[test]
fn transfers_that_end_at_once_are_there_before_a_task_is_woken() {
    let (server, _gone) = endless();
    let agent = Agent::new().unwrap();
    let looks = Arc::new(Looks::default());
    let waker = Waker::from(looks.clone());
    for _ in 0..2 {
        let mut started = agent.start(transfer((), &server.url("/")));
        let polled = Pin::new(&mut started).poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        looks.started.lock().unwrap().push(started);
    }
    agent.shutdown();
    assert_eq!(*looks.have_ended.lock().unwrap(), [true, true]);
}

/// Panics when it is woken, and when it is dropped.
struct Alarms;

impl Wake for Alarms {
    fn wake(self: Arc<Self>) {
        panic!("woken");
    }
}

impl Drop for Alarms {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn wakers_that_panic_end_nothing() {
    let (go_on, may_go_on) = channel();
    let may_go_on = Mutex::new(may_go_on);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
            let _ = may_go_on.lock().unwrap().recv();
            conn.send("x");
        }
    });
    let agent = Agent::new().unwrap();
    for reads in [false, true] {
        let waker = Waker::from(Arc::new(Alarms));
        let mut cx = Context::from_waker(&waker);
        let get = transfer((), &server.url("/"));
        let mut response = agent.open(get).wait().unwrap();
        if reads {
            assert!(response.poll_fill_buf(&mut cx).is_pending());
        }
        let mut started = response.finish();
        if !reads {
            assert!(Pin::new(&mut started).poll(&mut cx).is_pending());
        }
        // Now only the agent has the waker.
        drop(waker);
        go_on.send(()).unwrap();
        started.wait().1.unwrap();
    }
    go_on.send(()).unwrap();
    agent
        .start(transfer((), &server.url("/")))
        .wait()
        .1
        .unwrap();
}

/// Shuts an agent down when it is dropped.
struct ShutsDown(Agent);

impl Wake for ShutsDown {
    fn wake(self: Arc<Self>) {}
}

impl Drop for ShutsDown {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

/// Polls twice. The waker of the second poll replaces that of the first, whose drop shuts the agent
/// down.
fn poll_twice(agent: &Agent, mut poll: impl FnMut(&mut Context<'_>) -> bool) {
    let waker = Waker::from(Arc::new(ShutsDown(agent.clone())));
    assert!(!poll(&mut Context::from_waker(&waker)));
    drop(waker);
    assert!(!poll(&mut Context::from_waker(Waker::noop())));
}

#[test]
fn waker_that_is_dropped_may_wait_for_the_agent() {
    let (server, _gone) = endless();
    let agent = Agent::new().unwrap();
    let mut started = agent.start(transfer((), &server.url("/")));
    poll_twice(&agent, |cx| Pin::new(&mut started).poll(cx).is_ready());
    assert!(matches!(started.wait().1, Err(Error::Cancelled)));

    let agent = Agent::new().unwrap();
    let mut response = agent.open(transfer((), &server.url("/"))).wait().unwrap();
    response.read_exact(&mut [0]).unwrap();
    poll_twice(&agent, |cx| response.poll_fill_buf(cx).is_ready());
    response.read(&mut [0]).unwrap_err();
}

#[test]
fn handler_that_panics_when_it_is_dropped_does_not_end_the_agent() {
    struct Bomb(Mutex<bool>);
    impl Callbacks for Bomb {}
    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(!*self.0.lock().unwrap(), "dropped");
        }
    }
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    agent
        .start(transfer(Bomb(Mutex::new(true)), &server.url("/")))
        .detach();
    let (transfer, result) = agent
        .start(transfer(Collect::new(), &server.url("/")))
        .wait();
    result.unwrap();
    agent.start(transfer).wait().1.unwrap();
}

/// Panics when it is dropped, whether it is a handler or an error.
#[derive(Debug)]
struct Bombs(How);

#[callbacks]
impl Callbacks for Bombs {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        match self.0 {
            How::Fail => WriteResult::Fail(Box::new(Bombs(How::Not))),
            _ => panic!("written"),
        }
    }
}

impl fmt::Display for Bombs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bomb")
    }
}

impl std::error::Error for Bombs {}

impl Drop for Bombs {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn two_panics_at_once_do_not_end_the_process() {
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    let panics = agent.start(transfer(Bombs(How::Panic), &server.url("/")));
    let payload = catch_unwind(AssertUnwindSafe(|| panics.wait())).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"written"));
    let fails = transfer(Bombs(How::Fail), &server.url("/"));
    agent.start(fails).detach();
    agent
        .start(transfer((), &server.url("/")))
        .wait()
        .1
        .unwrap();
}

/// In the child of a fork, a call fails instead of waiting for the agent's threads, which the child does
/// not have.
#[cfg(unix)]
#[test]
#[expect(unsafe_code, reason = "it forks")]
fn fork_leaves_no_hang() {
    let server = Server::ok("body");
    let agent = Agent::new().unwrap();
    let (warm, result) = agent
        .start(transfer(Collect::new(), &server.url("/")))
        .wait();
    result.unwrap();
    // SAFETY: the child calls little, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let (_, result) = agent.start(warm).wait();
        agent.shutdown();
        let refused = result.is_err_and(|error| error.to_string().contains("fork"));
        // SAFETY: `_exit` ends the process without running its handlers.
        unsafe { libc::_exit(if refused { 0 } else { 1 }) };
    }
    let mut status = 0;
    // SAFETY: the child was made above.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0);
    agent.start(warm).wait().1.unwrap();
}

/// Puts a file in the place of the agent's event queue, as a program does that closes descriptors of others.
///
/// The handler waits for some megabytes, which libcurl reads in several steps. After the first step, libcurl
/// changes nothing about the sockets that it watches, so only waiting fails.
#[cfg(target_os = "linux")]
#[derive(Default)]
struct BreaksQueue {
    received: usize,
}

#[cfg(target_os = "linux")]
impl Callbacks for BreaksQueue {
    #[expect(unsafe_code, reason = "takes a descriptor of somebody else")]
    fn write(&mut self, data: &[u8]) -> WriteResult {
        use std::os::fd::AsRawFd;

        self.received += data.len();
        if self.received < 4 << 20 {
            return WriteResult::Continue;
        }
        let file = std::fs::File::open("/dev/null").unwrap();
        for entry in std::fs::read_dir("/proc/self/fd").unwrap() {
            let entry = entry.unwrap();
            let target = std::fs::read_link(entry.path()).unwrap_or_default();
            if target.to_string_lossy().contains("eventpoll") {
                let number = entry.file_name().to_string_lossy().parse().unwrap();
                // SAFETY: both numbers are those of open descriptors. The owner of the second one still has a
                // descriptor of its own.
                unsafe { libc::dup2(file.as_raw_fd(), number) };
            }
        }
        WriteResult::Continue
    }
}

#[cfg(target_os = "linux")]
#[test]
fn agent_that_can_wait_no_more_says_so() {
    let Some(url) = in_child() else {
        let server = crate::support::servers::endless(1 << 16);
        let test = "agent::ends::agent_that_can_wait_no_more_says_so";
        child(test, &server, b"");
        return;
    };
    let agent = Agent::new().unwrap();
    let first = agent.start(transfer(BreaksQueue::default(), &url));
    let (_, result) = first.wait();
    assert!(matches!(result, Err(Error::Poll(_))), "{result:?}");
    let (_, result) = agent.start(transfer(Collect::new(), &url)).wait();
    let error = result.unwrap_err().to_string();
    assert!(error.contains("could not wait"), "{error}");
}
