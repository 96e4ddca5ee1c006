//! What nobody should do with a share, and does no harm.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use curlback::*;

use crate::support::skip::skip;

/// A copy of a transfer whose HSTS cache another thread uses.
#[test]
fn try_clone_with_shared_hsts_in_use() {
    let Some(share) = crate::support::sharing::share(ShareData::HSTS) else {
        return;
    };
    let done = Arc::new(AtomicUsize::new(0));
    let (own, stop) = (share.clone(), done.clone());
    let thread = std::thread::spawn(move || {
        let mut t = Transfer::new(()).unwrap();
        t.share(&own).unwrap();
        let mut n = 0;
        while stop.load(Ordering::SeqCst) == 0 {
            drop(t.try_clone().unwrap());
            n += 1;
        }
        n
    });
    // Short-lived entries, which libcurl takes out when it looks.
    struct Short(usize);
    impl Callbacks for Short {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::HSTS_READ
        }
        fn hsts_read(&mut self) -> HstsReadResult {
            self.0 += 1;
            if self.0 % 200 == 0 {
                return HstsReadResult::Done;
            }
            HstsReadResult::Entry(HstsEntry {
                host: format!("h{}.example", self.0 % 1000),
                expires: Some(
                    std::time::SystemTime::now() + Duration::from_secs(1 + self.0 as u64 % 2),
                ),
                include_subdomains: true,
            })
        }
    }
    let start = Instant::now();
    let mut t = Transfer::new(Short(0)).unwrap();
    t.share(&share).unwrap();
    t.hsts_ctrl(Hsts::ENABLE).unwrap();
    t.url("http://h1.example:1/").unwrap();
    t.proxy("http://127.0.0.1:1").unwrap();
    let mut n = 0;
    while start.elapsed() < Duration::from_secs(8) {
        let _ = t.perform();
        n += 1;
    }
    done.store(1, Ordering::SeqCst);
    eprintln!("{n} runs, {:?} copies", thread.join());
}

/// Connections of a share are not kept alive while another transfer uses them.
#[test]
fn upkeep_of_a_share_that_another_driver_uses() {
    let Some(server) = crate::support::h2_server::H2Server::new(&vec![b'x'; 4 << 20]) else {
        return;
    };
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    if let Err(error) = Transfer::new(()).unwrap().upkeep() {
        return skip!("{error}");
    }
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (other, stop) = (share.clone(), &stop);
        scope.spawn(move || {
            let mut b = Transfer::new(()).unwrap();
            b.share(&other).unwrap();
            b.upkeep_interval(std::time::Duration::ZERO).unwrap();
            let (mut ok, mut refused) = (0, 0);
            while !stop.load(Ordering::SeqCst) {
                match b.upkeep() {
                    Ok(()) => ok += 1,
                    Err(_) => refused += 1,
                }
            }
            eprintln!("upkeep: ok {ok}, refused {refused}");
        });
        let mut t = Transfer::new(curlback::handlers::Collect::new()).unwrap();
        t.share(&share).unwrap();
        let _stop = Stop(stop);
        for _ in 0..20 {
            server.whole(&mut t);
            let result = t.perform();
            let len = t.handler().body().len();
            *t.handler_mut() = curlback::handlers::Collect::new();
            assert!(result.is_ok() && len == 4 << 20, "{result:?} {len}");
        }
    });
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
