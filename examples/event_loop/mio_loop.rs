//! The event loop, made with `mio`.
//!
//! libcurl says which sockets to watch, and when its timer is due. The same loop can wait
//! for everything else that the program needs.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket, Ready};
use curlback::{CallbackResult, Multi, Transfer};
use mio::unix::SourceFd;
use mio::{Events, Poll, Registry, Token, Waker};

const WAKE: Token = Token(usize::MAX);

/// What libcurl wants the loop to wait for: sockets and a time.
struct Watch {
    registry: Registry,
    /// The watched sockets, by libcurl's number, which is also mio's token. libcurl may close its socket at any time,
    /// so the loop registers a duplicate.
    sockets: BTreeMap<RawSocket, (OwnedFd, mio::Interest)>,
    deadline: Option<Instant>,
    waker: Arc<Waker>,
}

impl Watch {
    fn watch(&mut self, socket: BorrowedSocket<'_>, interest: Interest) -> io::Result<()> {
        let wanted = match interest {
            Interest::Read => mio::Interest::READABLE,
            Interest::Write => mio::Interest::WRITABLE,
            Interest::ReadWrite => mio::Interest::READABLE | mio::Interest::WRITABLE,
            _ => return Ok(()),
        };
        let number = socket.as_raw_fd();
        if let Some((_, former)) = self.sockets.get_mut(&number) {
            *former = wanted;
            return self.watch_again(number);
        }
        let own = socket.try_clone_to_owned()?;
        let mut source = SourceFd(&own.as_raw_fd());
        self.registry
            .register(&mut source, Token(number as usize), wanted)?;
        self.sockets.insert(number, (own, wanted));
        Ok(())
    }

    /// Registers a socket again. `mio` reports only changes, but libcurl needs a report as long as a
    /// socket is ready; after `reregister`, `mio` reports a socket that is still ready.
    fn watch_again(&mut self, socket: RawSocket) -> io::Result<()> {
        match self.sockets.get(&socket) {
            Some((own, wanted)) => {
                let mut source = SourceFd(&own.as_raw_fd());
                self.registry
                    .reregister(&mut source, Token(socket as usize), *wanted)
            }
            None => Ok(()),
        }
    }

    fn is_due(&self) -> bool {
        self.deadline.is_some_and(|due| due <= Instant::now())
    }
}

impl EventLoop for Watch {
    type Value = ();

    fn socket(
        &mut self,
        socket: BorrowedSocket<'_>,
        interest: Interest,
        _: &mut Option<()>,
    ) -> CallbackResult {
        self.watch(socket, interest).into()
    }

    fn remove_socket(&mut self, socket: RawSocket, _: Option<()>) -> CallbackResult {
        match self.sockets.remove(&socket) {
            Some((own, _)) => self
                .registry
                .deregister(&mut SourceFd(&own.as_raw_fd()))
                .into(),
            None => CallbackResult::Continue,
        }
    }

    fn timer(&mut self, timeout: Option<Duration>) -> CallbackResult {
        self.deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        CallbackResult::Continue
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let waker = self.waker.clone();
        Arc::new(move || drop(waker.wake()))
    }
}

pub(crate) fn fetch(urls: &[String]) -> Result<bool, Box<dyn Error>> {
    let mut poll = Poll::new()?;
    let mut multi = Multi::with_event_loop(Watch {
        registry: poll.registry().try_clone()?,
        sockets: BTreeMap::new(),
        deadline: None,
        waker: Arc::new(Waker::new(poll.registry(), WAKE)?),
    })?;
    for url in urls {
        let mut transfer = Transfer::new(Collect::new())?;
        transfer.url(url)?;
        if url.starts_with("http://127.0.0.1:") {
            transfer.proxy("")?;
        }
        multi.add(transfer)?;
    }
    let mut complete = true;
    let mut events = Events::with_capacity(64);
    while !multi.is_empty() {
        let due = multi.event_loop().deadline;
        let wait = due.map(|due| due.saturating_duration_since(Instant::now()));
        match poll.poll(&mut events, wait) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result?,
        }
        for event in events.iter().filter(|event| event.token() != WAKE) {
            let mut ready = Ready::empty();
            ready.set(Ready::READ, event.is_readable() || event.is_read_closed());
            ready.set(Ready::WRITE, event.is_writable());
            ready.set(Ready::ERROR, event.is_error());
            let socket = event.token().0 as RawSocket;
            multi.socket_action(socket, ready)?;
            multi.event_loop_mut().watch_again(socket)?;
        }
        if events.iter().any(|event| event.token() == WAKE) || multi.event_loop().is_due() {
            multi.timeout_action()?;
        }
        while let Some((_, transfer, result)) = multi.take_finished() {
            complete &= result.is_ok();
            let url = transfer.effective_url()?.unwrap_or_default();
            match result {
                Ok(()) => println!("{url}: {} bytes", transfer.handler().body().len()),
                Err(error) => println!("{url}: {error:#}"),
            }
        }
    }
    Ok(complete)
}
