//! Idle transfers report progress, too.

#![cfg(unix)]

use curlback::{Callbacks, Direction, Multi, ProgressResult, Transfer, WriteResult, XferInfo};

use crate::support::driving::until;
use crate::support::server::Server;

/// Counts the progress reports.
#[derive(Default)]
struct Reports {
    begun: bool,
    seen: usize,
}

impl Callbacks for Reports {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.begun = true;
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.seen += 1;
        ProgressResult::Continue
    }
}

/// Makes a server that begins a body, and then sends nothing more.
fn halting() -> Server {
    Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
        conn.drain();
    })
}

#[test]
fn idle_transfers_report_about_every_second() {
    let server = halting();
    for paused in [false, true] {
        let mut multi = Multi::new().unwrap();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let mut transfer = Transfer::new(Reports::default()).unwrap();
            transfer.url(&server.url("/")).unwrap();
            ids.push(multi.add(transfer).unwrap());
        }
        until(&mut multi, |multi| {
            multi.iter().all(|(_, transfer)| transfer.handler().begun)
        });
        if paused {
            let remote = multi.get(ids[0]).unwrap().remote();
            assert!(remote.pause(Direction::Receive));
        }
        multi.perform().unwrap();
        for id in &ids {
            multi.handler_mut(*id).unwrap().seen = 0;
        }
        // Nothing comes any more, and nothing wakes the driver.
        until(&mut multi, |multi| {
            multi
                .iter()
                .all(|(_, transfer)| transfer.handler().seen >= 2)
        });
        assert_eq!(multi.running(), 3);
    }
}
