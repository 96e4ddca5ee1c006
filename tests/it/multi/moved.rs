//! A transfer that has ended in a `Multi` and runs again elsewhere, while the `Multi` still exists.
//! It keeps what it has learned, and what was set.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::{fs, thread};

use curlback::{
    AltSvc, CallbackResult, Callbacks, Error, HeaderLine, Hooks, Hsts, HstsEntry, HstsIndex,
    HstsReadResult, Mime, Multi, Part, ProgressResult, Transfer, WriteResult, XferInfo,
};

use crate::support::built_in::https;
use crate::support::server::{Conn, Request, Server};
use crate::support::skip::skip;
use crate::support::tls_server::{Identity, TlsServer};
use crate::support::transfers::{if_supported, run_in};

/// Keeps the body, and counts the calls of its other callbacks.
#[derive(Default)]
struct Notes {
    body: Vec<u8>,
    headers: usize,
    progress: usize,
    hsts_reads: usize,
    hsts_written: Arc<AtomicUsize>,
}

impl Callbacks for Notes {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::HSTS_READ | Hooks::HSTS_WRITE
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.headers += 1;
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.progress += 1;
        ProgressResult::Continue
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        self.hsts_reads += 1;
        HstsReadResult::Done
    }

    fn hsts_write(&mut self, _: HstsEntry, _: HstsIndex) -> CallbackResult {
        self.hsts_written.fetch_add(1, Ordering::SeqCst);
        CallbackResult::Continue
    }
}

fn get(url: &str) -> Option<Transfer<Notes>> {
    if_supported(Notes::default(), url, "HSTS")
}

/// Where the transfer runs again.
#[derive(Clone, Copy, Debug, PartialEq)]
enum To {
    /// The transfer performs alone both times, to compare with.
    Stays,
    Here,
    Thread,
    OtherMulti,
    /// In another `Multi`, and then in the first one.
    AndBack,
}

const MOVES: [To; 4] = [To::Here, To::Thread, To::OtherMulti, To::AndBack];

/// Performs in a `Multi`, calls `between`, and performs again where `to` says. Then passes the
/// `Multi` and the transfer to `look`.
fn twice<H: Callbacks + Send>(
    mut transfer: Transfer<H>,
    to: To,
    between: impl FnOnce(&mut Transfer<H>) + Send,
    look: impl FnOnce(Multi<H>, Transfer<H>),
) {
    let mut multi = Multi::new().unwrap();
    let first;
    match to {
        To::Stays => first = transfer.perform(),
        _ => (transfer, first) = run_in(&mut multi, transfer),
    }
    let second;
    match to {
        To::Stays | To::Here => {
            between(&mut transfer);
            second = transfer.perform();
        }
        To::Thread => {
            (transfer, second) = thread::scope(|scope| {
                let performing = scope.spawn(move || {
                    between(&mut transfer);
                    let second = transfer.perform();
                    (transfer, second)
                });
                performing.join().unwrap()
            });
        }
        To::OtherMulti | To::AndBack => {
            between(&mut transfer);
            let mut other = Multi::new().unwrap();
            (transfer, second) = run_in(&mut other, transfer);
            if to == To::AndBack {
                let back;
                (transfer, back) = run_in(&mut multi, transfer);
                back.unwrap();
            }
        }
    }
    first.unwrap();
    second.unwrap();
    look(multi, transfer);
}

fn lines<H>(transfer: &Transfer<H>) -> BTreeSet<Vec<u8>> {
    let cookies = transfer.cookies().unwrap();
    cookies.iter().map(|line| line.to_vec()).collect()
}

