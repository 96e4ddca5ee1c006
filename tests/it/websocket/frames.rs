//! WebSockets: frames as they arrive, and answers from inside the callback.

use std::collections::BTreeMap;
use std::panic::panic_any;
use std::time::Duration;

use curlback::{
    Callback, Direction, Error, Fragment, Frame, FrameKind, Hooks, Multi, Version, WriteResult,
    WsOptions, WsReply,
};
use tungstenite::Message;

use crate::support::bodies::pattern;
use crate::support::breaks::{How, Own, payload};
use crate::support::websocket::{Puts, Seen, everything, goes_on, sends_everything, websocket};
use crate::support::ws_server::WsServer;

/// Asserts that two lists of frames are equal. Shows only kinds and lengths, as some frames are
/// long.
fn assert_frames(seen: &[Seen], expected: &[Seen]) {
    let short = |frames: &[Seen]| -> Vec<_> {
        let of = |(kind, first, last, data): &Seen| (*kind, *first, *last, data.len());
        frames.iter().map(of).collect()
    };
    assert_eq!(short(seen), short(expected));
    assert!(seen == expected);
}

#[test]
fn frames_arrive_with_their_kind_and_place() {
    let server = WsServer::new(sends_everything);
    for buffer in [16 << 10, 512 << 10] {
        let Some(mut transfer) = websocket(&server.url(), Puts::new(goes_on)) else {
            return;
        };
        transfer.buffer_size(buffer).unwrap();
        transfer.perform().unwrap();
        let handler = transfer.handler();
        assert_frames(&handler.frames, &everything());
        assert!(handler.written.is_empty());
        assert!(handler.calls > handler.frames.len());
        assert_eq!(transfer.response_code().unwrap(), 101);

        // The same frames come if a `Multi` drives the transfer.
        transfer.handler_mut().frames.clear();
        let mut multi = Multi::new().unwrap();
        multi.add(transfer).unwrap();
        multi
            .run(|_, _, transfer, result| {
                assert_frames(&transfer.handler().frames, &everything());
                result
            })
            .unwrap();
    }
}

#[test]
fn frames_are_answered_from_inside_the_callback() {
    let big = pattern(300_001);
    let sent = big.clone();
    let server = WsServer::new(move |conn| {
        conn.send(Message::text("ask")).unwrap();
        assert_eq!(conn.read().unwrap(), Message::text("first"));
        assert_eq!(conn.read().unwrap(), Message::binary(sent.clone()));
        assert_eq!(conn.read().unwrap(), Message::binary(vec![]));
        assert_eq!(conn.read().unwrap(), Message::text("in parts"));
        assert_eq!(
            conn.read().unwrap(),
            Message::Pong(b"unasked".to_vec().into())
        );
        assert_eq!(conn.read().unwrap(), Message::Ping(b"ping".to_vec().into()));
        // Sends the answer to the ping.
        conn.flush().unwrap();
        conn.send(Message::text("bye")).unwrap();
        assert!(conn.read().unwrap().is_close());
        let _ = conn.flush();
    });
    let answers = move |_: usize, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>| {
        match (frame.kind(), data) {
            (FrameKind::Text, b"ask") => {
                reply.send(FrameKind::Text, b"first").unwrap();
                reply.send(FrameKind::Binary, &big).unwrap();
                reply.send(FrameKind::Binary, b"").unwrap();
                reply
                    .send_fragment(FrameKind::Text, b"in ", Fragment::More)
                    .unwrap();
                // A frame that is refused leaves the message as it was.
                let error = reply
                    .send_fragment(FrameKind::Ping, b"", Fragment::More)
                    .unwrap_err();
                assert!(matches!(error, Error::Option { .. }), "{error}");
                let error = reply.send(FrameKind::Other(32), b"x").unwrap_err();
                assert!(matches!(error, Error::Option { .. }), "{error}");
                let error = reply.send(FrameKind::Ping, &[0; 126]).unwrap_err();
                assert!(matches!(error, Error::Libcurl { .. }), "{error}");
                reply
                    .send_fragment(FrameKind::Text, b"parts", Fragment::Last)
                    .unwrap();
                reply.send(FrameKind::Pong, b"unasked").unwrap();
                reply.send(FrameKind::Ping, b"ping").unwrap();
            }
            (FrameKind::Text, b"bye") => reply.send(FrameKind::Close, b"\x03\xE8").unwrap(),
            _ => {}
        }
        WriteResult::Continue
    };
    let Some(mut transfer) = websocket(&server.url(), Puts::new(answers)) else {
        return;
    };
    // Messages for `debug` that libcurl writes during a reply are skipped. This is no failure of `debug`.
    transfer.verbose(true).unwrap();
    transfer.perform().unwrap();
    let kinds: Vec<_> = transfer.handler().frames.iter().map(|f| f.0).collect();
    assert_eq!(
        kinds,
        [
            FrameKind::Text,
            FrameKind::Pong,
            FrameKind::Text,
            FrameKind::Close
        ]
    );
    assert!(transfer.handler().debugs > 0);
}

