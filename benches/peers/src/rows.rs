//! The rows of the table of HTTP clients.

use std::sync::Arc;

use curlback::{HttpVersion, Version};

use crate::clients::{self, Use};
use crate::measure::allowed_descriptors;
use crate::row::{Job, LARGE, Row};
use crate::servers::Servers;
use crate::ways::{self, Make, get, simple};

const PERFORM: &str = "perform";
const MULTI: &str = "multi";
const AGENT: &str = "agent";
const ISAHC: &str = "isahc";
const UREQ: &str = "ureq";
const REQWEST: &str = "reqwest";
const HYPER: &str = "hyper";

/// The name of the table in the markers of `BENCHMARKS.md`.
pub(crate) const TABLE: &str = "peers";
/// The clients and the titles of their columns.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    (PERFORM, "`perform`"),
    (MULTI, "`Multi`"),
    (AGENT, "`Agent`"),
    (ISAHC, "isahc"),
    (UREQ, "ureq"),
    (REQWEST, "reqwest"),
    (HYPER, "hyper"),
];

const ONE: Row = Row {
    clients: &[PERFORM, AGENT, ISAHC, UREQ, REQWEST, HYPER],
    ..Row::DEFAULT
};
const MANY: Row = Row {
    clients: &[MULTI, AGENT, ISAHC, UREQ, REQWEST, HYPER],
    cpu: 10_000,
    ..Row::DEFAULT
};

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    Row { name: "one", what: "10,000 GETs, one after another", bound: "system calls; wake-ups of threads (`Agent`, isahc)", cpu: 10_000, ..ONE },
    Row { name: "16", what: "10,000 GETs, 16 at a time", bound: "system calls", least: 16, ..MANY },
    Row { name: "200", what: "10,000 GETs, 200 at a time", bound: "system calls", least: 200, ..MANY },
    Row { name: "fresh", what: "new client, connection and GET", bound: "connecting; new threads (`Agent`, isahc)", cpu: 1000, ..ONE },
    Row { name: "down", what: "1 GiB down", bound: "the kernel's copying", cpu: 1, ..ONE },
    Row { name: "up", what: "1 GiB up", bound: "the kernel's copying", cpu: 1, ..ONE },
    Row { name: "h2", what: "10,000 GETs over one HTTP/2 connection, 100 at a time", bound: "streams: libcurl's and nghttp2's, or h2's", clients: &[MULTI, AGENT, ISAHC, REQWEST, HYPER], least: 100, ..MANY },
];

impl Row {
    /// Returns whether this machine and the linked libcurl can run the row.
    pub(crate) fn is_possible(&self) -> bool {
        // With libcurl 7.88.1, HTTP/2 by prior knowledge fails for requests on a connection that is already open.
        let version = curlback::version();
        let has_http_2 = version.has_feature("HTTP2") && version.number() > Version::new(7, 88, 1);
        self.descriptors() <= allowed_descriptors() && (self.name != "h2" || has_http_2)
    }

    /// Prepares the row for a client. Returns `None` if a server that the row needs is missing.
    pub(crate) fn job<'a>(&self, client: &str, servers: &'a mut Servers) -> Option<Job<'a>> {
        let (how, url) = match self.name {
            "fresh" => (Use::Fresh, servers.small("/")),
            "down" => (Use::Down, servers.url(&format!("/bytes/{LARGE}"))),
            "up" => (Use::Up, servers.url("/bytes/0")),
            "h2" => (Use::Http2(self.least), servers.http_2_cleartext()?),
            _ => (Use::Small(self.least), servers.small("/")),
        };
        Some(match client {
            PERFORM | MULTI | AGENT => curlback(client, how, url),
            ISAHC => clients::isahc(how, url),
            UREQ => clients::ureq(how, url),
            REQWEST => clients::reqwest(how, url),
            HYPER => clients::hyper(how, url),
            _ => return None,
        })
    }

    /// No row measures the heap.
    pub(crate) fn heap(&self, _: &str, _: &mut Servers) -> Option<usize> {
        None
    }
}

fn curlback<'a>(client: &str, how: Use, url: String) -> Job<'a> {
    match (how, client) {
        (Use::Small(_), PERFORM) => ways::perform(&simple(url)),
        (Use::Small(at_a_time), MULTI) => ways::multi(simple(url), at_a_time),
        (Use::Small(at_a_time), _) => ways::awaited(simple(url), at_a_time),
        (Use::Http2(at_a_time), MULTI) => ways::multi(http_2(url), at_a_time),
        (Use::Http2(at_a_time), _) => ways::awaited(http_2(url), at_a_time),
        (Use::Fresh, PERFORM) => Box::new(move |count| {
            for _ in 0..count {
                get(&url).perform().unwrap();
            }
        }),
        (Use::Fresh, _) => Box::new(move |count| {
            for _ in 0..count {
                let agent = ways::new_agent();
                agent.start(get(&url)).wait().1.unwrap();
                agent.shutdown();
            }
        }),
        (Use::Down, PERFORM) => ways::down_by_callback(&url),
        (Use::Down, _) => ways::down_by_async_read(url),
        (Use::Up, PERFORM) => ways::up_by_callback(&url),
        (Use::Up, _) => ways::up_by_async_write(url),
    }
}

/// Makes transfers that use a stream on an open connection rather than a new connection.
fn http_2(url: String) -> Make {
    Arc::new(move || {
        let mut transfer = get(&url);
        let version = HttpVersion::V2PriorKnowledge;
        transfer.http_version(version).unwrap();
        transfer.pipewait(true).unwrap();
        transfer
    })
}