/// Makes a server that sets cookies of each kind at the first request, and one more cookie at each
/// later one.
fn cookies() -> Server {
    let count = AtomicUsize::new(0);
    Server::new(move |conn: &mut Conn| {
        while conn.request().is_some() {
            let headers = match count.fetch_add(1, Ordering::SeqCst) {
                0 => "Set-Cookie: session=1\r\n\
                      Set-Cookie: lasts=1; Max-Age=1000\r\n\
                      Set-Cookie: deep=1; Path=/deep; Max-Age=1000\r\n\
                      Set-Cookie: hidden=1; HttpOnly\r\n\
                      Set-Cookie: safe=1; Secure; Max-Age=1000\r\n"
                    .to_owned(),
                n => format!("Set-Cookie: later{n}=1\r\n"),
            };
            conn.reply("200 OK", &headers, "");
        }
    })
}

fn sent(request: &Request) -> BTreeSet<&str> {
    let cookies = request.header("cookie").unwrap_or_default();
    cookies.split("; ").collect()
}

#[test]
fn cookies_of_every_kind_go_with_it() {
    for to in MOVES {
        let server = cookies();
        let Some(mut transfer) = get(&server.url("/")) else {
            return;
        };
        transfer.cookie_file("").unwrap();
        let own = "127.0.0.1\tFALSE\t/\tFALSE\t0\town\t1";
        transfer.cookie_list(own).unwrap();
        let (send, before) = channel();
        let between = move |transfer: &mut Transfer<Notes>| send.send(lines(transfer)).unwrap();
        twice(transfer, to, between, |multi, transfer| {
            let (before, after) = (before.recv().unwrap(), lines(&transfer));
            // Whether a server without TLS may set a secure cookie depends on the release.
            assert!(before.len() >= 5, "{to:?}: {before:?}");
            assert!(before.is_subset(&after), "{to:?}: {before:?}, {after:?}");
            let requests = server.requests();
            let sent = sent(&requests[1]);
            for name in ["session=1", "lasts=1", "hidden=1", "own=1"] {
                assert!(sent.contains(name), "{to:?}: {sent:?}");
            }
            assert!(!sent.contains("deep=1"));
            drop((multi, transfer));
        });
    }
}

#[test]
fn file_of_cookies_that_was_set_meanwhile_is_read() {
    for to in MOVES {
        let server = cookies();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "127.0.0.1\tFALSE\t/\tFALSE\t0\tseen\t1\n").unwrap();
        let Some(mut transfer) = get(&server.url("/")) else {
            return;
        };
        transfer.cookie_file("").unwrap();
        let between = |transfer: &mut Transfer<Notes>| transfer.cookie_file(&file).unwrap();
        twice(transfer, to, between, |multi, transfer| {
            let requests = server.requests();
            let sent = sent(&requests[1]);
            for name in ["session=1", "seen=1"] {
                assert!(sent.contains(name), "{to:?}: {sent:?}");
            }
            drop((multi, transfer));
        });
    }
}

/// Only the drop of the transfer writes the jar, with all cookies in it.
#[test]
fn cookie_jar_is_written_once_and_whole() {
    for to in MOVES {
        let server = cookies();
        let dir = tempfile::tempdir().unwrap();
        let jar = dir.path().join("jar");
        let Some(mut transfer) = get(&server.url("/")) else {
            return;
        };
        transfer.cookie_file("").unwrap();
        transfer.cookie_jar(&jar).unwrap();
        twice(
            transfer,
            to,
            |_| {},
            |mut multi, transfer| {
                multi.perform().unwrap();
                assert!(!jar.exists(), "{to:?}: nobody has dropped it");
                thread::scope(|scope| scope.spawn(|| drop(transfer)).join().unwrap());
                let written = fs::read_to_string(&jar).unwrap();
                for name in ["session", "lasts", "deep", "hidden", "later1"] {
                    assert!(
                        written.contains(&format!("\t{name}\t1")),
                        "{to:?}: {written}"
                    );
                }
                assert_stays_away(&jar, multi);
            },
        );
    }
}

