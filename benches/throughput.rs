//! How fast a large body goes down and up, over loopback.
//!
//! Each client is measured with libcurl's buffers, which shows what a binding
//! costs, and with those of `curlback`, which shows what they gain.

#![allow(missing_docs, reason = "criterion_group! makes a public function")]
#![expect(
    unsafe_code,
    reason = "`curl-sys` is what the others are measured against"
)]

use std::time::Duration;

use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};

use clients::{Bench, Buffers, Client, measure};
use server::Server;

mod clients;
mod server;

const SIZE: u64 = 256 << 20;

/// What `curlback` has if nobody asks.
const CURLBACK: Buffers = Buffers {
    receive: 64 << 10,
    send: 256 << 10,
};

struct Download<'a>(&'a Server, Buffers);

impl Bench for Download<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(&self.0.url(&format!("/bytes/{SIZE}")));
        client.buffers(self.1);
        bencher.iter(|| {
            client.count().written = 0;
            client.perform();
            assert_eq!(client.count().written, SIZE);
        });
    }
}

struct Upload<'a>(&'a Server, Buffers);

impl Bench for Upload<'_> {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>) {
        let mut client = C::new();
        client.url(&self.0.url("/bytes/0"));
        client.buffers(self.1);
        client.upload(SIZE);
        bencher.iter(|| {
            client.count().left = SIZE;
            client.perform();
            assert_eq!(client.count().left, 0);
        });
    }
}

fn large_body(criterion: &mut Criterion) {
    let server = Server::start().unwrap();
    let buffers = [
        ("buffers of libcurl", Buffers::LIBCURL),
        ("buffers of curlback", CURLBACK),
    ];
    let mut group = criterion.benchmark_group("download");
    group.throughput(Throughput::Bytes(SIZE));
    for (name, buffers) in buffers {
        measure(&mut group, name, &Download(&server, buffers));
    }
    group.finish();

    let mut group = criterion.benchmark_group("upload");
    group.throughput(Throughput::Bytes(SIZE));
    for (name, buffers) in buffers {
        measure(&mut group, name, &Upload(&server, buffers));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(6));
    targets = large_body
}
criterion_main!(benches);
