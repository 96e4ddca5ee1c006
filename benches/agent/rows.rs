//! The rows of the table of agents.

use std::io::Read;

use crate::measure::{Heap, allowed_descriptors};
use crate::row::{Job, LARGE, Row};
use crate::servers::{PIECE, Servers};
use crate::ways::{self, PART, simple};

const PERFORM: &str = "perform";
const MULTI: &str = "multi";
const BLOCKING: &str = "blocking";
const AWAITED: &str = "awaited";

/// The name of the table in the markers of `BENCHMARKS.md`.
pub(crate) const TABLE: &str = "agents";
/// The clients and the titles of their columns.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    (PERFORM, "`perform`"),
    (MULTI, "`Multi`"),
    (BLOCKING, "`Agent`, blocking"),
    (AWAITED, "`Agent`, awaited"),
];

const MANY: Row = Row {
    clients: &[MULTI, BLOCKING, AWAITED],
    cpu: 10_000,
    ..Row::DEFAULT
};
const LARGE_BODY: Row = Row {
    clients: &[PERFORM, BLOCKING, AWAITED],
    cpu: 1,
    ..Row::DEFAULT
};
const HEAP: Row = Row {
    clients: &[MULTI, BLOCKING],
    heap: true,
    ..Row::DEFAULT
};

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    Row { name: "one", what: "10,000 GETs, one after another", bound: "system calls; `Agent`: two wake-ups of a thread", clients: &[PERFORM, MULTI, BLOCKING, AWAITED], ..MANY },
    Row { name: "16", what: "10,000 GETs, 16 at a time", bound: "system calls", least: 16, ..MANY },
    Row { name: "200", what: "10,000 GETs, 200 at a time", bound: "system calls", least: 200, ..MANY },
    Row { name: "down", what: "1 GiB down: callback `write`, `Read`, `AsyncRead`", bound: "the kernel's copying; `Agent`: wake-ups, pauses and two more copies", ..LARGE_BODY },
    Row { name: "up", what: "1 GiB up: callback `read`, `Write`, `AsyncWrite`", bound: "the kernel's copying; `Agent`: one more copy", ..LARGE_BODY },
    Row { name: "idle", what: "heap of one of 1,000 idle responses", bound: "libcurl's handles", idle: 1000, ..HEAP },
    Row { name: "busy", what: "peak of the heap, 200 bodies of 1 MiB at once", bound: "buffers; `Agent`: unread bytes", ..HEAP },
];

/// The number of transfers of the row `busy`.
const STREAMS: usize = 200;
const STREAM: u64 = 1 << 20;

impl Row {
    /// Returns whether this machine can run the row.
    pub(crate) fn is_possible(&self) -> bool {
        self.descriptors() <= allowed_descriptors()
    }

    /// Prepares the row for a client.
    pub(crate) fn job<'a>(&self, client: &str, servers: &'a mut Servers) -> Option<Job<'a>> {
        let small = simple(servers.small("/"));
        let down = servers.url(&format!("/bytes/{LARGE}"));
        let up = servers.url("/bytes/0");
        let at_a_time = self.least;
        Some(match (self.name, client) {
            ("down", PERFORM) => ways::down_by_callback(&down),
            ("down", BLOCKING) => ways::down_by_read(down),
            ("down", AWAITED) => ways::down_by_async_read(down),
            ("up", PERFORM) => ways::up_by_callback(&up),
            ("up", BLOCKING) => ways::up_by_write(up),
            ("up", AWAITED) => ways::up_by_async_write(up),
            (_, PERFORM) => ways::perform(&small),
            (_, MULTI) => ways::multi(small, at_a_time),
            (_, BLOCKING) => ways::agent(small, at_a_time),
            (_, AWAITED) => ways::awaited(small, at_a_time),
            _ => return None,
        })
    }

    /// Returns bytes of the heap. If the row has idle transfers, these are the bytes of one idle
    /// transfer; otherwise they are the peak of all transfers together.
    pub(crate) fn heap(&self, client: &str, servers: &mut Servers) -> Option<usize> {
        let heap = Heap::begin();
        match self.name {
            "idle" => {
                let url = servers.small("/idle");
                Some(idle(&heap, client, &url, self.idle))
            }
            "busy" => {
                let url = servers.url(&format!("/bytes/{STREAM}"));
                Some(busy(&heap, client, &url))
            }
            _ => None,
        }
    }
}

fn idle(heap: &Heap, client: &str, url: &str, count: usize) -> usize {
    if client == MULTI {
        let mut multi = ways::new_multi();
        let ids: Vec<_> = (0..count)
            .map(|_| multi.add(ways::get(url)).unwrap())
            .collect();
        let has_piece = |multi: &curlback::Multi<_>, id| {
            let handler: &ways::Count = multi.get(id).unwrap().handler();
            handler.written == PIECE.len() as u64
        };
        while !ids.iter().all(|id| has_piece(&multi, *id)) {
            multi.poll(&mut [], std::time::Duration::MAX).unwrap();
            multi.perform().unwrap();
        }
        return heap.now() / count;
    }
    let agent = ways::new_agent();
    let openings: Vec<_> = (0..count).map(|_| agent.open(ways::get(url))).collect();
    let responses: Vec<_> = openings.into_iter().map(|it| it.wait().unwrap()).collect();
    let bytes = heap.now() / count;
    drop(responses);
    bytes
}

fn busy(heap: &Heap, client: &str, url: &str) -> usize {
    if client == MULTI {
        ways::multi(simple(url.to_owned()), STREAMS)(STREAMS);
        return heap.most();
    }
    let agent = ways::new_agent();
    let openings: Vec<_> = (0..STREAMS).map(|_| agent.open(ways::get(url))).collect();
    let mut responses: Vec<_> = openings.into_iter().map(|it| it.wait().unwrap()).collect();
    let mut part = vec![0; PART];
    for _ in 0..STREAM / PART as u64 {
        for response in &mut responses {
            response.read_exact(&mut part).unwrap();
        }
    }
    heap.most()
}
