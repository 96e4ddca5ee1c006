//! What the threads of a round use: servers, shares, and transfers that they pass to each other.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use curlback::{Features, Hooks, Share, ShareData, Version, version};

use crate::failure::{catch, drop_it, expected_panic};
use crate::ftp_server::FtpServer;
use crate::handler::Actor;
use crate::journal::{fault, note};
use crate::later::Later;
use crate::listener::Listener;
use crate::locks::lock;
use crate::relay::relay;
use crate::rng::Rng;
use crate::server::Server;
use crate::stream::Stream;
use crate::worker::Job;
use crate::{h2, http, ws};

/// The file that `file://` and FTP serve.
pub(crate) const FILE: Stream = Stream {
    len: 150_000,
    seed: 9,
};

/// What the linked libcurl supports.
#[derive(Clone, Copy)]
pub(crate) struct Libcurl {
    pub(crate) has_ftp: bool,
    pub(crate) has_ws: bool,
    pub(crate) has_h2: bool,
    pub(crate) has_ntlm: bool,
    pub(crate) takes_pushes: bool,
    pub(crate) pauses_frames: bool,
    /// Hooks that are not set by default, each with the chance in percent that a handler has it.
    pub(crate) hooks: [(Hooks, usize); 10],
}

impl Libcurl {
    pub(crate) fn linked() -> Libcurl {
        let (version, features) = (Version::linked(), version().features());
        let since = |major, minor, chance| match version >= Version::new(major, minor, 0) {
            true => chance,
            false => 0,
        };
        let has_h2 = features.contains(Features::HTTP2);
        let has_ws = curlback::version().has_protocol("ws") && version >= Version::new(8, 16, 0);
        let hsts = match features.contains(Features::HSTS) {
            true => 15,
            false => 0,
        };
        let has_ftp = curlback::version().has_protocol("ftp");
        let of_ftp = |chance| if has_ftp { chance } else { 0 };
        Libcurl {
            has_ftp,
            has_ws,
            has_h2,
            has_ntlm: features.contains(Features::NTLM),
            takes_pushes: has_h2 && version >= Version::new(8, 22, 0),
            pauses_frames: version >= Version::new(8, 22, 0),
            hooks: [
                (Hooks::CLOSE_SOCKET, 25),
                (Hooks::PROGRESS, 20),
                (Hooks::HSTS_READ, hsts),
                (Hooks::HSTS_WRITE, hsts),
                (Hooks::PREREQ, since(7, 80, 80)),
                (Hooks::TRAILER, since(8, 7, 10)),
                (Hooks::CHUNK_BEGIN | Hooks::CHUNK_END, of_ftp(15)),
                (Hooks::FNMATCH, of_ftp(10)),
                (Hooks::DONE, 20),
                (Hooks::FRAME, if has_ws { 30 } else { 0 }),
            ],
        }
    }
}

/// The servers that transfers connect to. Dropping this value stops them.
pub(crate) struct Servers {
    pub(crate) http: Server,
    pub(crate) h2: Option<Listener>,
    pub(crate) ws: Option<Listener>,
    pub(crate) ftp: Option<FtpServer>,
    /// Each relay passes data on to one of the servers above, and may break connections.
    pub(crate) http_relay: Listener,
    pub(crate) h2_relay: Option<Listener>,
    pub(crate) ws_relay: Option<Listener>,
    pub(crate) ftp_relay: Option<Listener>,
}

impl Servers {
    fn new(libcurl: Libcurl, rng: &mut Rng) -> Servers {
        let http = Server::new(http::serve);
        let h2 = libcurl.has_h2.then(h2::server);
        let ws = libcurl.has_ws.then(|| ws::server(rng.fork()));
        let ftp = libcurl.has_ftp.then(|| FtpServer::new("file", FILE.all()));
        let mut relay = |address| relay(address, rng.fork());
        Servers {
            http_relay: relay(http.address()),
            h2_relay: h2.as_ref().map(|server| relay(server.address())),
            ws_relay: ws.as_ref().map(|server| relay(server.address())),
            ftp_relay: ftp.as_ref().map(|server| relay(server.address())),
            http,
            h2,
            ws,
            ftp,
        }
    }
}

