//! The headers that libcurl keeps: by name, in order, of each request and origin.

use std::thread;

use curlback::{
    Callbacks, Error, HeaderLine, HeaderOrigin, Headers, ProgressResult, Transfer, WriteResult,
    XferInfo,
};

use crate::support::server::Server;
use crate::support::skip::skip;

/// Performs a transfer, and returns it. If the linked libcurl keeps no headers, skips the test and
/// returns `None`.
fn get(server: &Server, path: &str) -> Option<Transfer<()>> {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url(path)).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    match transfer.headers(HeaderOrigin::all(), None) {
        Err(error @ Error::Unsupported { .. }) => {
            assert!(transfer.header("x", 0, HeaderOrigin::HEADER, None).is_err());
            skip!("{error}");
            None
        }
        headers => {
            headers.unwrap();
            Some(transfer)
        }
    }
}

fn lines(headers: Headers<'_>) -> Vec<String> {
    let line = |header: curlback::Header<'_>| {
        let (name, value) = (header.name().unwrap(), header.value().escape_ascii());
        let (index, amount) = (header.index() + 1, header.amount());
        format!("{name}: {value} ({index} of {amount})")
    };
    headers.map(line).collect()
}

#[test]
fn headers_are_found_by_name_and_index_and_in_order() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply(
                "200 OK",
                "Via: one\r\nEmpty:\r\nvia:  two \r\nRaw: \u{ff}\r\n",
                "body",
            );
        }
    });
    let Some(transfer) = get(&server, "/") else {
        return;
    };
    let find = |name, index| {
        transfer
            .header(name, index, HeaderOrigin::HEADER, None)
            .unwrap()
    };
    let first = transfer.header_value("VIA").unwrap();
    assert_eq!(first, Some(&b"one"[..]));
    assert_eq!(transfer.info().header_value("None").unwrap(), None);
    let second = find("VIA", 1).unwrap();
    assert_eq!(second.name(), Some("via"));
    assert_eq!(second.value(), b"two");
    assert_eq!((second.index(), second.amount()), (1, 2));
    assert_eq!(second.origin(), HeaderOrigin::HEADER);
    // The second search does not overwrite what the first has found.
    let first = find("via", 0).unwrap();
    assert_eq!((first.value(), second.value()), (&b"one"[..], &b"two"[..]));
    assert_eq!(find("empty", 0).unwrap().value(), b"");
    for (name, index) in [("via", 2), ("none", 0), ("vi\0a", 0), ("", 0)] {
        assert_eq!(find(name, index), None);
    }
    let none = transfer.header("via", 0, HeaderOrigin::empty(), None);
    assert_eq!(none.unwrap(), None);
    let other = transfer.header("via", 0, HeaderOrigin::TRAILER, None);
    assert_eq!(other.unwrap(), None);

    let headers = transfer.headers(HeaderOrigin::all(), None).unwrap();
    let expected = [
        "Content-Length: 4 (1 of 1)",
        "Via: one (1 of 2)",
        "Empty:  (1 of 1)",
        "via: two (2 of 2)",
        "Raw: \\xc3\\xbf (1 of 1)",
    ];
    assert_eq!(lines(headers), expected);
    assert!(format!("{:?}", transfer.headers(HeaderOrigin::all(), None)).contains("\"two\""));
}

#[test]
fn iterations_do_not_disturb_each_other() {
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "A: 1\r\nB: 2\r\nC: 3\r\n", "");
    });
    let Some(transfer) = get(&server, "/") else {
        return;
    };
    let headers = || transfer.headers(HeaderOrigin::HEADER, None).unwrap();
    let mut pairs = 0;
    for outer in headers() {
        let before = outer.name().unwrap().to_owned();
        for inner in headers() {
            let found = transfer.header(inner.name().unwrap(), 0, HeaderOrigin::HEADER, None);
            assert_eq!(found.unwrap().unwrap().value(), inner.value());
            pairs += 1;
        }
        assert_eq!(outer.name(), Some(&*before));
    }
    assert_eq!(pairs, 16);
    let mut ended = headers();
    assert_eq!(ended.by_ref().count(), 4);
    assert!(ended.next().is_none());
}