#[test]
fn pings_are_answered_by_libcurl_unless_that_is_off() {
    let server = WsServer::new(|conn| {
        conn.send(Message::Ping(b"there?".to_vec().into())).unwrap();
        assert_eq!(
            conn.read().unwrap(),
            Message::Pong(b"there?".to_vec().into())
        );
    });
    let Some(mut transfer) = websocket(&server.url(), Puts::new(goes_on)) else {
        return;
    };
    transfer.perform().unwrap();
    assert!(transfer.handler().frames.is_empty());

    let answers = |_: usize, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>| {
        assert_eq!(frame.kind(), FrameKind::Ping);
        reply.send(FrameKind::Pong, data).unwrap();
        WriteResult::Continue
    };
    let mut transfer = websocket(&server.url(), Puts::new(answers)).unwrap();
    transfer.ws_options(WsOptions::NO_AUTO_PONG).unwrap();
    transfer.perform().unwrap();
    let ping = (FrameKind::Ping, true, true, b"there?".to_vec());
    assert_eq!(transfer.handler().frames, [ping]);
}

/// tests/CORPUS.md, 39: no callback is called after one that has failed, even if that has sent an
/// answer.
#[test]
fn failure_of_each_kind_ends_the_transfer_and_nothing_runs_after_it() {
    let server = WsServer::new(|conn| {
        for n in 0..3 {
            conn.write(Message::text(format!("message {n}"))).unwrap();
        }
        conn.flush().unwrap();
        assert_eq!(conn.read().unwrap(), Message::text("reply"));
        let _ = conn.read();
    });
    for how in [How::Fail, How::Abort, How::Panic] {
        for replies in [true, false] {
            let breaks = move |call: usize, _: &Frame, _: &[u8], reply: &mut WsReply<'_>| {
                if replies || call == 1 {
                    reply.send(FrameKind::Text, b"reply").unwrap();
                }
                match how {
                    _ if call == 1 => WriteResult::Continue,
                    How::Fail => WriteResult::Fail(Own(Callback::Frame).into()),
                    How::Abort => WriteResult::Abort,
                    _ => panic_any(Own(Callback::Frame)),
                }
            };
            let Some(mut transfer) = websocket(&server.url(), Puts::new(breaks)) else {
                return;
            };
            if how == How::Panic {
                let payload = payload(&mut transfer);
                assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(Callback::Frame)));
            } else {
                let error = transfer.perform().unwrap_err();
                assert_eq!(error.callback(), Some(Callback::Frame), "{error:?}");
                let own = error.downcast_ref::<Own>();
                assert_eq!(own.is_some(), how == How::Fail);
            }
            assert_eq!(transfer.handler().calls, 2);
        }
    }
}

