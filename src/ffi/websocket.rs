//! The frames of WebSockets, as libcurl sends and receives them.

use std::fmt;
use std::ptr::NonNull;
use std::sync::OnceLock;

use libc::c_uint;

use crate::ffi::info::Info;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::ffi::websocket::fragment::Fragment;
use crate::ffi::websocket::frame_kind::FrameKind;
use crate::ffi::websocket::sending::{Piece, Sending};
use crate::quirks::{FRAMES_MIXED_BY_PAUSES, RAW_REPLY_UNCOUNTED};
use crate::{Code, Error, Version, version};

pub(crate) mod fragment;
pub(crate) mod frame_kind;
pub(crate) mod sending;

// WebSockets were experimental and off by default before 8.11.0. Before 8.14.0, bytes may be lost or
// wrong in both directions. Before 8.16.0, frames without data may be lost, even one that ends a message. So
// this crate refuses these functions before 8.16.0.
pub(crate) const META: Item = Item::new(0, "curl_ws_meta", "8.16.0");
pub(crate) const SEND: Item = Item::new(0, "curl_ws_send", "8.16.0");
pub(crate) const RECV: Item = Item::new(0, "curl_ws_recv", "8.16.0");
pub(crate) const START_FRAME: Item = Item::new(0, "curl_ws_start_frame", "8.16.0");

/// Returns an error if the linked libcurl mixes frames up when receiving is paused between them.
pub(crate) fn check_pause() -> Result<(), Error> {
    match FRAMES_MIXED_BY_PAUSES.is_present() {
        true => {
            Err(FRAMES_MIXED_BY_PAUSES.unsupported("a pause between the frames of a WebSocket"))
        }
        false => Ok(()),
    }
}

/// Returns whether both the linked libcurl and the one that this crate was built with have
/// WebSockets.
fn is_supported() -> bool {
    static SUPPORTED: OnceLock<bool> = OnceLock::new();
    *SUPPORTED.get_or_init(|| cfg!(has_ws) && version().has_protocol("ws"))
}

/// Returns an error if the linked libcurl is older than the release of `item`, or if WebSockets are not
/// [supported](is_supported).
pub(crate) fn check(item: Item) -> Result<(), Error> {
    match Version::linked() >= item.since && is_supported() {
        true => Ok(()),
        false => Err(item.unsupported()),
    }
}

/// Returns libcurl's description of the frame that the data of the running callback belongs to.
/// `None` means that the data belongs to no frame.
///
/// # Safety
/// For as long as `'a`, the handle must be live (C1), and one of its callbacks must be on the stack.
#[cfg(has_ws)]
pub(crate) unsafe fn meta<'a>(raw: NonNull<sys::CURL>) -> Option<&'a sys::WsFrame> {
    // SAFETY: the caller's promise.
    let frame = unsafe { sys::curl_ws_meta(raw.as_ptr()) };
    // SAFETY: C4: NULL, or a struct of libcurl's that is valid while the callback runs.
    unsafe { frame.as_ref() }
}

#[cfg(not(has_ws))]
pub(crate) unsafe fn meta<'a>(_: NonNull<sys::CURL>) -> Option<&'a sys::WsFrame> {
    None
}

/// Sends as much of a frame as libcurl takes. Returns libcurl's code and the number of bytes taken.
///
/// # Safety
/// The handle must be live (C1). Its handler must not be borrowed, unless the gate is shut (C3).
#[cfg(has_ws)]
pub(crate) unsafe fn send(
    raw: *mut sys::CURL,
    data: &[u8],
    piece: Piece,
) -> (sys::CURLcode, usize) {
    let (flags, size, mut sent) = (piece.flags() as c_uint, piece.frame_len(), 0);
    let (bytes, len, count) = (data.as_ptr().cast(), data.len(), &raw mut sent);
    // SAFETY: the caller's promise; libcurl reads the data during the call.
    let code = unsafe { sys::curl_ws_send(raw, bytes, len, count, size, flags) };
    (code, sent)
}

