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
            /// [`callbacks`](macro@crate::callbacks) writes `hooks` from the methods that its block has. With the
            /// argument `to`, it adds the callbacks of the other handler.
            ///
            /// If a callback is not in the set, libcurl does not call its method, and the documentation of its flag
            /// says what happens instead. With [`Hooks::empty`], libcurl does what it does without callbacks, except
            /// for bodies: a received body is thrown away, and an upload can send only an empty body.
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
    /// Without it, the handler gets no header lines, unless [`show_header`](crate::Transfer::show_header) passes them
    /// to `write`.
    Header, HEADER, 1, "header";
    /// Without it, an upload sends an empty body. If a size greater than 0 is announced for the body,
    /// [`perform`](crate::Transfer::perform) returns an error instead. libcurl without this crate would read standard
    /// input.
    Read, READ, 2, "read";
    /// Without it, a transfer that must send a body from `read` again fails, unless [`IOCTL`](Self::IOCTL) is
    /// set: then `ioctl` is called.
    Seek, SEEK, 3, "seek";
    /// Without it, only `seek` rewinds a body. Not in the default: libcurl itself calls `ioctl` only if
    /// [`SEEK`](Self::SEEK) is unset.
    Ioctl, IOCTL, 4, "ioctl";
    /// Without it, a verbose transfer prints to standard error, as libcurl does by default.
    Debug, DEBUG, 5, "debug";
    /// Without it, no progress is reported, unless [`PROGRESS`](Self::PROGRESS) is set. If neither is set and
    /// [`progress(true)`](crate::Transfer::progress) is called, libcurl 7.68.0 or newer prints its own meter.
    XferInfo, XFER_INFO, 6, "xfer_info";
    /// Not in the default: libcurl itself calls `progress` only if [`XFER_INFO`](Self::XFER_INFO) is unset.
    Progress, PROGRESS, 7, "progress";
    /// Without it, sockets are opened as libcurl itself opens them.
    OpenSocket, OPEN_SOCKET, 8, "open_socket";
    /// Without it, sockets have the options that libcurl sets.
    Sockopt, SOCKOPT, 9, "sockopt";
    /// Not in the default: without it, sockets are closed without a call of the handler. Setting it also sets
    /// [`OPEN_SOCKET`](Self::OPEN_SOCKET).
    CloseSocket, CLOSE_SOCKET, 10, "close_socket";
    /// Without it, libcurl resolves host names without asking the handler.
    ResolverStart, RESOLVER_START, 11, "resolver_start";
    /// Not in the default: libcurl supports it only since 7.80.0. Without it, libcurl sends requests without asking
    /// the handler.
    Prereq, PREREQ, 12, "prereq";
    /// Not in the default: some TLS libraries have no such context. Without it, the handler cannot configure TLS beyond
    /// libcurl's options.
    SslCtx, SSL_CTX, 13, "ssl_ctx";
    /// Not in the default: libcurl may be built without SSH. Without it, [`SSH_HOSTKEY`](Self::SSH_HOSTKEY) or options
    /// such as [`ssh_known_hosts`](crate::Transfer::ssh_known_hosts) decide which keys libcurl accepts.
    SshKey, SSH_KEY, 14, "ssh_key";
    /// Not in the default: with it, libcurl does not compare keys with the known-hosts file. Without it,
    /// [`SSH_KEY`](Self::SSH_KEY) or libcurl's options decide which keys libcurl accepts.
    SshHostkey, SSH_HOSTKEY, 15, "ssh_hostkey";
    /// Not in the default: it needs libcurl 8.7.0, since earlier releases may write past their buffer.
    /// Without it, no trailers are sent.
    Trailer, TRAILER, 16, "trailer";
    /// Not in the default: libcurl may be built without HSTS. Without it, the handler adds no hosts to those that
    /// libcurl knows.
    HstsRead, HSTS_READ, 17, "hsts_read";
    /// Not in the default: libcurl may be built without HSTS. Without it, the handler does not get the hosts that
    /// libcurl knows.
    HstsWrite, HSTS_WRITE, 18, "hsts_write";
    /// Not in the default: libcurl may be built without FTP. Without it, libcurl downloads every regular file that
    /// matches the pattern.
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
    // `DONE` has the last bit, since it has no row in the table of the functions that libcurl gets.
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