/// Asserts that the `Multi` does not write the file again for the transfer that has left.
fn assert_stays_away<H: Callbacks>(file: &Path, mut multi: Multi<H>) {
    fs::remove_file(file).unwrap();
    multi.perform().unwrap();
    assert!(!file.exists());
    drop(multi);
    assert!(!file.exists());
}

/// Makes a server that demands HTTPS for the future, and names an alternative service.
fn strict() -> Option<TlsServer> {
    if !https() {
        return None;
    }
    let identity = Identity::authority().vouch_for_name("strict.test");
    let fields =
        "Strict-Transport-Security: max-age=1000\r\nAlt-Svc: h2=\"other.test:443\"; ma=1000\r\n";
    Some(TlsServer::saying(&identity, fields))
}

fn get_strictly(server: &TlsServer) -> Option<Transfer<Notes>> {
    let port = server.address().port();
    let mut transfer = get(&format!("https://strict.test:{port}/"))?;
    transfer
        .connect_to([format!("::127.0.0.1:{port}")])
        .unwrap();
    transfer.ssl_verify_peer(false).unwrap();
    transfer.ssl_verify_host(false).unwrap();
    Some(transfer)
}

#[test]
fn hosts_learned_are_written_once_and_read_no_more_often() {
    let Some(server) = strict() else { return };
    let mut reads = None;
    for to in [To::Stays, To::Here, To::Thread, To::OtherMulti] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hosts");
        let Some(mut transfer) = get_strictly(&server) else {
            return;
        };
        transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
        transfer.hsts(&file).unwrap();
        let plain = format!("http://strict.test:{}/", server.address().port());
        let between = |transfer: &mut Transfer<Notes>| transfer.url(&plain).unwrap();
        twice(transfer, to, between, |multi, transfer| {
            // The second request succeeds only because libcurl has learned to use HTTPS.
            let handler = transfer.handler();
            let (written, reads_here) = (handler.hsts_written.clone(), handler.hsts_reads);
            assert_eq!(*reads.get_or_insert(reads_here), reads_here, "{to:?}");
            assert_eq!(written.load(Ordering::SeqCst), 0, "{to:?}");
            assert!(!file.exists());
            thread::scope(|scope| scope.spawn(|| drop(transfer)).join().unwrap());
            assert_eq!(written.load(Ordering::SeqCst), 1, "{to:?}");
            let hosts = fs::read_to_string(&file).unwrap();
            assert!(hosts.contains("strict.test"), "{to:?}: {hosts}");
            assert_stays_away(&file, multi);
            assert_eq!(written.load(Ordering::SeqCst), 1, "{to:?}");
        });
    }
}

#[test]
fn services_learned_are_written_once() {
    let Some(server) = strict() else { return };
    for to in MOVES {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("services");
        let Some(mut transfer) = get_strictly(&server) else {
            return;
        };
        if let Err(Error::Unsupported { .. }) = transfer.altsvc(&file) {
            skip!("the linked libcurl has no alternative services");
            return;
        }
        transfer.altsvc_ctrl(AltSvc::H1 | AltSvc::H2).unwrap();
        // The service is learned in the `Multi` alone: the second request goes to another server.
        let plain = Server::ok("");
        let address = plain.address();
        let between = move |transfer: &mut Transfer<Notes>| {
            transfer.url(&format!("http://{address}/")).unwrap();
            transfer.connect_to([""; 0]).unwrap();
        };
        twice(transfer, to, between, |multi, transfer| {
            thread::scope(|scope| scope.spawn(|| drop(transfer)).join().unwrap());
            let services = fs::read_to_string(&file).unwrap();
            assert!(services.contains("other.test"), "{to:?}: {services}");
            assert_stays_away(&file, multi);
        });
    }
}

