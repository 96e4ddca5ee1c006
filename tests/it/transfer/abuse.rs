//! What nobody thought of, around one transfer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use curlback::{
    CallbackResult, Callbacks, ConnectOnly, Error, Hooks, Mime, MimeOptions, MimeReader, Part,
    ReadBuf, ReadResult, Share, ShareData, Transfer, Version, WriteResult,
};

use crate::support::server::{Conn, Server};
use crate::support::skip::{skip, skip_case};

/// Fails in `debug` or `close_socket` once it is armed.
#[derive(Default)]
struct Armed {
    armed: Arc<AtomicBool>,
    panic: bool,
    got: Vec<u8>,
}

impl Callbacks for Armed {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::CLOSE_SOCKET
    }
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.got.extend_from_slice(data);
        WriteResult::Continue
    }
    fn close_socket(&mut self, socket: socket2::Socket) -> CallbackResult {
        drop(socket);
        if self.armed.swap(false, Ordering::SeqCst) {
            assert!(!self.panic, "own");
            return CallbackResult::Abort;
        }
        CallbackResult::Continue
    }
}

/// A connection that was lent must live as long as the loan.
#[test]
fn active_socket_of_a_shared_connection() {
    use std::os::fd::{AsFd, AsRawFd};
    let server = Server::ok("body");
    let share = Share::new(ShareData::CONNECTIONS).unwrap();
    let mut a = Transfer::new(()).unwrap();
    a.share(&share).unwrap();
    a.url(&server.url("/a")).unwrap();
    a.perform().unwrap();
    let mut b = Transfer::new(()).unwrap();
    b.share(&share).unwrap();
    b.url(&server.url("/b")).unwrap();
    let Some(lent) = a.active_socket().unwrap() else {
        // Neither release finds it in a share: nothing is borrowed, so nothing can be closed.
        return;
    };
    let fd = lent.as_fd();
    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    assert!(std::fs::metadata(&path).is_ok());
    b.forbid_reuse(true).unwrap();
    b.perform().unwrap();
    assert_eq!(b.num_connects().unwrap(), 0);
    assert!(
        std::fs::metadata(&path).is_ok(),
        "a BorrowedFd outlives its descriptor"
    );
}

struct Bomb(Arc<AtomicUsize>);

impl MimeReader for Bomb {
    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Continue
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
            panic!("bomb");
        }
    }
}

#[derive(Default)]
struct Count {
    opened: usize,
    written: usize,
}

impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len();
        WriteResult::Continue
    }
    fn resolver_start(&mut self) -> CallbackResult {
        self.opened += 1;
        CallbackResult::Continue
    }
    fn address_filter(&self) -> curlback::AddressFilter {
        curlback::AddressFilter::Strict
    }
    fn open_socket(
        &mut self,
        _: curlback::SockType,
        _: &mut curlback::SocketAddress,
    ) -> std::io::Result<socket2::Socket> {
        Err(std::io::Error::other("guard"))
    }
}

#[test]
fn panic_of_a_reader_that_a_reset_drops() {
    let server = Server::ok("body");
    let mut t = Transfer::new(Count::default()).unwrap();
    t.mime(Mime::new().part(Part::reader(Bomb(Arc::default())).name("x")))
        .unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| t.reset())).is_err());
    t.url(&server.url("/")).unwrap();
    let result = t.perform();
    assert!(result.is_err(), "the guard was not asked");
}

#[test]
fn file_name_with_an_end_of_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a\r\nX-Evil: 1\r\n\r\nb");
    std::fs::write(&path, "content").unwrap();
    for (options, nested) in [
        (None, false),
        (Some(MimeOptions::FORM_ESCAPE), false),
        (None, true),
    ] {
        let server = Server::ok("");
        let mut t = Transfer::new(()).unwrap();
        t.url(&server.url("/")).unwrap();
        if let Some(options) = options {
            if let Err(e) = t.mime_options(options) {
                skip_case!("{e}");
                continue;
            }
        }
        let mut m = Mime::new().part(Part::file(&path).name("x"));
        if nested {
            m = Mime::new().part(Part::parts(m).name("y"));
        }
        match t.mime(m) {
            Ok(()) => {
                t.perform().unwrap();
                let body = server.requests()[0].body.clone();
                let body = String::from_utf8_lossy(&body).into_owned();
                eprintln!("{options:?} {nested} {body}");
                assert!(!body.contains("\nX-Evil"), "{options:?} {nested}");
            }
            Err(e) => eprintln!("refused {e:?}"),
        }
    }
}

