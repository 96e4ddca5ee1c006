//! Parts that are written while their transfer runs, or copied from asynchronous readers.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Write};
use std::net::TcpListener;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use curlback::{
    Agent, Callback, Code, Direction, Error, HttpVersion, Mime, Multi, Part, PartWriter, Transfer,
};
use futures_lite::future::{block_on, zip};

use crate::support::h2_server::H2Server;
use crate::support::multipart::received;
use crate::support::part_pipes::{
    LEN, Own, Reader, assert_arrived, cause, ends, fails, form, one, waits, ways,
};
use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;
use crate::support::servers::{redirecting_server, silent};

#[test]
fn part_that_another_thread_writes_arrives() {
    for limit in [1000, 256 << 10] {
        for (way, is_encoded) in ways() {
            let server = Server::ok("");
            let (part, mut writer) = Part::pipe_with_limit(limit);
            let mut transfer = one(&server, way(part));
            let thread = thread::spawn(move || {
                for part in pattern(LEN).chunks(33_333) {
                    writer.write_all(part).unwrap();
                }
                writer.flush().unwrap();
                writer.finish();
            });
            transfer.perform().unwrap();
            thread.join().unwrap();
            assert_arrived(&server, is_encoded);
        }
    }
}

#[test]
fn asynchronous_reader_is_copied_in_the_task_of_the_caller() {
    let agent = Agent::new().unwrap();
    for (way, is_encoded) in ways() {
        let server = Server::ok("");
        let (part, writer) = Part::pipe();
        let started = agent.start(one(&server, way(part)));
        let copies = writer.copy_from(Reader::new(LEN, ends));
        let (copied, (_, result)) = block_on(zip(copies, started));
        result.unwrap();
        assert_eq!(copied.unwrap(), LEN as u64);
        assert_arrived(&server, is_encoded);
    }
}

#[test]
fn part_arrives_over_http_2() {
    let agent = Agent::new().unwrap();
    for (way, is_encoded) in ways() {
        let server = Server::ok("");
        let Some(front) = H2Server::before(&server) else {
            return;
        };
        let (part, writer) = Part::pipe_with_limit(10_000);
        let mut transfer = one(&server, way(part));
        transfer.url(&front.url("")).unwrap();
        let version = HttpVersion::V2PriorKnowledge;
        transfer.http_version(version).unwrap();
        let started = agent.start(transfer);
        let copies = writer.copy_from(Reader::new(LEN, ends));
        let (copied, (transfer, result)) = block_on(zip(copies, started));
        result.unwrap();
        assert_eq!(copied.unwrap(), LEN as u64);
        assert_eq!(transfer.info().http_version().unwrap(), HttpVersion::V2);
        assert_arrived(&server, is_encoded);
    }
}

/// Only the threads of tokio's runtime read the file. The `Multi` is driven in the same task as the
/// copy.
#[test]
fn file_of_tokio_is_copied_beside_the_driver() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&pattern(LEN)).unwrap();
    let server = Server::ok("");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (part, writer) = Part::pipe();
        let mut multi = Multi::new().unwrap();
        multi.add(one(&server, part)).unwrap();
        let file = tokio::fs::File::open(file.path()).await.unwrap();
        let (copied, result) = tokio::join!(
            writer.copy_from_tokio(file),
            multi.run_async(|_, _, _, result| result)
        );
        result.unwrap();
        assert_eq!(copied.unwrap(), LEN as u64);
    });
    assert_arrived(&server, false);
}

#[test]
fn traits_of_both_crates_write_and_end_a_part() {
    let agent = Agent::new().unwrap();
    let server = Server::ok("");
    let (part, writer) = Part::pipe();
    let started = agent.start(one(&server, part));
    block_on(async {
        use futures_lite::AsyncWriteExt as _;
        let mut writer = pin!(writer);
        writer.as_mut().write_all(&pattern(LEN)).await.unwrap();
        writer.as_mut().flush().await.unwrap();
        writer.close().await.unwrap();
    });
    started.wait().1.unwrap();
    assert_arrived(&server, false);

    let (part, writer) = Part::pipe();
    let started = agent.start(one(&server, part));
    block_on(async {
        use tokio::io::AsyncWriteExt as _;
        let mut writer = pin!(writer);
        writer.as_mut().write_all(&pattern(LEN)).await.unwrap();
        writer.shutdown().await.unwrap();
        assert!(writer.as_mut().write_all(b"more").await.is_err());
    });
    started.wait().1.unwrap();
    assert_arrived(&server, false);
}

