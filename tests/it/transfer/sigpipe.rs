//! Connections and pipes that break, in a process that `SIGPIPE` would end.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake};
use std::thread;
use std::time::Duration;

use curlback::{Agent, Callbacks, Error, ReadBuf, ReadResult, Transfer, WriteResult};
use socket2::SockRef;

use crate::support::child::{child, in_child};
use crate::support::driving::WAYS;
use crate::support::server::Server;
use crate::support::skip::needs;
use crate::support::tls_server::Identity;

/// Makes `SIGPIPE` end this process, as it ends a program in another language.
#[expect(unsafe_code, reason = "Rust's programs ignore the signal")]
fn expose() {
    // SAFETY: the default action needs no function.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Returns whether `SIGPIPE` still ends the process, and is neither pending nor blocked.
#[expect(unsafe_code, reason = "the system is asked")]
fn is_exposed() -> bool {
    // SAFETY: the default action needs no function.
    let former = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let mut sets = [std::mem::MaybeUninit::<libc::sigset_t>::zeroed(); 2];
    // SAFETY: the call writes a set.
    unsafe { libc::sigpending(sets[0].as_mut_ptr()) };
    // SAFETY: the call changes nothing, and writes a set.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), sets[1].as_mut_ptr()) };
    let free = sets.iter().all(|set| {
        // SAFETY: both sets were written.
        unsafe { libc::sigismember(set.as_ptr(), libc::SIGPIPE) == 0 }
    });
    former == libc::SIG_DFL && free
}

/// Sends without end.
struct Endless;

impl Callbacks for Endless {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.append(&[b'x'; 16 << 10]);
        ReadResult::Continue
    }
}

fn upload(url: &str) -> Transfer<Endless> {
    let mut transfer = Transfer::new(Endless).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.ssl_verify_peer(false).unwrap();
    transfer.timeout(Duration::from_secs(20)).unwrap();
    transfer
}

/// Makes a FIFO whose reading end is closed once a byte was read from it.
fn broken_pipe(path: &Path) -> thread::JoinHandle<()> {
    let status = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success());
    // Opened for both, so that neither end waits until the other is opened.
    let mut reader = File::options().read(true).write(true).open(path).unwrap();
    thread::spawn(move || reader.read_exact(&mut [0]).unwrap())
}

/// Runs a TLS server. It answers a GET, and resets the connection when `reset` gets a message. It
/// resets the connection of an upload at once. It reports each reset.
fn breaking_tls(reset: Receiver<()>, done: Sender<()>) -> SocketAddr {
    let identity = Identity::authority().vouch_for("127.0.0.1");
    let acceptor = identity.acceptor().build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut stream = acceptor.accept(socket.unwrap()).unwrap();
            let mut start = [0; 3];
            stream.read_exact(&mut start).unwrap();
            if &start == b"GET" {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(answer.as_bytes()).unwrap();
                reset.recv().unwrap();
            }
            let socket = SockRef::from(stream.get_ref());
            socket.set_linger(Some(Duration::ZERO)).unwrap();
            drop(stream);
            let _ = done.send(());
        }
    });
    address
}

/// Runs the rest of a test in a process of its own, which `SIGPIPE` would end. Returns the server's
/// URL in that process, and `None` in the first process.
fn exposed(test: &str) -> Option<String> {
    let Some(url) = in_child() else {
        let server = Server::new(|conn| {
            conn.head();
            conn.reset();
        });
        child(&format!("transfer::sigpipe::{test}"), &server, b"");
        return None;
    };
    expose();
    Some(url)
}

#[test]
fn connection_that_breaks_ends_the_transfer_alone() {
    let Some(url) = exposed("connection_that_breaks_ends_the_transfer_alone") else {
        return;
    };
    for way in WAYS {
        let (_, result) = way.drive(vec![upload(&url)]).only();
        assert!(matches!(result, Err(Error::Libcurl { .. })), "{result:?}");
        assert!(is_exposed(), "{way:?}");
    }
    let (_, result) = Agent::new().unwrap().start(upload(&url)).wait();
    assert!(matches!(result, Err(Error::Libcurl { .. })), "{result:?}");
    assert!(is_exposed());
}

