//! The rows of the tables, and what each client does for a row.

use std::io::Write;

use crate::clients::{Buffers, Client, CurlCrate, Curlback, Many, Opened, Raw, received};
use crate::measure::{Heap, allowed_descriptors};
use crate::row::{BUSY, Job, LARGE, Row};
use crate::servers::{ACKNOWLEDGED, PIECE, ROUNDS, Servers};

/// The names of the clients, as arguments of the command line.
pub(crate) const RAW: &str = "curl-sys";
pub(crate) const OWN: &str = "curlback";
pub(crate) const OTHER: &str = "curl-crate";

const ROW: Row = Row {
    clients: &[RAW, OWN, OTHER],
    ..Row::DEFAULT
};
/// The clients of the rows that the `curl` crate is not compared in.
const TWO: &[&str] = &[RAW, OWN];

const LARGE_TLS: u64 = 256 << 20;

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    Row { name: "down", what: "1 GiB down, equal buffers", bound: "the kernel's copying", cpu: 1, ..ROW },
    Row { name: "down-as-it-comes", what: "1 GiB down, each with its own buffers", bound: "the size of the buffer: 16 KiB in libcurl, 64 KiB here", cpu: 1, ..ROW },
    Row { name: "down-read", what: "1 GiB down, body read by the program (`open`)", bound: "the kernel's copying, and one more copy here", clients: TWO, cpu: 1, ..ROW },
    Row { name: "up", what: "1 GiB up, equal buffers", bound: "the kernel's copying", cpu: 1, ..ROW },
    Row { name: "up-as-it-comes", what: "1 GiB up, each with its own buffers", bound: "the size of the buffer: 64 KiB in libcurl, 256 KiB here", cpu: 1, ..ROW },
    Row { name: "kept", what: "20,000 GETs on a kept connection", bound: "system calls", cpu: 20_000, instructions: 200, ..ROW },
    Row { name: "kept-read", what: "5,000 GETs on a kept connection, body read by the program (`open`)", bound: "system calls", clients: TWO, cpu: 5000, instructions: 200, ..ROW },
    Row { name: "fresh", what: "new handle, connection and GET", bound: "connecting", cpu: 1000, instructions: 100, ..ROW },
    Row { name: "fresh-shared", what: "new handle and GET, connections, DNS and TLS sessions in a share", bound: "libcurl's handles", clients: TWO, cpu: 1000, instructions: 100, ..ROW },
    Row { name: "chunks", what: "a million chunks of 16 bytes", bound: "libcurl's parser of chunks", cpu: 1_000_000, instructions: 20_000, ..ROW },
    Row { name: "headers", what: "GET with 500 headers", bound: "libcurl's parser of headers", cpu: 200, instructions: 10, ..ROW },
    Row { name: "reads", what: "16 bytes a call of `read`", bound: "a system call each", cpu: 100_000, instructions: 10_000, ..ROW },
    Row { name: "watched", what: "GET with progress and debugging on", bound: "system calls", cpu: 5000, instructions: 200, ..ROW },
    Row { name: "many", what: "1,000 GETs at once, connecting", bound: "connecting", clients: TWO, cpu: 1000, instructions: 1000, least: 1000, ..ROW },
    Row { name: "many-kept", what: "10,000 GETs, 1,000 at a time", bound: "system calls, and libcurl's search for a connection", clients: TWO, cpu: 10_000, instructions: 4000, least: BUSY, ..ROW },
    Row { name: "many-large", what: "200 bodies of 1 MiB at once", bound: "the kernel's copying; heap: the buffers", clients: TWO, cpu: 200, heap: true, least: 200, ..ROW },
    Row { name: "pieces", what: "piece of a body, 1,000 transfers busy", bound: "system calls", clients: TWO, cpu: 1, once: BUSY * ROUNDS, ..ROW },
    Row { name: "pieces-1000", what: "piece of a body, 1,000 busy beside 1,000 idle", bound: "system calls", clients: TWO, cpu: 1, idle: 1000, once: BUSY * ROUNDS, ..ROW },
    Row { name: "pieces-10000", what: "piece of a body, 1,000 busy beside 10,000 idle", bound: "system calls", clients: TWO, cpu: 1, idle: 10_000, once: BUSY * ROUNDS, ..ROW },
    Row { name: "beside-1000", what: "GET, 1,000 at a time beside 1,000 idle", bound: "libcurl's search for a connection", clients: TWO, cpu: 4000, heap: true, idle: 1000, least: 4000, ..ROW },
    Row { name: "beside-10000", what: "GET, 1,000 at a time beside 10,000 idle", bound: "libcurl's search for a connection", clients: TWO, cpu: 4000, heap: true, idle: 10_000, least: 4000, ..ROW },
    Row { name: "tls", what: "new handle, TLS handshake and GET", bound: "OpenSSL", cpu: 100, ..ROW },
    Row { name: "tls-resumed", what: "new handle, resumed TLS session (share) and GET", bound: "OpenSSL", clients: TWO, cpu: 100, ..ROW },
    Row { name: "tls-down", what: "256 MiB down over TLS", bound: "decryption", cpu: 1, ..ROW },
    Row { name: "h2", what: "10,000 GETs over one HTTP/2 connection, 100 at a time", bound: "libcurl's streams and nghttp2", clients: TWO, cpu: 10_000, instructions: 2000, least: BUSY, ..ROW },
];

