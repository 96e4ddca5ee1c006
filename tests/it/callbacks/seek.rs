//! `seek`, and the deprecated `ioctl`, which the default `seek` calls.

use std::error::Error as _;
use std::io::{self, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use curlback::{
    Callback, Callbacks, Code, Error, Hooks, IoctlCommand, IoctlResult, ReadBuf, ReadResult,
    SeekResult, Transfer, callbacks,
};

use crate::support::breaks::{cannot_rewind, code, loses_code_of_rewind, redirecting};
use crate::support::server::Server;
use crate::support::skip::skip_case;

/// What [`Source`] answers to a `seek`.
type Answer = fn() -> SeekResult;

/// Sends [`BODY`]. `seek` returns what `answer` returns, and moves to the offset if that is `Done`.
struct Source {
    at: usize,
    answer: Answer,
    seeks: Vec<SeekFrom>,
    reads: usize,
}

const BODY: &[u8] = b"0123456789";

impl Callbacks for Source {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.reads += 1;
        self.at += buffer.append(&BODY[self.at..]);
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.seeks.push(to);
        let answer = (self.answer)();
        if let (SeekResult::Done, SeekFrom::Start(offset)) = (&answer, to) {
            self.at = usize::try_from(offset).unwrap();
        }
        answer
    }
}

fn upload<H: Callbacks>(server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(BODY.len() as u64).unwrap();
    transfer.follow_location(true).unwrap();
    transfer
}

fn source(server: &Server, answer: Answer) -> Transfer<Source> {
    let handler = Source {
        at: 0,
        answer,
        seeks: Vec::new(),
        reads: 0,
    };
    upload(server, handler)
}

fn not_here() -> SeekResult {
    SeekResult::Fail(io::Error::from(io::ErrorKind::NotSeekable).into())
}

fn is_not_seekable(error: &Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.map(io::Error::kind) == Some(io::ErrorKind::NotSeekable)
}

#[test]
fn done_rewinds_the_body() {
    let server = redirecting();
    let mut transfer = source(&server, || SeekResult::Done);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().seeks, [SeekFrom::Start(0)]);
    let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [BODY, BODY]);
}

#[test]
fn cant_seek_fails_a_rewind_in_libcurls_words() {
    let server = redirecting();
    let mut transfer = source(&server, || SeekResult::CantSeek);
    let error = transfer.perform().unwrap_err();
    assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
    assert_eq!(error.code(), Some(cannot_rewind()));
    assert_eq!(error.callback(), None);
    assert!(error.text().is_some(), "{error:?}");
    assert_eq!(transfer.handler().seeks[0], SeekFrom::Start(0));
    assert!(transfer.handler().seeks.len() == 1 || loses_code_of_rewind());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn abort_and_fail_stop_a_rewind() {
    let server = redirecting();
    let error = source(&server, || SeekResult::Abort).perform().unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
    assert_eq!(error.callback(), Some(Callback::Seek));
    assert_eq!(error.code(), Some(code(Callback::Seek)));

    let error = source(&server, not_here).perform().unwrap_err();
    assert!(is_not_seekable(&error), "{error:?}");
    assert_eq!(error.callback(), Some(Callback::Seek));
    assert_eq!(error.code(), Some(code(Callback::Seek)));
}

#[test]
fn done_starts_a_resumed_upload_at_its_offset() {
    let server = Server::ok("");
    let mut transfer = source(&server, || SeekResult::Done);
    transfer.resume_from(4).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().seeks, [SeekFrom::Start(4)]);
    assert_eq!(server.requests()[0].body, b"456789");
}

#[test]
fn cant_seek_makes_a_resumed_upload_read_past_its_offset() {
    let server = Server::ok("");
    let mut transfer = source(&server, || SeekResult::CantSeek);
    transfer.resume_from(4).unwrap();
    // libcurl reads the first four bytes, which it skips, in pieces of any size. The server gets
    // only the rest.
    transfer.handler_mut().at = 0;
    let _ = transfer.perform();
    assert_eq!(transfer.handler().seeks, [SeekFrom::Start(4)]);
    assert!(transfer.handler().reads > 1);
    let body = &server.requests()[0].body;
    assert_eq!(body, b"456789");
}

/// What is undone at the end of such a transfer must not take its failure or libcurl's message.
#[test]
fn failure_of_a_resumed_upload_without_seek_is_its_result() {
    struct Source(fn() -> ReadResult);

    #[callbacks]
    impl Callbacks for Source {
        fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
            (self.0)()
        }
    }

    let server = Server::ok("");
    let resumed = |answer: fn() -> ReadResult| {
        let mut transfer = upload(&server, Source(answer));
        transfer.resume_from(4).unwrap();
        transfer
    };
    let error = resumed(|| ReadResult::Fail("own".into()))
        .perform()
        .unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Read), "{error:?}");
    let error = resumed(|| ReadResult::Abort).perform().unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
    let mut panics = resumed(|| panic!("own"));
    let remote = panics.remote();
    assert!(catch_unwind(AssertUnwindSafe(|| panics.perform())).is_err());
    assert!(remote.is_finished() && !remote.cancel());
}

