//! Bodies that are decoded by their charset.

use curlback::handlers::Collect;
use curlback::{Agent, Transfer};
use futures_lite::future::block_on;

use crate::support::server::Server;
use crate::support::transfers::{collecting, transfer};

/// Serves the word "naïve" as the path says: in an encoding, or broken. The body of "/cut" is cut short.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let (headers, body) = match path {
                "/latin1" => (
                    "Content-Type: text/plain; charset=ISO-8859-1\r\n",
                    &b"na\xefve"[..],
                ),
                "/utf-16" => ("", &b"\xff\xfen\0a\0\xef\0v\0e\0"[..]),
                "/mark" => (
                    "Content-Type: text/plain; charset=ISO-8859-1\r\n",
                    &b"\xef\xbb\xbfna\xc3\xafve"[..],
                ),
                "/broken" => ("", &b"na\xefve"[..]),
                "/cut" => {
                    return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
                }
                _ => ("Content-Type: text/plain\r\n", &b"na\xc3\xafve"[..]),
            };
            conn.reply("200 OK", headers, body);
        }
    })
}

const CASES: [(&str, &str); 5] = [
    ("/latin1", "naïve"),
    ("/utf-16", "naïve"),
    ("/mark", "naïve"),
    ("/utf-8", "naïve"),
    ("/broken", "na\u{fffd}ve"),
];

#[test]
fn collected_body_is_text_by_its_charset() {
    let server = server();
    for (path, text) in CASES {
        let mut get = collecting(&server.url(path));
        get.perform().unwrap();
        assert_eq!(get.handler().text(), text, "{path}");
    }
    assert_eq!(Collect::new().text(), "");
}

#[test]
fn read_body_is_text_by_its_charset() {
    let server = server();
    let agent = Agent::new().unwrap();
    let get = |path| transfer((), &server.url(path));
    for (path, text) in CASES {
        let mut response = get(path).open().unwrap();
        assert_eq!(response.text().unwrap(), text, "{path}");
        assert_eq!(response.text().unwrap(), "", "{path}");
        let mut opened = agent.open(get(path)).wait().unwrap();
        assert_eq!(opened.text().unwrap(), text, "{path}");
        let awaited = block_on(async {
            let mut opened = agent.open(get(path)).await.unwrap();
            opened.text_async().await.unwrap()
        });
        assert_eq!(awaited, text, "{path}");
    }
}

#[test]
fn body_that_is_cut_short_is_no_text() {
    let server = server();
    let agent = Agent::new().unwrap();
    let get = || -> Transfer<()> { transfer((), &server.url("/cut")) };
    assert!(get().open().unwrap().text().is_err());
    assert!(agent.open(get()).wait().unwrap().text().is_err());
    let awaited = block_on(async {
        let mut opened = agent.open(get()).await.unwrap();
        opened.text_async().await
    });
    assert!(awaited.is_err());
}
