//! For each callback in [`ROWS`], a transfer that calls it, and that fails if the callback does.

use std::any::Any;

use curlback::{Callback, Error, Hsts, Transfer};
use tungstenite::Message;

use crate::support::breaks::{ALL, Breaks, redirecting};
use crate::support::built_in::has_sftp;
use crate::support::ftp_server::FtpServer;
use crate::support::rtsp_server;
use crate::support::server::Server;
use crate::support::skip::{is_before, skip_case};
#[cfg(unix)]
use crate::support::sshd::{FILE, Sshd};
use crate::support::tls_server::{Identity, TlsServer};
use crate::support::ws_server::WsServer;

/// A transfer that calls a callback, and the server for it.
pub(crate) struct Scenario {
    pub(crate) transfer: Transfer<Breaks>,
    _server: Box<dyn Any>,
}

/// A callback, and a function that makes a transfer which calls it.
pub(crate) struct Row {
    pub(crate) at: Callback,
    /// Returns `None` if the linked libcurl or this machine lacks what the transfer needs.
    make: fn(Breaks) -> Option<Scenario>,
}

/// Every callback that has a hook, and whose failure a call returns. The others have tests of their
/// own: `hsts_write` in `callbacks/hsts.rs`, readers of parts in `mime/readers.rs`, event loops in
/// `multi/event_loop.rs` and `multi/options.rs`, pushes in `multi/push.rs`.
#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    Row { at: Callback::Write, make: upload },
    Row { at: Callback::Header, make: upload },
    Row { at: Callback::FinalHead, make: upload },
    Row { at: Callback::Done, make: upload },
    Row { at: Callback::Read, make: upload },
    Row { at: Callback::Seek, make: upload },
    Row { at: Callback::Ioctl, make: upload },
    Row { at: Callback::Debug, make: upload },
    Row { at: Callback::XferInfo, make: upload },
    Row { at: Callback::Progress, make: upload },
    Row { at: Callback::OpenSocket, make: upload },
    Row { at: Callback::Sockopt, make: upload },
    Row { at: Callback::CloseSocket, make: upload_on_a_connection_that_is_closed },
    Row { at: Callback::ResolverStart, make: upload },
    Row { at: Callback::Prereq, make: upload },
    Row { at: Callback::SslCtx, make: download_over_tls },
    Row { at: Callback::SshKey, make: download_over_ssh },
    Row { at: Callback::SshHostkey, make: download_over_ssh },
    Row { at: Callback::Trailer, make: upload_in_chunks },
    Row { at: Callback::HstsRead, make: upload_with_hsts },
    Row { at: Callback::ChunkBegin, make: download_of_what_matches },
    Row { at: Callback::ChunkEnd, make: download_of_what_matches },
    Row { at: Callback::Fnmatch, make: download_of_what_matches },
    Row { at: Callback::Interleave, make: stream },
    Row { at: Callback::Frame, make: websocket },
];

/// The callbacks that have a hook but no row, and why.
pub(crate) const WITHOUT_A_ROW: [(Callback, &str); 1] = [(
    Callback::HstsWrite,
    "libcurl calls it when the transfer is dropped, and no call returns its failure",
)];

impl Row {
    /// Makes the transfer with the handler `breaks`. Returns `None` if nothing can call the callback here.
    pub(crate) fn scenario(&self, breaks: Breaks) -> Option<Scenario> {
        assert_eq!(breaks.at, self.at);
        let scenario = (self.make)(breaks);
        if scenario.is_none() {
            assert!(!ALL.contains(&self.at));
            skip_case!("nothing calls {} here", self.at);
        }
        scenario
    }
}

fn scenario(transfer: Transfer<Breaks>, server: impl Any) -> Option<Scenario> {
    Some(Scenario {
        transfer,
        _server: Box::new(server),
    })
}

/// Makes a transfer. Returns `None` if the linked libcurl lacks a hook of the handler.
fn transfer(breaks: Breaks, url: &str) -> Option<Transfer<Breaks>> {
    let mut transfer = match Transfer::new(breaks) {
        Err(Error::Unsupported { .. }) => return None,
        transfer => transfer.unwrap(),
    };
    transfer.url(url).unwrap();
    Some(transfer)
}

fn upload(breaks: Breaks) -> Option<Scenario> {
    let server = redirecting();
    let at = breaks.at;
    let mut transfer = transfer(breaks, &server.url("/"))?;
    transfer.upload(true).unwrap();
    transfer.in_filesize(5).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.verbose(at == Callback::Debug).unwrap();
    scenario(transfer, server)
}

fn upload_on_a_connection_that_is_closed(breaks: Breaks) -> Option<Scenario> {
    let mut scenario = upload(breaks)?;
    scenario.transfer.forbid_reuse(true).unwrap();
    Some(scenario)
}

fn upload_in_chunks(breaks: Breaks) -> Option<Scenario> {
    let server = Server::ok("answer");
    let mut transfer = transfer(breaks, &server.url("/"))?;
    transfer.upload(true).unwrap();
    scenario(transfer, server)
}

fn upload_with_hsts(breaks: Breaks) -> Option<Scenario> {
    let mut scenario = upload(breaks)?;
    scenario.transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
    Some(scenario)
}

fn download_over_tls(mut breaks: Breaks) -> Option<Scenario> {
    if !curlback::version().has_protocol("https") {
        return None;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "answer");
    breaks.authority = authority.pem();
    let transfer = transfer(breaks, &server.url("/"))?;
    scenario(transfer, server)
}

#[cfg(unix)]
fn download_over_ssh(breaks: Breaks) -> Option<Scenario> {
    let lacks = breaks.at == Callback::SshHostkey && is_before((7, 84, 0));
    if !has_sftp() || lacks {
        return None;
    }
    let server = Sshd::start()?;
    let mut transfer = server.transfer(breaks, FILE);
    transfer.ssh_known_hosts(server.known_hosts()).unwrap();
    scenario(transfer, server)
}

#[cfg(not(unix))]
fn download_over_ssh(_: Breaks) -> Option<Scenario> {
    None
}

fn download_of_what_matches(breaks: Breaks) -> Option<Scenario> {
    if !curlback::version().has_protocol("ftp") {
        return None;
    }
    let server = FtpServer::listing(&["a.txt"], "");
    let mut transfer = transfer(breaks, &server.url("*"))?;
    transfer.wildcard_match(true).unwrap();
    scenario(transfer, server)
}

fn stream(breaks: Breaks) -> Option<Scenario> {
    let server = rtsp_server::server();
    let mut transfer = transfer(breaks, &server.url("/"))?;
    rtsp_server::set_up(&mut transfer, &server);
    transfer.handler_mut().calls.clear();
    scenario(transfer, server)
}

fn websocket(breaks: Breaks) -> Option<Scenario> {
    // An error means that the client has gone, which is no failure.
    let server = WsServer::new(|conn| drop(conn.send(Message::text("message"))));
    let transfer = transfer(breaks, &server.url())?;
    scenario(transfer, server)
}
