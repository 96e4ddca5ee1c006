//! Information about requests, cookies, authentication and times, against servers that say it.

use std::time::{Duration, UNIX_EPOCH};

use curlback::handlers::Collect;
use curlback::{Auth, Code, Error, ProxyError, TimeCondition, Transfer, Url};

use crate::options::common::{Get, get};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{skip, skip_case};

/// Returns what is there, or nothing with a word about it.
fn known<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Err(Error::Unsupported { what, .. }) => {
            skip_case!("this libcurl has no {what}");
            None
        }
        result => Some(result.unwrap()),
    }
}

fn answering(headers: &'static str) -> Server {
    Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", headers, "body");
        }
    })
}

#[test]
fn request_that_was_sent_is_known() {
    let server = answering("");
    let mut transfer = get(&server.url("/"));
    transfer.referer("http://before.invalid/").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("GET"));
    let scheme = transfer.scheme().unwrap().unwrap();
    assert!(scheme.eq_ignore_ascii_case("http"), "{scheme}");
    let referer = transfer.info().referer().unwrap();
    assert_eq!(referer, Some("http://before.invalid/"));
    assert!(!known(transfer.used_proxy()).unwrap_or(false));
    transfer.post_fields(*b"a").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("POST"));
    if let Some(size) = known(transfer.size_delivered()) {
        assert_eq!(size, 4);
    }
    #[allow(deprecated)]
    let protocol = transfer.info().protocol().unwrap();
    assert_eq!(protocol, curlback::Protocols::HTTP);
}

#[test]
fn date_of_the_document_is_a_time() {
    let server = answering("Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\nRetry-After: 120\r\n");
    let mut transfer = get(&server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.filetime().unwrap(), None);
    assert_eq!(
        transfer.retry_after().unwrap(),
        Some(Duration::from_secs(120))
    );
    transfer.fetch_filetime(true).unwrap();
    transfer.perform().unwrap();
    let new_year = UNIX_EPOCH + Duration::from_secs(946_684_800);
    assert_eq!(transfer.filetime().unwrap(), Some(new_year));
    assert!(!transfer.time_condition_unmet().unwrap());
    transfer
        .time_condition(TimeCondition::IfModifiedSince)
        .unwrap();
    transfer.time_value(new_year).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.time_condition_unmet().unwrap());

    let server = answering("Last-Modified: Wed, 31 Dec 1969 23:59:00 GMT\r\n");
    transfer.url(&server.url("/")).unwrap();
    transfer.time_condition(TimeCondition::None).unwrap();
    transfer.perform().unwrap();
    let before = transfer.filetime().unwrap();
    // Some releases take no date before 1970.
    assert!(before.is_none_or(|time| time == UNIX_EPOCH - Duration::from_secs(60)));
    assert_eq!(transfer.retry_after().unwrap(), None);
}

#[test]
fn cookies_are_lines_that_another_transfer_takes() {
    let server = answering("Set-Cookie: a=1\r\nSet-Cookie: b=2; Secure\r\n");
    let mut transfer = get(&server.url("/"));
    assert_eq!(transfer.cookies().unwrap(), [b""; 0]);
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    let cookies = transfer.cookies().unwrap();
    assert!(
        cookies.iter().any(|line| line.ends_with(b"\ta\t1")),
        "{cookies:?}"
    );

    let other = Server::ok("");
    let mut next = get(&other.url("/"));
    for cookie in &cookies {
        next.cookie_list(cookie).unwrap();
    }
    next.perform().unwrap();
    let sent = &other.requests()[0];
    assert!(sent.header("cookie").unwrap().contains("a=1"));
    drop(transfer);
    assert!(!cookies.is_empty());
}

