//! RTP packets between the answers of an RTSP server.

use std::panic::panic_any;

use curlback::{
    Callback, CallbackResult, Callbacks, Code, Error, Hooks, RtpPacket, Transfer, WriteResult,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::rtsp_server::{packet, packets, server, set_up};
use crate::support::server::Server;
use crate::support::skip::skip;

/// Keeps the packets with their channels. At the second packet, breaks the transfer as `how` says.
struct Keeps {
    packets: Vec<(u8, Vec<u8>)>,
    written: Vec<u8>,
    how: How,
    pauses: bool,
}

impl Callbacks for Keeps {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::INTERLEAVE
    }

    fn interleave(&mut self, packet: RtpPacket<'_>) -> CallbackResult {
        let len = packet.payload().len();
        assert_eq!(packet.as_bytes().len(), len + 4);
        self.packets
            .push((packet.channel(), packet.payload().to_vec()));
        match self.packets.len() {
            2 => self.how.result(Callback::Interleave),
            _ => CallbackResult::Continue,
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written.extend_from_slice(data);
        match self.pauses {
            true => WriteResult::Pause,
            false => WriteResult::Continue,
        }
    }
}

fn keeps(how: How) -> Keeps {
    Keeps {
        packets: Vec::new(),
        written: Vec::new(),
        how,
        pauses: false,
    }
}

/// Makes a transfer that has set up a stream, unless the linked libcurl has no RTSP.
fn stream<H: Callbacks>(server: &Server, handler: H) -> Option<Transfer<H>> {
    let mut transfer = match Transfer::new(handler) {
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "CURLOPT_INTERLEAVEFUNCTION");
            skip!("the linked libcurl has no RTSP");
            return None;
        }
        transfer => transfer.unwrap(),
    };
    set_up(&mut transfer, server);
    Some(transfer)
}

#[test]
fn packets_come_whole_with_their_channel() {
    let server = server();
    let Some(mut transfer) = stream(&server, keeps(How::Not)) else {
        return;
    };
    transfer.perform().unwrap();
    assert!(transfer.handler().packets == packets());
    assert!(transfer.handler().written.is_empty());

    // Without the hook, `write` gets the packets. With the hook set again, `interleave` gets them.
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::INTERLEAVE).unwrap();
    transfer.handler_mut().packets.clear();
    transfer.perform().unwrap();
    let bytes = packets()
        .into_iter()
        .map(|(channel, data)| packet(channel, &data));
    assert!(transfer.handler().written == bytes.flatten().collect::<Vec<u8>>());
    assert!(transfer.handler().packets.is_empty());
    transfer.set_hooks(hooks).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().packets == packets());
}

#[test]
fn failure_of_each_kind_ends_the_transfer() {
    for how in [How::Fail, How::Abort, How::Panic] {
        let server = server();
        let Some(mut transfer) = stream(&server, keeps(how)) else {
            return;
        };
        if how == How::Panic {
            let payload = payload(&mut transfer);
            assert_eq!(payload.downcast_ref(), Some(&Own(Callback::Interleave)));
        } else {
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(Callback::Interleave), "{error:?}");
            assert_eq!(error.code(), Some(Code::WRITE_ERROR));
            assert_eq!(error.downcast_ref::<Own>().is_some(), how == How::Fail);
        }
        assert_eq!(transfer.handler().packets.len(), 2);
    }
}

#[test]
fn default_writes_and_failures_are_those_of_write() {
    struct Writes(Keeps, How);

    impl Callbacks for Writes {
        fn hooks(&self) -> Hooks {
            self.0.hooks()
        }

        fn write(&mut self, data: &[u8]) -> WriteResult {
            match self.1 {
                How::Not => self.0.write(data),
                How::Fail => WriteResult::Fail(Own(Callback::Write).into()),
                How::Abort => WriteResult::Abort,
                How::Panic => panic_any(Own(Callback::Write)),
            }
        }
    }

    let server = server();
    let Some(mut transfer) = stream(&server, Writes(keeps(How::Not), How::Not)) else {
        return;
    };
    transfer.perform().unwrap();
    let bytes = packets()
        .into_iter()
        .map(|(channel, data)| packet(channel, &data));
    assert!(transfer.handler().0.written == bytes.flatten().collect::<Vec<u8>>());

    transfer.handler_mut().1 = How::Fail;
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Write), "{error:?}");
    assert_eq!(error.downcast_ref(), Some(&Own(Callback::Write)));

    // A pause is not possible here, so the transfer fails with an error of `interleave`.
    let mut transfer = stream(&server, Writes(keeps(How::Not), How::Not)).unwrap();
    transfer.handler_mut().0.pauses = true;
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Interleave), "{error:?}");
}
