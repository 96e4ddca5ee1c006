//! The trait that users implement, and the types of its arguments and answers.

use std::io::{self, SeekFrom};

use socket2::{SockRef, Socket};

pub(crate) mod any;
pub(crate) mod attribute;
pub(crate) mod body;
pub(crate) mod connect;
pub(crate) mod debug;
pub(crate) mod event_loop;
pub(crate) mod facts;
pub(crate) mod final_head;
pub(crate) mod frame;
pub(crate) mod header;
pub(crate) mod hsts;
pub(crate) mod interleave;
mod pass_on;
pub(crate) mod progress;
pub(crate) mod push;
pub(crate) mod result;
pub(crate) mod socket;
pub(crate) mod ssh;
pub(crate) mod trailer;
pub(crate) mod wildcard;

use crate::{
    AddressFilter, CallbackResult, ChunkResult, Connection, DebugKind, FileInfo, FnmatchResult,
    Frame, HeaderLine, Hooks, HostKeyResult, HstsEntry, HstsIndex, HstsReadResult, Info,
    IoctlCommand, IoctlResult, KhKey, KhMatch, KhStat, Progress, ProgressResult, ReadBuf,
    ReadResult, RtpPacket, SeekResult, SockType, SocketAddress, SockoptResult, SslContext,
    Trailers, WriteResult, WsReply, XferInfo,
};

/// The callbacks of a transfer. A type that implements this trait is a handler: its value holds a transfer's state.
///
/// ```
/// use curlback::{Callbacks, Hooks, ProgressResult, XferInfo, callbacks};
///
/// struct Meter;
///
/// #[callbacks]
/// impl Callbacks for Meter {
///     fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
///         eprint!("\r{} / {}", p.uploaded, p.upload_total);
///         ProgressResult::Continue
///     }
/// }
/// assert_eq!(Meter.hooks(), Hooks::XFER_INFO);
/// ```
///
/// The attribute [`callbacks`](macro@crate::callbacks) installs the methods that the block has, and those that these
/// need: see [`Hooks`]. All callbacks run on the thread that calls libcurl for this transfer, for example to drive it,
/// to set an option, or to drop it.
///
#[doc = include_str!("callbacks/callbacks.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler: it does not implement `Callbacks`",
    label = "not a handler",
    note = "a closure is no handler: `handlers::Closures` makes one of closures, for example by its method `write` for the body",
    note = "`handlers::Collect` keeps the headers and the body, and `()` throws both away"
)]
#[doc(alias = "Handler")]
pub trait Callbacks {
    /// Returns the callbacks that are installed when a transfer is made or reset.
    ///
    /// The attribute [`callbacks`](macro@crate::callbacks) writes this method. Each flag of [`Hooks`] says what happens
    /// without its callback.
    fn hooks(&self) -> Hooks {
        Hooks::default()
    }

    /// Takes the next part of the body that the server sends. Without this method, the body is thrown away.
    ///
    /// libcurl calls `write` for each part that arrives, with at most 16,384 bytes. If libcurl
    /// [decodes](crate::Transfer::accept_encoding) the body, the parts are decoded. libcurl does not call `write` for
    /// an empty body, nor for the body of a response that it answers with another request, such as a redirect. With
    /// [`show_header`](crate::Transfer::show_header), libcurl also passes the header lines to `write`, but not the answers of FTP and mail servers. See [`WriteResult`] for what each answer does. Since libcurl 7.1. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html).
    #[doc(alias = "CURLOPT_WRITEFUNCTION")]
    fn write(&mut self, data: &[u8]) -> WriteResult {
        let _ = data;
        WriteResult::Continue
    }

