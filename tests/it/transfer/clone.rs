//! `try_clone`: what a copy has in common with the first, and that neither needs the other.

use std::io::SeekFrom;
use std::panic::panic_any;
use std::sync::Arc;

use curlback::handlers::Collect;
use curlback::{
    Callback, CallbackResult, Callbacks, Connection, DebugKind, Error, HeaderLine, Hooks, Mime,
    Part, ProgressResult, ReadBuf, ReadResult, SeekResult, SockType, SockoptResult, SslContext,
    Transfer, WriteResult, XferInfo,
};
use socket2::{SockRef, Socket};

use crate::support::bodies::bytes;
use crate::support::breaks::payload;
use crate::support::built_in::https;
use crate::support::multipart::received;
use crate::support::server::Server;
use crate::support::skip::{needs, prereq, skip};
use crate::support::tls_server::{Identity, TlsServer};

/// Records the calls of its callbacks, uploads "hello", and trusts an authority.
#[derive(Clone, Default)]
struct Everything {
    name: &'static str,
    authority: Vec<u8>,
    sent: usize,
    calls: Vec<Callback>,
    body: Vec<u8>,
    alive: Arc<()>,
}

impl Everything {
    fn called(&self, callback: Callback) -> usize {
        self.calls.iter().filter(|call| **call == callback).count()
    }
}

impl Callbacks for Everything {
    fn hooks(&self) -> Hooks {
        Hooks::default() | prereq() | Hooks::CLOSE_SOCKET | Hooks::IOCTL | Hooks::PROGRESS
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.calls.push(Callback::Write);
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.calls.push(Callback::Header);
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.calls.push(Callback::Read);
        self.sent += buffer.append(&b"hello"[self.sent..]);
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.calls.push(Callback::Seek);
        assert_eq!(to, SeekFrom::Start(0));
        self.sent = 0;
        SeekResult::Done
    }

    fn debug(&mut self, _: DebugKind, _: &[u8]) -> CallbackResult {
        self.calls.push(Callback::Debug);
        CallbackResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        self.calls.push(Callback::XferInfo);
        ProgressResult::Continue
    }

    fn sockopt(&mut self, _: SockRef<'_>, _: SockType) -> SockoptResult {
        self.calls.push(Callback::Sockopt);
        SockoptResult::Ok
    }

    fn close_socket(&mut self, _: Socket) -> CallbackResult {
        self.calls.push(Callback::CloseSocket);
        CallbackResult::Continue
    }

    fn resolver_start(&mut self) -> CallbackResult {
        self.calls.push(Callback::ResolverStart);
        CallbackResult::Continue
    }

    fn prereq(&mut self, _: &Connection<'_>) -> CallbackResult {
        self.calls.push(Callback::Prereq);
        CallbackResult::Continue
    }

    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        self.calls.push(Callback::SslCtx);
        match context.trust(&self.authority) {
            Ok(()) => CallbackResult::Continue,
            Err(error) => CallbackResult::Fail(error.into()),
        }
    }
}

/// Makes a transfer that succeeds only by its callbacks. Skips the test and returns `None` if the
/// linked libcurl lacks `ssl_ctx`.
fn uploading(server: &TlsServer, authority: &Identity) -> Option<Transfer<Everything>> {
    let handler = Everything {
        name: "first",
        authority: authority.pem(),
        ..Everything::default()
    };
    let mut transfer = Transfer::new(handler).unwrap();
    match transfer.set_hooks(transfer.hooks() | Hooks::SSL_CTX) {
        Err(error @ Error::Unsupported { .. }) => {
            skip!("{error}");
            return None;
        }
        result => result.unwrap(),
    }
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(5).unwrap();
    transfer.verbose(true).unwrap();
    transfer.http_headers(["X-Own: 1", "Expect:"]).unwrap();
    Some(transfer)
}