#[cfg(not(has_ws))]
pub(crate) unsafe fn send(_: *mut sys::CURL, _: &[u8], piece: Piece) -> (sys::CURLcode, usize) {
    let _ = (piece.flags(), piece.frame_len());
    (sys::CURLE_NOT_BUILT_IN, 0)
}

/// Receives the next part of a frame. Returns libcurl's code, the number of bytes received, and the
/// frame that they belong to.
///
/// # Safety
/// As for [`send`]. `'a` must end before libcurl is next called with the handle.
#[cfg(has_ws)]
pub(crate) unsafe fn recv<'a>(
    raw: *mut sys::CURL,
    buffer: &mut [u8],
) -> (sys::CURLcode, usize, Option<&'a sys::WsFrame>) {
    let (len, mut received, mut frame) = (buffer.len(), 0, std::ptr::null());
    let (data, count, meta) = (buffer.as_mut_ptr(), &raw mut received, &raw mut frame);
    // SAFETY: the caller's promise; the buffer has room for `len` bytes.
    let code = unsafe { sys::curl_ws_recv(raw, data.cast(), len, count, meta) };
    // SAFETY: `frame` is NULL, or points to a struct that lives until libcurl is next called with the handle.
    (code, received, unsafe { frame.as_ref() })
}

#[cfg(not(has_ws))]
pub(crate) unsafe fn recv<'a>(
    _: *mut sys::CURL,
    _: &mut [u8],
) -> (sys::CURLcode, usize, Option<&'a sys::WsFrame>) {
    (sys::CURLE_NOT_BUILT_IN, 0, None)
}

/// Begins a frame of `len` bytes, which the `read` callback puts in next.
///
/// # Safety
/// As for [`send`].
pub(crate) unsafe fn start_frame(
    raw: NonNull<sys::CURL>,
    kind: FrameKind,
    len: u64,
    fragment: Fragment,
) -> Result<(), Error> {
    check(START_FRAME)?;
    let flags = sending::flags(START_FRAME, kind, fragment)? as c_uint;
    let too_long = |_| START_FRAME.unsuitable("the frame is too long");
    let len = sys::curl_off_t::try_from(len).map_err(too_long)?;
    #[cfg(has_ws_start_frame)]
    // SAFETY: the caller's promise.
    let code = unsafe { sys::curl_ws_start_frame(raw.as_ptr(), flags, len) };
    #[cfg(not(has_ws_start_frame))]
    let code = (raw, flags, len, sys::CURLE_NOT_BUILT_IN).3;
    match Code::from_raw(code) {
        Code::OK => Ok(()),
        code => Err(failure(code)),
    }
}

impl Info<'_> {
    /// Returns whether the server has switched from HTTP to another protocol (101).
    pub(crate) fn is_upgraded(&self) -> bool {
        self.response_code().is_ok_and(|code| code == 101)
    }
}

/// Sends replies on a WebSocket from inside the callbacks [`frame`](crate::Callbacks::frame) and
/// [`ws_raw`](crate::Callbacks::ws_raw).
///
/// # Examples
/// ```
/// use curlback::{
///     Callbacks, Fragment, Frame, FrameKind, Hooks, WriteResult, WsReply, callbacks,
/// };
///
/// /// Sends every text back, part by part, and says goodbye.
/// struct Echo;
///
/// #[callbacks]
/// impl Callbacks for Echo {
///     fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
///         match frame.kind() {
///             FrameKind::Text => {
///                 let fragment = Fragment::last_if(frame.ends_message());
///                 reply.send_fragment(FrameKind::Text, data, fragment)
///             }
///             FrameKind::Close => reply.send(FrameKind::Close, data),
///             _ => Ok(()),
///         }
///         .into()
///     }
/// }
/// assert_eq!(Echo.hooks(), Hooks::FRAME);
/// ```
pub struct WsReply<'a> {
    raw: NonNull<sys::CURL>,
    sending: &'a mut Sending,
}

impl<'a> WsReply<'a> {
    /// # Safety
    /// For as long as `'a`, the handle must be live (C1), and one of its callbacks must be on the stack.
    pub(crate) unsafe fn new(raw: NonNull<sys::CURL>, sending: &'a mut Sending) -> Self {
        WsReply { raw, sending }
    }