    /// Takes one header line from the server.
    ///
    /// It is called once for each line, at most about 100 KiB long: the status line, each field, the empty line after
    /// them, and trailers. libcurl passes the lines of each response of a transfer, so also those of redirects,
    /// authentication challenges, `100 Continue` and, unless
    /// [`suppress_connect_headers`](crate::Transfer::suppress_connect_headers) is set, a proxy's answer. A field that
    /// the server has folded into several lines arrives as one line since libcurl 8.18.0. In older releases, each of
    /// these lines arrives [by itself](HeaderLine::is_continuation). The default ignores all lines.
    /// See [`WriteResult`] for what each answer does; after a pause, libcurl passes the same line again. Since libcurl 7.7.2. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html).
    #[doc(alias = "CURLOPT_HEADERFUNCTION")]
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let _ = line;
        WriteResult::Continue
    }

    /// Is called when the headers of the final response have come. `info` has the status and the headers of this
    /// response.
    ///
    /// Opt-in: it is called only if [`Hooks::FINAL_HEAD`] is [installed](Hooks). It is called once in each transfer
    /// that succeeds, before the body, unless the transfer only connects. It is not called for a response after
    /// which another comes: `100 Continue`, a proxy's answer to `CONNECT`, a redirect that libcurl follows, a
    /// challenge that it answers. If status and options do not show whether a response is the final one, the call
    /// comes when the body begins or the transfer ends. With protocols that have no status line, such as FTP, the
    /// call also comes then. See [`CallbackResult`] for what each answer does. libcurl has no such callback.
    fn final_head(&mut self, info: &Info<'_>) -> CallbackResult {
        let _ = info;
        CallbackResult::Continue
    }

    /// Is called when the transfer has succeeded, before [`perform`](crate::Transfer::perform) returns.
    ///
    /// Opt-in: it is called only if [`Hooks::DONE`] is [installed](Hooks). It is called once when libcurl has ended a
    /// transfer without an error and no callback has stopped it, after the callbacks for headers, body and progress. In
    /// this method, a handler can do what may still fail, such as writing out a buffer:
    /// [`WriteTo`](crate::handlers::WriteTo) flushes its writer. It is not called for a transfer that was cancelled
    /// before.
    ///
    /// [`CallbackResult::Fail`] and [`CallbackResult::Abort`] make the transfer fail. The code of the error is
    /// then [`Code::OK`](crate::Code::OK), since libcurl itself has reported success. libcurl has no such callback.
    fn done(&mut self, info: &Info<'_>) -> CallbackResult {
        let _ = info;
        CallbackResult::Continue
    }

    /// Puts the next part of the body to send into `buffer`. Without this method, an
    /// [`upload`](crate::Transfer::upload) can send only an empty body.
    ///
    /// libcurl calls `read` when it can send more. With most protocols, `buffer` has room for at most
    /// [`upload_buffer_size`](crate::Transfer::upload_buffer_size) bytes, and sometimes for only a few. If `read`
    /// answers [`ReadResult::Continue`] and leaves `buffer` empty, the body ends. With
    /// [`resume_from`](crate::Transfer::resume_from), libcurl also calls `read` to skip the first bytes: for `file://`
    /// always, else if `seek` has returned [`SeekResult::CantSeek`] or is not installed.
    ///
    /// The size that [`in_filesize`](crate::Transfer::in_filesize) or
    /// [`post_field_size`](crate::Transfer::post_field_size) announces is enforced, except for a `POST` that is sent in
    /// chunks: `read` is not called for more bytes, and a body that ends early fails the transfer with
    /// [`Error::Callback`](crate::Error::Callback), whose source is an [`io::Error`] of the kind
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof). See [`ReadResult`] for what each answer does. Since libcurl 7.1. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html).
    #[doc(alias = "CURLOPT_READFUNCTION")]
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let _ = buffer;
        ReadResult::Continue
    }

    /// Moves the position from which `read` continues.
    ///
    /// libcurl calls it with `SeekFrom::Start(0)`, a rewind, before it sends the body again, as after a redirect that
    /// keeps the method, an authentication challenge, or a reused connection that was dead. To resume an upload
    /// ([`resume_from`](crate::Transfer::resume_from)), libcurl calls it with the offset, but not for `file://`. The
    /// default passes a rewind on to `ioctl`, and answers [`SeekResult::CantSeek`] to any other call. See [`SeekResult`] for what each answer does. Since libcurl 7.18.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SEEKFUNCTION.html).
    #[doc(alias = "CURLOPT_SEEKFUNCTION")]
    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match to {
            #[expect(deprecated, reason = "this is how the deprecated one is reached")]
            SeekFrom::Start(0) => self.ioctl(IoctlCommand::RestartRead).into(),
            _ => SeekResult::CantSeek,
        }
    }

    /// Carries out a command on the body to send; the only command is a rewind.
    ///
    /// The default `seek` calls `ioctl` for a rewind. libcurl itself calls `ioctl` only if [`Hooks::IOCTL`] is
    /// installed and [`Hooks::SEEK`] is not. So if a handler has a `seek` of its own, and this is installed, only that
    /// `seek` can call `ioctl`. The default `ioctl` answers [`IoctlResult::UnknownCommand`], and the transfer then
    /// fails. See [`IoctlResult`] for what each answer does. Since libcurl 7.12.3,
    /// deprecated there since 7.18.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_IOCTLFUNCTION.html).
    #[doc(alias = "CURLOPT_IOCTLFUNCTION")]
    #[deprecated = "libcurl replaced it by `seek`"]
    fn ioctl(&mut self, command: IoctlCommand) -> IoctlResult {
        let _ = command;
        IoctlResult::UnknownCommand
    }

    /// Takes a message or data that a [`verbose`](crate::Transfer::verbose) transfer reports.
    ///
    /// libcurl calls it for each message and each piece of data, many times per transfer, and also while an option is
    /// set or the transfer is dropped. The data may hold passwords, cookies and keys. Only [`DebugKind::Text`] is sure
    /// to be text. The default prints to standard error what libcurl would print without this callback.
    ///
    /// libcurl ignores the answer of this callback. So an answer that stops the transfer takes effect when libcurl next
    /// calls a callback of another kind, or returns to the code of this crate that drives it. See [`CallbackResult`]
    /// for what each answer does. Since libcurl 7.9.6.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_DEBUGFUNCTION.html).
    #[doc(alias = "CURLOPT_DEBUGFUNCTION")]
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        kind.print(data);
        CallbackResult::Continue
    }

    /// Receives the progress of the transfer, and decides whether the transfer goes on.
    ///
    /// libcurl calls it many times per second while data flows, about once per second while `perform` waits, and at the
    /// end of a transfer that succeeds. No option has to be set for it. [`progress(false)`](crate::Transfer::progress)
    /// turns the calls off. The default passes the counters on to `progress`. See [`ProgressResult`] for what each answer does. Since libcurl 7.32.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html).
    #[doc(alias = "CURLOPT_XFERINFOFUNCTION")]
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        #[expect(deprecated, reason = "this is how the deprecated one is reached")]
        self.progress(&Progress::from(progress)).of_progress()
    }

    /// Receives the progress of the transfer as floating point numbers.
    ///
    /// The default `xfer_info` calls `progress`. libcurl itself calls `progress` only if [`Hooks::PROGRESS`] is
    /// installed and [`Hooks::XFER_INFO`] is not. So if a handler has an `xfer_info` of its own, and this is installed,
    /// only that `xfer_info` can call `progress`. The default `progress` continues the transfer.
    /// See [`ProgressResult`] for what each answer does. Since libcurl 7.1, deprecated there since 7.32.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PROGRESSFUNCTION.html).
    #[doc(alias = "CURLOPT_PROGRESSFUNCTION")]
    #[deprecated = "libcurl replaced it by `xfer_info`"]
    fn progress(&mut self, progress: &Progress) -> ProgressResult {
        let _ = progress;
        ProgressResult::Continue
    }

    /// Opens a socket for an address that libcurl wants to connect to.
    ///
    /// libcurl calls it for each address that it tries, so perhaps several times if a host has several addresses, and
    /// for the listening socket of active FTP. libcurl does not call it for a connection that it reuses, nor for the
    /// connections of DNS over HTTPS. The method may change the address. An owned socket of the standard library
    /// converts into a `Socket`: `TcpStream`, `UnixStream`, `OwnedFd`. The socket must not be connected yet, unless
    /// `sockopt` answers that it is. The default opens the same socket as libcurl would, close-on-exec.
    ///
    /// The type `Socket` is that of [`socket2`](crate::socket2). A program that only wants to connect to another host
    /// or port needs no callback: see [`connect_to`](crate::Transfer::connect_to).
    ///
    /// # Errors
    /// An error refuses this address, and libcurl tries the next one. If libcurl reports that it could not connect, and
    /// the last call of `open_socket` has refused its address, the transfer fails with the error of that call as its
    /// cause. [`Error::downcast_ref`](crate::Error::downcast_ref) also finds the sources of that error.
    ///
    /// A libcurl that was built without `poll`, as the bundled one is, cannot wait for
    /// descriptors of 1,024 (`FD_SETSIZE`) and above. This crate refuses such a socket: if `open_socket` or its
    /// default has opened it, its address counts as refused; if libcurl has accepted it, the transfer fails. The cause
    /// is then an [`io::Error`] of the kind [`Unsupported`](io::ErrorKind::Unsupported), whose message says what to do.
    ///
    /// Since libcurl 7.17.1. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_OPENSOCKETFUNCTION.html).
    #[doc(alias = "CURLOPT_OPENSOCKETFUNCTION")]
    fn open_socket(
        &mut self,
        purpose: SockType,
        address: &mut SocketAddress,
    ) -> io::Result<Socket> {
        let _ = purpose;
        address.open()
    }

    /// Configures a socket before it is connected.
    ///
    /// libcurl calls it for each socket that was opened for a connection, and for the data connection of active FTP
    /// once that connection is accepted. The default leaves the socket as it is. See [`SockoptResult`] for what each
    /// answer does. Since libcurl 7.16.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SOCKOPTFUNCTION.html).
    #[doc(alias = "CURLOPT_SOCKOPTFUNCTION")]
    fn sockopt(&mut self, socket: SockRef<'_>, purpose: SockType) -> SockoptResult {
        let _ = (socket, purpose);
        SockoptResult::Ok
    }

    /// Closes a socket. The socket is closed at the latest when it is dropped.
    ///
    /// Opt-in: it is called only if [`Hooks::CLOSE_SOCKET`] is [installed](Hooks). It is called for the sockets that
    /// `open_socket` has opened for this transfer: when a connection ends, and when the transfer is dropped.
    /// [`into_handler`](crate::Transfer::into_handler) returns the handler after these calls. Some sockets are closed
    /// without a call, such as the accepted data connection of active FTP; before libcurl 8, a connection attempt that
    /// was given up before it had succeeded or failed; a connection that a [`Multi`](crate::Multi) closes after the
    /// transfer has left it; and a socket that is closed after a callback has stopped the transfer. The default closes
    /// the socket.
    ///
    /// `perform`, or another call that makes libcurl close the socket, returns the error of an answer that stops the
    /// transfer. During a drop, this error is lost.
    ///
    /// Since libcurl 7.21.7. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CLOSESOCKETFUNCTION.html).
    #[doc(alias = "CURLOPT_CLOSESOCKETFUNCTION")]
    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        drop(socket);
        CallbackResult::Continue
    }

    /// Is called before libcurl resolves a host name or parses a numeric address.
    ///
    /// libcurl does not call it if the address of the host is in libcurl's cache or set by the option
    /// [`resolve`](crate::Transfer::resolve). The default continues the transfer. See [`CallbackResult`] for what each answer does. Since libcurl 7.59.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_RESOLVER_START_FUNCTION.html).
    #[doc(alias = "CURLOPT_RESOLVER_START_FUNCTION")]
    fn resolver_start(&mut self) -> CallbackResult {
        CallbackResult::Continue
    }

    /// Decides whether a request may be sent on the connection that is ready for it.
    ///
    /// Opt-in: it is called only if [`Hooks::PREREQ`] is [installed](Hooks). libcurl calls it before each request, so
    /// again for each redirect and authentication round, on a reused connection too, and for `file://`. The default
    /// continues the transfer. TCP and TLS are connected before this call: to refuse an address before the connection
    /// is made, use `open_socket`. See [`CallbackResult`] for what each answer does. Since libcurl 7.80.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html).
    #[doc(alias = "CURLOPT_PREREQFUNCTION")]
    fn prereq(&mut self, connection: &Connection<'_>) -> CallbackResult {
        let _ = connection;
        CallbackResult::Continue
    }

    /// Configures the TLS context of a connection before its handshake.
    ///
    /// Opt-in: it is called only if [`Hooks::SSL_CTX`] is [installed](Hooks). Some TLS libraries have no such
    /// context; with these, installing the callback is [`Error::Unsupported`](crate::Error::Unsupported). libcurl
    /// calls it for each TLS layer of a new connection (a proxy's, the server's, FTP's data), and since 7.64.1 for
    /// those of DNS over HTTPS. libcurl does not call it for a connection that it reuses, which keeps its
    /// context. The default continues the transfer. See [`CallbackResult`] for what each answer does. Since libcurl
    /// 7.10.6. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSL_CTX_FUNCTION.html).
    #[doc(alias = "CURLOPT_SSL_CTX_FUNCTION")]
    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        let _ = context;
        CallbackResult::Continue
    }

    /// Decides whether to trust the key of an SSH server, after libcurl has looked into the known-hosts file.
    ///
    /// Opt-in: it is called only if [`Hooks::SSH_KEY`] is [installed](Hooks).
    /// [`ssh_known_hosts`](crate::Transfer::ssh_known_hosts) has to name the file, which need not exist. Without that
    /// option, `perform` returns an error. libcurl makes the call at most once for each new connection, and not if a
    /// fingerprint option or `ssh_hostkey` is set. Before 8.9.0 with libssh, `ssl_verify_host(false)` would also turn the
    /// call off, so `perform` returns an error then. A kept connection is used without a call;
    /// [`fresh_connect`](crate::Transfer::fresh_connect) makes a new one. `known` is the key that libcurl has found in
    /// the file, else `None` (before 7.69.0 with libssh, always). The default trusts only keys in the file. See [`KhStat`] for what each answer does. Since libcurl 7.19.6. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSH_KEYFUNCTION.html).
    #[doc(alias = "CURLOPT_SSH_KEYFUNCTION")]
    fn ssh_key(&mut self, known: Option<KhKey<'_>>, found: KhKey<'_>, matching: KhMatch) -> KhStat {
        let _ = (known, found);
        match matching {
            KhMatch::Ok => KhStat::Fine,
            _ => KhStat::Reject,
        }
    }

    /// Decides whether to trust the key of an SSH server, without the known-hosts file.
    ///
    /// Opt-in: it is called only if [`Hooks::SSH_HOSTKEY`] is [installed](Hooks). **If it is called, it is the only
    /// check of the key**: libcurl does not compare the key with a known-hosts file and does not call `ssh_key`. Only a
    /// libcurl that uses libssh2 has this callback. libcurl calls it at most once for each new connection, and not if a
    /// fingerprint option is set. A kept connection is used without a call;
    /// [`fresh_connect`](crate::Transfer::fresh_connect) makes a new one. The default rejects every key. See [`HostKeyResult`] for what each answer does. Since libcurl 7.84.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSH_HOSTKEYFUNCTION.html).
    #[doc(alias = "CURLOPT_SSH_HOSTKEYFUNCTION")]
    fn ssh_hostkey(&mut self, key: KhKey<'_>) -> HostKeyResult {
        let _ = key;
        HostKeyResult::Reject
    }

    /// Adds header fields after the body that was sent.
    ///
    /// Opt-in: it is called only if [`Hooks::TRAILER`] is [installed](Hooks). libcurl calls it at the end of a
    /// body that HTTP/1.1 has sent in chunks. libcurl does not call it for a body that is not sent in chunks, as with
    /// HTTP/2. If the body has to be sent again, libcurl calls it again. Name the fields in a `Trailer`
    /// header beforehand. The default adds none.
    ///
    /// See [`CallbackResult`] for what each answer does. If [`Trailers`] has refused a field, the transfer fails
    /// whatever the answer is. libcurl has this callback since 7.64.0, but this crate requires 8.7.0, since earlier
    /// releases may write past their buffer. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_TRAILERFUNCTION.html).
    #[doc(alias = "CURLOPT_TRAILERFUNCTION")]
    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        let _ = trailers;
        CallbackResult::Continue
    }

    /// Returns the next host to be reached by HTTPS only.
    ///
    /// Opt-in: it is called only if [`Hooks::HSTS_READ`] is [installed](Hooks) and the transfer has an HSTS cache, as
    /// with [`hsts_ctrl`](crate::Transfer::hsts_ctrl). At the start of every transfer, libcurl calls it again and again
    /// until it answers [`HstsReadResult::Done`]. At the start of the next transfer, this method has to begin
    /// with the first host again. The default has no host.
    ///
    /// libcurl keeps the entries, so returning an entry again changes nothing, and leaving an entry out does not remove
    /// it. Releases before 8.22 would keep an entry twice. So with these releases, this crate does not pass on an entry
    /// that the handler has returned before, unless libcurl has got another cache since.
    ///
    /// See [`HstsReadResult`] for what each answer does. A host that libcurl cannot take
    /// fails the transfer with an [`HstsHostError`](crate::HstsHostError). Since libcurl 7.74.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HSTSREADFUNCTION.html).
    #[doc(alias = "CURLOPT_HSTSREADFUNCTION")]
    fn hsts_read(&mut self) -> HstsReadResult {
        HstsReadResult::Done
    }

    /// Takes one of the hosts to be reached by HTTPS only, to save it.
    ///
    /// Opt-in: it is called only if [`Hooks::HSTS_WRITE`] is [installed](Hooks). When the transfer is dropped or
    /// [`into_handler`](crate::Transfer::into_handler) ends it, libcurl calls this method once for each host in
    /// its HSTS cache: the hosts from `hsts_read` and from the file, and the hosts that have sent an HSTS header.
    /// It is not called if a callback has stopped the last transfer, or if another thread uses the
    /// [`Share`](crate::Share) of the transfer. The default does nothing.
    ///
    /// After an answer that stops the transfer, or after a panic, it is not called for the other hosts. No
    /// call returns its error or resumes its panic, so the handler itself has to keep them. Since libcurl 7.74.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HSTSWRITEFUNCTION.html).
    #[doc(alias = "CURLOPT_HSTSWRITEFUNCTION")]
    fn hsts_write(&mut self, entry: HstsEntry, place: HstsIndex) -> CallbackResult {
        let _ = (entry, place);
        CallbackResult::Continue
    }

    /// Decides whether to download a file that matches the pattern; `remains` is the number of files
    /// left, including this one.
    ///
    /// Opt-in: it is called only if [`Hooks::CHUNK_BEGIN`] is [installed](Hooks). If
    /// [`wildcard_match`](crate::Transfer::wildcard_match) is set, libcurl calls it for each match in the listing of
    /// an FTP server, before it downloads the file. Directories and links match too. The default downloads the file.
    /// See [`ChunkResult`] for what each answer does. Since libcurl 7.21.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CHUNK_BGN_FUNCTION.html).
    #[doc(alias = "CURLOPT_CHUNK_BGN_FUNCTION")]
    fn chunk_begin(&mut self, info: &FileInfo<'_>, remains: u64) -> ChunkResult {
        let _ = (info, remains);
        ChunkResult::Transfer
    }

    /// Is called after libcurl has downloaded or skipped the file of the last [`chunk_begin`](Callbacks::chunk_begin),
    /// or has failed to download it.
    ///
    /// Opt-in: it is called only if [`Hooks::CHUNK_END`] is [installed](Hooks). The default continues the transfer.
    /// libcurl ignores the answer of this callback, but this crate stops the transfer if the answer says so. See
    /// [`CallbackResult`] for what each answer does. Since libcurl 7.21.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CHUNK_END_FUNCTION.html).
    #[doc(alias = "CURLOPT_CHUNK_END_FUNCTION")]
    fn chunk_end(&mut self) -> CallbackResult {
        CallbackResult::Continue
    }

    /// Decides whether a pattern matches the name of a file.
    ///
    /// Opt-in: it is called only if [`Hooks::FNMATCH`] is [installed](Hooks). Otherwise libcurl matches by itself. If
    /// [`wildcard_match`](crate::Transfer::wildcard_match) is set, libcurl calls it for each name in the listing of
    /// an FTP server, before it downloads the first file. The default matches no name, and the transfer then fails
    /// with [`Code::REMOTE_FILE_NOT_FOUND`](crate::Code::REMOTE_FILE_NOT_FOUND). See [`FnmatchResult`] for what each
    /// answer does. Since libcurl 7.21.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_FNMATCH_FUNCTION.html).
    #[doc(alias = "CURLOPT_FNMATCH_FUNCTION")]
    fn fnmatch(&mut self, pattern: &[u8], name: &[u8]) -> FnmatchResult {
        let _ = (pattern, name);
        FnmatchResult::NoMatch
    }

    /// Takes an RTP packet that arrives between RTSP responses.
    ///
    /// Opt-in: it is called only if [`Hooks::INTERLEAVE`] is [installed](Hooks). Otherwise packets go to `write`. The
    /// default also passes them to `write`. libcurl calls it for each whole packet on a channel that
    /// [`RtspRequest::Setup`](crate::RtspRequest::Setup) has settled (before 8.1.0, on any) while a request waits.
    /// [`RtspRequest::Receive`](crate::RtspRequest::Receive) waits for packets without a request. This callback
    /// cannot pause. See [`CallbackResult`] for what each answer does. Since libcurl 7.20.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_INTERLEAVEFUNCTION.html).
    #[doc(alias = "CURLOPT_INTERLEAVEFUNCTION")]
    fn interleave(&mut self, packet: RtpPacket<'_>) -> CallbackResult {
        self.write(packet.as_bytes()).of_write().without_pause()
    }

    /// Takes the next part of a frame from a WebSocket, and may reply. `frame` says which part of which frame it is.
    ///
    /// Opt-in: it is called only if [`Hooks::FRAME`] is [installed](Hooks). Otherwise the data of frames goes to
    /// `write`. The default also passes the data to `write`. The body of a response that refuses the WebSocket goes to
    /// `write` in any case. This method is called for each part that arrives, with at most 16,384 bytes, and once for
    /// an empty frame. Pings arrive only if [`WsOptions::NO_AUTO_PONG`](crate::WsOptions::NO_AUTO_PONG) is set. See
    /// [`WriteResult`] for what each answer does. An empty frame counts as taken even if the answer is a pause. libcurl
    /// before 8.22.0 hands over several frames as one after a pause. With these releases, an answer that pauses ends
    /// the transfer with an error whose source is [`Error::Unsupported`](crate::Error::Unsupported); a
    /// [`Remote`](crate::Remote) can pause between frames with every release. libcurl has WebSockets since 7.86.0, but
    /// this callback requires 8.16.0, the first release that loses no frame.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_ws_meta.html).
    #[doc(alias = "curl_ws_meta")]
    fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        let _ = (frame, reply);
        self.write(data).of_write()
    }

    /// Takes bytes from a WebSocket in [raw mode](crate::WsOptions::RAW_MODE), and may reply.
    ///
    /// The bytes are any number of frames, or a part of a frame. In raw mode, it is called instead of
    /// [`frame`](Callbacks::frame), if [`Hooks::FRAME`] is set. See [`WriteResult`] for what each answer does. It
    /// requires libcurl 8.16.0, as `frame` does.
    #[doc(alias = "CURLWS_RAW_MODE")]
    fn ws_raw(&mut self, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        let _ = reply;
        self.write(data).of_write()
    }

    /// Returns whether this handler filters addresses in `open_socket`; by default it does not.
    ///
    /// libcurl has no such callback. A filter must see every connection. So for a handler with a filter, `perform`,
    /// [`Multi::add`](crate::Multi::add) and an [`Agent`](crate::Agent) refuse the transfer in three cases:
    /// [`Hooks::OPEN_SOCKET`] is unset; or [`Hooks::PREREQ`] is unset, in a [`Multi`](crate::Multi), an agent, or
    /// with a [`Share`](crate::Share) of connections, where only [`prereq`](Callbacks::prereq) sees the connections
    /// that other transfers have made; or [`doh_url`](crate::Transfer::doh_url) is set, whose own connections no
    /// filter sees, unless the filter is [`ExceptDoh`](AddressFilter::ExceptDoh).
    fn address_filter(&self) -> AddressFilter {
        AddressFilter::None
    }

    /// Returns `true` if the purpose of this handler is to send a body by `read`. The default returns `false`.
    ///
    /// libcurl has no such callback. If this method returns `true` and no option for a method, such as
    /// [`upload`](crate::Transfer::upload), was ever set, `perform` and `Multi::add` return an error, unless the
    /// transfer only connects or uses TELNET: libcurl would not call `read`.
    fn has_body(&self) -> bool {
        false
    }
}
