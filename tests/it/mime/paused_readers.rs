//! Readers of parts that pause, with each way of sending the body.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use curlback::{
    Callbacks, Direction, Encoder, Mime, MimeReader, Part, ProgressResult, ReadBuf, ReadResult,
    Remote, Transfer, XferInfo,
};

use crate::support::bodies::bytes;
use crate::support::multipart::received;
use crate::support::server::Server;

/// Pauses before each piece of data, and calls `resume` whenever it has paused.
struct Halting<F> {
    data: Vec<u8>,
    at: usize,
    goes: bool,
    paused: Arc<AtomicUsize>,
    resume: F,
}

impl<F: FnMut() + Send> MimeReader for Halting<F> {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.goes = !self.goes;
        if self.goes {
            buffer.append(b"not to be sent");
            self.paused.fetch_add(1, Ordering::SeqCst);
            (self.resume)();
            return ReadResult::Pause;
        }
        let rest = &self.data[self.at..];
        self.at += buffer.append(&rest[..rest.len().min(20_000)]);
        ReadResult::Continue
    }
}

fn halting(paused: &Arc<AtomicUsize>, resume: impl FnMut() + Send + 'static) -> Part {
    Part::reader(Halting {
        data: bytes(70_000),
        at: 0,
        goes: false,
        paused: paused.clone(),
        resume,
    })
}

/// Resumes sending at each call of `xfer_info`.
struct Resumes;

impl Callbacks for Resumes {
    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        ProgressResult::Resume(Direction::Send)
    }
}

/// Returns the ways of sending: with a size or in chunks, encoded or not, with or without a wait
/// for `100 Continue`.
fn ways(part: impl Fn() -> Part) -> Vec<(Mime, &'static str)> {
    let mut ways = Vec::new();
    for expect in ["Expect:", "Expect: 100-continue"] {
        for encoder in [Encoder::Binary, Encoder::Base64] {
            let sized = part().size(70_000).encoder(encoder);
            ways.push((Mime::new().part(sized), expect));
            let nested = Mime::new().part(part().encoder(encoder));
            ways.push((Mime::new().part(Part::parts(nested)), expect));
        }
    }
    ways
}

fn assert_arrived(server: &Server) {
    let request = server.requests().pop().unwrap();
    let mut part = received(&request).remove(0);
    if part.header("content-type").is_some() {
        part = part.parts().remove(0);
    }
    match part.header("content-transfer-encoding") {
        Some("base64") => {
            let lines: Vec<u8> = part.body.into_iter().filter(u8::is_ascii_graphic).collect();
            assert!(BASE64_STANDARD.decode(lines).unwrap() == bytes(70_000));
        }
        _ => assert!(part.body == bytes(70_000)),
    }
}

#[test]
fn readers_pause_and_progress_resumes_them() {
    let paused = Arc::new(AtomicUsize::new(0));
    for (mime, expect) in ways(|| halting(&paused, || {})) {
        let server = Server::ok("");
        paused.store(0, Ordering::SeqCst);
        let mut transfer = Transfer::new(Resumes).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.http_headers([expect]).unwrap();
        transfer.mime(mime).unwrap();
        transfer.perform().unwrap();
        assert_arrived(&server);
        assert!(paused.load(Ordering::SeqCst) >= 4);
    }
}

#[test]
fn readers_pause_and_a_remote_resumes_them() {
    let paused = Arc::new(AtomicUsize::new(0));
    let (pauses, woken) = std::sync::mpsc::channel::<Option<Remote>>();
    let thread = thread::spawn(move || {
        let mut remote = None;
        for next in woken {
            remote = next.or(remote);
            if let Some(remote) = &remote {
                remote.resume(Direction::Send);
            }
        }
    });
    let part = || {
        let pauses = pauses.clone();
        halting(&paused, move || pauses.send(None).unwrap())
    };
    for (mime, expect) in ways(part) {
        let server = Server::ok("");
        paused.store(0, Ordering::SeqCst);
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.http_headers([expect]).unwrap();
        transfer.mime(mime).unwrap();
        // The handler gets no progress reports. Only the remote resumes the transfer.
        let hooks = transfer.hooks() - curlback::Hooks::XFER_INFO;
        transfer.set_hooks(hooks).unwrap();
        pauses.send(Some(transfer.remote())).unwrap();
        transfer.perform().unwrap();
        assert_arrived(&server);
        assert!(paused.load(Ordering::SeqCst) >= 4);
    }
    drop(pauses);
    thread.join().unwrap();
}
