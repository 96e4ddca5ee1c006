//! Opening a WebSocket, and restoring the options of its transfer at the end.

use crate::ffi::websocket::{RECV, check};
use crate::{
    Callbacks, Code, ConnectOnly, Error, Info, Transfer, TransferError, WebSocket, WsOptions,
};

/// # WebSockets
impl<H: Callbacks> Transfer<H> {
    /// Performs the handshake of a WebSocket, and returns the [`WebSocket`], which sends and receives whole
    /// messages.
    ///
    /// The URL has to begin with `ws://` or `wss://`. As long as the WebSocket lives,
    /// [`connect_only`](Transfer::connect_only) is [`ConnectOnly::WebSocket`], and [`WsOptions::NO_AUTO_PONG`]
    /// is set. So the WebSocket itself answers pings: an answer of libcurl's that cannot be sent at once might wait
    /// until something else is sent. Both options are restored when the WebSocket ends or cannot be opened.
    ///
    /// In tasks, or for many WebSockets on one thread, use
    /// [`Agent::open_websocket`](crate::Agent::open_websocket).
    ///
    /// # Errors
    /// Those of [`perform`](Transfer::perform), with the transfer; [`Error::Libcurl`] if the server refuses to
    /// speak WebSockets. [`Error::Option`] with [`WsOptions::RAW_MODE`], and for a URL that begins with
    /// `http://` or `https://`. [`Error::Unsupported`] if the linked libcurl is older than 8.16.0 or has no
    /// WebSockets.
    ///
    /// # Panics
    /// Resumes the panic of a callback, and drops the transfer.
    #[doc(alias("curl_ws_recv", "curl_ws_send"))]
    pub fn open_websocket(mut self) -> Result<WebSocket<H>, TransferError<H>> {
        let former = Former::of(&self);
        if let Err(error) = former.check(&self) {
            return Err(TransferError::new(error, self));
        }
        match former.begin(&mut self) {
            Ok(()) => Ok(WebSocket::new(self, former)),
            Err(error) => {
                // The error of the handshake is returned. An error of restoring is dropped.
                let _ = former.restore(&mut self);
                Err(TransferError::new(error, self))
            }
        }
    }
}

/// The options that a transfer had before it became a WebSocket.
#[derive(Clone, Copy)]
pub(crate) struct Former {
    connect_only: ConnectOnly,
    ws_options: WsOptions,
}

impl Former {
    pub(crate) fn of<H>(transfer: &Transfer<H>) -> Former {
        Former {
            connect_only: match transfer.easy.connect_only() {
                0 => ConnectOnly::No,
                1 => ConnectOnly::Yes,
                _ => ConnectOnly::WebSocket,
            },
            ws_options: WsOptions::from_bits_retain(transfer.easy.ws_options()),
        }
    }

    /// Refuses a transfer whose options exclude a WebSocket, before any option is changed. Also returns an
    /// error if the linked libcurl lacks WebSockets.
    pub(crate) fn check<H>(self, transfer: &Transfer<H>) -> Result<(), Error> {
        check(RECV)?;
        let refuse = |option, reason| Err(Error::Option { option, reason });
        if self.ws_options.contains(WsOptions::RAW_MODE) {
            let reason = "in raw mode, libcurl does not make frames";
            return refuse("CURLOPT_WS_OPTIONS", reason);
        }
        if transfer.easy.names_http() {
            let reason = "the URL of a WebSocket begins with `ws://` or `wss://`";
            return refuse("CURLOPT_URL", reason);
        }
        Ok(())
    }

    fn begin<H: Callbacks>(self, transfer: &mut Transfer<H>) -> Result<(), Error> {
        self.set(transfer)?;
        transfer.perform()?;
        check_upgrade(&transfer.info())
    }

    /// Sets the options that a WebSocket needs.
    pub(crate) fn set<H>(self, transfer: &mut Transfer<H>) -> Result<(), Error> {
        transfer.ws_options(self.ws_options | WsOptions::NO_AUTO_PONG)?;
        transfer.connect_only(ConnectOnly::WebSocket)
    }

    /// Closes the connection, and restores the options.
    pub(crate) fn restore<H>(self, transfer: &mut Transfer<H>) -> Result<(), Error> {
        // Setting `connect_only` first closes the connection, and `close_socket` may fail: then the option is
        // not set. The second attempt has no connection to close.
        let closed = transfer.connect_only(self.connect_only);
        if closed.is_err() {
            transfer.connect_only(self.connect_only)?;
        }
        if transfer.easy.ws_options() != self.ws_options.bits() {
            transfer.ws_options(self.ws_options)?;
        }
        closed
    }
}

/// Returns an error if the response has not turned the connection into a WebSocket.
pub(crate) fn check_upgrade(info: &Info<'_>) -> Result<(), Error> {
    match info.is_upgraded() {
        true => Ok(()),
        false => Err(Error::libcurl_with(
            Code::UNSUPPORTED_PROTOCOL,
            "the server does not speak WebSockets, or the URL does not ask for one",
        )),
    }
}
