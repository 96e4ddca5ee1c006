use std::fmt;
use std::io::{self, SeekFrom};

use socket2::{SockRef, Socket};

use crate::{
    CallbackResult, Callbacks, ChunkResult, Connection, DebugKind, FileInfo, FnmatchResult, Frame,
    HeaderLine, Hooks, HostKeyResult, HstsEntry, HstsIndex, HstsReadResult, Info, KhKey, KhMatch,
    KhStat, ProgressResult, ReadBuf, ReadResult, RtpPacket, SeekResult, SockType, SocketAddress,
    SockoptResult, SslContext, Trailers, WriteResult, WsReply, XferInfo,
};

macro_rules! closures {
    ($($name:ident, $hook:ident, $alias:literal, ($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        /// A handler made of closures, for short programs and for one [`perform_with`](crate::Transfer::perform_with).
        ///
        /// For each callback that is not deprecated, there is a method with the name of the callback, which takes the
        /// closure. Only the callbacks that have a closure are installed, and those that these need, as [`Hooks`]
        /// says. The closures may borrow local variables. A closure may return the answer of its callback, or
        /// anything that can be converted into the answer. For example, it may return an [`io::Result`], whose error
        /// [`perform`](crate::Transfer::perform) then returns. A closure that uses `?` ends with
        /// `Ok::<(), io::Error>(())`. For most callbacks, the closure may return nothing.
        ///
        /// Two closures cannot both borrow the same value mutably. If callbacks share state,
        /// implement [`Callbacks`] for a type that holds the state. A transfer with closures is not [`Send`],
        /// so it cannot be given to an [`Agent`](crate::Agent).
        ///
        /// # Examples
        /// ```
        /// use curlback::{Transfer, handlers::Closures};
        ///
        /// let directory = std::env::current_dir()?;
        /// let mut transfer = Transfer::new(())?;
        /// transfer.url(&format!("file://{}/Cargo.toml", directory.display()))?;
        ///
        /// let (mut body, mut lines) = (Vec::new(), 0);
        /// let closures = Closures::new()
        ///     .write(|data| body.extend_from_slice(data))
        ///     .header(|_| lines += 1);
        /// transfer.perform_with(closures)?;
        /// assert!(body.starts_with(b"[package]"));
        /// assert!(lines > 0); // libcurl makes some for a file
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        ///
        /// # With an agent
        /// For a missing `Send`, the compiler reports an error for each callback, all with the same cause. For an
        /// agent or another thread, implement [`Callbacks`] for a struct that is `Send`, and move the code of each
        /// closure into the method of its callback:
        /// ```
        /// use curlback::{Agent, Callbacks, Transfer, WriteResult, callbacks};
        ///
        /// #[derive(Default)]
        /// struct Count(usize);
        ///
        /// #[callbacks]
        /// impl Callbacks for Count {
        ///     fn write(&mut self, data: &[u8]) -> WriteResult {
        ///         self.0 += data.len();
        ///         WriteResult::Continue
        ///     }
        /// }
        ///
        /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
        /// # let url = server::http(|_| server::ok("body"))?;
        /// let mut transfer = Transfer::new(Count::default())?;
        /// transfer.url(&url)?;
        /// # transfer.noproxy("*")?;
        /// let (transfer, result) = Agent::new()?.start(transfer).wait();
        /// result?;
        /// assert_eq!(transfer.handler().0, 4);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Default)]
        pub struct Closures<'a> {
            $($name: Option<Box<dyn FnMut($($type),*) -> $answer + 'a>>,)*
        }

        impl<'a> Closures<'a> {
            /// Makes a handler without callbacks.
            #[must_use]
            pub fn new() -> Closures<'a> {
                Closures::default()
            }

            $(
                #[doc = concat!("Makes `call` the callback [`", stringify!($name), "`](Callbacks::", stringify!($name), ").")]
                #[doc(alias = $alias)]
                #[must_use]
                pub fn $name<R: Into<$answer>>(
                    mut self,
                    mut call: impl FnMut($($type),*) -> R + 'a,
                ) -> Closures<'a> {
                    self.$name = Some(Box::new(move |$($argument),*| call($($argument),*).into()));
                    self
                }
            )*
        }

        impl Callbacks for Closures<'_> {
            fn hooks(&self) -> Hooks {
                let mut hooks = Hooks::empty();
                $(hooks.set(Hooks::$hook, hooks.contains(Hooks::$hook) || self.$name.is_some());)*
                hooks
            }

            $(
                fn $name(&mut self, $($argument: $type),*) -> $answer {
                    match &mut self.$name {
                        Some(call) => call($($argument),*),
                        None => closures!(@missing $name, self, $($argument),*),
                    }
                }
            )*

            fn has_body(&self) -> bool {
                self.read.is_some()
            }
        }

        impl fmt::Debug for Closures<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Closures").field("hooks", &self.hooks()).finish_non_exhaustive()
            }
        }
    };
    // One hook installs both callbacks for frames. If one of the two closures is missing, the data that it would get
    // goes to `write`, as all data does without these callbacks.
    (@missing frame, $this:ident, $frame:ident, $data:ident, $reply:ident) => {
        Callbacks::write($this, $data).of_write()
    };
    (@missing ws_raw, $this:ident, $data:ident, $reply:ident) => {
        Callbacks::write($this, $data).of_write()
    };
    (@missing $name:ident, $this:ident, $($argument:ident),*) => {
        Callbacks::$name(&mut () $(, $argument)*)
    };
}

