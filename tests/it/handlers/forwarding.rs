//! Handlers that hold another handler forward the callbacks that only one protocol has. `Collect` and
//! `WriteTo` do not forward frames.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use curlback::handlers::{AddressPolicy, Collect, ReadFrom, Restricted, WriteTo};
use curlback::{
    Callback, CallbackResult, Callbacks, ChunkResult, Error, FileInfo, FnmatchResult, Frame, Hooks,
    Hsts, HstsEntry, HstsIndex, HstsReadResult, RtpPacket, Trailers, Transfer, WriteResult,
    WsReply,
};
use tungstenite::Message;

use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::skip;
use crate::support::ws_server::WsServer;
use crate::support::{rtsp_server, trailer_server};

/// Notes which of its callbacks are called.
struct Notes(Hooks, Heard);

impl Notes {
    fn note(&self, callback: Callback) {
        self.1.lock().unwrap().push(callback);
    }
}

impl Callbacks for Notes {
    fn hooks(&self) -> Hooks {
        Hooks::default() | self.0
    }

    fn trailer(&mut self, _: &mut Trailers) -> CallbackResult {
        self.note(Callback::Trailer);
        CallbackResult::Continue
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        let given = self.1.lock().unwrap().contains(&Callback::HstsRead);
        self.note(Callback::HstsRead);
        let entry = HstsEntry {
            host: "a.test".into(),
            expires: None,
            include_subdomains: false,
        };
        (!given).then_some(entry).into()
    }

    fn hsts_write(&mut self, _: HstsEntry, _: HstsIndex) -> CallbackResult {
        self.note(Callback::HstsWrite);
        CallbackResult::Continue
    }

    fn chunk_begin(&mut self, _: &FileInfo<'_>, _: u64) -> ChunkResult {
        self.note(Callback::ChunkBegin);
        ChunkResult::Transfer
    }

    fn chunk_end(&mut self) -> CallbackResult {
        self.note(Callback::ChunkEnd);
        CallbackResult::Continue
    }

    fn fnmatch(&mut self, _: &[u8], _: &[u8]) -> FnmatchResult {
        self.note(Callback::Fnmatch);
        true.into()
    }

    fn interleave(&mut self, _: RtpPacket<'_>) -> CallbackResult {
        self.note(Callback::Interleave);
        CallbackResult::Continue
    }

    fn frame(&mut self, _: &Frame, _: &[u8], _: &mut WsReply<'_>) -> WriteResult {
        self.note(Callback::Frame);
        WriteResult::Continue
    }
}

/// The callbacks that were called, in order.
type Heard = Arc<Mutex<Vec<Callback>>>;

/// Returns handlers that hold a [`Notes`], one of each of several kinds, with their names and the notes.
fn around(hooks: Hooks) -> Vec<(&'static str, Box<dyn Callbacks>, Heard)> {
    let each = |name, wrap: fn(Notes) -> Box<dyn Callbacks>| {
        let notes = Heard::default();
        (name, wrap(Notes(hooks, notes.clone())), notes)
    };
    vec![
        each("Box", |notes| Box::new(Box::new(notes))),
        each("&mut", |notes| Box::new(Box::leak(Box::new(notes)))),
        each("ReadFrom", |notes| {
            Box::new(ReadFrom::new(Cursor::new(Vec::new())).and(notes))
        }),
        each("Restricted", |notes| {
            Box::new(Restricted::with(AddressPolicy::any()).and(notes))
        }),
        // `Collect` and `WriteTo` take the body, and the frames with it.
        each("Collect", |notes| Box::new(Collect::new().and(notes))),
        each("WriteTo", |notes| {
            Box::new(WriteTo::new(std::io::sink()).and(notes))
        }),
    ]
}

/// Performs with each handler. Asserts that these callbacks reach the inner handler, except frames that
/// `Collect` and `WriteTo` take.
fn get_through(
    hooks: Hooks,
    expected: &[Callback],
    perform: impl Fn(&mut Transfer<Box<dyn Callbacks>>),
) {
    for (name, handler, notes) in around(hooks) {
        let mut transfer = match Transfer::new(handler) {
            Err(Error::Unsupported { what, .. }) => {
                skip!("the linked libcurl has no {what}");
                return;
            }
            transfer => transfer.unwrap(),
        };
        // Most of these transfers do not send the body of `ReadFrom`, and have to say so.
        transfer.upload(false).unwrap();
        perform(&mut transfer);
        drop(transfer);
        let mut notes = notes.lock().unwrap();
        notes.dedup();
        let takes_frames = ["Collect", "WriteTo"].contains(&name) && hooks == Hooks::FRAME;
        assert_eq!(*notes, if takes_frames { &[] } else { expected }, "{name}");
    }
}

#[test]
fn trailers_get_through() {
    let (server, _) = trailer_server::server();
    get_through(Hooks::TRAILER, &[Callback::Trailer], |transfer| {
        transfer.url(&server.url("/")).unwrap();
        transfer.upload(true).unwrap();
        transfer.http_headers(["Expect:"]).unwrap();
        transfer.perform().unwrap();
    });
}

#[test]
fn hsts_gets_through() {
    let server = Server::ok("");
    let hooks = Hooks::HSTS_READ | Hooks::HSTS_WRITE;
    let expected = [Callback::HstsRead, Callback::HstsWrite];
    get_through(hooks, &expected, |transfer| {
        transfer.url(&server.url("/")).unwrap();
        transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
        transfer.perform().unwrap();
    });
}

#[test]
fn files_get_through() {
    let server = FtpServer::listing(&["a.txt"], "");
    let hooks = Hooks::CHUNK_BEGIN | Hooks::CHUNK_END | Hooks::FNMATCH;
    let expected = [Callback::Fnmatch, Callback::ChunkBegin, Callback::ChunkEnd];
    get_through(hooks, &expected, |transfer| {
        transfer.url(&server.url("*")).unwrap();
        transfer.wildcard_match(true).unwrap();
        transfer.perform().unwrap();
    });
}

#[test]
fn packets_get_through() {
    let server = rtsp_server::server();
    get_through(Hooks::INTERLEAVE, &[Callback::Interleave], |transfer| {
        rtsp_server::set_up(transfer, &server);
        transfer.perform().unwrap();
    });
}

#[test]
fn frames_get_through() {
    let server = WsServer::new(|conn| conn.send(Message::text("frame")).unwrap());
    get_through(Hooks::FRAME, &[Callback::Frame], |transfer| {
        transfer.url(&server.url()).unwrap();
        transfer.perform().unwrap();
    });
}
