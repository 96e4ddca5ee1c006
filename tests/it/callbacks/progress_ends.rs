//! Transfers that a progress function ends, at each moment at which libcurl calls it.

use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use curlback::{
    Callbacks, Error, HttpVersion, Multi, ProgressResult, Transfer, Version, WriteResult, XferInfo,
    callbacks,
};

use crate::support::driving::until;
use crate::support::h2_server::H2Server;
use crate::support::server::Server;
use crate::support::servers::ending;
use crate::support::skip::{needs, skip};

const LONG: Duration = Duration::from_secs(30);

/// Aborts at the call of `xfer_info` with the number `at`; `None` means never. Counts the bytes of the body.
#[derive(Default)]
struct Aborts {
    at: Option<usize>,
    calls: usize,
    written: usize,
}

#[callbacks]
impl Callbacks for Aborts {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len();
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.calls += 1;
        match self.at == Some(self.calls) {
            true => ProgressResult::Abort,
            false => ProgressResult::Continue,
        }
    }
}

fn transfer(server: &Server, at: Option<usize>) -> Transfer<Aborts> {
    let mut transfer = Transfer::new(Aborts {
        at,
        ..Aborts::default()
    })
    .unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

/// Calls `run` with 1, 2, … as the number of the call of `xfer_info` that aborts. Stops when the transfer
/// ends before that call.
fn at_each_call(mut run: impl FnMut(usize) -> Result<(), Error>) {
    for at in 1.. {
        match run(at) {
            Ok(()) => return assert!(at > 2, "there is more than one moment"),
            Err(Error::Aborted { .. }) => {}
            Err(error) => panic!("call {at}: {error:?}"),
        }
    }
}

/// If `xfer_info` aborts at its last call, libcurl forgets the connection without closing it. The crate
/// makes libcurl close it.
#[test]
fn transfer_that_progress_ends_at_any_moment_keeps_no_connection() {
    let (server, ended) = ending();
    at_each_call(|at| {
        let mut transfer = transfer(&server, Some(at));
        let result = transfer.perform();
        if result.is_err() && transfer.num_connects().unwrap() > 0 {
            match ended.recv_timeout(LONG) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => panic!("call {at}: the connection stays"),
                Err(error) => panic!("{error}"),
            }
        }
        result
    });
}

#[test]
fn connection_of_a_transfer_that_progress_ends_is_there_for_the_next() {
    if Version::linked() < Version::new(8, 22, 0) {
        return skip!("libcurl leaves a connection that cannot be found");
    }
    let (server, _ended) = ending();
    at_each_call(|at| {
        let mut multi = Multi::new().unwrap();
        multi.max_total_connections(1).unwrap();
        let first = multi.add(transfer(&server, Some(at))).unwrap();
        let next = multi.add(transfer(&server, None)).unwrap();
        let (begun, mut result) = (Instant::now(), Ok(()));
        while !multi.is_empty() {
            assert!(begun.elapsed() < LONG, "call {at}: the next one waits");
            multi.perform().unwrap();
            multi.poll(&mut [], Duration::from_millis(100)).unwrap();
            while let Some((id, _, outcome)) = multi.take_finished() {
                match id == first {
                    true => result = outcome,
                    false => assert!(id == next && outcome.is_ok(), "call {at}: {outcome:?}"),
                }
            }
        }
        result
    });
}

#[test]
fn stream_that_progress_ends_before_its_response_harms_no_other_stream() {
    needs!((8, 0, 0), "HTTP/2 that may be used again");
    let (tell, held) = channel();
    let (go_on, may_go_on) = channel();
    let may_go_on = Mutex::new(may_go_on);
    let server = Server::new(move |conn| match conn.request() {
        Some(request) if request.line.contains("held") => {
            tell.send(()).unwrap();
            conn.drain();
        }
        Some(_) => {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1");
            let _ = may_go_on.lock().unwrap().recv_timeout(LONG);
            conn.send("2");
        }
        None => {}
    });
    let Some(front) = H2Server::before(&server) else {
        return;
    };
    let mut multi = Multi::new().unwrap();
    let add = |multi: &mut Multi<Aborts>, path: &str| {
        let mut transfer = transfer(&server, None);
        transfer.url(&front.url(path)).unwrap();
        let version = HttpVersion::V2PriorKnowledge;
        transfer.http_version(version).unwrap();
        multi.add(transfer).unwrap()
    };
    let whole = add(&mut multi, "whole");
    until(&mut multi, |multi| {
        multi.get(whole).unwrap().handler().written == 1
    });
    let ended = add(&mut multi, "held");
    let mut is_held = false;
    until(&mut multi, |_| {
        is_held |= held.try_recv().is_ok();
        is_held
    });
    let handler = multi.handler_mut(ended).unwrap();
    handler.at = Some(handler.calls + 1);
    until(&mut multi, |multi| multi.get(ended).is_none());
    let (id, transfer, result) = multi.take_finished().unwrap();
    assert!(id == ended && matches!(result, Err(Error::Aborted { .. })));
    assert_eq!(transfer.num_connects().unwrap(), 0);
    go_on.send(()).unwrap();
    until(&mut multi, |multi| multi.get(whole).is_none());
    let (_, transfer, result) = multi.take_finished().unwrap();
    result.unwrap();
    assert_eq!(transfer.handler().written, 2);
}
