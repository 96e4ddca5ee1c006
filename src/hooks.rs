//! The names of the callbacks, and the set of those that are installed.

use std::fmt;

use bitflags::bitflags;

macro_rules! callbacks {
    (
        $($(#[$($doc:tt)*])* $name:ident, $flag:ident, $bit:literal, $method:literal;)*
        ; $($other:ident, $text:literal, $link:literal;)*
    ) => {
        /// Names a callback: an [`Error`](crate::Error) says by it which callback failed.
        ///
        /// It prints as the name of its method.
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
            /// [`Callbacks::hooks`](crate::Callbacks::hooks) returns the callbacks of a new
            /// transfer, and [`Transfer::set_hooks`](crate::Transfer::set_hooks) changes them
            /// between transfers. The attribute [`callbacks`](macro@crate::callbacks) writes
            /// `hooks` from the methods that its block has.
            ///
            /// Unsetting a callback is the same as not implementing it: its method is not called,
            /// and the documentation of its flag says what happens instead. With [`Hooks::empty`],
            /// libcurl does everything itself, except that a received body is thrown away and an
            /// upload sends an empty body.
            ///
            /// [`Hooks::default`] is for handlers without the attribute. It has the callbacks whose
            /// default method does the same as no callback, and which every libcurl since 7.61.1
            /// supports. For these callbacks, it is enough to implement the method; the others are
            /// opt-in.
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
    /// Without it, the body is thrown away. libcurl's own default would be standard output.
    Write, WRITE, 0, "write";
    /// Without it, header lines are ignored.
    Header, HEADER, 1, "header";
    /// Without it, an upload sends an empty body. libcurl's own default would be standard input. If
    /// the size of the upload is announced, [`perform`](crate::Transfer::perform) returns an error.
    Read, READ, 2, "read";
    /// Without it, a transfer that must send its body again fails, unless [`IOCTL`](Self::IOCTL) is
    /// set: then `ioctl` is called.
    Seek, SEEK, 3, "seek";
    /// Not in the default: only without [`SEEK`](Self::SEEK) does libcurl call it directly.
    Ioctl, IOCTL, 4, "ioctl";
    /// Without it, a verbose transfer prints to standard error, as libcurl does by default.
    Debug, DEBUG, 5, "debug";
    /// Without it, no progress is reported, unless [`PROGRESS`](Self::PROGRESS) is set; after
    /// [`progress(true)`](crate::Transfer::progress), libcurl prints its own meter.
    XferInfo, XFER_INFO, 6, "xfer_info";
    /// Not in the default: only without [`XFER_INFO`](Self::XFER_INFO) does libcurl call it
    /// directly.
    Progress, PROGRESS, 7, "progress";
    /// Without it, sockets are opened as libcurl opens them.
    OpenSocket, OPEN_SOCKET, 8, "open_socket";
    /// Without it, sockets are as libcurl makes them.
    Sockopt, SOCKOPT, 9, "sockopt";
    /// Not in the default: without it, libcurl closes its sockets itself. It also sets
    /// [`OPEN_SOCKET`](Self::OPEN_SOCKET).
    CloseSocket, CLOSE_SOCKET, 10, "close_socket";
    /// Without it, every host name is resolved.
    ResolverStart, RESOLVER_START, 11, "resolver_start";
    /// Not in the default: libcurl supports it since 7.80.0. Without it, every request is sent.
    Prereq, PREREQ, 12, "prereq";
    /// Not in the default: some TLS libraries have no such context. Without it, libcurl configures
    /// TLS by its options alone.
    SslCtx, SSL_CTX, 13, "ssl_ctx";
    /// Not in the default: libcurl may be built without SSH. Without it, libcurl
    /// accepts only the keys in the known-hosts file.
    SshKey, SSH_KEY, 14, "ssh_key";
    /// Not in the default: it replaces the known-hosts file. Without it, the file and
    /// [`SSH_KEY`](Self::SSH_KEY) decide.
    SshHostkey, SSH_HOSTKEY, 15, "ssh_hostkey";
    /// Not in the default: it needs libcurl 8.7.0, since earlier releases write past their buffer.
    /// Without it, no trailers are sent.
    Trailer, TRAILER, 16, "trailer";
    /// Not in the default: libcurl may be built without HSTS. Without it, libcurl knows only the
    /// hosts in its file and the hosts that have sent an HSTS header.
    HstsRead, HSTS_READ, 17, "hsts_read";
    /// Not in the default, as [`HSTS_READ`](Self::HSTS_READ). Without it, libcurl saves the hosts
    /// only in its file.
    HstsWrite, HSTS_WRITE, 18, "hsts_write";
    /// Not in the default: libcurl may be built without FTP. Without it, every file that
    /// matches is downloaded.
    ChunkBegin, CHUNK_BEGIN, 19, "chunk_begin";
    /// Not in the default, as [`CHUNK_BEGIN`](Self::CHUNK_BEGIN). Without it, the end of a file is
    /// not reported.
    ChunkEnd, CHUNK_END, 20, "chunk_end";
    /// Not in the default: without it, libcurl matches by itself.
    Fnmatch, FNMATCH, 21, "fnmatch";
    /// Not in the default: without it, whole packets, with their headers, go to `write`.
    Interleave, INTERLEAVE, 22, "interleave";
    /// Not in the default: libcurl has no such callback. Without it, nothing tells the headers of the
    /// final response from those of others. It also sets [`HEADER`](Self::HEADER) and
    /// [`WRITE`](Self::WRITE).
    FinalHead, FINAL_HEAD, 23, "final_head";
    /// Not in the default: without it, the payload of frames goes to `write`. It also sets
    /// [`WRITE`](Self::WRITE).
    Frame, FRAME, 24, "frame";
    /// Not in the default: libcurl has no such callback. It has the last bit, since it is not in the table
    /// of functions that libcurl gets. Without it, only the result of the transfer says that it has succeeded.
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