#[test]
fn no_more_is_read_than_there_is_room_for() {
    let (part, writer) = Part::pipe_with_limit(100_000);
    let mut reader = Reader::new(10_000_000, ends);
    let mut copies = Box::pin(writer.copy_from(&mut reader));
    let mut cx = Context::from_waker(Waker::noop());
    // Nothing takes the bytes out of the pipe.
    for _ in 0..3 {
        assert!(copies.as_mut().poll(&mut cx).is_pending());
    }
    drop(part);
    let Poll::Ready(Err(error)) = copies.as_mut().poll(&mut cx) else {
        panic!("nobody can take it any more");
    };
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    drop(copies);
    assert!(reader.read <= 100_000 + (64 << 10), "{}", reader.read);
}

#[test]
fn error_of_a_reader_is_that_of_the_transfer() {
    let agent = Agent::new().unwrap();
    for (way, _) in ways() {
        let server = Server::ok("");
        let (part, writer) = Part::pipe();
        let started = agent.start(one(&server, way(part)));
        let copies = writer.copy_from(Reader::new(LEN / 2, fails));
        let (copied, (_, result)) = block_on(zip(copies, started));
        let error = result.unwrap_err();
        let own = cause(&error, Callback::MimeRead);
        assert_eq!(own.kind(), ErrorKind::NotConnected);
        assert_eq!(own.get_ref().unwrap().downcast_ref(), Some(&Own));
        let copied = copied.unwrap_err();
        assert_eq!(copied.kind(), ErrorKind::NotConnected);
        assert_eq!(copied.to_string(), "its own");
        assert!(server.requests().is_empty());
    }
}

/// When a writer is given up.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    BeforeTheTransfer,
    Meanwhile,
    /// The server takes nothing more, so libcurl asks for no bytes.
    Stalled,
}

/// Asserts that a transfer fails if its writer is given up by `gives_up`, at each of these times.
#[track_caller]
fn fails_if(gives_up: impl Fn(PartWriter), kind: ErrorKind) {
    let agent = Agent::new().unwrap();
    let server = Server::ok("");
    let stalled = TcpListener::bind("127.0.0.1:0").unwrap();
    for when in [When::BeforeTheTransfer, When::Meanwhile, When::Stalled] {
        let (part, mut writer) = Part::pipe();
        let transfer = match when {
            When::Stalled => {
                let url = format!("http://{}/", stalled.local_addr().unwrap());
                form(&url, Mime::new().part(part))
            }
            _ => one(&server, part),
        };
        writer.write_all(&pattern(100_000)).unwrap();
        let result = match when {
            When::BeforeTheTransfer => {
                gives_up(writer);
                agent.start(transfer).wait().1
            }
            When::Meanwhile => {
                let started = agent.start(transfer);
                gives_up(writer);
                started.wait().1
            }
            When::Stalled => {
                let started = agent.start(transfer);
                writer.set_timeout(Some(Duration::from_millis(300)));
                let more = pattern(100_000);
                while writer.write(&more).is_ok() {}
                gives_up(writer);
                started.wait().1
            }
        };
        let error = result.unwrap_err();
        assert_eq!(cause(&error, Callback::MimeRead).kind(), kind, "{when:?}");
        assert!(server.requests().is_empty());
    }
}