#[test]
fn abort_and_fail_stop_a_resumed_upload() {
    let server = Server::ok("");
    let answers: [Answer; 2] = [|| SeekResult::Abort, not_here];
    for (answer, fails) in answers.into_iter().zip([false, true]) {
        let mut transfer = source(&server, answer);
        transfer.resume_from(4).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Seek));
        assert_eq!(error.code(), Some(Code::READ_ERROR));
        assert_eq!(is_not_seekable(&error), fails, "{error:?}");
        assert_eq!(transfer.handler().reads, 0);
    }
    assert!(server.requests().is_empty());
}

/// Implements `ioctl` and not `seek`, as a handler does that is older than `seek`.
struct Old {
    at: usize,
    answer: fn() -> IoctlResult,
    commands: Vec<IoctlCommand>,
}

impl Callbacks for Old {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.at += buffer.append(&BODY[self.at..]);
        ReadResult::Continue
    }

    fn ioctl(&mut self, command: IoctlCommand) -> IoctlResult {
        self.commands.push(command);
        self.at = 0;
        (self.answer)()
    }
}

/// The hooks through which libcurl reaches `ioctl`: that of `seek`, whose default calls `ioctl`, and that of
/// `ioctl`.
const WAYS: [Hooks; 2] = [Hooks::SEEK, Hooks::IOCTL];

fn old(server: &Server, way: Hooks, answer: fn() -> IoctlResult) -> Transfer<Old> {
    let handler = Old {
        at: 0,
        answer,
        commands: Vec::new(),
    };
    let mut transfer = upload(server, handler);
    transfer
        .set_hooks((transfer.hooks() - Hooks::SEEK) | way)
        .unwrap();
    transfer
}

#[test]
fn ioctl_rewinds_the_body() {
    for way in WAYS {
        let server = redirecting();
        let mut transfer = old(&server, way, || IoctlResult::Done);
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().commands, [IoctlCommand::RestartRead]);
        let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
        assert_eq!(bodies, [BODY, BODY]);
    }
}

#[test]
fn unknown_command_fails_a_rewind_in_libcurls_words() {
    let server = redirecting();
    for way in WAYS {
        if way == Hooks::IOCTL && loses_code_of_rewind() {
            skip_case!("this libcurl sends the body again without asking");
            continue;
        }
        let mut transfer = old(&server, way, || IoctlResult::UnknownCommand);
        let error = transfer.perform().unwrap_err();
        assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
        assert_eq!(error.code(), Some(cannot_rewind()));
        let commands = &transfer.handler().commands;
        assert_eq!(commands[0], IoctlCommand::RestartRead);
        assert!(commands.len() == 1 || loses_code_of_rewind());
    }
}

#[test]
fn result_of_rewinding_a_reader_converts() {
    let server = redirecting();
    for way in WAYS {
        let mut transfer = old(&server, way, || {
            io::Seek::rewind(&mut io::Cursor::new([])).into()
        });
        transfer.perform().unwrap();

        let mut transfer = old(&server, way, || {
            Err::<(), _>(io::Error::from(io::ErrorKind::NotSeekable)).into()
        });
        let error = transfer.perform().unwrap_err();
        assert!(is_not_seekable(&error), "{error:?}");
        assert_eq!(error.callback(), Some(Callback::Ioctl));
    }
}

#[test]
fn seek_hides_ioctl() {
    struct Both(Vec<&'static str>);

    impl Callbacks for Both {
        fn hooks(&self) -> Hooks {
            Hooks::default() | Hooks::IOCTL | Hooks::PROGRESS
        }

        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            buffer.append(BODY);
            ReadResult::Continue
        }

        fn seek(&mut self, _: SeekFrom) -> SeekResult {
            self.0.push("seek");
            SeekResult::Done
        }

        fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
            self.0.push("ioctl");
            IoctlResult::Done
        }
    }

    let server = redirecting();
    let mut transfer = upload(&server, Both(Vec::new()));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0, ["seek"]);
}

#[test]
fn ioctl_is_not_asked_to_resume() {
    let server = Server::ok("");
    let mut transfer = old(&server, Hooks::SEEK, || IoctlResult::Done);
    transfer.resume_from(4).unwrap();
    let _ = transfer.perform();
    assert!(transfer.handler().commands.is_empty());
    assert_eq!(server.requests()[0].body, b"456789");
}

#[test]
fn neither_of_them_fails_a_rewind() {
    let server = redirecting();
    let mut transfer = source(&server, || SeekResult::Done);
    transfer.set_hooks(transfer.hooks() - Hooks::SEEK).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(cannot_rewind()));
    assert!(transfer.handler().seeks.is_empty());

    transfer.set_hooks(transfer.hooks() | Hooks::SEEK).unwrap();
    transfer.handler_mut().at = 0;
    transfer.perform().unwrap();
    // Some releases also rewind before the first request.
    let seeks = &transfer.handler().seeks;
    assert!(!seeks.is_empty());
    assert!(
        seeks.iter().all(|to| *to == SeekFrom::Start(0)),
        "{seeks:?}"
    );
}
