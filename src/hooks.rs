//! The names of the callbacks, and the set of those that are installed.

use std::fmt;

use bitflags::bitflags;

macro_rules! callbacks {
    (
        $($(#[$($doc:tt)*])* $name:ident, $flag:ident, $bit:literal, $method:literal;)*
        ; $($other:ident, $text:literal, $link:literal;)*
    ) => {
        /// The name of a callback, with which an [`Error`](crate::Error) says which callback failed.
        ///
        /// Its `Display` is the name of the method. For a [`MimeReader`](crate::MimeReader), it is
        /// `mime read` or `mime seek`, and for [`Multi::accept_pushes`](crate::Multi::accept_pushes), it is
        /// `push`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Callback {
            $(
                #[doc = concat!("[`Callbacks::", $method, "`](crate::Callbacks::", $method, ").")]
                $name,
            )*
            $(
                #[doc = concat!("[`", $link, "`](crate::", $link, ").")]
                $other,
            )*
        }

        impl fmt::Display for Callback {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Callback::$name => $method,)*
                    $(Callback::$other => $text,)*
                })
            }
        }

        bitflags! {
            /// The callbacks that are installed.
            ///
            /// [`Callbacks::hooks`](crate::Callbacks::hooks) returns the callbacks of a new transfer, and
            /// [`Transfer::set_hooks`](crate::Transfer::set_hooks) changes them between transfers. The attribute
            /// [`callbacks`](macro@crate::callbacks) writes `hooks` from the methods that its block has.
            ///
            /// If a callback is not in the set, libcurl does not call its method, and the documentation of its flag
            /// says what happens instead. With [`Hooks::empty`], libcurl does everything itself. But a received
            /// body is thrown away, and an upload sends an empty body.
            ///
            /// [`Hooks::default`] is for handlers without the attribute. The default method of each callback in it does
            /// the same as no callback, and every libcurl since 7.61.1 supports the callback. For these callbacks, it
            /// is enough to implement the method. All other callbacks are opt-in.
            ///
            /// ```
            /// use curlback::{CallbackResult, Callbacks, Hooks, Trailers, Transfer, callbacks};
            ///
            /// struct Sum;
            ///
            /// #[callbacks]
            /// impl Callbacks for Sum {
            ///     fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
            ///         trailers.append("x-sum", "7").into()
            ///     }
            /// }
            /// assert_eq!(Sum.hooks(), Hooks::TRAILER);
            ///
            /// let mut transfer = Transfer::new(())?;
            /// assert_eq!(transfer.hooks(), Hooks::default());
            /// transfer.set_hooks(transfer.hooks() - Hooks::DEBUG)?;
            /// assert!(!transfer.hooks().contains(Hooks::DEBUG));
            /// # Ok::<(), curlback::Error>(())
            /// ```
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub struct Hooks: u32 {
                $(
                    #[doc = concat!("[`Callbacks::", $method, "`](crate::Callbacks::", $method, ").")]
                    ///
                    $(#[$($doc)*])*
                    const $flag = 1 << $bit;
                )*
            }
        }
    };
}