#[test]
fn part_that_is_not_whole_never_looks_whole() {
    fails_if(drop, ErrorKind::UnexpectedEof);
    let fail = |writer: PartWriter| writer.fail(io::Error::from(ErrorKind::StorageFull));
    fails_if(fail, ErrorKind::StorageFull);
    let drop_copies = |writer: PartWriter| {
        let mut copies = pin!(writer.copy_from(Reader::new(100, waits)));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(copies.as_mut().poll(&mut cx).is_pending());
    };
    fails_if(drop_copies, ErrorKind::UnexpectedEof);
}

/// The reader never has anything to read, so only the end of the transfer ends the copy.
#[test]
fn end_of_the_transfer_ends_the_copying() {
    let agent = Agent::new().unwrap();
    let server = silent();
    let (part, writer) = Part::pipe();
    let started = agent.start(one(&server, part));
    let remote = started.remote().clone();
    let thread = thread::spawn(move || block_on(writer.copy_from(Reader::new(100, waits))));
    remote.cancel();
    let copied = thread.join().unwrap();
    assert_eq!(copied.unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert!(matches!(started.wait().1, Err(Error::Cancelled)));
}

#[test]
fn answer_that_comes_early_ends_the_copying() {
    let server = Server::new(|conn| {
        let _ = conn.head();
        conn.reply("413 Too Large", "", "no");
        conn.drain();
    });
    let agent = Agent::new().unwrap();
    let (part, writer) = Part::pipe();
    let opening = agent.open(one(&server, part));
    let copies = writer.copy_from(Reader::new(100, waits));
    let (copied, response) = block_on(zip(copies, opening));
    assert_eq!(copied.unwrap_err().kind(), ErrorKind::BrokenPipe);
    let response = response.unwrap();
    assert_eq!(response.status(), 413);
    response.finish().wait().1.unwrap();
}

#[test]
fn size_that_was_announced_is_kept_to() {
    let agent = Agent::new().unwrap();
    for announced in [LEN as u64 - 1, 50_000, 1] {
        for is_late in [false, true] {
            // Without an answer, the transfer cannot end before the writer has failed.
            let server = silent();
            let (part, writer) = Part::pipe();
            let part = part.size(announced);
            let mut copies = pin!(writer.copy_from(Reader::new(LEN, ends)));
            if is_late {
                let mut cx = Context::from_waker(Waker::noop());
                assert!(copies.as_mut().poll(&mut cx).is_pending());
            }
            let started = agent.start(one(&server, part));
            let (copied, (_, result)) = block_on(zip(copies, started));
            let error = result.unwrap_err();
            assert_eq!(
                cause(&error, Callback::MimeRead).kind(),
                ErrorKind::InvalidInput
            );
            let kind = copied.unwrap_err().kind();
            let kinds = [ErrorKind::InvalidInput, ErrorKind::BrokenPipe];
            assert!(kinds.contains(&kind), "{kind}");
        }
    }
    let server = Server::ok("");
    let (part, writer) = Part::pipe();
    let started = agent.start(one(&server, part.size(LEN as u64 + 1)));
    let copies = writer.copy_from(Reader::new(LEN, ends));
    let (copied, (_, result)) = block_on(zip(copies, started));
    let error = result.unwrap_err();
    assert_eq!(
        cause(&error, Callback::MimeRead).kind(),
        ErrorKind::UnexpectedEof
    );
    copied.unwrap();
    assert!(server.requests().is_empty());
}

#[test]
fn part_is_sent_once() {
    let server = redirecting_server("307 Temporary Redirect", "/new".to_owned());
    let (part, mut writer) = Part::pipe();
    let mut transfer = form(&server.url("/old"), Mime::new().part(part));
    transfer.follow_location(true).unwrap();
    writer.write_all(b"content").unwrap();
    writer.finish();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::MimeSeek), "{error:#}");

    // libcurl took nothing of this part. But its transfer has ended once, so the part cannot be
    // sent again.
    let server = Server::ok("");
    let (part, mut writer) = Part::pipe();
    let mut transfer = form("http://127.0.0.1:1/", Mime::new().part(part));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::COULDNT_CONNECT));
    assert_eq!(
        writer.write(b"a").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    transfer.url(&server.url("/")).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::MimeRead), "{error:#}");
    assert!(server.requests().is_empty());
}

