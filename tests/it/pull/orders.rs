//! Transfers that are performed, read and written in random orders, while different callbacks are
//! installed.

use std::io::{Read, Write};

use curlback::{
    Callbacks, HeaderLine, Hooks, Multi, ReadBuf, ReadResult, SeekResult, Transfer, WriteResult,
    callbacks,
};

use crate::support::pulled::Random;
use crate::support::rounds::rounds;
use crate::support::server::Server;

/// Counts header lines, records what `write` gets, and sends "own".
#[derive(Clone, Default)]
struct Counts {
    lines: usize,
    written: Vec<u8>,
    sent: usize,
}

#[callbacks]
impl Callbacks for Counts {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.lines += 1;
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"own"[self.sent.min(3)..]);
        ReadResult::Continue
    }

    fn seek(&mut self, _: std::io::SeekFrom) -> SeekResult {
        self.sent = 0;
        SeekResult::Done
    }
}

const OWN: [Hooks; 4] = [Hooks::WRITE, Hooks::HEADER, Hooks::READ, Hooks::SEEK];

fn set_up(transfer: &mut Transfer<Counts>, url: &str) {
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
}

/// Checks the calls of the callbacks in a transfer whose response was `echo`.
fn check(transfer: &Transfer<Counts>, echo: &[u8], step: &str) {
    let (hooks, counts) = (transfer.hooks(), transfer.handler());
    let written = match hooks.contains(Hooks::WRITE) {
        true => echo,
        false => b"",
    };
    assert_eq!(counts.written, written, "{step}, {hooks:?}");
    assert_eq!(counts.lines > 0, hooks.contains(Hooks::HEADER), "{step}");
}

/// Returns what `read` sends if these hooks are set.
fn own(hooks: Hooks) -> &'static [u8] {
    match hooks.contains(Hooks::READ) {
        true => b"own",
        false => b"",
    }
}

#[test]
fn callbacks_are_the_ones_that_are_set_in_every_order() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            conn.reply("200 OK", "", request.body);
        }
    });
    let mut random = Random::new(0xd1b5_4a32_d192_ed03);
    let mut transfer = Transfer::new(Counts::default()).unwrap();
    set_up(&mut transfer, &server.url("/"));
    for round in 0..rounds(400, 20_000) {
        let hooks = transfer.hooks();
        *transfer.handler_mut() = Counts::default();
        match random.below(8) {
            0 => {
                transfer.perform().unwrap();
                check(&transfer, own(hooks), "perform");
            }
            1 => {
                let mut response = transfer.open().unwrap();
                let mut body = Vec::new();
                response.read_to_end(&mut body).unwrap();
                assert_eq!(body, own(hooks), "round {round}");
                transfer = response.finish().unwrap();
                let counts = transfer.handler();
                assert_eq!(counts.lines > 0, hooks.contains(Hooks::HEADER));
                assert!(counts.written.is_empty());
            }
            2 => {
                let mut upload = transfer.open_upload().unwrap();
                upload.write_all(b"written").unwrap();
                let mut response = upload.finish().unwrap();
                let mut body = Vec::new();
                response.read_to_end(&mut body).unwrap();
                assert_eq!(body, b"written", "round {round}");
                transfer = response.finish().unwrap();
                assert_eq!(transfer.handler().sent, 0);
                assert!(transfer.handler().written.is_empty());
            }
            3 => transfer = transfer.open().unwrap().cancel(),
            4 => {
                let mut upload = transfer.open_upload().unwrap();
                upload.write_all(b"written").unwrap();
                if random.below(2) == 0 {
                    upload.flush().unwrap();
                }
                transfer = upload.cancel();
            }
            5 => {
                let set = OWN.iter().filter(|_| random.below(2) == 0);
                transfer.set_hooks(set.copied().collect()).unwrap();
            }
            6 => match random.below(2) {
                0 => {
                    transfer.reset().unwrap();
                    set_up(&mut transfer, &server.url("/"));
                }
                _ => transfer = transfer.try_clone().unwrap(),
            },
            _ => {
                let mut multi = Multi::new().unwrap();
                multi.add(transfer).unwrap();
                let mut back = None;
                multi
                    .run(|_, _, transfer, result| {
                        back = Some(transfer);
                        result
                    })
                    .unwrap();
                transfer = back.unwrap();
                check(&transfer, own(hooks), "in a Multi");
            }
        }
    }
}