callbacks! {
    /// Without it, the body is thrown away. libcurl without this crate would print the body to standard output.
    Write, WRITE, 0, "write";
    /// Without it, header lines are ignored.
    Header, HEADER, 1, "header";
    /// Without it, an upload sends an empty body. libcurl without this crate would read standard input. If
    /// the size of the upload is announced, [`perform`](crate::Transfer::perform) returns an error.
    Read, READ, 2, "read";
    /// Without it, a transfer that must send its body again fails, unless [`IOCTL`](Self::IOCTL) is
    /// set: then `ioctl` is called.
    Seek, SEEK, 3, "seek";
    /// Not in the default: libcurl itself calls `ioctl` only if [`SEEK`](Self::SEEK) is unset.
    Ioctl, IOCTL, 4, "ioctl";
    /// Without it, a verbose transfer prints to standard error, as libcurl does by default.
    Debug, DEBUG, 5, "debug";
    /// Without it, no progress is reported, unless [`PROGRESS`](Self::PROGRESS) is set. If neither is set and
    /// [`progress(true)`](crate::Transfer::progress) is called, libcurl 7.68.0 or newer prints its own meter.
    XferInfo, XFER_INFO, 6, "xfer_info";
    /// Not in the default: libcurl itself calls `progress` only if [`XFER_INFO`](Self::XFER_INFO) is unset.
    Progress, PROGRESS, 7, "progress";
    /// Without it, libcurl opens the sockets itself.
    OpenSocket, OPEN_SOCKET, 8, "open_socket";
    /// Without it, sockets have the options that libcurl sets.
    Sockopt, SOCKOPT, 9, "sockopt";
    /// Not in the default: without it, libcurl closes the sockets itself. Setting it also sets
    /// [`OPEN_SOCKET`](Self::OPEN_SOCKET).
    CloseSocket, CLOSE_SOCKET, 10, "close_socket";
    /// Without it, libcurl resolves every host name without asking.
    ResolverStart, RESOLVER_START, 11, "resolver_start";
    /// Not in the default: libcurl supports it only since 7.80.0. Without it, libcurl sends every request without
    /// asking.
    Prereq, PREREQ, 12, "prereq";
    /// Not in the default: some TLS libraries have no such context. Without it, only libcurl's options configure TLS.
    SslCtx, SSL_CTX, 13, "ssl_ctx";
    /// Not in the default: libcurl may be built without SSH. Without it, libcurl accepts only the keys in the
    /// known-hosts file, if [`ssh_known_hosts`](crate::Transfer::ssh_known_hosts) names one.
    SshKey, SSH_KEY, 14, "ssh_key";
    /// Not in the default: with it, libcurl does not look into the known-hosts file. Without it, the file and the
    /// callback [`SSH_KEY`](Self::SSH_KEY) decide.
    SshHostkey, SSH_HOSTKEY, 15, "ssh_hostkey";
    /// Not in the default: it needs libcurl 8.7.0, since earlier releases may write past their buffer.
    /// Without it, no trailers are sent.
    Trailer, TRAILER, 16, "trailer";
    /// Not in the default: libcurl may be built without HSTS. Without it, libcurl knows only the
    /// hosts in its file and the hosts that have sent an HSTS header.
    HstsRead, HSTS_READ, 17, "hsts_read";
    /// Not in the default: libcurl may be built without HSTS. Without it, libcurl saves the hosts only in its file.
    HstsWrite, HSTS_WRITE, 18, "hsts_write";
    /// Not in the default: libcurl may be built without FTP. Without it, libcurl downloads every file that matches the
    /// pattern.
    ChunkBegin, CHUNK_BEGIN, 19, "chunk_begin";
    /// Not in the default: libcurl may be built without FTP. Without it, the handler is not told when a file has ended.
    ChunkEnd, CHUNK_END, 20, "chunk_end";
    /// Not in the default: without it, libcurl matches names by itself.
    Fnmatch, FNMATCH, 21, "fnmatch";
    /// Not in the default: without it, whole RTP packets, with their headers, go to `write`.
    Interleave, INTERLEAVE, 22, "interleave";
    /// Not in the default: libcurl has no such callback. Without it, the handler is not told which headers belong to
    /// the final response. Setting it also sets [`HEADER`](Self::HEADER) and [`WRITE`](Self::WRITE).
    FinalHead, FINAL_HEAD, 23, "final_head";
    /// Not in the default: without it, the payload of WebSocket frames goes to `write`. Setting it also sets
    /// [`WRITE`](Self::WRITE).
    Frame, FRAME, 24, "frame";
    // `DONE` has the last bit, since no function in the table of those that libcurl gets is for it.
    /// Not in the default: libcurl has no such callback. Without it, only the result of the transfer says that the
    /// transfer has succeeded.
    Done, DONE, 25, "done";

    ;
    Socket, "socket", "multi::EventLoop::socket";
    Timer, "timer", "multi::EventLoop::timer";
    Notify, "notify", "multi::EventLoop::notify";
    Push, "push", "Multi::accept_pushes";
    MimeRead, "mime read", "MimeReader::read";
    MimeSeek, "mime seek", "MimeReader::seek";
}

impl Default for Hooks {
    fn default() -> Hooks {
        Hooks::WRITE
            | Hooks::HEADER
            | Hooks::READ
            | Hooks::SEEK
            | Hooks::DEBUG
            | Hooks::XFER_INFO
            | Hooks::OPEN_SOCKET
            | Hooks::SOCKOPT
            | Hooks::RESOLVER_START
    }
}
