//! What the driver of many transfers costs where most of them are idle: CPU time of the
//! driving thread for each piece received, by `Multi` and by libcurl's own perform and poll.
//!
//! A busy transfer gets a piece now and then, an idle one never. Prints one line for each
//! driver and number of idle transfers, from the same run, and the ratio.
//!
//! Needs two descriptors for each transfer: `ulimit -n` has to allow 5,000.

#![expect(
    unsafe_code,
    reason = "`curl-sys` is what it is measured against, and the clock of a thread is libc's"
)]
#![expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "this is how a program in C would read"
)]

use std::ffi::{CString, c_void};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use curlback::{Callbacks, Multi, Transfer, WriteResult, callbacks};

const BUSY: usize = 1_000;
const ROUNDS: usize = 20;
const PIECE: &[u8] = b"sixteen bytes...";
/// How many pieces are on their way at a time.
const WINDOW: usize = 8;

/// Sends a piece to one busy connection after the other, as the client takes them.
fn serve(listener: &TcpListener, idle: usize, taken: &Receiver<()>) {
    let mut busy: Vec<TcpStream> = Vec::new();
    let mut silent = Vec::new();
    while busy.len() < BUSY || silent.len() < idle {
        let (mut socket, _) = listener.accept().expect("a client comes");
        let mut head = BufReader::new(socket.try_clone().expect("a descriptor is left")).lines();
        let request = head
            .next()
            .expect("there is a request")
            .expect("it is text");
        head.map_while(Result::ok).find(String::is_empty);
        socket.set_nodelay(true).expect("it is a TCP socket");
        socket
            .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
            .expect("the client is there");
        match request.contains("/busy") {
            true => busy.push(socket),
            false => silent.push(socket),
        }
    }
    let mut sent = 0;
    for _ in 0..ROUNDS {
        for socket in &mut busy {
            if sent >= WINDOW {
                taken.recv().expect("the client is there");
            }
            socket.write_all(PIECE).expect("the client is there");
            sent += 1;
        }
    }
    // The idle ones stay until the busy ones are done.
    drop(busy);
    let _ = taken.iter().count();
}

/// What the client knows of the pieces.
struct Count {
    bytes: usize,
    taken: Sender<()>,
}

impl Count {
    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        for _ in 0..bytes / PIECE.len() {
            let _ = self.taken.send(());
        }
    }
}

/// CPU time of this thread.
fn cpu() -> Duration {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place is valid, and every system has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn urls(address: SocketAddr, idle: usize) -> impl Iterator<Item = String> {
    let url = move |n| match n < idle {
        true => format!("http://{address}/idle"),
        false => format!("http://{address}/busy"),
    };
    (0..idle + BUSY).map(url)
}

/// Counts for all transfers at once.
struct Shared(*mut Count);

#[callbacks]
impl Callbacks for Shared {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        // SAFETY: the count outlives the transfers, all on this thread, one at a time.
        unsafe { &mut *self.0 }.add(data.len());
        WriteResult::Continue
    }
}

fn with_multi(address: SocketAddr, idle: usize, count: &mut Count) -> Duration {
    let mut multi = Multi::new().expect("there is memory");
    for url in urls(address, idle) {
        let mut transfer = Transfer::new(Shared(count)).expect("there is memory");
        transfer.url(&url).expect("it is a URL");
        transfer.noproxy("*").expect("it is a list");
        multi.add(transfer).expect("it suits");
    }
    let mut begun = None;
    let mut left = BUSY;
    while left > 0 {
        multi.perform().expect("it drives");
        while let Some((_, _, result)) = multi.take_finished() {
            result.expect("the server sends all");
            left -= 1;
        }
        if begun.is_none() && count.bytes > 0 {
            begun = Some(cpu());
        }
        if left > 0 {
            multi.poll(&mut [], Duration::MAX).expect("it waits");
        }
    }
    cpu() - begun.unwrap_or_default()
}

unsafe extern "C" fn write(_: *mut i8, size: usize, count: usize, user: *mut c_void) -> usize {
    // SAFETY: it is the count, which outlives the transfers.
    unsafe { &mut *user.cast::<Count>() }.add(size * count);
    size * count
}

fn with_libcurl(address: SocketAddr, idle: usize, count: &mut Count) -> Duration {
    // SAFETY: libcurl is used as its manual says; every pointer outlives its handle.
    unsafe {
        let multi = curl_sys::curl_multi_init();
        let mut handles = Vec::new();
        for url in urls(address, idle) {
            let (url, all) = (CString::new(url).expect("no NUL"), c"*");
            let easy = curl_sys::curl_easy_init();
            let user: *mut c_void = std::ptr::from_mut(count).cast();
            let write = write as unsafe extern "C" fn(_, _, _, _) -> _;
            curl_sys::curl_easy_setopt(easy, curl_sys::CURLOPT_URL, url.as_ptr());
            curl_sys::curl_easy_setopt(easy, curl_sys::CURLOPT_NOPROXY, all.as_ptr());
            curl_sys::curl_easy_setopt(easy, curl_sys::CURLOPT_NOSIGNAL, 1_i64);
            curl_sys::curl_easy_setopt(easy, curl_sys::CURLOPT_WRITEFUNCTION, write);
            curl_sys::curl_easy_setopt(easy, curl_sys::CURLOPT_WRITEDATA, user);
            curl_sys::curl_multi_add_handle(multi, easy);
            handles.push(easy);
        }
        let mut begun = None;
        loop {
            let mut running = 0;
            curl_sys::curl_multi_perform(multi, &raw mut running);
            if running as usize <= idle {
                break;
            }
            if begun.is_none() && count.bytes > 0 {
                begun = Some(cpu());
            }
            let none = std::ptr::null_mut();
            curl_sys::curl_multi_poll(multi, none, 0, 1_000, std::ptr::null_mut());
        }
        let spent = cpu() - begun.unwrap_or_default();
        for easy in handles {
            curl_sys::curl_multi_remove_handle(multi, easy);
            curl_sys::curl_easy_cleanup(easy);
        }
        curl_sys::curl_multi_cleanup(multi);
        spent
    }
}

fn measure(idle: usize, client: fn(SocketAddr, usize, &mut Count) -> Duration) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let address = listener.local_addr().expect("it has an address");
    let (taken, takes) = channel();
    let server = thread::spawn(move || serve(&listener, idle, &takes));
    let mut count = Count { bytes: 0, taken };
    let spent = client(address, idle, &mut count);
    assert_eq!(count.bytes, BUSY * ROUNDS * PIECE.len());
    drop(count);
    server.join().expect("the server ends");
    spent.as_secs_f64() * 1e6 / (BUSY * ROUNDS) as f64
}

fn main() {
    // libcurl is initialised.
    let _ = curlback::Version::linked();
    println!("CPU time of the driver for a piece, {BUSY} transfers being busy:");
    for idle in [0, 1_000] {
        let libcurl = measure(idle, with_libcurl);
        let multi = measure(idle, with_multi);
        println!(
            "{idle:5} idle: perform and poll {libcurl:7.2} us, Multi {multi:7.2} us, 1 : {:.3}",
            multi / libcurl
        );
    }
}
