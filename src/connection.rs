//! A connection without a transfer on it: bytes and frames, both ways.

use std::time::Duration;

use crate::multi::Ready;
use crate::{Attempt, Error, Fragment, Frame, FrameKind, Transfer};

/// # Connections
///
/// After a [`perform`](Transfer::perform) with [`connect_only`](Transfer::connect_only), the connection
/// stays open until the next one, and these talk on it. Only [`wait_socket`](Transfer::wait_socket) waits;
/// [`open_websocket`](Transfer::open_websocket) makes a WebSocket whose calls wait.
impl<H> Transfer<H> {
    /// Sends bytes as they are, and returns how many were taken: not always all.
    ///
    /// Through TLS, and through a proxy, if the connection has that. Since libcurl 7.18.2.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_easy_send.html).
    ///
    /// # Errors
    /// [`Error::Libcurl`] if the connection fails or there is none; the error of
    /// [`debug`](crate::Callbacks::debug).
    ///
    /// # Panics
    /// Resumes the panic of `debug`.
    #[doc(alias = "curl_easy_send")]
    pub fn send(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.send(data)
    }

    /// Receives bytes as they are, and returns how many: 0 if the other side has closed.
    ///
    /// Since libcurl 7.18.2.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_easy_recv.html).
    ///
    /// # Errors
    /// As for [`send`](Transfer::send); also for a buffer without room.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_easy_recv")]
    pub fn recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<usize>, Error> {
        self.easy.recv(buffer)
    }

    /// Waits until the socket of the connection is ready for [`Ready::READ`], [`Ready::WRITE`] or both, and
    /// returns what it is ready for: nothing if `limit` is over first. `None` is no limit.
    ///
    /// Try first, and wait only after [`Attempt::WouldBlock`]: libcurl and the TLS library read ahead, so
    /// bytes may be there although the socket has none. Try again afterwards, since a socket that is ready
    /// may have too little for a frame, or for a record of TLS. An error of the connection, or its end, also
    /// makes the socket ready. A signal does not end the wait, and no [`Remote`](crate::Remote) does.
    ///
    /// # Errors
    /// [`Error::Libcurl`] if no connection was left open; [`Error::Poll`] if the system fails.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use curlback::{Attempt, Transfer, multi::Ready};
    ///
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("http://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || -> std::io::Result<()> {
    /// #     use std::io::{Read, Write};
    /// #     let mut socket = listener.accept()?.0;
    /// #     socket.read_exact(&mut [0; 6])?;
    /// #     socket.write_all(b"hello\n")
    /// # });
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.connect_only(true)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.send(b"hello\n")?, Attempt::Done(6));
    ///
    /// let mut buffer = [0; 100];
    /// let len = loop {
    ///     if let Attempt::Done(len) = transfer.recv(&mut buffer)? {
    ///         break len;
    ///     }
    ///     let ready = transfer.wait_socket(Ready::READ, Some(Duration::from_secs(30)))?;
    ///     assert!(!ready.is_empty(), "the server is too slow");
    /// };
    /// assert!(b"hello\n".starts_with(&buffer[..len]));
    /// # server.join().unwrap()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_socket(&self, interest: Ready, limit: Option<Duration>) -> Result<Ready, Error> {
        self.easy.wait_socket(interest, limit)
    }

    /// Sends a message in one frame of a WebSocket, and returns how many bytes were taken.
    ///
    /// If that is not all, or it would block, call it again with the rest, or the same, before
    /// anything else is sent. It needs [`ConnectOnly::WebSocket`](crate::ConnectOnly::WebSocket). Since libcurl
    /// 7.86.0; requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// As for [`send`](Transfer::send). [`Error::Libcurl`] for a control frame (neither text nor binary) of more than
    /// 125 bytes. [`Error::Option`] for a [`FrameKind::Other`], in [raw mode](crate::WsOptions::RAW_MODE), or if
    /// the rest of another frame is due. [`Error::Unsupported`] if the linked libcurl has no WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_ws_send")]
    pub fn ws_send(&mut self, kind: FrameKind, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send(kind, data, Fragment::Last)
    }

    /// Sends a fragment of a message of several frames; the last one ends it. All have the
    /// kind of the message. As [`ws_send`](Transfer::ws_send) otherwise.
    ///
    /// # Errors
    /// As for [`ws_send`](Transfer::ws_send); also [`Error::Option`] for a fragment of a
    /// control frame, unless it is the last.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias("curl_ws_send", "CURLWS_CONT"))]
    pub fn ws_send_fragment(
        &mut self,
        kind: FrameKind,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send(kind, data, fragment)
    }

    /// Sends the next part of a frame of `frame_len` bytes, and returns how many bytes were taken.
    /// A frame can so be sent before all of its bytes are available.
    ///
    /// The first call begins the frame, even with empty `data`. Each further call passes the same
    /// kind, length and `fragment`, and nothing else can be sent until the frame has all its bytes.
    /// If not all of `data` was taken, call it again with the rest; if it would block, with the
    /// same `data`. Either may have further bytes appended. `fragment` says whether the message
    /// ends with this frame. Since libcurl 7.86.0; requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// As for [`ws_send_fragment`](Transfer::ws_send_fragment); also [`Error::Option`] for more bytes than the
    /// frame has room for.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias("curl_ws_send", "CURLWS_OFFSET"))]
    pub fn ws_send_part(
        &mut self,
        kind: FrameKind,
        frame_len: u64,
        data: &[u8],
        fragment: Fragment,
    ) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send_part(kind, frame_len, data, fragment)
    }

    /// Sends bytes as they are on a WebSocket in [raw mode](crate::WsOptions::RAW_MODE), and returns how many were
    /// taken.
    ///
    /// The bytes are any number of frames or parts of frames, encoded and masked by the caller.
    /// In raw mode, [`recv`](Transfer::recv) receives bytes as they are, and [`ws_recv`](Transfer::ws_recv)
    /// receives frames; libcurl then drops pings without answering them, unless
    /// [`WsOptions::NO_AUTO_PONG`](crate::WsOptions::NO_AUTO_PONG) is set too.
    /// Since libcurl 7.86.0; requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// As for [`send`](Transfer::send); [`Error::Option`] without raw mode, [`Error::Unsupported`] if the
    /// linked libcurl has no WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias("curl_ws_send", "CURLWS_RAW_MODE"))]
    pub fn ws_send_raw(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send_raw(data)
    }

    /// Receives the next part of a frame of a WebSocket; returns how many bytes it has, and
    /// which part of which frame it is.
    ///
    /// An empty frame has none. Pings are answered by libcurl, and not received, unless
    /// [`ws_options`](Transfer::ws_options) says otherwise; libcurl sends the answer when it next receives or
    /// sends something else. It needs
    /// [`ConnectOnly::WebSocket`](crate::ConnectOnly::WebSocket). Since libcurl 7.86.0; requires 8.16.0, the first
    /// release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_recv.html).
    ///
    /// # Errors
    /// As for [`recv`](Transfer::recv): [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING) if the other side has closed.
    /// [`Error::Unsupported`] if the linked libcurl has no WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_ws_recv")]
    pub fn ws_recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<(usize, Frame)>, Error> {
        self.easy.ws_recv(buffer)
    }
}