#[test]
fn each_request_and_each_origin_has_its_own() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            if request.line.starts_with("GET /first ") {
                conn.reply("302 Found", "Location: /second\r\nStep: 1\r\n", "");
            } else {
                conn.send(
                    "HTTP/1.1 103 Early Hints\r\nStep: early\r\n\r\n\
                     HTTP/1.1 200 OK\r\nStep: 2\r\nTransfer-Encoding: chunked\r\n\
                     Trailer: Step\r\n\r\n4\r\nbody\r\n0\r\nStep: late\r\n\r\n",
                );
            }
        }
    });
    let Some(mut transfer) = get(&server, "/first") else {
        return;
    };
    let step = |transfer: &Transfer<()>, origin, request| {
        let found = transfer.header("Step", 0, origin, request).unwrap();
        found.map(|header| String::from_utf8_lossy(header.value()).into_owned())
    };
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, Some(0)), is("1"));
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, Some(1)), is("2"));
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, None), is("2"));
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, Some(2)), None);
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, Some(u32::MAX)), None);
    assert_eq!(
        step(&transfer, HeaderOrigin::INFORMATIONAL, None),
        is("early")
    );
    assert_eq!(step(&transfer, HeaderOrigin::TRAILER, None), is("late"));
    assert_eq!(
        transfer
            .headers(HeaderOrigin::all(), Some(7))
            .unwrap()
            .count(),
        0
    );
    assert_eq!(
        transfer
            .headers(HeaderOrigin::empty(), None)
            .unwrap()
            .count(),
        0
    );
    let both = HeaderOrigin::HEADER | HeaderOrigin::TRAILER;
    let found = transfer.header("step", 1, both, None).unwrap().unwrap();
    assert_eq!((found.value(), found.amount()), (&b"late"[..], 2));
    assert_eq!(found.origin(), HeaderOrigin::TRAILER);

    // The next transfer has headers of its own.
    transfer.url(&server.url("/second")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(step(&transfer, HeaderOrigin::HEADER, Some(0)), is("2"));
    transfer.reset().unwrap();
}

#[test]
fn a_proxy_has_its_own() {
    let proxy = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 Connected\r\nVia: proxy\r\n\r\n");
        conn.request();
        conn.reply("200 OK", "Via: server\r\n", "");
    });
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url("http://example.test/").unwrap();
    transfer.proxy(&proxy.url("/")).unwrap();
    transfer.noproxy("").unwrap();
    transfer.http_proxy_tunnel(true).unwrap();
    transfer.perform().unwrap();
    let via = |origin| transfer.header("via", 0, origin, None);
    let header = match via(HeaderOrigin::CONNECT) {
        Err(error @ Error::Unsupported { .. }) => return skip!("{error}"),
        header => header.unwrap(),
    };
    assert_eq!(header.unwrap().value(), b"proxy");
    let header = via(HeaderOrigin::HEADER).unwrap();
    assert_eq!(header.unwrap().value(), b"server");
}

#[test]
fn before_a_transfer_there_are_none() {
    let transfer = Transfer::new(()).unwrap();
    match transfer.headers(HeaderOrigin::all(), None) {
        Err(error) => assert!(matches!(error, Error::Unsupported { .. }), "{error}"),
        Ok(headers) => assert_eq!(headers.count(), 0),
    }
}

/// Counts, inside callbacks, the headers that have come so far.
#[derive(Default)]
struct Looks {
    seen: Vec<usize>,
    in_the_end: usize,
}

impl Callbacks for Looks {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        if let Ok(headers) = line.info().headers(HeaderOrigin::all(), None) {
            self.seen.push(headers.count());
        }
        WriteResult::Continue
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        if let Ok(headers) = progress.info().headers(HeaderOrigin::all(), None) {
            self.in_the_end = headers.count();
        }
        ProgressResult::Continue
    }
}

#[test]
fn callbacks_see_the_headers_so_far() {
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "A: 1\r\n", "body");
    });
    let mut transfer = Transfer::new(Looks::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    if transfer.headers(HeaderOrigin::all(), None).is_err() {
        return skip!("this libcurl keeps no headers");
    }
    // The calls for the status line, two fields, and the empty line.
    assert_eq!(transfer.handler().seen, [0, 1, 2, 2]);
    assert_eq!(transfer.handler().in_the_end, 2);
    thread::spawn(move || drop(transfer)).join().unwrap();
}