#[test]
fn connect_to_with_an_end_of_line() {
    let server = Server::new(|conn| {
        let mut lines = Vec::new();
        while let Some(line) = conn.line() {
            let end = line.is_empty();
            lines.push(line);
            if end && lines.len() > 6 {
                break;
            }
        }
        eprintln!("{lines:?}");
        conn.reply("502 no", "", "");
    });
    for to in [
        "::evil\r\n\r\nGET /admin HTTP/1.1\r\n\r\n:80",
        "::evil HTTP/1.1\r\nX-A\r\n\r\nGET /secret HTTP/1.0\r\n\r\nX:443",
    ] {
        let mut t = Transfer::new(()).unwrap();
        t.url("http://example.test/").unwrap();
        t.noproxy("").unwrap();
        t.proxy(&format!("http://{}", server.address())).unwrap();
        t.http_proxy_tunnel(true).unwrap();
        t.timeout(std::time::Duration::from_secs(2)).unwrap();
        if t.connect_to([to]).is_ok() {
            let _ = t.perform();
            panic!("an end of line goes into the CONNECT line");
        }
    }
}

struct Hosts(Arc<AtomicUsize>, Hooks);

impl Callbacks for Hosts {
    fn hooks(&self) -> Hooks {
        self.1
    }
    fn hsts_write(&mut self, _: curlback::HstsEntry, _: curlback::HstsIndex) -> CallbackResult {
        self.0.fetch_add(1, Ordering::SeqCst);
        CallbackResult::Continue
    }
    fn hsts_read(&mut self) -> curlback::HstsReadResult {
        self.0.fetch_add(100, Ordering::SeqCst);
        curlback::HstsReadResult::Done
    }
}

/// A clone that cannot be made neither calls its handler nor writes files.
#[test]
fn clone_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let hsts = folder.path().join("hsts");
    let jar = folder.path().join("jar");
    let line =
        "# Netscape HTTP Cookie File\nexample.test\tFALSE\t/\tFALSE\t4102444800\tname\tvalue\n";
    std::fs::write(&hsts, "example.test \"20990101 00:00:00\"\n").unwrap();
    std::fs::write(&jar, line).unwrap();
    let calls = Arc::<AtomicUsize>::default();
    let all = Hooks::default() | Hooks::HSTS_WRITE | Hooks::HSTS_READ;
    let mut t = Transfer::new(Hosts(Arc::default(), all)).unwrap();
    t.hsts_ctrl(curlback_hsts()).unwrap();
    t.hsts(&hsts).unwrap();
    t.cookie_file(&jar).unwrap();
    t.cookie_jar(&jar).unwrap();
    let before = std::fs::read_to_string(&jar).unwrap();
    let copy = t.try_clone_with(Hosts(calls.clone(), all | Hooks::TRAILER | Hooks::SSH_KEY));
    eprintln!("{:?}", copy.as_ref().map(|_| ()).map_err(|e| e.to_string()));
    let failed = copy.is_err();
    let during = calls.load(Ordering::SeqCst);
    eprintln!(
        "calls {during}; jar {:?}",
        std::fs::read_to_string(&jar).unwrap()
    );
    drop(copy);
    eprintln!(
        "calls after drop {}; jar {:?}",
        calls.load(Ordering::SeqCst),
        std::fs::read_to_string(&jar).unwrap()
    );
    if failed {
        assert_eq!(during, 0, "called by a clone that was never made");
        assert_eq!(before, line);
        assert!(
            std::fs::read_to_string(&jar).unwrap().contains("value"),
            "the jar was emptied"
        );
    }
}

fn curlback_hsts() -> curlback::Hsts {
    curlback::Hsts::ENABLE
}

