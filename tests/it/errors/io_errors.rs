//! The error numbers of the system in errors, and the conversion of errors into `std::io::Error`.

use std::io::{self, ErrorKind};
use std::time::Duration;

use anyhow::Context;
use curlback::handlers::Closures;
use curlback::multi::Multi;
use curlback::{Callback, Callbacks, Code, Error, ReadBuf, ReadResult, Transfer, WriteResult};

use crate::errors::urls::{failure, transfer};
use crate::support::breaks::Own;
use crate::support::ports::deaf_port;
use crate::support::server::Server;

/// An error number that exists on every system.
const EACCES: i32 = 13;

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

    let (_socket, port) = deaf_port();
    let refused = failure(&format!("http://127.0.0.1:{port}/"), goes_on);
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
fn error_number_of_an_earlier_failure_is_not_in_the_next_error() {
    let (_socket, port) = deaf_port();
    let refused = format!("http://127.0.0.1:{port}/");
    let mut transfer = transfer(&refused, || WriteResult::Continue);
    assert!(transfer.perform().unwrap_err().raw_os_error().is_some());
    transfer.url("unheard-of://host/").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::UNSUPPORTED_PROTOCOL));
    assert_eq!(error.raw_os_error(), None);
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

    // Even the kind `Interrupted` stays, although callers of a reader try again after it.
    let own = failure(&server.url("/"), || {
        WriteResult::Fail(io::Error::new(ErrorKind::Interrupted, "own").into())
    });
    let own = io::Error::from(own);
    assert_eq!(
        (own.kind(), own.to_string()),
        (ErrorKind::Interrupted, "own".to_owned())
    );

    /// Performs another transfer in `read`, and fails with its error.
    struct Nested(String);

    impl Callbacks for Nested {
        fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
            ReadResult::Fail(failure(&self.0, || WriteResult::Continue).into())
        }
    }

    let (_socket, port) = deaf_port();
    let nested = Nested(format!("http://127.0.0.1:{port}/"));
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

    /// Returns a transfer that cannot be added: a size is announced for a body that is never sent.
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

#[test]
fn type_of_an_error_survives_anyhow() {
    fn fails(context: bool) -> anyhow::Result<()> {
        let result = Err(Own(Callback::Write));
        match context {
            true => result.context("the disk is full"),
            false => Ok(result?),
        }
    }
    let server = Server::ok("body");
    for context in [true, false] {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        let closures = Closures::new().write(|_| match fails(context) {
            Ok(()) => WriteResult::Continue,
            Err(error) => {
                WriteResult::Fail(error.reallocate_into_boxed_dyn_error_without_backtrace())
            }
        });
        let error = transfer.perform_with(closures).unwrap_err();
        assert_eq!(
            error.downcast_ref(),
            Some(&Own(Callback::Write)),
            "{context}"
        );
        assert_eq!(format!("{error:#}").contains("the disk is full"), context);
    }
}
