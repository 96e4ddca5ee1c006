//! `trailer`: header fields after the body of an upload.

use curlback::{
    Callback, CallbackResult, Callbacks, Code, Error, Hooks, ReadBuf, ReadResult, TrailerError,
    Trailers, Transfer, Version,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::server::Server;
use crate::support::skip::skip;
use crate::support::trailer_server::server;

type Fields = Vec<(&'static str, &'static str)>;

/// Sends "body", and these fields after it.
struct Trails {
    fields: Fields,
    how: How,
    sent: bool,
    calls: usize,
}

impl Callbacks for Trails {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::TRAILER
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if !std::mem::replace(&mut self.sent, true) {
            buffer.append(b"body");
        }
        ReadResult::Continue
    }

    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        self.calls += 1;
        for (name, value) in &self.fields {
            // Ignores the error: a field that cannot be sent fails the callback all the same.
            let _ = trailers.append(name, value);
        }
        self.how.result(Callback::Trailer)
    }
}

/// Makes an upload. Returns `None` if trailers are not safe with the linked libcurl.
fn upload(server: &Server, fields: Fields, how: How) -> Option<Transfer<Trails>> {
    let handler = Trails {
        fields,
        how,
        sent: false,
        calls: 0,
    };
    let mut transfer = match Transfer::new(handler) {
        Err(Error::Unsupported { since, what, .. }) => {
            assert_eq!(what, "CURLOPT_TRAILERFUNCTION");
            assert!(Version::linked() < since);
            skip!("trailers are not safe with the linked libcurl");
            return None;
        }
        transfer => transfer.unwrap(),
    };
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer
        .http_headers(["Expect:", "Trailer: x-sum"])
        .unwrap();
    Some(transfer)
}

#[test]
fn fields_follow_a_body_in_chunks() {
    let (server, seen) = server();
    let fields = vec![("X-Sum", "a: b"), ("x-empty", "")];
    let Some(mut transfer) = upload(&server, fields, How::Not) else {
        return;
    };
    transfer.perform().unwrap();
    // Performs again on the same handle, with other fields, and with none.
    for fields in [vec![("second", "1")], vec![]] {
        let handler = transfer.handler_mut();
        handler.fields = fields;
        handler.sent = false;
        transfer.perform().unwrap();
    }
    assert_eq!(
        *seen.lock().unwrap(),
        [vec!["X-Sum: a: b", "x-empty:"], vec!["second: 1"], vec![]]
    );
    assert_eq!(transfer.handler().calls, 3);

    // Without its hook, `trailer` is not called. With the hook set again, it is called again.
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::TRAILER).unwrap();
    transfer.handler_mut().sent = false;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().calls, 3);
    transfer.set_hooks(hooks).unwrap();
    transfer.handler_mut().sent = false;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().calls, 4);
}

#[test]
fn body_of_a_known_size_has_none() {
    let server = Server::ok("");
    let Some(mut transfer) = upload(&server, vec![("a", "b")], How::Not) else {
        return;
    };
    transfer.in_filesize(4).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[0].body, b"body");
    assert_eq!(transfer.handler().calls, 0);
}

#[test]
fn field_that_would_be_two_lines_fails_the_callback() {
    for (name, value, expected) in [
        ("a\r\nb", "c", TrailerError::Name),
        ("a: b", "c", TrailerError::Name),
        ("", "c", TrailerError::Name),
        ("a", "b\r\nInjected: c", TrailerError::Value),
        ("a", "b\0c", TrailerError::Value),
    ] {
        let (server, seen) = server();
        let fields = vec![("good", "1"), (name, value)];
        let Some(mut transfer) = upload(&server, fields, How::Not) else {
            return;
        };
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::Trailer), "{error:?}");
        assert_eq!(error.downcast_ref(), Some(&expected));
        drop(transfer);
        drop(server);
        assert!(seen.lock().unwrap().is_empty());
    }
}

#[test]
fn failure_of_each_kind_ends_the_transfer() {
    let (server, seen) = server();
    for how in [How::Fail, How::Abort, How::Panic] {
        let Some(mut transfer) = upload(&server, vec![("a", "b")], how) else {
            return;
        };
        if how == How::Panic {
            let payload = payload(&mut transfer);
            assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(Callback::Trailer)));
        } else {
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(Callback::Trailer), "{error:?}");
            assert_eq!(error.code(), Some(Code::ABORTED_BY_CALLBACK));
            assert_eq!(error.downcast_ref::<Own>().is_some(), how == How::Fail);
        }
        assert!(seen.lock().unwrap().is_empty());
        let handler = transfer.handler_mut();
        (handler.how, handler.sent) = (How::Not, false);
        transfer.perform().unwrap();
        assert_eq!(std::mem::take(&mut *seen.lock().unwrap()), [["a: b"]]);
    }
}