/// A reset that fails half-way must not leave a transfer that works without its callbacks.
#[test]
fn reset_with_a_close_that_fails() {
    let server = Server::ok("PRINTED TO STDOUT\n");
    let armed = Arc::new(AtomicBool::new(false));
    let mut t = Transfer::new(Armed {
        armed: armed.clone(),
        panic: false,
        got: Vec::new(),
    })
    .unwrap();
    t.url(&server.url("/")).unwrap();
    t.connect_only(true).unwrap();
    t.perform().unwrap();
    armed.store(true, Ordering::SeqCst);
    let reset = t.reset();
    eprintln!("reset: {reset:?}, hooks {:?}", t.hooks());
    t.url(&server.url("/")).unwrap();
    let result = t.perform();
    eprintln!(
        "perform: {result:?}, handler got {} bytes",
        t.handler().got.len()
    );
    assert!(
        result.is_err() || !t.handler().got.is_empty(),
        "the body went elsewhere"
    );
}

/// A share that was refused must not be in use.
#[test]
fn share_with_a_close_that_fails() {
    let server = Server::ok("x");
    let armed = Arc::new(AtomicBool::new(false));
    let mut t = Transfer::new(Armed {
        armed: armed.clone(),
        panic: false,
        got: Vec::new(),
    })
    .unwrap();
    t.url(&server.url("/")).unwrap();
    t.connect_only(true).unwrap();
    t.perform().unwrap();
    armed.store(true, Ordering::SeqCst);
    let share = Share::new(ShareData::COOKIES).unwrap();
    let set = t.share(&share);
    eprintln!("share: {set:?}");
    t.connect_only(false).unwrap();
    t.cookie_file("").unwrap();
    t.cookie_list(
        "Set-Cookie: a=b; domain=example.test; path=/; expires=Fri, 31 Dec 2100 00:00:00 GMT",
    )
    .unwrap();
    t.perform().unwrap();
    let mut u = Transfer::new(()).unwrap();
    u.share(&share).unwrap();
    assert!(
        set.is_ok() || u.cookies().unwrap().is_empty(),
        "refused, and in use"
    );
}

/// A ping as long as the rest of a text must not become a part of that text.
#[test]
fn ping_as_long_as_the_rest_of_a_text() {
    use curlback::{Attempt, FrameKind};
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    let wait = std::sync::Mutex::new(wait);
    let server = crate::support::ws_server::WsServer::new(move |conn| {
        if wait.lock().unwrap().recv().is_err() {
            return;
        }
        while let Ok(message) = conn.read() {
            let done = message.is_close();
            let _ = tell.send(format!(
                "{} {}",
                if message.is_ping() { "ping" } else { "other" },
                message.len()
            ));
            if message.is_text() {
                let text = message.into_text().unwrap();
                let odd = text.bytes().filter(|b| *b != b'a').count();
                let _ = tell.send(format!(
                    "text of {} bytes, of which {odd} are not of it",
                    text.len()
                ));
            }
            if done {
                break;
            }
        }
    });
    let mut t = Transfer::new(()).unwrap();
    t.url(&server.url()).unwrap();
    let set = t.connect_only(ConnectOnly::WebSocket);
    if let Err(e) = set.and_then(|()| t.perform()) {
        drop(go);
        return skip!("{e}");
    }
    if Version::linked() < Version::new(8, 16, 0) {
        drop(go);
        return skip!("WebSockets are not safe with the linked libcurl");
    }
    let text = vec![b'a'; 12 << 20];
    let mut sent = 0;
    while sent < text.len() {
        match t.ws_send(FrameKind::Text, &text[sent..]) {
            Ok(Attempt::Done(n)) => sent += n,
            Ok(Attempt::WouldBlock) => break,
            Err(e) => return eprintln!("{e}"),
        }
    }
    eprintln!("sent {sent} of {}", text.len());
    let other = vec![b'b'; text.len() - sent];
    eprintln!("shorter ping: {:?}", t.ws_send(FrameKind::Ping, b"x"));
    let r = t.ws_send(FrameKind::Binary, &other);
    eprintln!("binary message of the same length: {r:?}");
    go.send(()).unwrap();
    let mut rest = if let Ok(Attempt::Done(n)) = r { n } else { 0 };
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while rest < other.len() && std::time::Instant::now() < until {
        match t.ws_send(FrameKind::Binary, &other[rest..]) {
            Ok(Attempt::Done(n)) => rest += n,
            Ok(Attempt::WouldBlock) => std::thread::yield_now(),
            Err(e) => {
                eprintln!("{e}");
                break;
            }
        }
    }
    eprintln!("rest {rest} of {}", other.len());
    eprintln!("{:?}", told.recv_timeout(std::time::Duration::from_secs(5)));
    eprintln!("{:?}", told.recv_timeout(std::time::Duration::from_secs(5)));
    assert_eq!(rest, 0, "taken, and never sent");
}

