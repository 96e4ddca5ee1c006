//! The three ways to do the same: `curl-sys` by hand, `curlback`, and the `curl` crate.
//!
//! `curlback` and the `curl` crate are as they come: the former reports its
//! progress, the latter does not, and `curl-sys` has no callback that it does not need.

use criterion::{Bencher, BenchmarkGroup, BenchmarkId, measurement::WallTime};

mod curl_crate;
mod curlback;
mod raw;

/// A transfer of one of the three, whose callbacks are those of [`Count`].
pub(crate) trait Client {
    const NAME: &'static str;

    fn new() -> Self;
    fn url(&mut self, url: &str);
    /// Sets the sizes of the buffers, to receive and to send.
    fn buffers(&mut self, buffers: Buffers);
    /// Announces an upload of so many bytes.
    fn upload(&mut self, len: u64);
    fn count(&mut self) -> &mut Count;
    fn perform(&mut self);
}

/// The sizes of libcurl's buffers.
#[derive(Clone, Copy)]
pub(crate) struct Buffers {
    pub(crate) receive: usize,
    pub(crate) send: usize,
}

impl Buffers {
    /// What libcurl has if nobody asks.
    pub(crate) const LIBCURL: Buffers = Buffers {
        receive: 16 << 10,
        send: 64 << 10,
    };
}

/// What the callbacks of every client do.
pub(crate) struct Count {
    pub(crate) written: u64,
    pub(crate) headers: u64,
    /// How much is still to be sent.
    pub(crate) left: u64,
    /// How much is given at a time, at most.
    pub(crate) piece: usize,
}

/// As much as libcurl asks for at a time, at most.
static BODY: [u8; 2 << 20] = [b'x'; 2 << 20];

impl Count {
    fn new() -> Count {
        Count {
            written: 0,
            headers: 0,
            left: 0,
            piece: BODY.len(),
        }
    }

    fn write(&mut self, data: &[u8]) {
        self.written += data.len() as u64;
    }

    fn header(&mut self, _: &[u8]) {
        self.headers += 1;
    }

    /// Returns what goes next into a buffer with that much room.
    fn read(&mut self, room: usize) -> &'static [u8] {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = room.min(self.piece).min(left);
        self.left -= len as u64;
        &BODY[..len]
    }
}

/// Measures the same with each client; `case` says what besides the client.
pub(crate) fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    case: &str,
    bench: &(impl Bench + ?Sized),
) {
    fn one<C: Client>(
        group: &mut BenchmarkGroup<'_, WallTime>,
        case: &str,
        bench: &(impl Bench + ?Sized),
    ) {
        group.bench_function(BenchmarkId::new(C::NAME, case), |bencher| {
            bench.run::<C>(bencher);
        });
    }
    one::<raw::Raw>(group, case, bench);
    one::<curlback::Curlback>(group, case, bench);
    one::<curl_crate::CurlCrate>(group, case, bench);
}

/// What is measured, with any client.
pub(crate) trait Bench {
    fn run<C: Client>(&self, bencher: &mut Bencher<'_>);
}