impl Row {
    /// Returns whether this machine and the linked libcurl can run the row.
    pub(crate) fn is_possible(&self) -> bool {
        let version = curlback::version();
        match self.name {
            "h2" => version.has_feature("HTTP2"),
            name if name.starts_with("tls") => version.has_protocol("https"),
            _ => self.descriptors() <= allowed_descriptors(),
        }
    }

    /// Prepares the row for a client. Returns `None` if a server that the row needs is missing.
    pub(crate) fn job<'a>(&self, client: &str, servers: &'a mut Servers) -> Option<Job<'a>> {
        match client {
            RAW => self.of_many::<Raw>(servers),
            OWN if self.name.ends_with("-read") => self.of_one::<Opened>(servers),
            OWN => self.of_many::<Curlback>(servers),
            OTHER => self.of_one::<CurlCrate>(servers),
            _ => None,
        }
    }

    fn of_one<'a, C: Client + 'a>(&self, servers: &'a Servers) -> Option<Job<'a>> {
        Some(match self.name {
            "down" | "down-read" => down::<C>(servers, Some(Buffers::CURLBACK)),
            "down-as-it-comes" => down::<C>(servers, None),
            "up" => up::<C>(servers, Some(Buffers::CURLBACK)),
            "up-as-it-comes" => up::<C>(servers, None),
            "kept" | "kept-read" => kept::<C>(servers),
            "fresh" => fresh::<C>(servers, None),
            "fresh-shared" => fresh::<C>(servers, Some(C::make_share(true))),
            "chunks" => chunks::<C>(servers),
            "headers" => headers::<C>(servers),
            "reads" => reads::<C>(servers),
            "watched" => watched::<C::Watched>(servers),
            "tls" => tls::<C>(servers, None),
            "tls-resumed" => tls::<C>(servers, Some(C::make_share(false))),
            "tls-down" => tls_down::<C>(servers),
            _ => return None,
        })
    }

    fn of_many<'a, C: Client + 'a>(&self, servers: &'a mut Servers) -> Option<Job<'a>> {
        Some(match self.name {
            "many" => {
                let url = servers.small("/");
                Box::new(move |count| gets(&mut C::Many::new(), count, count, &simple::<C>(&url)))
            }
            "many-kept" => {
                let (url, mut many) = (servers.small("/"), C::Many::new());
                gets(&mut many, BUSY, BUSY, &simple::<C>(&url));
                Box::new(move |count| gets(&mut many, count, BUSY, &simple::<C>(&url)))
            }
            "many-large" => {
                let url = servers.url(&format!("/bytes/{}", 1 << 20));
                Box::new(move |count| gets(&mut C::Many::new(), count, count, &simple::<C>(&url)))
            }
            "h2" => {
                let (url, mut many) = (servers.http_2()?, C::Many::new());
                let authority = servers.authority();
                let make = move || {
                    let mut client = simple::<C>(&url)();
                    client.http_2();
                    client.trust(&authority);
                    client
                };
                gets(&mut many, 100, 100, &make);
                Box::new(move |count| gets(&mut many, count, 100, &make))
            }
            "pieces" | "pieces-1000" | "pieces-10000" => pieces::<C>(servers, self.idle),
            "beside-1000" | "beside-10000" => {
                let mut many = C::Many::new();
                idle::<C>(&mut many, &servers.small("/idle"), self.idle);
                let url = servers.small("/");
                gets(&mut many, BUSY, BUSY, &simple::<C>(&url));
                Box::new(move |count| gets(&mut many, count, BUSY, &simple::<C>(&url)))
            }
            _ => return self.of_one::<C>(servers),
        })
    }

    /// Returns bytes of the heap. If the row has idle transfers, these are the bytes of one idle
    /// transfer; otherwise they are the peak of all transfers together.
    pub(crate) fn heap(&self, client: &str, servers: &mut Servers) -> Option<usize> {
        let heap = Heap::begin();
        if self.idle == 0 {
            self.job(client, servers)?(self.cpu);
            return Some(heap.most());
        }
        fn one<C: Client>(heap: &Heap, servers: &Servers, count: usize) -> usize {
            let mut many = C::Many::new();
            idle::<C>(&mut many, &servers.small("/idle"), count);
            heap.now() / count
        }
        Some(match client {
            RAW => one::<Raw>(&heap, servers, self.idle),
            _ => one::<Curlback>(&heap, servers, self.idle),
        })
    }
}

fn down<'a, C: Client + 'a>(servers: &Servers, buffers: Option<Buffers>) -> Job<'a> {
    let mut client = C::new();
    client.url(&servers.url(&format!("/bytes/{LARGE}")));
    if let Some(buffers) = buffers {
        client.buffers(buffers);
    }
    Box::new(move |count| {
        for _ in 0..count {
            client.count().written = 0;
            client.perform();
            assert_eq!(client.count().written, LARGE);
        }
    })
}