/// The same in a mail, of which it would be a header.
#[test]
fn file_name_with_an_end_of_line_in_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a\r\nX-Evil: 1\r\nX-Rest: b");
    std::fs::write(&path, "content").unwrap();
    let mail = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = mail.clone();
    let server = Server::new(move |conn: &mut Conn| {
        conn.send("220 hi\r\n");
        while let Some(line) = conn.line() {
            match line.get(..4).unwrap_or_default() {
                "DATA" => {
                    conn.send("354 go\r\n");
                    while let Some(line) = conn.line().filter(|line| line != ".") {
                        kept.lock().unwrap().push(line);
                    }
                    conn.send("250 ok\r\n");
                }
                "QUIT" => conn.send("221 bye\r\n"),
                _ => conn.send("250 ok\r\n"),
            }
        }
    });
    let mut t = Transfer::new(()).unwrap();
    t.timeout(std::time::Duration::from_secs(5)).unwrap();
    t.url(&format!("smtp://{}", server.address())).unwrap();
    if let Err(error) = t.mail_from("<a@example.test>") {
        return skip!("{error}");
    }
    t.mail_rcpt(["<b@example.test>"]).unwrap();
    let set = t.mime(Mime::new().part(Part::file(&path)));
    let result = set.and_then(|()| t.perform());
    drop(t);
    let mail = mail.lock().unwrap();
    eprintln!("{result:?} {mail:#?}");
    assert!(!mail.iter().any(|line| line.starts_with("X-Evil")));
}

/// A list that libcurl makes of the files must not be that of two handles.
#[test]
fn clone_with_a_file_of_hosts() {
    let folder = tempfile::tempdir().unwrap();
    for performed in [false, true] {
        let mut t = Transfer::new(()).unwrap();
        if let Err(error) = t.hsts_ctrl(curlback::Hsts::ENABLE) {
            return skip!("{error}");
        }
        t.hsts(folder.path().join("hosts")).unwrap();
        if performed {
            t.url("file:///dev/null").unwrap();
            t.perform().unwrap();
        }
        let copy = t.try_clone();
        if curlback::Version::linked() < curlback::Version::new(8, 21, 0) {
            assert!(matches!(
                copy,
                Err(Error::Option {
                    option: "CURLOPT_HSTS",
                    ..
                })
            ));
            continue;
        }
        drop(t);
        drop(copy.unwrap());
    }
}

#[test]
fn clone_with_files_of_cookies() {
    let folder = tempfile::tempdir().unwrap();
    let mut t = Transfer::new(()).unwrap();
    t.cookie_file(folder.path().join("jar")).unwrap();
    t.cookie_jar(folder.path().join("jar")).unwrap();
    let copy = t.try_clone().unwrap();
    drop(t);
    drop(copy);
}

/// `connect_only` in a `Multi` leaves no descriptors, and does no harm when used.
#[test]
fn connect_only_in_a_multi() {
    let silent = Server::new(|conn| conn.drain());
    let mut kept = Vec::new();
    let mut multi = curlback::Multi::new().unwrap();
    for _ in 0..3 {
        let mut t = Transfer::new(()).unwrap();
        t.url(&silent.url("/")).unwrap();
        t.connect_only(ConnectOnly::Yes).unwrap();
        multi.add(t).unwrap();
    }
    multi
        .run(|_, _, mut t, r| {
            r?;
            eprintln!("{:?} {:?}", t.send(b"x"), t.recv(&mut [0; 4]));
            let _ = t.upkeep();
            eprintln!("{:?}", t.send(b"x"));
            kept.push(t);
            Ok(())
        })
        .unwrap();
    for t in &mut kept {
        t.perform().unwrap();
        assert!(t.send(b"x").is_ok());
        let _ = t.upkeep();
        assert!(t.send(b"x").is_ok());
    }
}
