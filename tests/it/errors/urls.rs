//! The URL and error number in errors, and their conversion into `io::Error`.

use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::time::Duration;

use curlback::multi::Multi;
use curlback::{Callback, Callbacks, Code, Error, ReadBuf, ReadResult, Transfer, WriteResult};

use crate::support::server::Server;

/// An error number that exists on every system.
const EACCES: i32 = 13;

/// Fails, aborts or goes on.
struct Writes(fn() -> WriteResult);

impl Callbacks for Writes {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        self.0()
    }
}

fn transfer(url: &str, write: fn() -> WriteResult) -> Transfer<Writes> {
    let mut transfer = Transfer::new(Writes(write)).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

fn failure(url: &str, write: fn() -> WriteResult) -> Error {
    transfer(url, write).perform().unwrap_err()
}

/// A URL of this server with everything that may be secret.
fn with_secrets(server: &Server) -> String {
    let url = server.url("/path?token=secret#secret");
    url.replace("http://", "http://user:secret@")
}

/// Returns the address of a port at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Asserts that an error names this URL, and no secret anywhere.
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

    let nobody = nobody();
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
        assert_eq!(error.url(), None, "{error:?}");
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

#[test]
fn kind_of_an_error_of_input_and_output_is_that_of_the_failure() {
    let kind = |error: Error| {
        let shown = error.to_string();
        let error = io::Error::from(error);
        let inner = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>());
        assert_eq!(inner.map(ToString::to_string), Some(shown));
        error.kind()
    };
    let goes_on = || WriteResult::Continue;

    let refused = failure(&format!("http://{}/", nobody()), goes_on);
    assert_eq!(refused.code(), Some(Code::COULDNT_CONNECT));
    let own = refused.raw_os_error().map(io::Error::from_raw_os_error);
    assert_eq!(
        own.map(|own| own.kind()),
        Some(ErrorKind::ConnectionRefused)
    );
    assert_eq!(kind(refused), ErrorKind::ConnectionRefused);

    let server = Server::new(|conn| {
        let Some(request) = conn.request() else {
            return;
        };
        match request.line.as_str() {
            "GET /silent HTTP/1.1" => conn.drain(),
            "GET /cut HTTP/1.1" => conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"),
            "GET /reset HTTP/1.1" => {
                conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
                conn.reset();
            }
            _ => conn.reply("200 OK", "", "body"),
        }
    });
    let mut silent = transfer(&server.url("/silent"), goes_on);
    silent.timeout(Duration::from_millis(50)).unwrap();
    assert_eq!(kind(silent.perform().unwrap_err()), ErrorKind::TimedOut);
    let cut = failure(&server.url("/cut"), goes_on);
    assert_eq!(kind(cut), ErrorKind::UnexpectedEof);
    let reset = failure(&server.url("/reset"), goes_on);
    assert_eq!(kind(reset), ErrorKind::ConnectionReset);
    let missing = failure("file:///no/such/file", goes_on);
    assert_eq!(kind(missing), ErrorKind::NotFound);
    let unknown = failure("unheard-of://host/", goes_on);
    assert_eq!(kind(unknown), ErrorKind::Unsupported);

    let mut cancelled = transfer(&server.url("/silent"), goes_on);
    assert!(cancelled.remote().cancel());
    let cancelled = cancelled.perform().unwrap_err();
    assert_eq!(kind(cancelled), ErrorKind::ConnectionAborted);
    let aborted = failure(&server.url("/"), || WriteResult::Abort);
    assert_eq!(kind(aborted), ErrorKind::ConnectionAborted);
    let option = Transfer::new(()).unwrap().url("a\0b").unwrap_err();
    assert_eq!(kind(option), ErrorKind::InvalidInput);
}

#[test]
fn own_error_of_input_and_output_comes_back_as_it_was() {
    let server = Server::ok("body");
    let own = failure(&server.url("/"), || {
        WriteResult::Fail(io::Error::from_raw_os_error(EACCES).into())
    });
    assert_eq!(own.callback(), Some(Callback::Write));
    let own = io::Error::from(own);
    assert_eq!(own.raw_os_error(), Some(EACCES));
    assert!(own.get_ref().is_none());

    // Even `Interrupted`, after which callers of readers try again.
    let own = failure(&server.url("/"), || {
        WriteResult::Fail(io::Error::new(ErrorKind::Interrupted, "own").into())
    });
    let own = io::Error::from(own);
    assert_eq!(
        (own.kind(), own.to_string()),
        (ErrorKind::Interrupted, "own".to_owned())
    );

    /// Reads through another transfer.
    struct Nested(String);

    impl Callbacks for Nested {
        fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
            ReadResult::Fail(failure(&self.0, || WriteResult::Continue).into())
        }
    }

    let nested = Nested(format!("http://{}/", nobody()));
    let mut transfer = Transfer::new(nested).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    let error = io::Error::from(transfer.perform().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn error_of_adding_converts_with_a_question_mark() {
    fn add(multi: &mut Multi<()>) -> io::Result<()> {
        multi.add(refused())?;
        Ok(())
    }

    fn add_here(multi: &mut Multi<()>) -> Result<(), Error> {
        multi.add(refused())?;
        Ok(())
    }

    /// A transfer that cannot be performed.
    fn refused() -> Transfer<()> {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.in_filesize(1).unwrap();
        transfer
    }

    let mut multi = Multi::new().unwrap();
    let error = add_here(&mut multi).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    let error = add(&mut multi).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.get_ref().unwrap().is::<Error>());
}