/// tests/CORPUS.md, 54: a pause holds back what follows, and mixes no frames.
#[test]
fn frames_are_not_mixed_by_pauses() {
    let server = WsServer::new(sends_everything);
    // Pauses at the first part of each kind of frame, and in the middle of the second part. Each
    // pause takes a second.
    let mut parts = BTreeMap::new();
    let pauses = move |_: usize, frame: &Frame, data: &[u8], _: &mut WsReply<'_>| {
        let kind = format!("{:?}", frame.kind());
        match parts.entry(kind).and_modify(|n| *n += 1).or_insert(1) {
            _ if data.is_empty() => WriteResult::Continue,
            1 => WriteResult::Pause,
            3 => WriteResult::PauseAfter(data.len() / 2),
            _ => WriteResult::Continue,
        }
    };
    let Some(mut transfer) = websocket(&server.url(), Puts::new(pauses)) else {
        return;
    };
    let result = transfer.perform();
    if pauses_between_frames(result) {
        assert_frames(&transfer.handler().frames, &everything());
    }
}

/// Asserts that a pause between frames fails with the releases that would mix them, and only with
/// these. Returns whether the transfer has succeeded.
fn pauses_between_frames(result: Result<(), Error>) -> bool {
    if Version::linked() >= Version::new(8, 22, 0) {
        result.unwrap();
        return true;
    }
    let error = result.unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Frame), "{error:?}");
    let cause = error.downcast_ref::<Error>();
    assert!(
        matches!(cause, Some(Error::Unsupported { .. })),
        "{cause:?}"
    );
    false
}

/// A remote pauses while libcurl is not running, and has no received frames left to decode.
#[test]
fn frames_are_not_mixed_by_pauses_of_a_remote() {
    let server = WsServer::new(sends_everything);
    let Some(transfer) = websocket(&server.url(), Puts::new(goes_on)) else {
        return;
    };
    let remote = transfer.remote();
    let mut multi = Multi::new().unwrap();
    multi.add(transfer).unwrap();
    let (transfer, result) = loop {
        multi.perform().unwrap();
        if let Some((_, transfer, result)) = multi.take_finished() {
            break (transfer, result);
        }
        assert!(remote.pause(Direction::Receive));
        multi.perform().unwrap();
        assert!(remote.resume(Direction::Receive));
        multi.poll(&mut [], Duration::from_secs(1)).unwrap();
    };
    result.unwrap();
    assert_frames(&transfer.handler().frames, &everything());
}

#[test]
fn pause_after_an_empty_frame_takes_it() {
    let server = WsServer::new(sends_everything);
    let mut empty = 0;
    let pauses = move |_: usize, frame: &Frame, data: &[u8], _: &mut WsReply<'_>| {
        empty += usize::from(data.is_empty() && frame.payload_len() == 0);
        match data.is_empty() && empty == 1 {
            true => WriteResult::PauseAfter(0),
            false => WriteResult::Continue,
        }
    };
    let Some(mut transfer) = websocket(&server.url(), Puts::new(pauses)) else {
        return;
    };
    let result = transfer.perform();
    if pauses_between_frames(result) {
        let mut expected = everything();
        expected.remove(2);
        assert_frames(&transfer.handler().frames, &expected);
    }
}

#[test]
fn without_the_hook_what_frames_have_in_them_is_written() {
    let server = WsServer::new(sends_everything);
    let Some(mut transfer) = websocket(&server.url(), Puts::new(goes_on)) else {
        return;
    };
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::FRAME).unwrap();
    transfer.perform().unwrap();
    let all: Vec<u8> = everything().into_iter().flat_map(|f| f.3).collect();
    assert!(transfer.handler().written == all);
    assert_eq!(transfer.handler().calls, 0);

    // This sets the hook again, and `write` with it.
    transfer
        .set_hooks((hooks - Hooks::WRITE) | Hooks::FRAME)
        .unwrap();
    assert!(transfer.hooks().contains(Hooks::WRITE));
    transfer.perform().unwrap();
    assert_frames(&transfer.handler().frames, &everything());
}
