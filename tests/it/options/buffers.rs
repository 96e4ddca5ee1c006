//! The sizes of buffers.

use std::io::Cursor;

use curlback::handlers::ReadFrom;
use curlback::{
    CallbackResult, Callbacks, DebugKind, Error, Hooks, Multi, ReadBuf, ReadResult, Transfer,
    WriteResult,
};

use crate::support::bodies::bytes;
use crate::support::server::Server;
use crate::support::skip::{is_before, needs, skip_case};
use crate::support::transfers::collecting;

/// Returns the size of the largest buffer that `read` has got.
fn largest_read(set: impl FnOnce(&mut Transfer<Room>) -> Result<(), Error>) -> usize {
    let server = Server::ok("");
    let handler = Room(ReadFrom::new(Cursor::new(bytes(4 << 20))), 0);
    let mut transfer = Transfer::new(handler).unwrap();
    set(&mut transfer).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(4 << 20).unwrap();
    transfer.perform().unwrap();
    assert!(server.requests()[0].body == bytes(4 << 20));
    transfer.handler().1
}

struct Room(ReadFrom<Cursor<Vec<u8>>>, usize);

impl Callbacks for Room {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.1 = self.1.max(buffer.capacity());
        self.0.read(buffer)
    }
}

#[test]
fn upload_buffer_is_large_unless_said_otherwise() {
    needs!((7, 62, 0), "CURLOPT_UPLOAD_BUFFERSIZE");
    let largest = largest_read(|_| Ok(()));
    assert!((65_537..=262_144).contains(&largest), "{largest}");
    let largest = largest_read(|t| t.upload_buffer_size(16 << 10));
    assert!((8_192..=16_384).contains(&largest), "{largest}");
    // A reset restores the large buffer.
    let largest = largest_read(|t| {
        t.upload_buffer_size(16 << 10)?;
        t.reset()
    });
    assert!(largest > 65_536, "{largest}");
}

/// Records the size of the largest part that libcurl has received at once.
#[derive(Default)]
struct Largest(usize);

impl Callbacks for Largest {
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        if kind == DebugKind::DataIn {
            self.0 = self.0.max(data.len());
        }
        CallbackResult::Continue
    }
}

fn receiving(server: &Server) -> Transfer<Largest> {
    let mut transfer = Transfer::new(Largest::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.verbose(true).unwrap();
    transfer
}

#[test]
fn transfers_of_a_multi_receive_into_small_buffers() {
    let shared = !is_before((8, 7, 0));
    let server = Server::ok(bytes(8 << 20));
    let mut multi = Multi::new().unwrap();
    let mut largest = |transfer| {
        multi.add(transfer).unwrap();
        let mut ended = None;
        let run = multi.run(|_, _, transfer, result| {
            ended = Some(transfer);
            result
        });
        run.unwrap();
        let mut transfer: Transfer<Largest> = ended.unwrap();
        (std::mem::take(transfer.handler_mut()).0, transfer)
    };
    let (part, transfer) = largest(receiving(&server));
    assert_eq!((1..=16_384).contains(&part), !shared, "{part}");

    // If the same transfer performs alone, it has a large buffer.
    let mut transfer = transfer;
    transfer.perform().unwrap();
    let part = std::mem::take(transfer.handler_mut()).0;
    assert!((16_385..=65_536).contains(&part), "{part}");
    let (part, mut transfer) = largest(transfer);
    assert_eq!((1..=16_384).contains(&part), !shared, "{part}");

    // A size that was set is used in a `Multi`, too.
    transfer.buffer_size(32 << 10).unwrap();
    let (part, _) = largest(transfer);
    assert!((16_385..=32_768).contains(&part), "{part}");
}

#[test]
fn receive_buffer_is_large_unless_said_otherwise() {
    let server = Server::ok(bytes(8 << 20));
    let mut transfer = receiving(&server);
    transfer.perform().unwrap();
    let part = std::mem::take(transfer.handler_mut()).0;
    assert!((16_385..=65_536).contains(&part), "{part}");
    transfer.buffer_size(16_384).unwrap();
    transfer.perform().unwrap();
    let part = transfer.handler().0;
    assert!((1..=16_384).contains(&part), "{part}");
}

#[test]
fn small_buffer_of_a_failed_transfer_is_never_written_past_its_end() {
    let server = Server::ok(vec![b'x'; 200_000]);
    let mut t = collecting("bad://127.0.0.1/");
    t.buffer_size(1024).unwrap();
    assert!(t.perform().is_err());
    t.reset().unwrap();
    t.url(&server.url("/")).unwrap();
    t.perform().unwrap();
    assert_eq!(t.handler().body().len(), 200_000);
}

#[test]
fn small_buffer_is_never_written_past_its_end_after_a_reset_that_failed() {
    /// If its flag is set, asks for the hook of `prereq`, which libcurl before 7.80.0 does not have.
    #[derive(Default)]
    struct Fussy(bool, usize);

    impl Callbacks for Fussy {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.1 += data.len();
            WriteResult::Continue
        }
        fn hooks(&self) -> Hooks {
            match self.0 {
                true => Hooks::default() | Hooks::PREREQ,
                false => Hooks::default(),
            }
        }
    }

    let server = Server::ok(vec![b'x'; 200_000]);
    let mut t = Transfer::new(Fussy::default()).unwrap();
    t.buffer_size(1024).unwrap();
    t.handler_mut().0 = true;
    if t.reset().is_ok() {
        skip_case!("this libcurl has the callback, so the reset succeeds");
    }
    t.set_hooks(Hooks::default()).unwrap();
    t.url(&server.url("/")).unwrap();
    t.perform().unwrap();
    assert_eq!(t.handler().1, 200_000);
}
