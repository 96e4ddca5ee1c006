//! Transfers that have left a share which others still use.

#![cfg(unix)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use curlback::{Callbacks, HeaderLine, Share, ShareData, Transfer, WriteResult, callbacks};

use crate::support::driving::LONG;
use crate::support::login_servers::{Login, LoginServer, perform};

/// Stays in a callback until a flag is set. The flag does not order any other access to memory.
struct Stays {
    inside: Sender<()>,
    goes_on: Arc<AtomicBool>,
}

#[callbacks]
impl Callbacks for Stays {
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        let _ = self.inside.send(());
        while !self.goes_on.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        WriteResult::Continue
    }
}

/// A transfer that has left a share is dropped while another thread uses the share. The engine and the
/// handle of the transfer may still refer to data of the share's connections, so the other thread cleans
/// them up.
#[test]
fn transfer_that_has_left_a_share_is_dropped_while_the_share_is_used() {
    let Some(server) = LoginServer::new(Login::Userpwd) else {
        return;
    };
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut transfer = server.transfer();
    transfer.share(&share).unwrap();
    perform(&mut transfer);
    transfer.unshare().unwrap();
    perform(&mut transfer);
    let (inside, entered) = channel();
    let goes_on = Arc::new(AtomicBool::new(false));
    let stays = Stays {
        inside,
        goes_on: goes_on.clone(),
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut other = Transfer::new(stays).unwrap();
            server.aim(&mut other);
            other.share(&share).unwrap();
            other.perform()
        });
        entered.recv_timeout(LONG).unwrap();
        drop(transfer);
        goes_on.store(true, Ordering::Relaxed);
        other.join().unwrap().unwrap();
    });
}