closures! {
    write, WRITE, "CURLOPT_WRITEFUNCTION", (data: &[u8]) -> WriteResult;
    header, HEADER, "CURLOPT_HEADERFUNCTION", (line: &HeaderLine<'_>) -> WriteResult;
    final_head, FINAL_HEAD, "final headers", (info: &Info<'_>) -> CallbackResult;
    done, DONE, "end of a transfer", (info: &Info<'_>) -> CallbackResult;
    read, READ, "CURLOPT_READFUNCTION", (buffer: &mut ReadBuf<'_>) -> ReadResult;
    seek, SEEK, "CURLOPT_SEEKFUNCTION", (place: SeekFrom) -> SeekResult;
    debug, DEBUG, "CURLOPT_DEBUGFUNCTION", (kind: DebugKind, data: &[u8]) -> CallbackResult;
    xfer_info, XFER_INFO, "CURLOPT_XFERINFOFUNCTION", (progress: &XferInfo<'_>) -> ProgressResult;
    open_socket, OPEN_SOCKET, "CURLOPT_OPENSOCKETFUNCTION", (purpose: SockType, address: &mut SocketAddress) -> io::Result<Socket>;
    sockopt, SOCKOPT, "CURLOPT_SOCKOPTFUNCTION", (socket: SockRef<'_>, purpose: SockType) -> SockoptResult;
    close_socket, CLOSE_SOCKET, "CURLOPT_CLOSESOCKETFUNCTION", (socket: Socket) -> CallbackResult;
    resolver_start, RESOLVER_START, "CURLOPT_RESOLVER_START_FUNCTION", () -> CallbackResult;
    prereq, PREREQ, "CURLOPT_PREREQFUNCTION", (connection: &Connection<'_>) -> CallbackResult;
    ssl_ctx, SSL_CTX, "CURLOPT_SSL_CTX_FUNCTION", (context: &mut SslContext<'_>) -> CallbackResult;
    ssh_key, SSH_KEY, "CURLOPT_SSH_KEYFUNCTION", (known: Option<KhKey<'_>>, found: KhKey<'_>, matching: KhMatch) -> KhStat;
    ssh_hostkey, SSH_HOSTKEY, "CURLOPT_SSH_HOSTKEYFUNCTION", (key: KhKey<'_>) -> HostKeyResult;
    trailer, TRAILER, "CURLOPT_TRAILERFUNCTION", (trailers: &mut Trailers) -> CallbackResult;
    hsts_read, HSTS_READ, "CURLOPT_HSTSREADFUNCTION", () -> HstsReadResult;
    hsts_write, HSTS_WRITE, "CURLOPT_HSTSWRITEFUNCTION", (entry: HstsEntry, place: HstsIndex) -> CallbackResult;
    chunk_begin, CHUNK_BEGIN, "CURLOPT_CHUNK_BGN_FUNCTION", (info: &FileInfo<'_>, remains: u64) -> ChunkResult;
    chunk_end, CHUNK_END, "CURLOPT_CHUNK_END_FUNCTION", () -> CallbackResult;
    fnmatch, FNMATCH, "CURLOPT_FNMATCH_FUNCTION", (pattern: &[u8], name: &[u8]) -> FnmatchResult;
    interleave, INTERLEAVE, "CURLOPT_INTERLEAVEFUNCTION", (packet: RtpPacket<'_>) -> CallbackResult;
    frame, FRAME, "curl_ws_meta", (frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult;
    ws_raw, FRAME, "CURLWS_RAW_MODE", (data: &[u8], reply: &mut WsReply<'_>) -> WriteResult;
}
