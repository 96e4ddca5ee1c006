//! What a callback and a transfer cost where there is little to move, with the
//! same buffers for every client.

#![allow(missing_docs, reason = "criterion_group! makes a public function")]
#![expect(
    unsafe_code,
    reason = "`curl-sys` is what the others are measured against"
)]

use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};

use clients::{Bench, Buffers, Client, measure};
use server::Server;

mod clients;
mod server;

/// libcurl takes 5,000 header fields, at most.
const HEADERS: u64 = 4_000;
const CHUNKS: u64 = 20_000;
const READS: u64 = 4_000;
/// The length of a chunk, and of what is sent at a time.
const PIECE: u64 = 16;

struct Headers<'a>(&'a Server);

impl Bench for Headers<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(&self.0.url(&format!("/headers/{HEADERS}")));
        client.buffers(Buffers::LIBCURL);
        bencher.iter(|| {
            client.count().headers = 0;
            client.perform();
            assert!(client.count().headers > HEADERS);
        });
    }
}

struct Chunks<'a>(&'a Server);

impl Bench for Chunks<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(&self.0.url(&format!("/chunks/{CHUNKS}")));
        client.buffers(Buffers::LIBCURL);
        bencher.iter(|| {
            client.count().written = 0;
            client.perform();
            assert_eq!(client.count().written, CHUNKS * PIECE);
        });
    }
}

struct Reads<'a>(&'a Server);

impl Bench for Reads<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(&self.0.url("/bytes/0"));
        client.buffers(Buffers::LIBCURL);
        client.upload(READS * PIECE);
        client.count().piece = PIECE as usize;
        bencher.iter(|| {
            client.count().left = READS * PIECE;
            client.perform();
            assert_eq!(client.count().left, 0);
        });
    }
}

struct Make;

impl Bench for Make {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        bencher.iter(|| {
            let mut client = C::new();
            client.url(black_box("http://127.0.0.1/"));
            client
        });
    }
}

struct Tiny<'a>(&'a str);

impl Bench for Tiny<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(self.0);
        client.buffers(Buffers::LIBCURL);
        bencher.iter(|| {
            client.count().written = 0;
            client.perform();
            assert_eq!(client.count().written, PIECE);
        });
    }
}

fn storms(criterion: &mut Criterion) {
    let server = Server::start().unwrap();
    let mut group = criterion.benchmark_group("callbacks");
    group.throughput(Throughput::Elements(HEADERS));
    measure(&mut group, "header lines", &Headers(&server));
    group.throughput(Throughput::Elements(CHUNKS));
    measure(&mut group, "chunks of 16 bytes", &Chunks(&server));
    group.throughput(Throughput::Elements(READS));
    measure(&mut group, "reads of 16 bytes", &Reads(&server));
    group.finish();
}

fn transfers(criterion: &mut Criterion) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&[b'x'; PIECE as usize]).unwrap();
    let url = format!("file://{}", file.path().display());
    let mut group = criterion.benchmark_group("transfers");
    measure(&mut group, "made and dropped", &Make);
    measure(&mut group, "of a file of 16 bytes", &Tiny(&url));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    targets = storms, transfers
}
criterion_main!(benches);