#[test]
fn tls_connection_that_breaks_ends_the_transfer_alone() {
    if !crate::support::built_in::https() {
        return;
    }
    let Some(_) = exposed("tls_connection_that_breaks_ends_the_transfer_alone") else {
        return;
    };
    let (reset, told) = mpsc::channel();
    let (tell, done) = mpsc::channel();
    let address = breaking_tls(told, tell);
    let url = format!("https://{address}/");
    for way in WAYS {
        let (_, result) = way.drive(vec![upload(&url)]).only();
        assert!(matches!(result, Err(Error::Libcurl { .. })), "{result:?}");
        assert!(is_exposed(), "{way:?}");
    }
    let agent = Agent::new().unwrap();
    agent.start(upload(&url)).wait().1.unwrap_err();
    let mut get = upload(&url);
    get.upload(false).unwrap();
    let (mut get, result) = agent.start(get).wait();
    result.unwrap();
    // Waits for the resets of all uploads and of this connection.
    reset.send(()).unwrap();
    assert_eq!(done.iter().take(WAYS.len() + 2).count(), WAYS.len() + 2);
    // This sends the closing message of TLS to a peer that is gone, and so does the drop of a transfer.
    agent.shutdown();
    assert!(is_exposed());
    get.perform().unwrap();
    reset.send(()).unwrap();
    done.recv().unwrap();
    drop(get);
    assert!(is_exposed());
}

#[test]
fn callback_that_writes_to_a_broken_pipe_gets_an_error() {
    struct Pipe(File);

    impl Callbacks for Pipe {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            loop {
                if let Err(error) = self.0.write_all(b"data") {
                    return WriteResult::Fail(error.into());
                }
            }
        }
    }

    let Some(_) = exposed("callback_that_writes_to_a_broken_pipe_gets_an_error") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "text").unwrap();
    for by_agent in [false, true] {
        let path = folder.path().join(format!("pipe {by_agent}"));
        let reader = broken_pipe(&path);
        let pipe = File::options().write(true).open(&path).unwrap();
        let mut transfer = Transfer::new(Pipe(pipe)).unwrap();
        transfer.url(&format!("file://{}", text.display())).unwrap();
        let result = match by_agent {
            true => Agent::new().unwrap().start(transfer).wait().1,
            false => transfer.perform(),
        };
        let error = result.unwrap_err();
        let cause = error.downcast_ref::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::BrokenPipe);
        reader.join().unwrap();
        assert!(is_exposed());
    }
}

/// Writes to a broken pipe when it is woken, and reports the error.
struct Writes(Mutex<(File, Sender<io::Error>)>);

impl Wake for Writes {
    fn wake(self: Arc<Self>) {
        let Writes(own) = &*self;
        let (pipe, report) = &mut *own.lock().unwrap();
        loop {
            if let Err(error) = pipe.write_all(b"data") {
                return report.send(error).unwrap();
            }
        }
    }
}

/// The agent's thread runs more code of the program than callbacks.
#[test]
fn waker_that_writes_to_a_broken_pipe_gets_an_error() {
    let Some(_) = exposed("waker_that_writes_to_a_broken_pipe_gets_an_error") else {
        return;
    };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let reader = broken_pipe(&path);
    let pipe = File::options().write(true).open(&path).unwrap();
    let (tell, told) = mpsc::channel();
    let waker = Arc::new(Writes(Mutex::new((pipe, tell)))).into();
    let agent = Agent::new().unwrap();
    let mut started = agent.start(upload(&url));
    let polled = Pin::new(&mut started).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    started.remote().cancel();
    assert_eq!(told.recv().unwrap().kind(), io::ErrorKind::BrokenPipe);
    reader.join().unwrap();
}

#[test]
#[expect(unsafe_code, reason = "the system is asked")]
fn signal_that_the_program_has_blocked_stays_its_own() {
    needs!((7, 68, 0), "cleanup that leaves SIGPIPE alone");
    let Some(url) = exposed("signal_that_the_program_has_blocked_stays_its_own") else {
        return;
    };
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the call writes a set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: the set is initialised.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE) };
    // SAFETY: the set is initialised, and the former set is not asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()) };
    // SAFETY: the signal waits for as long as it is blocked.
    unsafe { libc::raise(libc::SIGPIPE) };
    upload(&url).perform().unwrap_err();
    let now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the set and the time are initialised.
    let signal = unsafe { libc::sigtimedwait(set.as_ptr(), std::ptr::null_mut(), &raw const now) };
    assert_eq!(signal, libc::SIGPIPE);
}
