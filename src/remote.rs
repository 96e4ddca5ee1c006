//! Pausing, resuming and cancelling a transfer from anywhere.

use std::fmt;
use std::sync::Arc;

use crate::Direction;
use crate::run::control::Control;

/// Pauses, resumes and cancels one transfer, from any thread and from inside
/// callbacks.
///
/// [`Transfer::remote`](crate::Transfer::remote) makes it, before the transfer runs or while it
/// does. What is asked for takes effect once libcurl has returned to the driver, which is
/// woken for it: within milliseconds, and never while a callback of the transfer
/// runs. Asked for before the transfer begins, it takes effect when it does.
///
/// After the transfer has ended or was dropped, every method does nothing and returns `false`.
///
/// # Examples
/// ```
/// use std::{net::TcpListener, thread};
/// use curlback::{Error, Transfer};
///
/// // A server that never answers.
/// let silent = TcpListener::bind("127.0.0.1:0")?;
/// let mut transfer = Transfer::new(())?;
/// transfer.url(&format!("http://{}/", silent.local_addr()?))?;
/// transfer.noproxy("*")?;
///
/// let remote = transfer.remote();
/// let canceller = thread::spawn(move || {
///     let connection = silent.accept();
///     assert!(remote.cancel());
///     (remote, connection)
/// });
/// assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
/// let (remote, _connection) = canceller.join().expect("it does not panic");
/// assert!(remote.is_finished());
/// assert!(!remote.cancel());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Remote {
    control: Arc<Control>,
}

impl Remote {
    pub(crate) fn new(control: Arc<Control>) -> Remote {
        Remote { control }
    }

    /// Pauses the transfer in this direction, as a callback does by its answer.
    ///
    /// Nothing of that direction is handed over from then on, once the call that may be running has
    /// returned, and the connection stays open. Returns `false` if the transfer has ended.
    ///
    /// libcurl 8.5.0 keeps watching the connection of a paused transfer, which costs processor
    /// time; in a [`Multi`](crate::Multi) it also keeps receiving, buffers up to 64 MiB, and then
    /// fails the transfer.
    #[doc(alias = "curl_easy_pause")]
    pub fn pause(&self, direction: Direction) -> bool {
        self.control.ask(|requests| {
            requests.pause |= direction.bit();
            requests.resume &= !direction.bit();
        })
    }

    /// Resumes the transfer in this direction, whoever paused it; the other direction
    /// stays as it is.
    ///
    /// libcurl then runs the transfer, even if it was not paused: this also continues a TLS
    /// handshake that a verify callback of the TLS library has suspended.
    ///
    /// Asked for while a callback is answering that it pauses, it resumes from that pause:
    /// make available what the callback waits for, then resume.
    /// Returns `false` if the transfer has ended.
    #[doc(alias = "curl_easy_pause")]
    pub fn resume(&self, direction: Direction) -> bool {
        self.control.ask(|requests| {
            requests.resume |= direction.bit();
            requests.pause &= !direction.bit();
        })
    }

    /// Ends the transfer with [`Error::Cancelled`](crate::Error::Cancelled), whatever code libcurl
    /// ends it with.
    ///
    /// An error of one of its callbacks counts instead. Returns `false` if the transfer has ended.
    ///
    /// libcurl blocks the thread while it waits for the last reply of FTP, SMTP and IMAP, and during
    /// all of `file://` and TELNET. Meanwhile it calls its progress function about once a second,
    /// and the cancel takes effect then. The cancel has to wait for a call that libcurl itself waits
    /// for: a running callback; the LDAP library; and a blocking name resolution, which libcurl before
    /// 8.20 uses for active FTP connections and for an [`interface`](crate::Transfer::interface)
    /// by name, and a libcurl without [`ASYNCH_DNS`](crate::Features::ASYNCH_DNS) always.
    #[doc(alias = "curl_multi_remove_handle")]
    pub fn cancel(&self) -> bool {
        self.control.cancel()
    }

    /// Returns whether the transfer has ended or was dropped.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.control.has_ended()
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("is_finished", &self.is_finished())
            .finish()
    }
}