#[test]
fn cookie_that_is_not_utf8_hides_no_other() {
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.send(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: \xFF=\xFE\r\n");
            conn.send(b"Content-Length: 0\r\n\r\n");
        }
    });
    let mut transfer = get(&server.url("/"));
    transfer.cookie_file("").unwrap();
    transfer.perform().unwrap();
    let cookies = transfer.cookies().unwrap();
    for end in [&b"\ta\t1"[..], b"\t\xFF\t\xFE"] {
        assert!(cookies.iter().any(|line| line.ends_with(end)), "{end:?}");
    }

    let mut next = get(&server.url("/"));
    for cookie in &cookies {
        next.cookie_list(cookie).unwrap();
    }
    assert_eq!(next.cookies().unwrap(), cookies);
}

#[test]
fn method_of_authentication_that_was_used_is_known() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.header("authorization") {
                Some(_) => conn.reply("200 OK", "", ""),
                None => conn.reply("401 Who?", "WWW-Authenticate: Basic realm=\"a\"\r\n", ""),
            }
        }
    });
    let mut transfer = get(&server.url("/"));
    transfer.userpwd("me:secret").unwrap();
    transfer.http_auth(Auth::BASIC | Auth::DIGEST).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 200);
    if let Some(used) = known(transfer.http_auth_used()) {
        assert_eq!(used, Auth::BASIC);
    }
    if let Some(used) = known(transfer.proxy_auth_used()) {
        assert_eq!(used, Auth::empty());
    }
    assert_eq!(transfer.proxy_auth_avail().unwrap(), Auth::empty());
}

#[test]
fn connection_and_transfer_have_numbers() {
    let server = Server::ok("");
    let mut transfer = get(&server.url("/"));
    let Some(before) = known(transfer.conn_id()) else {
        return skip!("the linked libcurl does not number connections");
    };
    assert_eq!(before, None);
    transfer.perform().unwrap();
    let first = transfer.conn_id().unwrap().unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.conn_id().unwrap(), Some(first));
    transfer.fresh_connect(true).unwrap();
    transfer.perform().unwrap();
    assert_ne!(transfer.conn_id().unwrap(), Some(first));
    assert!(transfer.xfer_id().unwrap().is_some());
}

#[test]
fn socks_proxy_that_refuses_says_why() {
    let proxy = Server::new(|conn| {
        // No authentication; then: the host is out of reach.
        conn.send(b"\x05\x00\x05\x04\x00\x01\0\0\0\0\0\0");
        conn.drain();
    });
    let mut transfer = get("http://127.0.0.1:1/");
    transfer.noproxy("").unwrap();
    let url = proxy.url("").replace("http:", "socks5:");
    transfer.proxy(&url).unwrap();
    assert_eq!(transfer.proxy_error().unwrap(), ProxyError::OK);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::PROXY), "{error}");
    let why = transfer.proxy_error().unwrap();
    assert_eq!(why, ProxyError::REPLY_HOST_UNREACHABLE);
    assert_eq!(format!("{why:?}"), "CURLPX_REPLY_HOST_UNREACHABLE");
}

#[test]
#[allow(deprecated)]
fn inexact_information_is_near_the_exact() {
    let server = Server::ok("body");
    let mut transfer = get(&server.url("/"));
    transfer.perform().unwrap();
    let info = transfer.info();
    let near = |inexact: Result<f64, Error>, exact: f64| {
        let inexact = inexact.unwrap();
        assert!((inexact - exact).abs() < 1e-5, "{inexact} {exact}");
    };
    let seconds = |time: Result<Duration, Error>| time.unwrap().as_secs_f64();
    near(info.total_time_f64(), seconds(info.total_time()));
    near(info.namelookup_time_f64(), seconds(info.namelookup_time()));
    near(info.connect_time_f64(), seconds(info.connect_time()));
    near(info.appconnect_time_f64(), seconds(info.appconnect_time()));
    near(
        info.pretransfer_time_f64(),
        seconds(info.pretransfer_time()),
    );
    near(
        info.starttransfer_time_f64(),
        seconds(info.starttransfer_time()),
    );
    near(info.redirect_time_f64(), seconds(info.redirect_time()));
    near(info.download_size_f64(), 4.0);
    near(info.upload_size_f64(), 0.0);
    near(info.content_length_download_f64(), 4.0);
    let length = info.content_length_upload().unwrap();
    near(
        info.content_length_upload_f64(),
        length.map_or(-1.0, |length| length as f64),
    );
    assert!(info.download_speed_f64().unwrap() >= 0.0);
    assert!(info.upload_speed_f64().unwrap() >= 0.0);
    if let Some(sent) = known(info.posttransfer_time()) {
        assert!(sent <= info.total_time().unwrap());
    }
}