fn assert_used(handler: &Everything) {
    for callback in [
        Callback::Write,
        Callback::Header,
        Callback::Read,
        Callback::Debug,
        Callback::XferInfo,
        Callback::Sockopt,
        Callback::ResolverStart,
        Callback::Prereq,
        Callback::SslCtx,
    ] {
        assert!(handler.called(callback) > 0, "{callback}");
    }
    assert_eq!(handler.body, b"answer");
}

// tests/CORPUS.md, 20: here, the first transfer is dropped before the copy runs. In the next test,
// the copy is dropped before the first one runs.
#[test]
fn copy_runs_with_callbacks_of_its_own_after_the_first_is_gone() {
    needs!((7, 80, 0), "prereq");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "answer");
    for used in [false, true] {
        let Some(mut first) = uploading(&server, &authority) else {
            return;
        };
        if used {
            first.perform().unwrap();
            first.handler_mut().sent = 0;
            first.handler_mut().body.clear();
            first.handler_mut().calls.clear();
        }
        let alive = first.handler().alive.clone();
        let mut copy = first.try_clone().unwrap();
        assert!(first.handler().calls.is_empty(), "the copying called back");
        assert_eq!(copy.hooks(), first.hooks());
        copy.handler_mut().name = "copy";
        drop(first);
        // The first handler is gone: only `alive` itself and the copy's handler are left.
        assert_eq!(Arc::strong_count(&alive), 2);
        // Something else may take the place of the first transfer in memory.
        let _other: Vec<_> = (0..50).map(|n| vec![0xAA_u8; n * 64]).collect();
        copy.perform().unwrap();
        assert_eq!(copy.handler().name, "copy");
        assert_used(copy.handler());
        let handler = copy.into_handler();
        assert_eq!(handler.called(Callback::CloseSocket), 1);
    }
    assert_eq!(server.bodies(), [b"hello"; 3]);
}

#[test]
fn first_runs_after_its_copy_is_gone() {
    needs!((7, 80, 0), "prereq");
    if !https() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "answer");
    for used in [false, true] {
        let Some(mut first) = uploading(&server, &authority) else {
            return;
        };
        let mut copy = first.try_clone().unwrap();
        if used {
            copy.perform().unwrap();
            assert!(
                first.handler().calls.is_empty(),
                "the copy called the first"
            );
        }
        drop(copy);
        let _other: Vec<_> = (0..50).map(|n| vec![0xAA_u8; n * 64]).collect();
        first.perform().unwrap();
        assert_used(first.handler());
        assert_eq!(first.into_handler().called(Callback::CloseSocket), 1);
    }
}

/// Copies a transfer, drops it, performs the copy, and returns the request that the server has
/// received.
fn copied(set: impl FnOnce(&mut Transfer<Collect>)) -> crate::support::server::Request {
    let server = Server::ok("");
    let mut first = Transfer::new(Collect::new()).unwrap();
    first.url(&server.url("/path")).unwrap();
    set(&mut first);
    let mut copy = first.try_clone().unwrap();
    drop(first);
    let _other: Vec<_> = (0..50).map(|n| vec![0xAA_u8; n * 16]).collect();
    copy.perform().unwrap();
    server.requests().remove(0)
}

#[test]
fn copy_keeps_texts_lists_and_bodies() {
    let request = copied(|first| {
        first.useragent("example").unwrap();
        first.http_headers(["X-One: 1", "X-Two: 2"]).unwrap();
        first.post_fields_copy(b"a\0body").unwrap();
    });
    assert_eq!(request.line, "POST /path HTTP/1.1");
    assert_eq!(request.header("user-agent"), Some("example"));
    assert_eq!(request.header("x-one"), Some("1"));
    assert_eq!(request.header("x-two"), Some("2"));
    assert_eq!(request.body, b"a\0body");

    let server = Server::ok("");
    let resolve = format!("nowhere.test:80:{}", server.address().ip());
    let connect_to = format!("nowhere.test:80:127.0.0.1:{}", server.address().port());
    let request = copied(|first| {
        first.resolve([&resolve]).unwrap();
        first.connect_to([&connect_to]).unwrap();
        // This makes libcurl read the lists of the first transfer before the copy runs.
        first.perform().unwrap();
    });
    assert_eq!(request.line, "GET /path HTTP/1.1");
}

