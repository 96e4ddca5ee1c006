//! Shares, transfers that use them, and the threads that perform these.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;

use curlback::handlers::Collect;
use curlback::{Error, Share, ShareData, Transfer, Version};

use crate::support::server::{Conn, Server};
use crate::support::skip::skip;
use crate::support::tls_server::TlsServer;

/// Makes a share, unless the linked libcurl lacks one of its kinds.
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

/// Returns the data that several threads may use at once with the linked libcurl.
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

/// Sets a cookie with each answer, whose path says which.
pub(crate) fn cookie_server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            let name = request.line.split(['/', ' ']).nth(2).unwrap().to_owned();
            conn.reply("200 OK", &format!("Set-Cookie: {name}=1\r\n"), "");
        }
    })
}

/// Runs on a thread of its own, to the end: the end of a scope is one that `ThreadSanitizer`
/// does not see.
pub(crate) fn on_thread(run: impl FnOnce() + Send) {
    thread::scope(|scope| scope.spawn(run).join().unwrap());
}

/// Runs on so many threads at once, each with its number.
pub(crate) fn on_threads(count: usize, run: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..count).map(|i| scope.spawn(move || run(i))).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Answers, and notes the client of each connection.
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

/// What a server says that asks for HTTPS only.
pub(crate) const STRICT: &str = "Strict-Transport-Security: max-age=60\r\n";

/// Asks a server, which asks for HTTPS only, by a name: addresses are never kept.
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