    /// Sends a message in one frame, and returns when libcurl has sent all of it. If the server does
    /// not read, this waits, at most until the [`timeout`](crate::Transfer::timeout). All other transfers
    /// that the same thread drives wait meanwhile.
    ///
    /// Messages of libcurl during the call do not reach [`debug`](crate::Callbacks::debug). Requires libcurl
    /// 8.16.0: earlier releases, from 7.86.0 on, have the function but lose frames.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// [`Error::Libcurl`] if the connection fails, if the time is over, or for a control frame (neither
    /// text nor binary) of more than 125 bytes; [`Error::Option`] for a [`FrameKind::Other`], in
    /// [raw mode](crate::WsOptions::RAW_MODE), or if the rest of another frame is due.
    #[doc(alias = "curl_ws_send")]
    pub fn send(&mut self, kind: FrameKind, data: &[u8]) -> Result<(), Error> {
        self.send_fragment(kind, data, Fragment::Last)
    }

    /// Sends a fragment of a message. The last fragment ends the message, and all fragments have the kind
    /// of the message.
    ///
    /// Otherwise, this is like [`send`](WsReply::send).
    ///
    /// # Errors
    /// As for [`send`](WsReply::send); also [`Error::Option`] for [`Fragment::More`] with a control
    /// frame.
    pub fn send_fragment(
        &mut self,
        kind: FrameKind,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<(), Error> {
        let piece = self.sending.frame(kind, data, fragment)?;
        self.send_piece(data, piece)
    }

    /// Sends the next part of a frame of `frame_len` bytes.
    ///
    /// The first call begins the frame. Each further call, in this callback or a later one, passes
    /// the same kind, length and `fragment`, and nothing else can be sent until the frame has all its
    /// bytes. `fragment` says whether the message ends with this frame. The call waits as
    /// [`send`](WsReply::send) does. Requires libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// As for [`send_fragment`](WsReply::send_fragment); also [`Error::Option`] for more bytes than the frame has
    /// room for, or for a `frame_len` above 2⁶³ − 1.
    #[doc(alias("curl_ws_send", "CURLWS_OFFSET"))]
    pub fn send_part(
        &mut self,
        kind: FrameKind,
        frame_len: u64,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<(), Error> {
        let piece = self.sending.part(kind, frame_len, data, fragment)?;
        self.send_piece(data, piece)
    }

    /// Sends bytes as they are, in [raw mode](crate::WsOptions::RAW_MODE).
    ///
    /// The bytes are any number of frames or parts of frames, encoded and masked by the caller. The call
    /// waits as [`send`](WsReply::send) does. Requires libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// [`Error::Libcurl`] if the connection fails or the time is over; [`Error::Option`] without
    /// [`WsOptions::RAW_MODE`](crate::WsOptions::RAW_MODE).
    #[doc(alias("curl_ws_send", "CURLWS_RAW_MODE"))]
    pub fn send_raw(&mut self, data: &[u8]) -> Result<(), Error> {
        let piece = self.sending.raw(data)?;
        self.send_piece(data, piece)
    }

    fn send_piece(&mut self, data: &[u8], piece: Piece) -> Result<(), Error> {
        // SAFETY: C1: `new`'s promise; C3: the gate is `Running`, so that a `debug` that
        // libcurl calls meanwhile does not reach the handler.
        let (code, sent) = unsafe { send(self.raw.as_ptr(), data, piece) };
        let code = Code::from_raw(code);
        let is_uncounted = self.sending.is_raw_mode() && RAW_REPLY_UNCOUNTED.is_present();
        let sent = match code {
            // In a callback, libcurl returns success only when everything is sent.
            Code::OK if is_uncounted => data.len(),
            _ => sent,
        };
        self.sending.note(piece, code, sent);
        match code {
            Code::OK if sent == data.len() => Ok(()),
            // libcurl has taken only a part, whose rest would have to be sent before anything else.
            Code::OK => Err(failure(Code::SEND_ERROR)),
            code => Err(failure(code)),
        }
    }
}

fn failure(code: Code) -> Error {
    Error::libcurl(code)
}

impl fmt::Debug for WsReply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsReply").finish_non_exhaustive()
    }
}