#[test]
fn lists_of_the_first_are_its_own() {
    let server = Server::ok("");
    let mut first = Transfer::new(()).unwrap();
    first.url(&server.url("/")).unwrap();
    first.http_headers(["X-Own: first"]).unwrap();
    let mut copy = first.try_clone().unwrap();
    copy.http_headers(["X-Own: copy"]).unwrap();
    first.perform().unwrap();
    copy.perform().unwrap();
    let mut second = copy.try_clone().unwrap();
    copy.reset().unwrap();
    drop(copy);
    second.perform().unwrap();
    let requests = server.requests();
    let own: Vec<_> = requests
        .iter()
        .map(|r| r.header("x-own").unwrap())
        .collect();
    assert_eq!(own, ["first", "copy", "copy"]);
}

#[test]
fn copy_of_an_empty_body_is_empty_and_can_be_another() {
    let request = copied(|first| first.post_fields_copy(b"").unwrap());
    assert_eq!(request.line, "POST /path HTTP/1.1");
    assert_eq!(request.header("content-length"), Some("0"));

    // If the size is larger than the fields, the body is read from the handler, not from the fields
    // of the first transfer.
    for fields in [&b""[..], b"12"] {
        let server = Server::ok("");
        let mut first = Transfer::new(Everything::default()).unwrap();
        first.url(&server.url("/")).unwrap();
        first.post_fields_copy(fields).unwrap();
        first.post_field_size(0).unwrap();
        let mut copy = first.try_clone().unwrap();
        drop(first);
        copy.post_field_size(5).unwrap();
        copy.perform().unwrap();
        assert_eq!(server.requests()[0].body, b"hello");
    }
}

#[test]
fn each_has_its_own_texts_of_errors_and_failures() {
    let fails = |at: u16| format!("http://127.0.0.1:{at}/");
    let (_socket, port) = crate::support::ports::deaf_port();
    let mut first = Transfer::new(()).unwrap();
    first.url(&fails(port)).unwrap();
    let mut copy = first.try_clone().unwrap();
    copy.url("nothing://127.0.0.1/").unwrap();
    let one = first.perform().unwrap_err();
    let two = copy.perform().unwrap_err();
    drop(copy);
    let again = first.perform().unwrap_err();
    assert!(two.text().unwrap().contains("nothing"), "{two}");
    for error in [one, again] {
        assert!(error.text().unwrap().contains(&port.to_string()), "{error}");
    }
}

/// Panics in `write` if its flag is set.
#[derive(Clone)]
struct Panics(bool);

impl Callbacks for Panics {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        if self.0 {
            panic_any(7_i32);
        }
        WriteResult::Continue
    }
}

#[test]
fn failed_transfer_has_a_copy_that_works() {
    let server = Server::ok("body");
    let mut first = Transfer::new(Panics(true)).unwrap();
    first.url(&server.url("/")).unwrap();
    assert_eq!(payload(&mut first).downcast_ref(), Some(&7));
    let mut copy = first.try_clone().unwrap();
    copy.handler_mut().0 = false;
    copy.perform().unwrap();
    // The failed transfer has not kept its connection. The copy keeps the one that it has made.
    copy.perform().unwrap();
    assert_eq!(copy.num_connects().unwrap(), 0);
    assert_eq!(payload(&mut first).downcast_ref(), Some(&7));
}

#[test]
fn copy_may_have_another_handler() {
    let server = Server::ok("body");
    let mut template = Transfer::new(()).unwrap();
    template.url(&server.url("/")).unwrap();
    let mut copy = template.try_clone_with(Collect::new()).unwrap();
    copy.perform().unwrap();
    assert_eq!(copy.handler().body(), b"body");
    assert_eq!(copy.hooks(), Collect::<()>::new().hooks());
}