#[test]
fn part_that_is_dropped_breaks_the_pipe() {
    let drops: [fn(&mut Transfer<()>); 3] = [
        |transfer| transfer.reset().unwrap(),
        |transfer| transfer.unset_mime().unwrap(),
        |transfer| transfer.mime(Mime::new()).unwrap(),
    ];
    for drop_part in drops {
        let (part, mut writer) = Part::pipe();
        let mut transfer = form("http://127.0.0.1:1/", Mime::new().part(part));
        writer.write_all(b"a").unwrap();
        drop_part(&mut transfer);
        assert_eq!(
            writer.write(b"a").unwrap_err().kind(),
            ErrorKind::BrokenPipe
        );
    }
    let (part, mut writer) = Part::pipe_with_limit(1);
    writer.set_timeout(Some(Duration::from_millis(20)));
    writer.write_all(b"a").unwrap();
    assert_eq!(writer.write(b"b").unwrap_err().kind(), ErrorKind::TimedOut);
    drop(part);
    assert_eq!(
        writer.write(b"b").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
}

/// A remote has paused the transfer, so only a remote may resume it.
#[test]
fn writer_does_not_undo_the_pause_of_a_remote() {
    let server = Server::ok("");
    let (part, mut writer) = Part::pipe();
    let transfer = one(&server, part);
    let remote = transfer.remote();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    let mut cx = Context::from_waker(Waker::noop());
    let turn = |multi: &mut Multi<()>| {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(1)).unwrap();
    };
    // Once this is sent, the pipe is empty and has paused the transfer.
    writer.write_all(b"one").unwrap();
    while writer.poll_flush(&mut cx).is_pending() {
        turn(&mut multi);
    }
    turn(&mut multi);
    remote.pause(Direction::Send);
    turn(&mut multi);
    writer.write_all(b"two").unwrap();
    for _ in 0..20 {
        turn(&mut multi);
        assert!(writer.poll_flush(&mut cx).is_pending());
    }
    remote.resume(Direction::Send);
    while writer.poll_flush(&mut cx).is_pending() {
        turn(&mut multi);
    }
    writer.finish();
    multi.run(|_, _, _, result| result).unwrap();
    let part = received(&server.requests()[0]).remove(0);
    assert_eq!(part.body, b"onetwo");
}

/// The writer of a whole body copies from a reader, too.
#[test]
fn whole_body_is_copied_too() {
    let agent = Agent::new().unwrap();
    let server = Server::ok("");
    let upload = || {
        let mut upload = transfer((), &server.url("/"));
        upload.http_headers(["Expect:"]).unwrap();
        agent.open_upload(upload).unwrap()
    };
    let (writer, opening) = upload();
    let copies = writer.copy_from(Reader::new(LEN, ends));
    let (copied, response) = block_on(zip(copies, opening));
    assert_eq!(copied.unwrap(), LEN as u64);
    response.unwrap().finish().wait().1.unwrap();
    assert!(server.requests()[0].body == pattern(LEN));

    let (writer, opening) = upload();
    let copies = writer.copy_from(Reader::new(LEN, fails));
    let (copied, response) = block_on(zip(copies, opening));
    assert_eq!(copied.unwrap_err().kind(), ErrorKind::NotConnected);
    let error = response.unwrap_err();
    let own = cause(error.error(), Callback::Read);
    assert_eq!(own.get_ref().unwrap().downcast_ref(), Some(&Own));
    assert_eq!(server.requests().len(), 1);

    // Dropping the copy cancels the transfer, as dropping the writer does.
    let (writer, opening) = upload();
    let mut copies = Box::pin(writer.copy_from(Reader::new(100, waits)));
    block_on(poll_fn(|cx| {
        assert!(copies.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    }));
    drop(copies);
    let error = opening.wait().unwrap_err();
    assert!(matches!(error.error(), Error::Cancelled), "{error:#}");
}
