//! A share, a copy and a `Multi` must not take away what protects a transfer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use curlback::handlers::{Collect, Refused, Restricted};
use curlback::{
    AddressFilter, Attempt, Callbacks, Code, Error, HeaderLine, Hooks, Multi, Share, ShareData,
    Transfer, Version, WriteResult,
};

use crate::support::bomb::Bomb;
use crate::support::server::Server;
use crate::support::skip::{needs, skip};

fn is_refused(result: Result<(), Error>) -> bool {
    result.is_err_and(|error| error.downcast_ref::<Refused>().is_some())
}

/// Makes a transfer with a share of connections.
fn sharing<H: Callbacks>(share: &Share, server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.share(share).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer
}

/// libcurl cleans up the refused share. The locks of the share must exist until that has ended.
#[test]
fn share_with_a_kind_that_is_not_there_is_refused_whole() {
    for _ in 0..3 {
        match Share::new(ShareData::all()) {
            Ok(_) => {}
            Err(Error::Unsupported { what, .. }) => assert!(what.starts_with("CURL_LOCK_DATA_")),
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn connection_that_an_unrestricted_transfer_has_made_is_refused_too() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let mut multi: Multi<Box<dyn Callbacks>> = Multi::new().unwrap();
    let handlers: [Box<dyn Callbacks>; 2] = [
        Box::new(Collect::new()),
        Box::new(Restricted::new().and(Collect::new())),
    ];
    let mut results = Vec::new();
    for handler in handlers {
        let mut transfer = Transfer::new(handler).unwrap();
        transfer.url(&server.url("/")).unwrap();
        multi.add(transfer).unwrap();
        multi
            .run(|_, _, transfer, result| {
                results.push((result, transfer.num_connects().unwrap()));
                Ok(())
            })
            .unwrap();
    }
    let (restricted, connects) = results.pop().unwrap();
    assert_eq!(connects, 0, "the connection is reused");
    assert!(is_refused(restricted));
    assert!(results.pop().unwrap().0.is_ok());

    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    sharing(&share, &server, Collect::new()).perform().unwrap();
    let mut bound = sharing(&share, &server, Restricted::new().and(Collect::new()));
    assert!(is_refused(bound.perform()));
    assert_eq!(bound.num_connects().unwrap(), 0);
    assert_eq!(bound.handler().inner().body(), b"");
    // These are the requests of the two transfers that are not restricted.
    assert_eq!(server.requests().len(), 2);
}

/// `send` and `recv` would use the connection that the transfer has used last. This connection is in the
/// share, so another driver may be using it, unless the transfer holds it.
#[test]
fn connection_of_a_share_is_not_sent_on_unless_it_is_held() {
    let server = Server::ok("body");
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut transfer = sharing(&share, &server, Collect::new());
    transfer.perform().unwrap();
    transfer.connect_only(true).unwrap();
    let refused = |result: Result<_, Error>| result.map(drop).unwrap_err().code();
    let unheld = Some(Code::UNSUPPORTED_PROTOCOL);
    assert_eq!(refused(transfer.send(b"GET / HTTP/1.1\r\n\r\n")), unheld);
    assert_eq!(refused(transfer.recv(&mut [0; 8])), unheld);
    // Now the transfer holds a connection.
    transfer.perform().unwrap();
    let sent = transfer.send(b"GET /held HTTP/1.1\r\n\r\n");
    if Version::linked() < Version::new(7, 85, 0) {
        // Some releases do not find the connection among those of a share.
        assert_eq!(refused(sent), unheld);
        return;
    }
    let sent = sent.unwrap();
    assert!(matches!(sent, Attempt::Done(_)));
}

/// Tries to copy a transfer while the outer transfer uses the data that both share, so that the
/// copy fails.
struct Copies(Option<Transfer<Restricted<Collect>>>, usize);

impl Callbacks for Copies {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        if let Some(inner) = &mut self.0 {
            let copy = AssertUnwindSafe(|| inner.try_clone_with(Bomb).map(drop));
            self.1 += usize::from(catch_unwind(copy).is_err());
        }
        WriteResult::Continue
    }
}

#[test]
fn copy_that_fails_and_panics_leaves_the_first_its_callbacks() {
    let server = Server::ok("secret");
    let share = match Share::new(ShareData::HSTS) {
        Ok(share) => share,
        Err(error) => return skip!("{error}"),
    };
    let inner = sharing(&share, &server, Restricted::new().and(Collect::new()));
    let hooks = inner.hooks();
    let mut outer = sharing(&share, &server, Copies(Some(inner), 0));
    outer.perform().unwrap();
    assert!(outer.handler().1 > 0, "the copy has panicked");
    let mut inner = outer.handler_mut().0.take().unwrap();
    drop(outer);
    assert_eq!(inner.hooks(), hooks);
    assert!(is_refused(inner.perform()));
    assert_eq!(server.requests().len(), 1);
}

/// Without `prereq`, the filter is not called for connections that other transfers have opened.
#[test]
fn filter_without_prereq_is_refused_beside_connections_of_others() {
    needs!((7, 80, 0), "prereq");
    struct Filter;

    impl Callbacks for Filter {
        fn address_filter(&self) -> AddressFilter {
            AddressFilter::Strict
        }
    }

    let is_refused = |error: &Error| match error {
        Error::Option { option, .. } => *option == "CURLOPT_PREREQFUNCTION",
        _ => false,
    };
    let server = Server::ok("secret");
    let mut multi: Multi<Filter> = Multi::new().unwrap();
    let mut transfer = Transfer::new(Filter).unwrap();
    transfer.url(&server.url("/")).unwrap();
    let added = multi.add(transfer).unwrap_err();
    assert!(is_refused(added.error()), "{added:?}");

    let (_, mut transfer) = added.into_parts();
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    transfer.share(&share).unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(is_refused(&error), "{error:?}");
    assert!(server.requests().is_empty());

    // If the transfer runs alone, or has `prereq`, the filter is called for all its connections.
    transfer.unshare().unwrap();
    transfer.perform().unwrap();
    transfer
        .set_hooks(Hooks::OPEN_SOCKET | Hooks::PREREQ)
        .unwrap();
    multi.add(transfer).unwrap();
    multi.run(|_, _, _, result| result).unwrap();
    assert_eq!(server.requests().len(), 2);

    // Without `prereq`, `Restricted` is refused, too.
    let mut multi: Multi<Restricted> = Multi::new().unwrap();
    let mut transfer = Transfer::new(Restricted::new()).unwrap();
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::PREREQ).unwrap();
    let added = multi.add(transfer).unwrap_err();
    assert!(is_refused(added.error()), "{added:?}");
}