/// Asserts that each further request has the same line and headers as the first, and a body of the same size.
fn assert_asks_the_same(set: impl Fn(&mut Transfer<Notes>)) {
    for to in MOVES {
        let server = Server::ok("answer");
        let Some(mut transfer) = get(&server.url("/path?query")) else {
            return;
        };
        set(&mut transfer);
        twice(
            transfer,
            to,
            |_| {},
            |_multi, transfer| {
                let requests = server.requests();
                let [first, rest @ ..] = &requests[..] else {
                    panic!("no request");
                };
                for again in rest {
                    assert_eq!(again.line, first.line, "{to:?}");
                    assert_eq!(headers(again), headers(first), "{to:?}");
                    assert_eq!(again.body.len(), first.body.len(), "{to:?}");
                }
                let notes = transfer.handler();
                let all = requests.len();
                assert_eq!(notes.body, b"answer".repeat(all), "{to:?}");
                assert_eq!(notes.headers, 3 * all, "{to:?}");
                assert!(notes.progress > 0);
            },
        );
    }
}

/// Returns the headers, without what differs by chance.
fn headers(request: &Request) -> Vec<(String, String)> {
    let mut headers = request.headers.clone();
    for (name, value) in &mut headers {
        if name == "content-type" {
            value.truncate("multipart/form-data; boundary=".len());
        }
    }
    headers
}

#[test]
fn options_and_lists_go_with_it() {
    assert_asks_the_same(|transfer| {
        transfer.useragent("agent").unwrap();
        transfer.referer("http://referer.test/").unwrap();
        transfer.http_headers(["X-One: 1", "X-Two: 2"]).unwrap();
        transfer.cookie("set=1").unwrap();
        transfer.range("0-").unwrap();
        transfer.custom_request("ASK").unwrap();
        transfer.accept_encoding("").unwrap();
        transfer.userpwd("user:password").unwrap();
    });
}

#[test]
fn post_fields_go_with_it() {
    assert_asks_the_same(|transfer| transfer.post_fields("a=1&b=2").unwrap());
    assert_asks_the_same(|transfer| transfer.post_fields_copy("a=1&b=2").unwrap());
    assert_asks_the_same(|transfer| transfer.post_fields("").unwrap());
}

#[test]
fn forms_with_readers_go_with_it() {
    assert_asks_the_same(|transfer| {
        let reader = std::io::Cursor::new(vec![b'r'; 5000]);
        let mime = Mime::new()
            .part(Part::data("data").name("data"))
            .part(Part::seekable(reader).name("reader").size(5000));
        transfer.mime(mime).unwrap();
    });
}

/// Asking for information and setting options do not change the information.
#[test]
fn infos_stay_until_it_performs_again() {
    let server = Server::new(|conn: &mut Conn| {
        while conn.request().is_some() {
            conn.reply(
                "201 Made",
                "Content-Type: text/own\r\nX-Own: 1\r\n",
                "answer",
            );
        }
    });
    let Some(transfer) = get(&server.url("/path")) else {
        return;
    };
    let mut multi = Multi::new().unwrap();
    let (mut transfer, result) = run_in(&mut multi, transfer);
    result.unwrap();
    let infos = |transfer: &Transfer<Notes>| {
        (
            transfer.response_code().unwrap(),
            transfer.effective_url().unwrap().map(str::to_owned),
            transfer.content_type().unwrap().map(str::to_owned),
            transfer.primary_ip().unwrap().map(str::to_owned),
            transfer.total_time().unwrap(),
            transfer.num_connects().unwrap(),
        )
    };
    let before = infos(&transfer);
    assert_eq!(before.0, 201);
    let transfer = thread::scope(|scope| {
        let asking = scope.spawn(move || {
            assert_eq!(infos(&transfer), before);
            transfer.useragent("agent").unwrap();
            transfer.cookie_list("ALL").unwrap();
            assert_eq!(infos(&transfer), before);
            drop(transfer.try_clone_with(Notes::default()).unwrap());
            assert_eq!(infos(&transfer), before);
            transfer
        });
        asking.join().unwrap()
    });
    drop(multi);
    assert_eq!(transfer.content_type().unwrap(), Some("text/own"));
}