fn up<'a, C: Client + 'a>(servers: &Servers, buffers: Option<Buffers>) -> Job<'a> {
    let mut client = C::new();
    client.url(&servers.url("/bytes/0"));
    if let Some(buffers) = buffers {
        client.buffers(buffers);
    }
    client.upload(LARGE);
    Box::new(move |count| {
        for _ in 0..count {
            client.count().left = LARGE;
            client.perform();
            assert_eq!(client.count().left, 0);
        }
    })
}

fn kept<'a, C: Client + 'a>(servers: &Servers) -> Job<'a> {
    let mut client = C::new();
    client.url(&servers.small("/"));
    Box::new(move |count| {
        client.count().written = 0;
        for _ in 0..count {
            client.perform();
        }
        assert_eq!(client.count().written, (count * PIECE.len()) as u64);
    })
}

fn fresh<'a, C: Client + 'a>(servers: &Servers, share: Option<C::Share>) -> Job<'a> {
    let url = servers.small("/");
    Box::new(move |count| {
        for _ in 0..count {
            let mut client = C::new();
            client.url(&url);
            if let Some(share) = &share {
                client.share(share);
            }
            client.perform();
            assert_eq!(client.count().written, PIECE.len() as u64);
        }
    })
}

fn chunks<'a, C: Client + 'a>(servers: &'a Servers) -> Job<'a> {
    let mut client = C::new();
    client.buffers(Buffers::CURLBACK);
    Box::new(move |count| {
        client.url(&servers.url(&format!("/chunks/{count}")));
        client.count().written = 0;
        client.perform();
        assert_eq!(client.count().written, count as u64 * 16);
    })
}

fn headers<'a, C: Client + 'a>(servers: &Servers) -> Job<'a> {
    let mut client = C::new();
    client.buffers(Buffers::CURLBACK);
    client.url(&servers.url("/headers/500"));
    Box::new(move |count| {
        client.count().headers = 0;
        for _ in 0..count {
            client.perform();
        }
        assert!(client.count().headers > 500 * count as u64);
    })
}

fn reads<'a, C: Client + 'a>(servers: &Servers) -> Job<'a> {
    let mut client = C::new();
    client.buffers(Buffers::CURLBACK);
    client.url(&servers.url("/bytes/0"));
    client.count().piece = PIECE.len();
    Box::new(move |count| {
        let len = (count * PIECE.len()) as u64;
        client.upload(len);
        client.count().left = len;
        client.perform();
        assert_eq!(client.count().left, 0);
    })
}

