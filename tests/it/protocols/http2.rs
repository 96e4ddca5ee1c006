//! Connections of HTTP/2 that are used again.

use curlback::handlers::Collect;
use curlback::{HttpVersion, Multi, Transfer};

use crate::support::h2_server::H2Server;
use crate::support::server::Server;
use crate::support::skip::is_before;
use crate::support::transfers::collecting;

/// Performs twice, and returns how many connections the second transfer has made.
fn connects_again(transfer: &mut Transfer<Collect>) -> u32 {
    for _ in 0..2 {
        transfer.perform().unwrap();
        assert_eq!(transfer.handler_mut().take_body(), b"body");
    }
    transfer.num_connects().unwrap()
}

#[test]
fn each_transfer_that_begins_with_http_2_gets_its_response() {
    let Some(server) = H2Server::new(b"body") else {
        return;
    };
    let begun = || {
        let mut transfer = collecting("");
        server.whole(&mut transfer);
        transfer
    };
    // 7.88 cannot use such a connection again.
    let once = u32::from(is_before((8, 0, 0)) && !is_before((7, 88, 0)));
    let mut transfer = begun();
    assert_eq!(connects_again(&mut transfer), once);
    assert_eq!(
        connects_again(&mut transfer.try_clone_with(Collect::new()).unwrap()),
        once
    );

    let mut multi = Multi::new().unwrap();
    for _ in 0..5 {
        multi.add(begun()).unwrap();
    }
    multi
        .run(|_, _, transfer, result| {
            result?;
            assert_eq!(transfer.handler().body(), b"body");
            Ok(())
        })
        .unwrap();

    transfer.url(&server.url("moved")).unwrap();
    transfer.follow_location(true).unwrap();
    connects_again(&mut transfer);

    // With another version, the user's own option counts.
    let other = Server::ok("body");
    transfer.url(&other.url("/")).unwrap();
    transfer.http_version(HttpVersion::V1_1).unwrap();
    assert_eq!(connects_again(&mut transfer), 0);
    transfer.fresh_connect(true).unwrap();
    assert_eq!(connects_again(&mut transfer), 1);
    for version in [HttpVersion::V2PriorKnowledge, HttpVersion::V1_1] {
        transfer.http_version(version).unwrap();
    }
    assert_eq!(connects_again(&mut transfer), 1);
    transfer.fresh_connect(false).unwrap();
    assert_eq!(connects_again(&mut transfer), 0);
}
