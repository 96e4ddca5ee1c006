//! How a `Multi` ends: all at once, after a time, and with handlers of several types.

use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{AnyCallbacks, Callback, Callbacks, Error, Multi, Transfer, WriteResult, callbacks};

use crate::support::server::Server;
use crate::support::skip::is_before;

/// Makes a server that answers "/" and nothing else.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("GET / ") {
                true => conn.reply("200 OK", "", "body"),
                false => return conn.drain(),
            }
        }
    })
}

fn get<H: Callbacks>(server: &Server, path: &str, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url(path)).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

#[test]
fn run_ends_after_its_time_and_what_is_left_is_cancelled_at_once() {
    let server = server();
    let mut multi = Multi::new().unwrap();
    for path in ["/", "/silent", "/", "/silent", "/silent"] {
        multi.add(get(&server, path, Collect::new())).unwrap();
    }
    let mut ended = 0;
    let mut all = true;
    // The first transfers end while others still run. How long they take to connect does not
    // matter.
    while ended < 2 {
        all = multi
            .run_for(Duration::from_millis(20), |_, _, transfer, result| {
                ended += 1;
                assert_eq!(transfer.handler().body(), b"body");
                result
            })
            .unwrap();
    }
    assert!(!all);
    assert_eq!((ended, multi.running()), (2, 3));
    multi.cancel_all();
    assert_eq!(multi.running(), 0);
    for _ in 0..3 {
        let (_, mut transfer, result) = multi.take_finished().unwrap();
        assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
        transfer.url(&server.url("/")).unwrap();
        transfer.perform().unwrap();
    }
    assert!(multi.is_empty());
    assert!(
        multi
            .run_for(Duration::ZERO, |_, _, _, result| result)
            .unwrap()
    );
}

#[test]
fn handlers_of_several_types_have_them_again_afterwards() {
    #[derive(Debug)]
    struct Fails;
    #[callbacks]
    impl Callbacks for Fails {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            WriteResult::Abort
        }
    }
    let server = server();
    let mut multi: Multi<Box<dyn AnyCallbacks + Send>> = Multi::new().unwrap();
    multi
        .add(get(&server, "/", Box::new(Collect::new()) as Box<_>))
        .unwrap();
    multi
        .add(get(&server, "/", Box::new(Fails) as Box<_>))
        .unwrap();
    let mut types = Vec::new();
    multi
        .run(|_, _, mut transfer, result| {
            assert!(!transfer.handler().is::<String>());
            if let Some(collect) = transfer.handler_mut().downcast_mut::<Collect>() {
                assert_eq!(collect.take_body(), b"body");
                result?;
            }
            match transfer.into_handler().downcast::<Fails>() {
                Ok(fails) => types.push(format!("{fails:?}")),
                Err(other) => {
                    types.push(format!("{:?}", other.downcast_ref::<Collect>().is_some()));
                }
            }
            Ok(())
        })
        .unwrap();
    types.sort();
    assert_eq!(types, ["Fails", "true"]);
}

#[test]
fn failures_while_all_are_cancelled_are_returned() {
    struct Closes;
    #[callbacks]
    impl Callbacks for Closes {
        fn open_socket(
            &mut self,
            _: curlback::SockType,
            address: &mut curlback::SocketAddress,
        ) -> std::io::Result<socket2::Socket> {
            address.open()
        }
        fn close_socket(&mut self, _: socket2::Socket) -> curlback::CallbackResult {
            curlback::CallbackResult::Abort
        }
    }
    let server = server();
    let mut multi = Multi::new().unwrap();
    multi.add(get(&server, "/silent", Closes)).unwrap();
    while server.requests().is_empty() {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(20)).unwrap();
    }
    multi.cancel_all();
    let (_, _, result) = multi.take_finished().unwrap();
    match result.unwrap_err() {
        // Some releases close the connection only later.
        Error::Cancelled => assert!(is_before((7, 80, 0))),
        error => assert_eq!(error.callback(), Some(Callback::CloseSocket)),
    }
}
