//! Options of HTTP, as a server sees them.

use std::fs;
use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use curlback::{
    Auth, Code, Error, HeaderOpt, Hooks, Hsts, HttpVersion, HttpsigAlgorithm, NetRc, TimeCondition,
    Transfer, Url, UrlPart, Version,
};

use crate::support::results::assert_option;
use crate::support::server::{Request, Server};
use crate::support::skip::{is_before, known, needs, skip};
use crate::support::transfers::{collecting, request, transfer};

#[test]
fn http_options_shape_the_request() {
    let sent = request(|t, _| {
        t.useragent("curlback test")?;
        t.referer("http://before.invalid/")?;
        t.cookie("a=1; b=2")?;
        t.accept_encoding("")?;
        t.transfer_encoding(true)?;
        t.custom_request("LIST")
    });
    assert_eq!(sent.line, "LIST /path HTTP/1.1");
    assert_eq!(sent.header("user-agent"), Some("curlback test"));
    assert_eq!(sent.header("referer"), Some("http://before.invalid/"));
    assert_eq!(sent.header("cookie"), Some("a=1; b=2"));
    assert!(sent.header("accept-encoding").is_some());
    assert!(sent.header("te").is_some());
    let sent = request(|t, _| t.http_version(HttpVersion::V1_0));
    assert_eq!(sent.line, "GET /path HTTP/1.0");
    assert_eq!(sent.header("user-agent"), None);
    let sent = request(|t, _| t.nobody(true));
    assert_eq!(sent.line, "HEAD /path HTTP/1.1");
    let sent = request(|t, _| {
        t.post_fields_copy(b"data")?;
        t.get(true)
    });
    assert_eq!(
        (sent.line.as_str(), sent.body),
        ("GET /path HTTP/1.1", vec![])
    );
}

#[test]
fn body_options_ask_for_a_part() {
    let sent = request(|t, _| t.range("2-3"));
    assert_eq!(sent.header("range"), Some("bytes=2-3"));
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            let range = "Content-Range: bytes 2-3/4\r\n";
            conn.reply("206 Partial Content", range, "dy");
        }
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.resume_from(2).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].header("range"), Some("bytes=2-"));
    transfer.resume_from(0).unwrap();
    transfer.max_filesize(1).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::FILESIZE_EXCEEDED), "{error}");
    assert_eq!(server.requests()[1].header("range"), None);
}

#[test]
fn request_line_is_what_options_make_it() {
    let sent = request(|t, _| {
        t.custom_request("OPTIONS")?;
        t.request_target("*")
    });
    assert_eq!(sent.line, "OPTIONS * HTTP/1.1");
    let sent = request(|t, s| {
        t.default_protocol("http")?;
        t.url(&format!("{}/schemeless", s.address()))
    });
    assert_eq!(sent.line, "GET /schemeless HTTP/1.1");
}

#[test]
fn who_the_client_is_comes_in_the_way_that_was_chosen() {
    needs!((7, 75, 0), "CURLOPT_AWS_SIGV4");
    let sent = request(|t, _| t.userpwd("me:pass:word"));
    let proof = Some("Basic bWU6cGFzczp3b3Jk");
    assert_eq!(sent.header("authorization"), proof);

    let dir = tempfile::tempdir().unwrap();
    let netrc = dir.path().join("netrc");
    fs::write(&netrc, "machine 127.0.0.1 login me password pass:word\n").unwrap();
    let sent = request(|t, _| {
        t.netrc_file(&netrc)?;
        t.netrc(NetRc::Required)
    });
    assert_eq!(sent.header("authorization"), proof);
    let sent = request(|t, _| t.netrc_file(&netrc));
    assert_eq!(sent.header("authorization"), None);

    let sent = request(|t, _| {
        t.http_auth(Auth::BEARER)?;
        t.xoauth2_bearer("token")
    });
    assert_eq!(sent.header("authorization"), Some("Bearer token"));
    let sent = request(|t, _| {
        t.userpwd("key:secret")?;
        t.aws_sigv4("aws:amz:region:service")
    });
    let proof = sent.header("authorization").unwrap();
    assert!(
        proof.starts_with("AWS4-HMAC-SHA256 Credential=key/"),
        "{proof}"
    );
}

#[test]
fn requests_are_signed_with_the_key() {
    if known(collecting("http://127.0.0.1/").httpsig_key("00")).is_none() {
        return skip!("the linked libcurl does not sign requests");
    }
    let sent = request(|t, _| {
        t.httpsig_algorithm(HttpsigAlgorithm::HmacSha256)?;
        t.httpsig_key("00ff")?;
        t.httpsig_keyid("mine")?;
        t.httpsig_headers("method path")
    });
    let input = sent.header("signature-input").unwrap();
    assert!(input.contains("keyid=\"mine\""), "{input}");
    assert!(input.contains("(\"@method\" \"@path\")"), "{input}");
    assert!(sent.header("signature").is_some());
}

