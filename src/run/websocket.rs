//! Sending and receiving on a connection that a transfer has left open.

use libc::c_long;

use crate::callbacks::frame::{Frame, Frames};
use crate::ffi::attempt::Attempt;
use crate::ffi::sys;
use crate::ffi::websocket::frame_kind::FrameKind;
use crate::ffi::websocket::sending::{Piece, Sending};
use crate::ffi::websocket::{RECV, SEND, check, recv, send};
use crate::quirks::SHARED_CONNECTION_NOT_FOUND;
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::{Code, Error, Fragment, ShareData};

impl<H> Easy<H> {
    /// Converts libcurl's code for a call that does not wait into a result.
    fn attempt<T>(&mut self, code: Code, done: T) -> Result<Attempt<T>, Error> {
        match code {
            Code::OK => Ok(Attempt::Done(done)),
            Code::AGAIN => Ok(Attempt::WouldBlock),
            code => Err(self.context.error(code)),
        }
    }

    /// Enters libcurl to use the connection that was left open. Returns an error if the handle holds no
    /// connection, but has a share of connections: libcurl would look up the handle's last connection in
    /// the share, and use it although another transfer may be using it. Also returns an error if the linked
    /// libcurl does not find connections of a share.
    fn enter_connected(
        &mut self,
        call: impl FnOnce(*mut sys::CURL) -> sys::CURLcode,
    ) -> Result<Code, Error> {
        if self.handle.stays {
            // S3: only the driver of the group, which holds the locks, uses the handle: `Holder::serve`.
            return self.enter(call);
        }
        if !self.handle.attached && self.shares(ShareData::CONNECTIONS) {
            return Err(no_connection());
        }
        if self.shares(ShareData::CONNECTIONS) && SHARED_CONNECTION_NOT_FOUND.is_present() {
            return Err(Error::libcurl_with(
                Code::UNSUPPORTED_PROTOCOL,
                "libcurl before 7.83.0 does not find a connection of a share",
            ));
        }
        let engine = self.handle.engine.as_ref();
        let _entered = engine.map(Engine::enter).transpose()?;
        self.enter(call)
    }

    pub(crate) fn send(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        let mut sent = 0;
        let code = self.enter_connected(|raw| {
            // SAFETY: C1: the handle is live; libcurl reads the data during the call.
            unsafe { sys::curl_easy_send(raw, data.as_ptr().cast(), data.len(), &raw mut sent) }
        })?;
        self.attempt(code, sent)
    }

    pub(crate) fn recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<usize>, Error> {
        not_empty(buffer)?;
        let mut received = 0;
        let (data, len) = (buffer.as_mut_ptr(), buffer.len());
        let code = self.enter_connected(|raw| {
            // SAFETY: C1: the handle is live; the buffer has room for `len` bytes.
            unsafe { sys::curl_easy_recv(raw, data.cast(), len, &raw mut received) }
        })?;
        self.attempt(code, received)
    }

    /// Returns the value of `CURLOPT_CONNECT_ONLY`.
    pub(crate) fn connect_only(&self) -> c_long {
        self.known.connect_only
    }

    /// Returns the bits of `CURLOPT_WS_OPTIONS`.
    pub(crate) fn ws_options(&self) -> u32 {
        u32::try_from(self.known.ws_options).unwrap_or_default()
    }

    /// Updates the state of the frames from the options that are set, and returns the state.
    pub(crate) fn frames(&mut self) -> &mut Frames {
        let options = self.known.ws_options;
        let frames = self.context.frames();
        frames.auto_pong = options & sys::CURLWS_NOAUTOPONG == 0;
        let raw_mode = options & sys::CURLWS_RAW_MODE != 0;
        frames.sending.set_raw_mode(raw_mode);
        frames
    }

    /// Returns the state of the frame that is being sent.
    fn sending(&mut self) -> &mut Sending {
        &mut self.frames().sending
    }

    pub(crate) fn ws_send(
        &mut self,
        kind: FrameKind,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Attempt<usize>, Error> {
        check(SEND)?;
        let piece = self.sending().frame(kind, data, fragment)?;
        self.send_piece(data, piece)
    }

    pub(crate) fn ws_send_part(
        &mut self,
        kind: FrameKind,
        frame_len: u64,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Attempt<usize>, Error> {
        check(SEND)?;
        let piece = self.sending().part(kind, frame_len, data, fragment)?;
        self.send_piece(data, piece)
    }

    pub(crate) fn ws_send_raw(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        check(SEND)?;
        let piece = self.sending().raw(data)?;
        self.send_piece(data, piece)
    }

    fn send_piece(&mut self, data: &[u8], piece: Piece) -> Result<Attempt<usize>, Error> {
        let mut sent = 0;
        let code = self.enter_connected(|raw| {
            // SAFETY: C1: the handle is live; C3: nothing of the handler is borrowed.
            let (code, count) = unsafe { send(raw, data, piece) };
            sent = count;
            code
        })?;
        self.sending().note(piece, code, sent);
        self.attempt(code, sent)
    }

    pub(crate) fn ws_recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<(usize, Frame)>, Error> {
        check(RECV)?;
        not_empty(buffer)?;
        loop {
            match self.recv_piece(buffer)? {
                Attempt::Done((_, frame)) if self.frames().hides(&frame) => {}
                received => return Ok(received),
            }
        }
    }

    fn recv_piece(&mut self, buffer: &mut [u8]) -> Result<Attempt<(usize, Frame)>, Error> {
        let mut part = None;
        let code = self.enter_connected(|raw| {
            // SAFETY: C1: the handle is live; C3: nothing of the handler is borrowed. The
            // frame is looked at before libcurl is next called.
            let (code, len, frame) = unsafe { recv(raw, buffer) };
            part = frame.map(|frame| (len, frame));
            code
        })?;
        let Some((len, piece)) = part.filter(|_| code == Code::OK) else {
            return match code {
                Code::OK => Ok(Attempt::WouldBlock),
                code => self.attempt(code, ()).map(|_| Attempt::WouldBlock),
            };
        };
        let frames = self.context.frames();
        let frame = frames.place(piece, len);
        frames.take(piece, frame);
        Ok(Attempt::Done((len, frame)))
    }
}

/// Makes the error of a transfer that has left no connection open.
pub(super) fn no_connection() -> Error {
    Error::libcurl_with(
        Code::UNSUPPORTED_PROTOCOL,
        "the transfer holds no connection: `connect_only` leaves it open",
    )
}

/// Returns an error for an empty buffer. With `recv`, 0 received bytes would look as if the server had closed
/// the connection. With `ws_recv`, libcurl might wait for ever for a frame that fits.
fn not_empty(buffer: &[u8]) -> Result<(), Error> {
    match buffer.is_empty() {
        true => Err(Error::libcurl(Code::BAD_FUNCTION_ARGUMENT)),
        false => Ok(()),
    }
}
