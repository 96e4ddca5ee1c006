//! The URLs in errors, without their secrets.

use curlback::multi::Multi;
use curlback::{Callbacks, Code, Error, Transfer, WriteResult};

use crate::support::ports::deaf_port;
use crate::support::server::Server;

/// Answers `write` with what its function returns.
pub(crate) struct Writes(fn() -> WriteResult);

impl Callbacks for Writes {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.0()
    }
}

pub(crate) fn transfer(url: &str, write: fn() -> WriteResult) -> Transfer<Writes> {
    let mut transfer = Transfer::new(Writes(write)).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

pub(crate) fn failure(url: &str, write: fn() -> WriteResult) -> Error {
    transfer(url, write).perform().unwrap_err()
}

/// Returns a URL of this server with a user, a password, a query and a fragment.
fn with_secrets(server: &Server) -> String {
    let url = server.url("/path?token=secret#secret");
    url.replace("http://", "http://user:secret@")
}

/// Asserts that an error names this URL, and shows no secret.
fn assert_names(error: &Error, url: &str) {
    assert_eq!(error.url(), Some(url), "{error:?}");
    for text in [error.to_string(), format!("{error:#}")] {
        assert!(text.contains(&format!(" ({url})")), "{text}");
    }
    for text in [
        error.to_string(),
        format!("{error:#}"),
        format!("{error:?}"),
    ] {
        assert!(!text.contains("secret"), "{text}");
        assert!(!text.contains("user"), "{text}");
    }
}

#[test]
fn errors_name_the_url_without_its_secrets() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.as_str() {
                "GET /away HTTP/1.1" => {
                    let to = "Location: /path?token=secret#secret\r\n";
                    conn.reply("302 Found", to, "");
                }
                _ => conn.reply("404 None", "", "body"),
            }
        }
    });
    let expected = server.url("/path");
    let url = with_secrets(&server);
    let own = || WriteResult::Fail("own".into());
    let goes_on = || WriteResult::Continue;

    assert_names(&failure(&url, own), &expected);
    assert!(format!("{:#}", failure(&url, own)).ends_with(": own"));
    assert_names(&failure(&url, || WriteResult::Abort), &expected);

    let mut refused = transfer(&url, goes_on);
    refused.fail_on_error(true).unwrap();
    assert_names(&refused.perform().unwrap_err(), &expected);
    let shown = format!("{refused:?}", refused = refused.info());
    assert!(
        !shown.contains("secret") && shown.contains(&expected),
        "{shown}"
    );

    refused.url(&server.url("/away")).unwrap();
    refused.follow_location(true).unwrap();
    assert_names(&refused.perform().unwrap_err(), &expected);

    let mut multi = Multi::new().unwrap();
    multi.add(transfer(&url, own)).unwrap();
    let mut seen = 0;
    let ended = multi.run(|_, _, _, result| {
        assert_names(&result.unwrap_err(), &expected);
        seen += 1;
        Ok(())
    });
    ended.unwrap();
    assert_eq!(seen, 1);

    let (_socket, port) = deaf_port();
    let nobody = format!("127.0.0.1:{port}");
    let url = format!("http://user:secret@{nobody}/?secret");
    assert_names(&failure(&url, goes_on), &format!("http://{nobody}/"));
}

#[test]
fn url_that_libcurl_does_not_understand_is_not_shown() {
    for url in [
        "http://user:se cret@host/",
        "http://user:secret@/",
        "http://user:secret@ho st",
    ] {
        let mut transfer = Transfer::new(()).unwrap();
        if transfer.url(url).is_err() {
            continue;
        }
        let error = transfer.perform().unwrap_err();
        // Some releases accept a space in a URL.
        if error.code() != Some(Code::COULDNT_RESOLVE_HOST) {
            assert_eq!(error.url(), None, "{error:?}");
        }
        assert!(!format!("{error:?} {error}").contains("cret"), "{error:?}");
    }
}

#[test]
fn credentials_of_a_proxy_are_not_shown() {
    let long = format!("unheard-of://user:{}@host", "secret".repeat(60));
    for proxy in ["unheard-of://user:se'c ret@secret@host:1", &long] {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url("http://host.invalid/").unwrap();
        let set = transfer.proxy(proxy).and_then(|()| transfer.noproxy(""));
        let error = match set {
            Ok(()) => transfer.perform().unwrap_err(),
            Err(error) => error,
        };
        for shown in [format!("{error:?}"), error.to_string()] {
            assert!(
                !shown.contains("cret") && !shown.contains("user"),
                "{shown}"
            );
        }
    }
}