pub(crate) struct Round {
    pub(crate) libcurl: Libcurl,
    pub(crate) servers: Servers,
    pub(crate) later: Later,
    /// Whether user code may fail in this round.
    pub(crate) is_faulty: bool,
    pub(crate) dir: PathBuf,
    shares: Mutex<Vec<Share>>,
    /// The channel to the thread that takes finished transfers; `None` if there is no such thread.
    jobs: Option<Sender<Job>>,
    /// The transfers that any thread may take.
    bag: Mutex<Vec<Actor>>,
    numbers: AtomicUsize,
}

impl Round {
    pub(crate) fn new(rng: &mut Rng, dir: &Path, jobs: Option<Sender<Job>>) -> Round {
        let libcurl = Libcurl::linked();
        Round {
            libcurl,
            servers: Servers::new(libcurl, rng),
            later: Later::new(),
            is_faulty: rng.percent(70),
            dir: dir.to_owned(),
            shares: Mutex::default(),
            bag: Mutex::default(),
            jobs,
            numbers: AtomicUsize::new(0),
        }
    }

    pub(crate) fn next_number(&self) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes a share of random kinds of data.
    pub(crate) fn make_share(&self, rng: &mut Rng) {
        let mut kinds = ShareData::from_bits_retain(rng.next() as u32) & ShareData::all();
        if rng.percent(70) {
            // Most libcurls cannot share this kind of data. The crate then refuses the whole share.
            kinds -= ShareData::PSL;
        }
        if rng.percent(50) {
            kinds |= rng.pick(&[ShareData::CONNECTIONS, ShareData::HSTS]);
        }
        match catch(|| Share::new(kinds)) {
            Ok(Ok(share)) => {
                assert_eq!(share.data(), kinds);
                note!("a share of {kinds:?}");
                let mut shares = lock(&self.shares);
                if shares.len() < 4 {
                    shares.push(share);
                }
            }
            Ok(Err(curlback::Error::Unsupported { .. })) => {}
            Ok(Err(error)) => fault!("Share::new({kinds:?}): {error:?}"),
            Err(payload) => drop(expected_panic(payload, "Share::new")),
        }
    }

    pub(crate) fn share(&self, rng: &mut Rng) -> Option<Share> {
        let shares = lock(&self.shares);
        match shares.is_empty() {
            true => None,
            false => Some(shares[rng.below(shares.len())].clone()),
        }
    }

    pub(crate) fn drop_share(&self, rng: &mut Rng) {
        let mut shares = lock(&self.shares);
        if !shares.is_empty() {
            let at = rng.below(shares.len());
            let share = shares.swap_remove(at);
            drop(shares);
            drop(share);
        }
    }

    /// Leaves a transfer for any thread to take.
    pub(crate) fn send(&self, transfer: Actor) {
        lock(&self.bag).push(transfer);
    }

    /// Sends a finished transfer to the thread that takes finished transfers. Without such a
    /// thread, any thread may take it.
    pub(crate) fn hand_over(&self, transfer: Actor) {
        match &self.jobs {
            Some(jobs) => {
                if let Err(refused) = jobs.send(Job::Transfer(Box::new(transfer))) {
                    drop_it(refused);
                }
            }
            None => self.send(transfer),
        }
    }

    /// Tells the thread that takes finished transfers to end.
    pub(crate) fn stop_worker(&self) {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(Job::Stop);
        }
    }

    /// Takes a transfer that a thread has left; `None` if there is none.
    pub(crate) fn take(&self, rng: &mut Rng) -> Option<Actor> {
        let mut bag = lock(&self.bag);
        match bag.is_empty() {
            true => None,
            false => {
                let at = rng.below(bag.len());
                Some(bag.swap_remove(at))
            }
        }
    }

    /// Drops the transfers and shares that are left.
    pub(crate) fn end(&self) {
        while let Some(transfer) = { lock(&self.bag).pop() } {
            drop_it(transfer);
        }
        lock(&self.shares).clear();
    }
}
