//! Waiting for the socket of a connection that a transfer has left open.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use curlback::multi::Ready;
use curlback::{Attempt, ConnectOnly, Error, Transfer};

/// Connects, and returns both ends.
fn pair() -> (Transfer<()>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let accepts: JoinHandle<TcpStream> = thread::spawn(move || listener.accept().unwrap().0);
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer.connect_only(ConnectOnly::Yes).unwrap();
    transfer.perform().unwrap();
    (transfer, accepts.join().unwrap())
}

const SHORT: Option<Duration> = Some(Duration::from_millis(20));

#[test]
fn wait_returns_what_the_socket_is_ready_for() {
    let (mut transfer, mut peer) = pair();
    let both = Ready::READ | Ready::WRITE;
    assert_eq!(transfer.wait_socket(both, None).unwrap(), Ready::WRITE);
    assert_eq!(
        transfer.wait_socket(Ready::WRITE, SHORT).unwrap(),
        Ready::WRITE
    );
    for limit in [Some(Duration::ZERO), Some(Duration::from_nanos(1)), SHORT] {
        let begun = Instant::now();
        let ready = transfer.wait_socket(Ready::READ, limit).unwrap();
        assert_eq!(ready, Ready::empty());
        assert!(begun.elapsed() >= limit.unwrap());
    }
    peer.write_all(b"x").unwrap();
    for limit in [None, Some(Duration::MAX), Some(Duration::from_secs(60))] {
        let ready = transfer.wait_socket(Ready::READ, limit).unwrap();
        assert_eq!(ready, Ready::READ);
    }
    assert_eq!(transfer.wait_socket(both, None).unwrap(), both);
    assert_eq!(transfer.recv(&mut [0; 9]).unwrap(), Attempt::Done(1));
    let ready = transfer.wait_socket(Ready::READ, SHORT).unwrap();
    assert_eq!(ready, Ready::empty());

    // This sends more than fits. The socket is then not ready for anything until the peer reads.
    let bytes = vec![0; 1 << 20];
    while let Attempt::Done(_) = transfer.send(&bytes).unwrap() {}
    let ready = transfer.wait_socket(both, SHORT).unwrap();
    assert_eq!(ready, Ready::empty());
    let reads = thread::spawn(move || {
        peer.read_exact(&mut vec![0; 1 << 20]).unwrap();
        peer
    });
    let ready = transfer.wait_socket(both, None).unwrap();
    assert_eq!(ready, Ready::WRITE);
    // The end of the connection makes the socket ready to receive.
    drop(reads.join().unwrap());
    let ready = transfer.wait_socket(Ready::READ, None).unwrap();
    assert!(ready.contains(Ready::READ), "{ready:?}");
}

#[test]
fn wait_needs_a_connection() {
    let transfer = Transfer::new(()).unwrap();
    let error = transfer.wait_socket(Ready::READ, None).unwrap_err();
    assert!(matches!(error, Error::Libcurl { .. }), "{error}");
    assert!(error.to_string().contains("connect_only"), "{error}");
}

/// Signals interrupt the wait many times before its time limit is over.
#[cfg(unix)]
#[test]
#[expect(unsafe_code, reason = "the test sends itself signals")]
fn signals_neither_end_nor_prolong_a_wait() {
    use std::ptr;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    static SEEN: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn note(_: libc::c_int) {
        SEEN.fetch_add(1, Ordering::SeqCst);
    }

    // SAFETY: an action may consist of zeroes.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = note as *const () as usize;
    // SAFETY: the handler only counts.
    let set = unsafe { libc::sigaction(libc::SIGURG, &raw const action, ptr::null_mut()) };
    assert_eq!(set, 0);
    let (transfer, _peer) = pair();
    // SAFETY: the call only returns the thread's number.
    let this = unsafe { libc::pthread_self() };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                // SAFETY: the first thread lives until this thread has ended.
                unsafe { libc::pthread_kill(this, libc::SIGURG) };
                thread::yield_now();
            }
        });
        let limit = Duration::from_millis(100);
        let begun = Instant::now();
        let ready = transfer.wait_socket(Ready::READ, Some(limit));
        done.store(true, Ordering::SeqCst);
        assert!(begun.elapsed() >= limit);
        assert_eq!(ready.unwrap(), Ready::empty());
    });
    assert!(SEEN.load(Ordering::SeqCst) > 1);
}
