//! Transfers that many tests make, and functions that run transfers to their end.

use curlback::handlers::Collect;
use curlback::{Callbacks, Error, Multi, Transfer};

use crate::support::server::{Request, Server};
use crate::support::skip::skip;

pub(crate) fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer
}

/// Makes a transfer. Returns `None` if the linked libcurl lacks what the hooks of the handler need.
pub(crate) fn if_supported<H: Callbacks>(handler: H, url: &str, lack: &str) -> Option<Transfer<H>> {
    match Transfer::new(handler) {
        Err(Error::Unsupported { .. }) => {
            skip!("the linked libcurl has no {lack}");
            None
        }
        transfer => {
            let mut transfer = transfer.unwrap();
            transfer.url(url).unwrap();
            Some(transfer)
        }
    }
}

/// A transfer that collects what it receives.
pub(crate) type Get = Transfer<Collect>;

pub(crate) fn collecting(url: &str) -> Get {
    transfer(Collect::new(), url)
}

/// A transfer that has ended, and its result.
pub(crate) type Ended<H> = (Transfer<H>, Result<(), Error>);

/// Adds a transfer and runs it to its end. Returns it with its result.
pub(crate) fn run_in<H: Callbacks>(multi: &mut Multi<H>, transfer: Transfer<H>) -> Ended<H> {
    multi.add(transfer).unwrap();
    ended(multi)
}

/// Runs the only transfer of a `Multi` to its end.
fn ended<H: Callbacks>(multi: &mut Multi<H>) -> Ended<H> {
    let mut ended = None;
    multi
        .run(|_, _, transfer, result| {
            ended = Some((transfer, result));
            Ok(())
        })
        .unwrap();
    ended.unwrap()
}

/// Runs the only transfer of a `Multi` to its end. Asserts that it succeeds, and returns it.
pub(crate) fn finished<H: Callbacks>(multi: &mut Multi<H>) -> Transfer<H> {
    let (transfer, result) = ended(multi);
    result.unwrap();
    transfer
}

/// Adds a transfer and runs it to its end. Asserts that it succeeds, and returns it.
pub(crate) fn succeeds_in<H: Callbacks>(
    multi: &mut Multi<H>,
    transfer: Transfer<H>,
) -> Transfer<H> {
    multi.add(transfer).unwrap();
    finished(multi)
}

/// Performs a transfer, a GET if `set` sets no other method. Returns the first request that the server
/// got.
pub(crate) fn request(set: impl FnOnce(&mut Get, &Server) -> Result<(), Error>) -> Request {
    let server = Server::ok("body");
    let mut transfer = collecting(&server.url("/path"));
    set(&mut transfer, &server).unwrap();
    transfer.perform().unwrap();
    server.requests().remove(0)
}
