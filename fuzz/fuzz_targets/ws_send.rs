//! Frames and parts of frames, sent in any order: what is refused leaves no byte on the wire.
#![no_main]

use arbitrary::Arbitrary;
use curlback::{Attempt, Callbacks, ConnectOnly, Error, Fragment, FrameKind};
use curlback_fuzz::frames::{self, Kind, SWITCH, Wired};
use curlback_fuzz::wire::{self, Far, Near};
use curlback_fuzz::wired;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Step<'a> {
    kind: Kind,
    last: bool,
    data: &'a [u8],
    how: How,
}

#[derive(Arbitrary, Debug)]
enum How {
    Whole,
    /// The data is a part of a frame whose payload has this length.
    Part(u16),
    Huge(u64),
    /// A whole frame of a kind that libcurl cannot send.
    Other(i32),
    Raw,
}

struct Handler(Near);

impl Callbacks for Handler {
    wired!(0);
}

/// The frames as they should arrive.
#[derive(Default)]
struct Model {
    frames: Vec<Wired>,
    /// The kind of the message whose last frame has not begun.
    message: Option<Kind>,
    /// The kind of the frame that lacks bytes, and whether it is the last of its message.
    unfinished: Option<(Kind, bool)>,
}

impl Model {
    fn left(&self) -> Option<u64> {
        self.unfinished?;
        self.frames
            .last()
            .map(|frame| frame.len - frame.payload.len() as u64)
    }

    /// Takes the step if it is allowed. Returns whether it is.
    fn take(&mut self, step: &Step<'_>) -> bool {
        let more = step.data.len() as u64;
        let (len, part) = match step.how {
            How::Whole => (more, false),
            How::Part(len) => (len.into(), true),
            How::Huge(len) => (len, true),
            How::Other(_) | How::Raw => return false,
        };
        if !step.last && !step.kind.is_data() || len > i64::MAX as u64 {
            return false;
        }
        if let (Some(left), Some(unfinished)) = (self.left(), self.unfinished) {
            let frame = self.frames.last_mut().unwrap();
            if !part || (step.kind, step.last) != unfinished || len != frame.len || more > left {
                return false;
            }
            frame.payload.extend_from_slice(step.data);
        } else {
            if more > len || !step.kind.is_data() && len > 125 {
                return false;
            }
            let opcode = match self.message {
                Some(_) if step.kind.is_data() => 0,
                _ => step.kind.opcode(),
            };
            let (last, payload) = (step.last, step.data.to_vec());
            self.frames.push(Wired {
                last,
                opcode,
                payload,
                len,
            });
            if step.kind.is_data() {
                self.message = (!last).then_some(step.kind);
            }
            self.unfinished = Some((step.kind, step.last));
        }
        if self.left() == Some(0) {
            self.unfinished = None;
        }
        true
    }
}

fn received(far: &mut Far, wire: &mut Vec<u8>) -> bool {
    let bytes = far.received();
    wire.extend_from_slice(&bytes);
    bytes.is_empty()
}

fuzz_target!(|steps: Vec<Step<'_>>| {
    let (near, mut far) = wire::pair();
    let mut transfer = wire::transfer("ws", Handler(near));
    transfer.connect_only(ConnectOnly::WebSocket).unwrap();
    far.send(SWITCH);
    transfer.perform().unwrap();
    far.received();
    let (mut model, mut wire) = (Model::default(), Vec::new());
    for step in &steps {
        let (kind, data) = (FrameKind::from(step.kind), step.data);
        let fragment = Fragment::last_if(step.last);
        let result = match step.how {
            How::Whole if step.last => transfer.ws_send(kind, data),
            How::Whole => transfer.ws_send_fragment(kind, data, fragment),
            How::Part(len) => transfer.ws_send_part(kind, len.into(), data, fragment),
            How::Huge(len) => transfer.ws_send_part(kind, len, data, fragment),
            How::Other(flags) => transfer.ws_send(FrameKind::Other(flags), data),
            How::Raw => transfer.ws_send_raw(data),
        };
        let taken = model.take(step);
        match result {
            Ok(Attempt::Done(sent)) => {
                assert!(taken, "{step:?}");
                assert_eq!(sent, data.len());
            }
            Ok(Attempt::WouldBlock) => panic!("there is room: {step:?}"),
            Err(Error::Option { .. } | Error::Libcurl { .. }) => {
                assert!(!taken, "{step:?}: {result:?}");
                let nothing = received(&mut far, &mut wire);
                assert!(nothing, "{step:?}");
            }
            Err(error) => panic!("{error:?}"),
        }
        received(&mut far, &mut wire);
    }
    let frames = frames::decode(&wire, true);
    assert_eq!(frames, model.frames);
});
