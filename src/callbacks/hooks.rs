//! Which callbacks there are, and which of them libcurl is given.

use std::fmt;

use bitflags::bitflags;

macro_rules! callbacks {
    (
        $($(#[$($doc:tt)*])* $name:ident, $flag:ident, $bit:literal, $method:literal;)*
        ; $($other:ident, $text:literal, $link:literal;)*
    ) => {
        /// A callback, to tell which one an error came from.
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
            /// [`Callbacks::hooks`](crate::Callbacks::hooks) says with which a transfer starts, and
            /// [`Transfer::set_hooks`](crate::Transfer::set_hooks) changes them between transfers.
            /// The attribute [`callbacks`](macro@crate::callbacks) writes `hooks`: it names the
            /// methods that its block has.
            ///
            /// An unset callback is the same as one that is not implemented: its method is not called,
            /// and the text of its flag says what happens instead. [`Hooks::empty`] leaves everything to
            /// libcurl, but for the body: it is thrown away, and an upload sends nothing.
            ///
            /// [`Hooks::default`] is for handlers without the attribute. It has the callbacks whose
            /// default method does the same as no callback, and which every libcurl since 7.61.0
            /// has. For these, it is enough to implement the method; the others are opt-in.
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
    /// Without it, header lines go nowhere.
    Header, HEADER, 1, "header";
    /// Without it, an upload sends an empty body. libcurl's own default would be standard input.
    /// [`perform`](crate::Transfer::perform) refuses an upload of an announced size.
    Read, READ, 2, "read";
    /// Without it, a body that must be sent again fails the transfer, or goes to `ioctl`.
    Seek, SEEK, 3, "seek";
    /// Not in the default: only without [`SEEK`](Self::SEEK) does libcurl call it directly.
    Ioctl, IOCTL, 4, "ioctl";
    /// Without it, libcurl's own default: a verbose transfer prints to standard error.
    Debug, DEBUG, 5, "debug";
    /// Without it, nothing is reported; after
    /// [`progress(true)`](crate::Transfer::progress), libcurl prints its meter.
    XferInfo, XFER_INFO, 6, "xfer_info";
    /// Not in the default: only without [`XFER_INFO`](Self::XFER_INFO) does libcurl call it directly.
    Progress, PROGRESS, 7, "progress";
    /// Without it, libcurl opens its sockets itself.
    OpenSocket, OPEN_SOCKET, 8, "open_socket";
    /// Without it, sockets are as libcurl makes them.
    Sockopt, SOCKOPT, 9, "sockopt";
    /// Not in the default: libcurl closes its sockets itself. It brings
    /// [`OPEN_SOCKET`](Self::OPEN_SOCKET) with it.
    CloseSocket, CLOSE_SOCKET, 10, "close_socket";
    /// Without it, names are resolved unasked.
    ResolverStart, RESOLVER_START, 11, "resolver_start";
    /// Not in the default: libcurl has it since 7.80.0. Without it, requests go out unasked.
    Prereq, PREREQ, 12, "prereq";
    /// Not in the default: some TLS libraries have no such context.
    SslCtx, SSL_CTX, 13, "ssl_ctx";
    /// Not in the default: libcurl may be built without SSH. Without it, libcurl
    /// accepts what the known-hosts file has and nothing else.
    SshKey, SSH_KEY, 14, "ssh_key";
    /// Not in the default: it takes the place of the known-hosts file.
    SshHostkey, SSH_HOSTKEY, 15, "ssh_hostkey";
    /// Not in the default: before 8.7.0, libcurl writes past its buffer with it.
    Trailer, TRAILER, 16, "trailer";
    /// Not in the default: libcurl may be built without HSTS. Without it, libcurl knows the
    /// hosts in its file, and those that servers named.
    HstsRead, HSTS_READ, 17, "hsts_read";
    /// Not in the default, as [`HSTS_READ`](Self::HSTS_READ).
    HstsWrite, HSTS_WRITE, 18, "hsts_write";
    /// Not in the default: libcurl may be built without FTP. Without it, every file that
    /// matches is downloaded.
    ChunkBegin, CHUNK_BEGIN, 19, "chunk_begin";
    /// Not in the default, as [`CHUNK_BEGIN`](Self::CHUNK_BEGIN).
    ChunkEnd, CHUNK_END, 20, "chunk_end";
    /// Not in the default: without it, libcurl matches by itself.
    Fnmatch, FNMATCH, 21, "fnmatch";
    /// Not in the default: without it, packets go to `write`, headers and all.
    Interleave, INTERLEAVE, 22, "interleave";
    /// Not in the default: without it, what frames have in them goes to `write`. It brings
    /// [`WRITE`](Self::WRITE) with it.
    Frame, FRAME, 23, "frame";

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
