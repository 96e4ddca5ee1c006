//! Sending and receiving bytes and frames on a connection without a transfer.

use std::time::Duration;

use crate::multi::Ready;
use crate::{Attempt, Error, Fragment, Frame, FrameKind, Transfer};

/// # Connections
///
/// After a [`perform`](Transfer::perform) with [`connect_only`](Transfer::connect_only), the connection stays
/// open until the next `perform` at most. These methods send and receive on it. Of these, only
/// [`wait_socket`](Transfer::wait_socket) waits for the connection. With a [`Share`](crate::Share) of connections,
/// the others may wait for other threads. For a WebSocket whose calls wait, use
/// [`open_websocket`](Transfer::open_websocket).
impl<H> Transfer<H> {
    /// Sends bytes as they are, and returns how many of them were taken, which may be fewer than all.
    ///
    /// If the connection uses TLS or a proxy, the bytes go through them. Since libcurl 7.18.2.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_easy_send.html).
    ///
    /// # Errors
    /// [`Error::Libcurl`] if the connection fails or there is none, or, before libcurl 7.83.0, if the
    /// transfer has a [`Share`](crate::Share) of connections; [`Error::Option`] inside a callback that must not
    /// wait for the share; the error of [`debug`](crate::Callbacks::debug).
    ///
    /// # Panics
    /// Resumes the panic of `debug`.
    #[doc(alias = "curl_easy_send")]
    pub fn send(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.send(data)
    }

    /// Receives bytes as they are, and returns how many came: 0 if the other side has closed the connection.
    ///
    /// Since libcurl 7.18.2.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_easy_recv.html).
    ///
    /// # Errors
    /// Those of [`send`](Transfer::send); also an error for an empty buffer.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_easy_recv")]
    pub fn recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<usize>, Error> {
        self.easy.recv(buffer)
    }

    /// Waits until the socket of the connection is ready for one of `interest`: [`Ready::READ`],
    /// [`Ready::WRITE`] or both. Returns what the socket is ready for, or an empty set if `limit` is over
    /// first. Without a `limit`, waits for as long as it takes.
    ///
    /// Try to send or receive first, and wait only after [`Attempt::WouldBlock`]: libcurl and the TLS library
    /// read ahead, so they may have bytes although the socket has none. After the wait, the attempt may block
    /// again: a ready socket may have less than a whole frame or TLS record. An error of the connection, or its
    /// end, also makes the socket ready. Neither a signal nor a [`Remote`](crate::Remote) ends the wait.
    ///
    /// # Errors
    /// [`Error::Libcurl`] if no connection was left open, or, before libcurl 7.83.0, if the transfer has a
    /// [`Share`](crate::Share) of connections; [`Error::Option`] inside a callback that must not wait for the
    /// share; [`Error::Poll`] if the system fails.
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

    /// Sends a WebSocket message in one frame, and returns how many of its bytes were taken.
    ///
    /// If not all bytes were taken, call it again with the rest before anything else is sent. After
    /// [`Attempt::WouldBlock`], call it again with the same `data`. This method needs
    /// [`ConnectOnly::WebSocket`](crate::ConnectOnly::WebSocket). libcurl has this function since 7.86.0; this
    /// crate requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// Those of [`send`](Transfer::send). [`Error::Libcurl`] for a control frame (neither text nor binary) of
    /// more than 125 bytes. [`Error::Option`] for a [`FrameKind::Other`], in
    /// [raw mode](crate::WsOptions::RAW_MODE), or if the rest of another frame has to be sent first.
    /// [`Error::Unsupported`] if the linked libcurl is older than 8.16.0, or if it or the libcurl that this crate
    /// was compiled with has no WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_ws_send")]
    pub fn ws_send(&mut self, kind: FrameKind, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send(kind, data, Fragment::Last)
    }

    /// Sends one frame of a message that has several. `fragment` says whether this frame is the last. Each call
    /// passes the same `kind`, that of the message. Apart from that, this method does what
    /// [`ws_send`](Transfer::ws_send) does.
    ///
    /// # Errors
    /// Those of [`ws_send`](Transfer::ws_send); also [`Error::Option`] for a control frame that is not the last
    /// of its message.
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

    /// Sends the next part of a frame of `frame_len` bytes, and returns how many bytes were taken. So a frame
    /// can be begun before all of its bytes are available.
    ///
    /// The first call begins the frame, even with empty `data`. Each further call passes the same kind, length
    /// and `fragment`, and nothing else can be sent until the frame has all its bytes. If not all of `data` was
    /// taken, call it again with the rest. After [`Attempt::WouldBlock`], call it again with the same `data`.
    /// In both cases, further bytes may be appended. `fragment` says whether the message ends with this frame.
    /// libcurl has this function since 7.86.0; this crate requires 8.16.0, the first release that loses no
    /// frame. [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// Those of [`ws_send_fragment`](Transfer::ws_send_fragment); also [`Error::Option`] if `data` is longer
    /// than the rest of the frame, or if `frame_len` is above 2⁶³ − 1.
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

    /// Sends bytes as they are on a WebSocket in [raw mode](crate::WsOptions::RAW_MODE), and returns how many
    /// of them were taken.
    ///
    /// The bytes are any number of frames or parts of frames, which the caller has encoded and masked. In raw
    /// mode, [`recv`](Transfer::recv) receives bytes as they are, and [`ws_recv`](Transfer::ws_recv) receives
    /// frames. With `ws_recv` in raw mode, the program does not receive pings, unless
    /// [`WsOptions::NO_AUTO_PONG`](crate::WsOptions::NO_AUTO_PONG) is set too. Since libcurl 8.21.0, libcurl then
    /// sends the answer to a ping only before the next bytes that the program sends. The function is in libcurl
    /// since 7.86.0; this crate requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_send.html).
    ///
    /// # Errors
    /// Those of [`send`](Transfer::send); [`Error::Option`] without raw mode, [`Error::Unsupported`] if the
    /// linked libcurl is older than 8.16.0, or if it or the libcurl that this crate was compiled with has no
    /// WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias("curl_ws_send", "CURLWS_RAW_MODE"))]
    pub fn ws_send_raw(&mut self, data: &[u8]) -> Result<Attempt<usize>, Error> {
        self.easy.ws_send_raw(data)
    }

    /// Receives the next part of a WebSocket frame. Returns how many bytes the part has, and which part of
    /// which frame it is.
    ///
    /// The part of an empty frame has 0 bytes. libcurl answers pings itself, and the program does not receive
    /// them, unless [`ws_options`](Transfer::ws_options) says otherwise. Since libcurl 8.21.0, the answer to a
    /// ping is sent only when libcurl next receives or sends something else. This method needs
    /// [`ConnectOnly::WebSocket`](crate::ConnectOnly::WebSocket). libcurl has this function since 7.86.0; this
    /// crate requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_recv.html).
    ///
    /// # Errors
    /// Those of [`recv`](Transfer::recv); [`Code::GOT_NOTHING`](crate::Code::GOT_NOTHING) if the other side has
    /// closed the connection. [`Error::Unsupported`] if the linked libcurl is older than 8.16.0, or if it or the
    /// libcurl that this crate was compiled with has no WebSockets.
    ///
    /// # Panics
    /// As for [`send`](Transfer::send).
    #[doc(alias = "curl_ws_recv")]
    pub fn ws_recv(&mut self, buffer: &mut [u8]) -> Result<Attempt<(usize, Frame)>, Error> {
        self.easy.ws_recv(buffer)
    }
}
