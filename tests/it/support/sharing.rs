//! Shares, transfers that use a share, and threads that perform transfers.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;

use curlback::handlers::Collect;
use curlback::{Error, Share, ShareData, Transfer, Version};

use crate::support::server::{Conn, Server};
use crate::support::skip::skip;
use crate::support::tls_server::TlsServer;

/// Makes a share. If the linked libcurl cannot share one of these kinds of data, skips the test and
/// returns `None`.
pub(crate) fn share(data: ShareData) -> Option<Share> {
    match Share::new(data) {
        Err(Error::Unsupported {
            what,
            since,
            linked,
        }) => {
            assert!(what.starts_with("CURL_LOCK_DATA_") && since <= linked.max(since));
            skip!("the linked libcurl has no {what}");
            None
        }
        result => Some(result.unwrap()),
    }
}

/// Returns kinds of data that several threads may use at the same time: addresses, TLS sessions, and
/// cookies if the linked libcurl keeps them locked.
pub(crate) fn locked() -> ShareData {
    let others = ShareData::DNS | ShareData::SSL_SESSIONS;
    match are_cookies_locked() {
        true => others | ShareData::COOKIES,
        false => others,
    }
}

/// Returns whether the linked libcurl keeps cookies locked while it reads them.
pub(crate) fn are_cookies_locked() -> bool {
    let linked = Version::linked();
    linked < Version::new(8, 11, 0) || linked > Version::new(8, 15, 0)
}

pub(crate) fn get(url: &str, share: Option<&Share>) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    transfer.cookie_file("").unwrap();
    if let Some(share) = share {
        transfer.share(share).unwrap();
    }
    transfer
}

/// Makes a server that sets a cookie with each answer. The cookie's name is the path of the request without
/// its slash.
pub(crate) fn cookie_server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            let name = request.line.split(['/', ' ']).nth(2).unwrap().to_owned();
            conn.reply("200 OK", &format!("Set-Cookie: {name}=1\r\n"), "");
        }
    })
}

/// Calls `run` on a thread of its own, and joins the thread: `ThreadSanitizer` does not see that the end
/// of a scope waits for its threads.
pub(crate) fn on_thread(run: impl FnOnce() + Send) {
    thread::scope(|scope| scope.spawn(run).join().unwrap());
}

/// Calls `run` on `count` threads at once. Each call gets the number of its thread.
pub(crate) fn on_threads(count: usize, run: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..count).map(|i| scope.spawn(move || run(i))).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Makes a server, and the set of the addresses of its clients. Connections that are open at the same time
/// have different addresses.
pub(crate) fn counting_server() -> (Server, Arc<Mutex<BTreeSet<SocketAddr>>>) {
    let clients = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = clients.clone();
    let server = Server::new(move |conn: &mut Conn| {
        while conn.request().is_some() {
            seen.lock().unwrap().insert(conn.peer());
            conn.reply("200 OK", "", "");
        }
    });
    (server, clients)
}

/// The header line with which a server asks to be reached by HTTPS only.
pub(crate) const STRICT: &str = "Strict-Transport-Security: max-age=60\r\n";

/// Makes a transfer to a server that sends [`STRICT`]. The URL has a host name, because HSTS does not
/// apply to IP addresses.
pub(crate) fn strict(scheme: &str, server: &TlsServer, share: Option<&Share>) -> Transfer<Collect> {
    let url = server.url("/");
    let port = url.rsplit([':', '/']).nth(1).unwrap();
    let mut transfer = get(&format!("{scheme}://strict.test:{port}/"), share);
    let given = format!("strict.test:{port}:127.0.0.1");
    transfer.resolve([given]).unwrap();
    transfer.ssl_verify_peer(false).unwrap();
    transfer.ssl_verify_host(false).unwrap();
    transfer
}
