//! Makes transfers of five kinds, by `curl-sys` alone and by `curlback`. `instructions.sh` compares
//! what they cost.
//!
//! Both clients have the same handler, which counts the body, and the same list of options. The
//! client for `curl-sys` does what a program in C would do. This client must not change, because the
//! limits in `instructions.sh` refer to it.
//!
//! `cost KIND CLIENT COUNT` makes only `COUNT` transfers of this kind by this client (of the kind
//! `chunks`, ten at most), for a tool that counts instructions or allocations. `all` stands for
//! every kind. For a kept connection, one more transfer opens the connection before.

#![expect(
    unsafe_code,
    reason = "`curl-sys` is what the other client is measured against"
)]

use std::error::Error;
use std::ffi::{CStr, CString, c_char, c_long, c_void};
use std::hint::black_box;
use std::io::Read;
use std::ptr::{self, NonNull};
use std::time::Duration;

use curlback::{Callbacks, Transfer, WriteResult, callbacks};

#[allow(dead_code, reason = "not every benchmark uses all of it")]
mod server;

/// How many transfers of each kind are made if the command line does not say it; of the kind
/// `chunks`, ten at most.
const COUNT: usize = 50;
/// The number of chunks in a body of the kind `chunks`. Each has 16 bytes.
const CHUNKS: usize = 4_000;

/// A client whose cost is measured. There is a function for each kind of transfer;
/// `instructions.sh` has the names of these functions.
trait Client: Sized {
    /// The client for the kind `opened`: the program reads the body in its `perform`, if the
    /// library can do so.
    type Pull: Client;

    fn new() -> Self;
    fn url(&mut self, url: &str);
    /// Sets nine more options.
    fn options(&mut self);
    fn perform(&mut self);
    fn written(&self) -> u64;
}

#[derive(Default)]
struct Count {
    written: u64,
}

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len() as u64;
        WriteResult::Continue
    }
}

struct Curlback(Transfer<Count>);

impl Client for Curlback {
    type Pull = Opened;

    fn new() -> Curlback {
        Curlback(Transfer::new(Count::default()).unwrap())
    }

    fn url(&mut self, url: &str) {
        self.0.url(url).unwrap();
    }

    fn options(&mut self) {
        self.0.useragent("cost/1.0").unwrap();
        self.0.timeout(Duration::from_secs(30)).unwrap();
        self.0.connect_timeout(Duration::from_secs(10)).unwrap();
        self.0.follow_location(true).unwrap();
        self.0.max_redirections(5).unwrap();
        self.0.accept_encoding("").unwrap();
        self.0.http_headers(["X-One: 1", "X-Two: 2"]).unwrap();
        self.0.fail_on_error(true).unwrap();
        self.0.tcp_keepalive(true).unwrap();
    }

    fn perform(&mut self) {
        self.0.perform().unwrap();
    }

    fn written(&self) -> u64 {
        self.0.handler().written
    }
}

/// A client that opens a transfer, and reads the body.
struct Opened {
    transfer: Option<Transfer<Count>>,
    read: u64,
}

impl Client for Opened {
    type Pull = Opened;

    fn new() -> Opened {
        Opened {
            transfer: Some(Transfer::new(Count::default()).unwrap()),
            read: 0,
        }
    }

    fn url(&mut self, url: &str) {
        self.transfer.as_mut().unwrap().url(url).unwrap();
    }

    fn options(&mut self) {}

    fn perform(&mut self) {
        let mut response = self.transfer.take().unwrap().open().unwrap();
        let mut part = [0; 64];
        loop {
            match response.read(&mut part).unwrap() {
                0 => break,
                len => self.read += len as u64,
            }
        }
        self.transfer = Some(response.finish().unwrap());
    }

    fn written(&self) -> u64 {
        self.read
    }
}

/// The data that the handle of a [`Raw`] points to.
struct State {
    count: Count,
    text: [c_char; curl_sys::CURL_ERROR_SIZE],
}

struct Raw {
    handle: NonNull<curl_sys::CURL>,
    state: NonNull<State>,
    headers: *mut curl_sys::curl_slist,
}

impl Raw {
    /// # Safety
    /// `value` must have the C type of the option, and outlive its use.
    unsafe fn set<T>(&mut self, option: curl_sys::CURLoption, value: T) {
        // SAFETY: the handle is live; the caller vouches for the value.
        let code = unsafe { curl_sys::curl_easy_setopt(self.handle.as_ptr(), option, value) };
        assert_eq!(code, curl_sys::CURLE_OK);
    }

    fn set_long(&mut self, option: curl_sys::CURLoption, value: c_long) {
        // SAFETY: the callers name options of type long.
        unsafe { self.set(option, value) };
    }

    fn set_str(&mut self, option: curl_sys::CURLoption, value: &CStr) {
        // SAFETY: the callers name options that take a string, which libcurl copies.
        unsafe { self.set(option, value.as_ptr()) };
    }
}

impl Client for Raw {
    type Pull = Raw;

    fn new() -> Raw {
        curl::init();
        // SAFETY: libcurl is initialised.
        let handle = unsafe { curl_sys::curl_easy_init() };
        let state = Box::new(State {
            count: Count::default(),
            text: [0; curl_sys::CURL_ERROR_SIZE],
        });
        let mut raw = Raw {
            handle: NonNull::new(handle).unwrap(),
            state: NonNull::from(Box::leak(state)),
            headers: ptr::null_mut(),
        };
        let state = raw.state.as_ptr();
        // SAFETY: only an address is computed.
        let text = unsafe { &raw mut (*state).text };
        // SAFETY: the buffer has the length that libcurl demands, and is freed after the handle.
        unsafe { raw.set(curl_sys::CURLOPT_ERRORBUFFER, text) };
        let write: curl_sys::curl_write_callback = write;
        // SAFETY: the option takes a function of this type.
        unsafe { raw.set(curl_sys::CURLOPT_WRITEFUNCTION, write) };
        // SAFETY: `write` takes a `State`, which is freed after the handle.
        unsafe { raw.set(curl_sys::CURLOPT_WRITEDATA, state) };
        raw.set_long(curl_sys::CURLOPT_NOSIGNAL, 1);
        // `curlback` sets the same sizes of the buffers.
        raw.set_long(curl_sys::CURLOPT_BUFFERSIZE, 64 << 10);
        raw.set_long(curl_sys::CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10);
        raw
    }