#[test]
fn headers_for_the_proxy_go_to_the_proxy_alone() {
    let sent = request(|t, s| {
        t.proxy(&s.url(""))?;
        t.noproxy("")?;
        t.url("http://host.invalid/")?;
        t.headeropt(HeaderOpt::SEPARATE)?;
        t.http_headers(["X-Server: 1"])?;
        t.proxy_headers(["X-Proxy: 2"])
    });
    // A proxy that forwards plain HTTP gets the headers for the server as well.
    assert_eq!(sent.header("x-proxy"), Some("2"));
    let sent = request(|t, _| {
        t.headeropt(HeaderOpt::SEPARATE)?;
        t.proxy_headers(["X-Proxy: 2"])
    });
    assert_eq!(sent.header("x-proxy"), None);
}

#[test]
fn other_first_lines_may_stand_for_ok() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("ICY 200 OK\r\nContent-Type: audio\r\n\r\ntune");
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.http_200_aliases(["ICY 200"]).unwrap();
    if Version::linked() < Version::new(7, 81, 0) {
        if let Err(error) = transfer.perform() {
            assert_eq!(error.code(), Some(Code::UNSUPPORTED_PROTOCOL));
        }
        return skip!("this libcurl takes other first lines for errors");
    }
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"tune");
    assert_eq!(transfer.response_code().unwrap(), 200);
}

#[test]
fn age_of_the_document_is_asked_for() {
    let new_year = UNIX_EPOCH + Duration::from_secs(946_684_800);
    let sent = request(|t, _| {
        t.time_condition(TimeCondition::IfModifiedSince)?;
        // The fraction of a second does not count.
        t.time_value(new_year + Duration::from_millis(999))
    });
    let date = Some("Sat, 01 Jan 2000 00:00:00 GMT");
    assert_eq!(sent.header("if-modified-since"), date);
    let sent = request(|t, _| {
        t.time_condition(TimeCondition::IfUnmodifiedSince)?;
        t.time_value(UNIX_EPOCH - Duration::from_millis(1))
    });
    let date = Some("Wed, 31 Dec 1969 23:59:59 GMT");
    assert_eq!(sent.header("if-unmodified-since"), date);
}

#[test]
fn host_that_asked_for_https_gets_no_http() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hsts");
    fs::write(&file, "host.test \"20990101 00:00:00\"\n").unwrap();
    let server = Server::ok("");
    let port = server.address().port();
    let mut transfer = collecting("http://host.test/");
    let set = [
        transfer.hsts_ctrl(Hsts::ENABLE | Hsts::READ_ONLY_FILE),
        transfer.hsts(&file),
    ];
    if !set.into_iter().all(|set| known(set).is_some()) || !crate::support::built_in::https() {
        return;
    }
    let to = format!("host.test::127.0.0.1:{port}");
    transfer.connect_to([to]).unwrap();
    // The server does not speak TLS.
    transfer.perform().unwrap_err();
    assert_eq!(
        transfer.effective_url().unwrap(),
        Some("https://host.test/")
    );
    transfer.hsts_ctrl(Hsts::empty()).unwrap();
    transfer.url("http://host.test/").unwrap();
    transfer.perform().unwrap();
}

