//! Transfers that most tests make, and how they run to their end.

use curlback::handlers::Collect;
use curlback::{Callbacks, Error, Multi, Transfer};

use crate::support::server::{Request, Server};
use crate::support::skip::skip;

pub(crate) fn transfer<H: Callbacks>(handler: H, url: &str) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer
}

/// Makes a transfer, unless the linked libcurl lacks what the hooks of its handler need.
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

/// Runs one transfer to its end.
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

/// Runs the only transfer of a `Multi`, which succeeds, and returns it.
pub(crate) fn finished<H: Callbacks>(multi: &mut Multi<H>) -> Transfer<H> {
    let (transfer, result) = ended(multi);
    result.unwrap();
    transfer
}

/// Runs one transfer to its end, which succeeds, and returns it.
pub(crate) fn succeeds_in<H: Callbacks>(
    multi: &mut Multi<H>,
    transfer: Transfer<H>,
) -> Transfer<H> {
    multi.add(transfer).unwrap();
    finished(multi)
}

/// Performs a GET with options of the test's choice, and returns the request.
pub(crate) fn request(set: impl FnOnce(&mut Get, &Server) -> Result<(), Error>) -> Request {
    let server = Server::ok("body");
    let mut transfer = collecting(&server.url("/path"));
    set(&mut transfer, &server).unwrap();
    transfer.perform().unwrap();
    server.requests().remove(0)
}