#[test]
fn hooks_and_remotes_of_one_do_not_concern_the_other() {
    let server = Server::ok("body");
    let mut first = Transfer::new(Collect::new()).unwrap();
    first.url(&server.url("/")).unwrap();
    let remote = first.remote();
    let mut copy = first.try_clone().unwrap();
    first.set_hooks(Hooks::WRITE).unwrap();
    assert!(remote.cancel());
    copy.perform().unwrap();
    assert!(copy.handler().headers().count() > 0);
    assert!(matches!(first.perform(), Err(Error::Cancelled)));
}

#[test]
fn parts_are_copied_and_readers_are_not() {
    let server = Server::ok("");
    let mut first = Transfer::new(()).unwrap();
    first.url(&server.url("/")).unwrap();
    let parts = Mime::new().part(Part::data(bytes(5000)).name("inner"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "of a file").unwrap();
    let mime = Mime::new()
        .part(Part::parts(parts).header("X-Own: 1"))
        .part(Part::file(file.path()).name("file"));
    first.mime(mime).unwrap();
    first.perform().unwrap();
    let mut copy = first.try_clone().unwrap();
    drop(first);
    copy.perform().unwrap();
    let mut second = copy.try_clone().unwrap();
    copy.mime(Mime::new().part(Part::data("another"))).unwrap();
    copy.perform().unwrap();
    drop(copy);
    second.perform().unwrap();
    let requests = server.requests();
    assert_eq!(received(&requests[2])[0].body, b"another");
    for request in [&requests[0], &requests[1], &requests[3]] {
        let parts = received(request);
        assert_eq!(parts[0].header("x-own"), Some("1"));
        assert!(parts[0].parts()[0].body == bytes(5000));
        assert_eq!(parts[1].body, b"of a file");
    }

    let refused = |transfer: &mut Transfer<()>| match transfer.try_clone() {
        Err(Error::Option { option, reason }) => {
            assert_eq!(option, "CURLOPT_MIMEPOST");
            reason
        }
        other => panic!("{other:?}"),
    };
    second
        .mime(Mime::new().part(Part::stream(&b"once"[..])))
        .unwrap();
    assert!(refused(&mut second).contains("reader"));
    // The transfer still has its callbacks and its body.
    second.perform().unwrap();
    assert_eq!(received(&server.requests()[4])[0].body, b"once");
    second.mime(Mime::new()).unwrap();
    second.try_clone().unwrap();
    second.http_headers(["X-A: 1"]).unwrap();
    second.http_headers(["X-B: 1"]).unwrap();
    second.try_clone().unwrap();
    second.reset().unwrap();
    second.try_clone().unwrap();
}

#[test]
fn a_copy_keeps_what_libcurl_reads_in_place() {
    needs!((7, 63, 0), "CURLOPT_CURLU");
    let server = Server::ok("body");
    let mut first = Transfer::new(Collect::new()).unwrap();
    let mut url = curlback::Url::new(&server.url("/there")).unwrap();
    url.set(curlback::UrlPart::Query, "a=b").unwrap();
    first.curlu(url).unwrap();
    first.post_fields(b"not a copy".to_vec()).unwrap();
    let mut second = first.try_clone().unwrap();
    let mut third = second.try_clone().unwrap();
    drop(first);
    second.perform().unwrap();
    drop(second);
    third.perform().unwrap();
    for request in server.requests() {
        assert_eq!(request.line, "POST /there?a=b HTTP/1.1");
        assert_eq!(request.body, b"not a copy");
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_copy_shares_what_the_first_shared() {
    let server = crate::support::sharing::cookie_server();
    let share = curlback::Share::new(curlback::ShareData::COOKIES).unwrap();
    let mut first = crate::support::sharing::get(&server.url("/a"), Some(&share));
    let mut second = first.try_clone().unwrap();
    drop(share);
    first.perform().unwrap();
    drop(first);
    second.perform().unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("cookie"), None);
    assert!(requests[1].header("cookie").is_some());
}