#[test]
fn url_in_parts_takes_the_place_of_the_text_and_gives_it_back() {
    needs!((7, 63, 0), "CURLOPT_CURLU");
    let server = Server::ok("body");
    let mut transfer = collecting("http://host.invalid/");
    let mut url = Url::new("http://host.invalid/a?b=c#d").unwrap();
    url.set(UrlPart::Host, "127.0.0.1").unwrap();
    let port = server.address().port().to_string();
    url.set(UrlPart::Port, &port).unwrap();
    transfer.curlu(url.clone()).unwrap();
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    url.set(UrlPart::Path, "/other").unwrap();
    url.remove(UrlPart::Query).unwrap();
    transfer.curlu(url).unwrap();
    transfer.perform().unwrap();
    transfer.url(&server.url("/text")).unwrap();
    transfer.perform().unwrap();
    let effective = transfer.effective_url().unwrap().unwrap().to_owned();
    assert_eq!(effective, server.url("/text"));
    let lines: Vec<_> = server.requests().into_iter().map(|r| r.line).collect();
    let expected = ["/a?b=c", "/a?b=c", "/other", "/text"];
    assert_eq!(lines, expected.map(|path| format!("GET {path} HTTP/1.1")));

    let mut url = Url::new(&server.url("/")).unwrap();
    url.remove(UrlPart::Host).unwrap();
    transfer.curlu(url).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::URL_MALFORMAT), "{error}");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn part_of_a_url_cannot_end_the_line() {
    needs!((7, 62, 0), "curl_url");
    let mut url = Url::new("http://host.invalid/").unwrap();
    for bad in ["/a\r\nX: y", "/a\n", "\0", "\x7f"] {
        let error = url.set(UrlPart::Path, bad).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
    let error = url.set(UrlPart::Port, "70000").unwrap_err();
    assert_eq!(error.code(), Some(Code::URL_MALFORMAT));
    assert!(error.text().is_some() || is_before((7, 80, 0)));
    assert_eq!(url.to_string(), "http://host.invalid/");
    let url = Url::new("http://me:secret@host.invalid/").unwrap();
    assert!(!format!("{url:?}").contains("secret"));
    assert_eq!(
        url.get(UrlPart::Password).unwrap().as_deref(),
        Some("secret")
    );
}

#[cfg(unix)]
#[test]
fn report_without_a_callback_goes_to_the_file() {
    use std::io::Seek;

    let server = Server::ok("");
    let mut transfer = collecting(&server.url("/path"));
    let mut file = tempfile::tempfile().unwrap();
    let hooks = transfer.hooks() - Hooks::DEBUG;
    transfer.set_hooks(hooks).unwrap();
    transfer.stderr(tempfile::tempfile().unwrap()).unwrap();
    transfer.stderr(file.try_clone().unwrap()).unwrap();
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();
    let mut report = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut report).unwrap();
    assert!(report.contains("> GET /path HTTP/1.1"), "{report}");
    let error = transfer.stderr(fs::File::open("/dev/null").unwrap());
    assert!(matches!(error, Err(Error::Option { .. })), "{error:?}");
    transfer.perform().unwrap();
    // What libcurl says while the transfer is dropped goes to the file, too.
    drop(transfer);
    let length = file.metadata().unwrap().len();
    assert!(length > report.len() as u64);
}

#[test]
fn signals_are_handled_only_where_nothing_jumps() {
    let mut transfer = Transfer::new(()).unwrap();
    let features = curlback::version().features();
    let result = transfer.signal(true);
    match features.contains(curlback::Features::ASYNCH_DNS) {
        true => result.unwrap(),
        false => assert!(matches!(result, Err(Error::Option { .. }))),
    }
    transfer.signal(false).unwrap();
}

#[test]
fn weight_is_within_its_range() {
    let mut transfer = Transfer::new(()).unwrap();
    for weight in [0, 257, u16::MAX] {
        let error = transfer.stream_weight(weight).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
    for weight in [1, 256] {
        known(transfer.stream_weight(weight));
    }
}

#[test]
#[allow(deprecated)]
fn transfer_is_never_tied_to_another() {
    let other = Transfer::new(()).unwrap();
    let mut transfer = Transfer::new(()).unwrap();
    for result in [
        transfer.stream_depends(&other),
        transfer.stream_depends_e(&other),
    ] {
        match Version::linked() < Version::new(8, 21, 0) {
            true => assert!(matches!(result, Err(Error::Option { .. })), "{result:?}"),
            false => result.unwrap(),
        }
    }
    drop(other);
    transfer.reset().unwrap();
}

#[test]
fn every_time_that_the_system_holds_is_taken() {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.time_value(SystemTime::now()).unwrap();
    transfer.time_value(UNIX_EPOCH).unwrap();
    if let Some(far) = UNIX_EPOCH.checked_add(Duration::from_secs(i64::MAX as u64)) {
        transfer.time_value(far).unwrap();
    }
}

#[test]
fn headers_are_added_to_those_that_were_set() {
    let server = Server::ok("");
    let mut transfer = transfer((), &server.url("/"));
    transfer.add_header("X-A: 1").unwrap();
    transfer.http_headers(["X-B: 2", "X-C: 3"]).unwrap();
    transfer.add_header("X-B: 4").unwrap();
    transfer.add_header("Accept:").unwrap();
    transfer.add_header(b"X-D;").unwrap();
    assert_option(
        transfer.add_header("X-E: 5\r\nX-F: 6"),
        "CURLOPT_HTTPHEADER",
    );
    let mut copy = transfer.try_clone().unwrap();
    copy.add_header("X-G: 7").unwrap();
    transfer.perform().unwrap();
    copy.perform().unwrap();
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();

    let requests = server.requests();
    let own = |request: &Request| {
        let own = request
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-"));
        own.map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(own(&requests[0]), ["x-b: 2", "x-c: 3", "x-b: 4", "x-d: "]);
    assert_eq!(requests[0].header("accept"), None);
    assert_eq!(own(&requests[1]).last().unwrap(), "x-g: 7");
    assert!(own(&requests[2]).is_empty());
}