    fn url(&mut self, url: &str) {
        let url = CString::new(url).unwrap();
        self.set_str(curl_sys::CURLOPT_URL, &url);
    }

    fn options(&mut self) {
        self.set_str(curl_sys::CURLOPT_USERAGENT, c"cost/1.0");
        self.set_long(curl_sys::CURLOPT_TIMEOUT_MS, 30_000);
        self.set_long(curl_sys::CURLOPT_CONNECTTIMEOUT_MS, 10_000);
        self.set_long(curl_sys::CURLOPT_FOLLOWLOCATION, 1);
        self.set_long(curl_sys::CURLOPT_MAXREDIRS, 5);
        self.set_str(curl_sys::CURLOPT_ACCEPT_ENCODING, c"");
        for header in [c"X-One: 1", c"X-Two: 2"] {
            // SAFETY: `headers` is a list or NULL, and libcurl copies the string.
            self.headers = unsafe { curl_sys::curl_slist_append(self.headers, header.as_ptr()) };
        }
        let headers = self.headers;
        // SAFETY: the list is freed after the handle.
        unsafe { self.set(curl_sys::CURLOPT_HTTPHEADER, headers) };
        self.set_long(curl_sys::CURLOPT_FAILONERROR, 1);
        self.set_long(curl_sys::CURLOPT_TCP_KEEPALIVE, 1);
    }

    fn perform(&mut self) {
        // SAFETY: the handle is live, and so are the values that it points to.
        let code = unsafe { curl_sys::curl_easy_perform(self.handle.as_ptr()) };
        assert_eq!(code, curl_sys::CURLE_OK);
    }

    fn written(&self) -> u64 {
        // SAFETY: the `State` is live, and no callback runs while `self` is borrowed.
        unsafe { self.state.as_ref() }.count.written
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: nothing else cleans the handle up.
        unsafe { curl_sys::curl_easy_cleanup(self.handle.as_ptr()) };
        // SAFETY: nothing else frees the list, which libcurl no longer has.
        unsafe { curl_sys::curl_slist_free_all(self.headers) };
        // SAFETY: the `State` came from a box, and libcurl no longer has it.
        drop(unsafe { Box::from_raw(self.state.as_ptr()) });
    }
}

#[expect(clippy::disallowed_methods, reason = "libcurl never passes NULL")]
extern "C" fn write(data: *mut c_char, size: usize, len: usize, user: *mut c_void) -> usize {
    // SAFETY: libcurl passes `size * len` bytes.
    let data: &[u8] = unsafe { std::slice::from_raw_parts(data.cast(), size * len) };
    // SAFETY: the user data is the live `State` of a client, borrowed by nobody else.
    let state: &mut State = unsafe { &mut *user.cast() };
    state.count.written += data.len() as u64;
    data.len()
}

#[inline(never)]
fn made<C: Client>(url: &str) {
    let mut client = C::new();
    client.url(black_box(url));
    client.options();
    drop(black_box(client));
}

#[inline(never)]
fn fresh<C: Client>(url: &str) {
    let mut client = C::new();
    client.url(black_box(url));
    client.perform();
    drop(black_box(client));
}

#[inline(never)]
fn kept<C: Client>(client: &mut C) {
    client.perform();
}

#[inline(never)]
fn chunks<C: Client>(client: &mut C) {
    // The functions of the kinds must differ, or the compiler may merge them.
    black_box(CHUNKS);
    client.perform();
}

#[inline(never)]
fn opened<C: Client>(client: &mut C) {
    black_box(0);
    client.perform();
}

fn run<C: Client>(kind: Option<&str>, count: usize) -> Result<(), Box<dyn Error>> {
    let wanted = |name: &str| kind.is_none_or(|kind| kind == "all" || kind == name);
    let server = server::Server::start()?;
    let (small, large) = (
        server.url("/bytes/16"),
        server.url(&format!("/chunks/{CHUNKS}")),
    );
    for _ in 0..if wanted("made") { count } else { 0 } {
        made::<C>(&small);
    }
    for _ in 0..if wanted("fresh") { count } else { 0 } {
        fresh::<C>(&small);
    }
    let mut client = C::new();
    if wanted("kept") {
        client.url(&small);
        client.perform();
        for _ in 0..count {
            kept(&mut client);
        }
    }
    if wanted("chunks") {
        client.url(&large);
        client.perform();
        for _ in 0..count.min(10) {
            chunks(&mut client);
        }
    }
    let mut pull = C::Pull::new();
    if wanted("opened") {
        pull.url(&small);
        pull.perform();
        for _ in 0..count {
            opened(&mut pull);
        }
    }
    println!("{} bytes", client.written() + pull.written());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let kind = arguments.next();
    let client = arguments.next();
    let count = arguments.next().map_or(Ok(COUNT), |count| count.parse())?;
    if client.as_deref() != Some("curlback") {
        run::<Raw>(kind.as_deref(), count)?;
    }
    if client.as_deref() != Some("curl-sys") {
        run::<Curlback>(kind.as_deref(), count)?;
    }
    Ok(())
}