#[test]
fn folder_in_which_an_ftp_session_began_is_known() {
    if !crate::support::built_in::ftp() {
        return;
    }
    let server = FtpServer::new("file", "contents");
    let mut transfer = get(&server.url("file"));
    if known(transfer.ftp_entry_path()).is_none() {
        return skip!("the linked libcurl does not keep the directory of FTP safely");
    }
    transfer.perform().unwrap();
    assert_eq!(transfer.ftp_entry_path().unwrap(), Some("/"));
    // The connection goes, and the folder with it or not; it is never read from there.
    let other = Server::ok("");
    transfer.max_connects(1).unwrap();
    transfer.url(&other.url("/")).unwrap();
    transfer.perform().unwrap();
    let path = transfer.ftp_entry_path().unwrap();
    assert!(path.is_none_or(|path| path == "/"), "{path:?}");
}

#[test]
fn information_outlives_the_options_that_it_came_from() {
    let server = Server::ok("");
    let mut transfer: Get = Transfer::new(Collect::new()).unwrap();
    transfer
        .curlu(Url::new(&server.url("/a")).unwrap())
        .unwrap();
    transfer.custom_request("LIST").unwrap();
    transfer.referer("http://before.invalid/").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("LIST"));
    transfer.reset().unwrap();
    let text = |text: Option<&str>| text.map(str::to_owned);
    let (url, referer) = (transfer.effective_url(), transfer.info().referer());
    let (url, referer) = (text(url.unwrap()), text(referer.unwrap()));
    assert!(url.is_none_or(|url| url.is_empty() || url == server.url("/a")));
    assert!(referer.is_none_or(|r| r.is_empty() || r == "http://before.invalid/"));
    assert_eq!(transfer.effective_method().unwrap(), Some("GET"));
}

#[test]
fn linked_libcurl_says_what_it_is_built_with() {
    use curlback::{Features, Version};

    let libcurl = curlback::version();
    assert_eq!(libcurl.number(), Version::linked());
    assert!(libcurl.text().starts_with(&libcurl.number().to_string()));
    assert!(!libcurl.host().is_empty());
    assert!(libcurl.has_protocol("HTTP") && !libcurl.has_protocol("nonsense"));
    let old = curl::Version::get();
    let protocols: Vec<_> = old.protocols().collect();
    assert_eq!(libcurl.protocols().collect::<Vec<_>>(), protocols);
    assert_eq!(libcurl.ssl(), old.ssl_version());
    assert_eq!(libcurl.libz(), old.libz_version());
    assert_eq!(libcurl.libssh(), old.libssh_version());
    assert_eq!(libcurl.nghttp2(), old.nghttp2_version());
    assert_eq!(libcurl.cainfo(), old.cainfo());
    let features = libcurl.features();
    assert_eq!(features.contains(Features::IPV6), old.feature_ipv6());
    assert_eq!(features.contains(Features::HTTP2), old.feature_http2());
    assert_eq!(
        features.contains(Features::ASYNCH_DNS),
        old.feature_async_dns()
    );
    assert_eq!(libcurl.has_feature("ipv6"), old.feature_ipv6());
    assert_eq!(libcurl.has_feature("AsynchDNS"), old.feature_async_dns());
    assert_eq!(libcurl.has_feature("libz"), old.feature_libz());
    assert!(libcurl.feature_names().count() > 3);
}