fn watched<'a, C: Client + 'a>(servers: &Servers) -> Job<'a> {
    let mut client = C::new();
    client.watch();
    client.url(&servers.small("/"));
    Box::new(move |count| {
        client.count().reports = 0;
        for _ in 0..count {
            client.perform();
        }
        assert!(client.count().reports > 5 * count as u64);
    })
}

fn tls<'a, C: Client + 'a>(servers: &Servers, share: Option<C::Share>) -> Job<'a> {
    let (url, authority) = (servers.tls("/bytes/16"), servers.authority());
    Box::new(move |count| {
        for _ in 0..count {
            let mut client = C::new();
            client.url(&url);
            client.trust(&authority);
            if let Some(share) = &share {
                client.share(share);
            }
            client.perform();
            assert_eq!(client.count().written, 16);
        }
    })
}

fn tls_down<'a, C: Client + 'a>(servers: &Servers) -> Job<'a> {
    let mut client = C::new();
    client.url(&servers.tls(&format!("/bytes/{LARGE_TLS}")));
    client.trust(&servers.authority());
    client.buffers(Buffers::CURLBACK);
    Box::new(move |count| {
        for _ in 0..count {
            client.count().written = 0;
            client.perform();
            assert_eq!(client.count().written, LARGE_TLS);
        }
    })
}

fn simple<C: Client>(url: &str) -> impl Fn() -> C {
    move || {
        let mut client = C::new();
        client.url(url);
        client
    }
}

/// Makes `count` transfers, `at_a_time` at once. Each transfer that ends begins again, until
/// `count` have been made.
fn gets<M: Many>(many: &mut M, count: usize, at_a_time: usize, make: &dyn Fn() -> M::Transfer) {
    for _ in 0..at_a_time {
        many.add(make());
    }
    let (mut to_begin, mut to_end) = (count - at_a_time, count);
    loop {
        many.drive();
        while let Some(transfer) = many.finished() {
            to_end -= 1;
            if to_begin > 0 {
                to_begin -= 1;
                many.add(transfer);
            }
        }
        if to_end == 0 {
            break;
        }
        many.wait();
    }
}

/// Adds `count` transfers, and drives them until each has received a piece and waits for the rest.
fn idle<C: Client>(many: &mut C::Many, url: &str, count: usize) {
    let end = received() + (count * PIECE.len()) as u64;
    let make = simple::<C>(url);
    for _ in 0..count {
        many.add(make());
    }
    drive_until(many, || received() >= end);
}

fn drive_until(many: &mut impl Many, is_reached: impl Fn() -> bool) {
    loop {
        many.drive();
        if is_reached() {
            break;
        }
        many.wait();
    }
}

/// Prepares to receive the pieces of the busy transfers. The server sends the pieces only once, so
/// this job can run only once in a process.
fn pieces<'a, C: Client + 'a>(servers: &'a mut Servers, idle: usize) -> Job<'a> {
    let mut many = C::Many::new();
    for _ in 0..idle {
        many.add(simple::<C>(&servers.held("/idle"))());
    }
    for _ in 0..BUSY {
        many.add(simple::<C>(&servers.held("/busy"))());
    }
    let begun = received();
    drive_until(&mut many, || received() > begun);
    Box::new(move |_| {
        let (mut left, mut acknowledged) = (BUSY, 0);
        loop {
            many.drive();
            let pieces = (received() - begun) as usize / PIECE.len();
            let new = pieces / ACKNOWLEDGED - acknowledged;
            if new > 0 {
                acknowledged += new;
                let bytes = [0; BUSY * ROUNDS / ACKNOWLEDGED];
                // The server may have ended after it sent the last piece.
                let _ = servers.acknowledge.write_all(&bytes[..new]);
            }
            while many.finished().is_some() {
                left -= 1;
            }
            if left == 0 {
                break;
            }
            many.wait();
        }
        assert_eq!(received() - begun, (BUSY * ROUNDS * PIECE.len()) as u64);
    })
}
