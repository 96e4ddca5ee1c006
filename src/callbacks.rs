//! The trait that users implement, and the types of its arguments and answers.

use std::io::{self, SeekFrom};

use socket2::{SockRef, Socket};

pub(crate) mod attribute;
pub(crate) mod body;
pub(crate) mod connect;
pub(crate) mod debug;
pub(crate) mod frame;
pub(crate) mod header;
pub(crate) mod hooks;
pub(crate) mod hsts;
pub(crate) mod interleave;
mod pass_on;
pub(crate) mod progress;
pub(crate) mod result;
pub(crate) mod socket;
pub(crate) mod ssh;
pub(crate) mod trailer;
pub(crate) mod wildcard;

use crate::{
    AddressFilter, CallbackResult, ChunkResult, Connection, DebugKind, FileInfo, FnmatchResult,
    Frame, HeaderLine, Hooks, HostKeyResult, HstsEntry, HstsIndex, HstsReadResult, IoctlCommand,
    IoctlResult, KhKey, KhMatch, KhStat, Progress, ProgressResult, ReadBuf, ReadResult, RtpPacket,
    SeekResult, SockType, SocketAddress, SockoptResult, SslContext, Trailers, WriteResult, WsReply,
    XferInfo,
};

/// The callbacks of one transfer, for the value that holds its state.
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
/// The attribute [`callbacks`](macro@crate::callbacks) installs the methods that the block has, and no others.
/// All methods run on the thread that drives the transfer.
///
/// # Without the attribute
/// A block has [`Hooks::default`], unless it has a method [`hooks`](Callbacks::hooks). libcurl then also calls
/// default methods, which do the same as no callback. It never calls an opt-in method that `hooks` does not
/// name, such as `prereq`, `ssl_ctx`, `trailer` or `frame`, even if the block has it. This cannot be noticed in
/// general, since a program cannot tell an implemented method from a default one. The remedy is the attribute.
///
/// # Errors and panics
/// A callback that fails stops the transfer, and the call that drove it returns an
/// [`Error`](crate::Error) with that failure as its source. A callback that panics stops the
/// transfer too, and the panic goes on from the call that drove it. Either way no callback of this transfer
/// runs again before its next [`perform`](crate::Transfer::perform); the transfer stays usable.
///
/// Inside a callback, `?` goes into a function of its own, whose result converts: `self.store(data).into()`.
///
/// # Pausing
/// `write`, `header` and `read` may answer `Pause`. That direction then rests, with
/// the connection open, until [`xfer_info`](Callbacks::xfer_info) answers
/// [`ProgressResult::Resume`], which may be a second later while nothing flows; or until a
/// [`Remote`](crate::Remote) resumes it, at once and from any thread.
///
/// # Handlers that hold another
/// `#[callbacks(to = self.inner)]` forwards the methods that a wrapper does not have. Without it, these
/// methods have their defaults, and are never called on the handler inside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler: it does not implement `Callbacks`",
    label = "not a handler",
    note = "a closure is no handler: implement `Callbacks` for a type of your own, with its method `write` for the body",
    note = "`handlers::Collect` keeps the headers and the body, and `()` throws both away"
)]
pub trait Callbacks {
    /// Says which callbacks libcurl is given when a transfer is made or reset.
    ///
    /// The attribute [`callbacks`](macro@crate::callbacks) writes it. The default is [`Hooks::default`]. [`Hooks`]
    /// says for each callback what happens without it.
    fn hooks(&self) -> Hooks {
        Hooks::default()
    }

    /// Takes the next part of the body that the server sends. Without it, the body is thrown away.
    ///
    /// libcurl calls it for each part that arrives, after decoding, with at most
    /// 16,384 bytes; never for an empty body. With
    /// [`show_header`](crate::Transfer::show_header) it gets the header lines too.
    ///
    /// See [`WriteResult`] for what each answer does. Since libcurl 7.1. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html).
    #[doc(alias = "CURLOPT_WRITEFUNCTION")]
    fn write(&mut self, data: &[u8]) -> WriteResult {
        let _ = data;
        WriteResult::Continue
    }

    /// Takes one header line from the server.
    ///
    /// libcurl calls it once for each complete line, at most about 100 KiB long: the status line, each field,
    /// the empty line after them, and trailers; for each response of a transfer, so also for redirects,
    /// authentication challenges, `100 Continue` and a proxy's answer. A field that the server has folded into
    /// several lines arrives as one line since libcurl 8.18.0; before that, each of the lines arrives
    /// [by itself](HeaderLine::is_continuation). The default ignores all lines.
    ///
    /// See [`WriteResult`] for what each answer does; a pause brings the same
    /// line again. Since libcurl 7.7.2. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html).
    #[doc(alias = "CURLOPT_HEADERFUNCTION")]
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let _ = line;
        WriteResult::Continue
    }

    /// Puts the next part of the body to send into `buffer`. Without it, an
    /// [`upload`](crate::Transfer::upload) sends an empty body.
    ///
    /// libcurl calls it whenever it can send more, with room for a few bytes up
    /// to [`upload_buffer_size`](crate::Transfer::upload_buffer_size). Putting
    /// nothing in ends the body. libcurl also calls it to skip what
    /// [`resume_from`](crate::Transfer::resume_from) leaves out, after `seek`
    /// answered [`SeekResult::CantSeek`].
    ///
    /// The size that [`in_filesize`](crate::Transfer::in_filesize) or
    /// [`post_field_size`](crate::Transfer::post_field_size) announces is enforced for every protocol: `read` is
    /// not called for more bytes, and a body that ends early fails the transfer with
    /// [`Error::Callback`](crate::Error::Callback), whose source is an [`io::Error`] of the kind
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof).
    ///
    /// See [`ReadResult`] for what each answer does. Since libcurl 7.1. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html).
    #[doc(alias = "CURLOPT_READFUNCTION")]
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let _ = buffer;
        ReadResult::Continue
    }

    /// Moves the place from which `read` goes on.
    ///
    /// libcurl calls it to send the body again, with `SeekFrom::Start(0)`: after a redirect that keeps the
    /// method, an authentication challenge, or a connection that turned out to be dead. It calls it to resume an
    /// upload, with the offset. The default passes a rewind on to `ioctl` and cannot seek otherwise.
    ///
    /// See [`SeekResult`] for what each answer does. Since libcurl 7.18.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SEEKFUNCTION.html).
    #[doc(alias = "CURLOPT_SEEKFUNCTION")]
    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match to {
            #[expect(deprecated, reason = "this is how the deprecated one is reached")]
            SeekFrom::Start(0) => self.ioctl(IoctlCommand::RestartRead).into(),
            _ => SeekResult::CantSeek,
        }
    }

    /// Carries out a command on the body to send; in fact a rewind.
    ///
    /// The default `seek` calls it where libcurl wants the body again, so implementing `seek` hides it, as it
    /// does in libcurl. The default knows no command, and the transfer then fails. libcurl itself calls it only
    /// when [`Hooks::IOCTL`] is set and [`Hooks::SEEK`] is not.
    ///
    /// See [`IoctlResult`] for what each answer does. Since libcurl 7.12.3,
    /// deprecated there since 7.18.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_IOCTLFUNCTION.html).
    #[doc(alias = "CURLOPT_IOCTLFUNCTION")]
    #[deprecated = "libcurl replaced it by `seek`"]
    fn ioctl(&mut self, command: IoctlCommand) -> IoctlResult {
        let _ = command;
        IoctlResult::UnknownCommand
    }

    /// Takes what a [`verbose`](crate::Transfer::verbose) transfer reports.
    ///
    /// libcurl calls it for each piece of information and of data, many times
    /// per transfer, and also while an option is set or the transfer is dropped.
    /// The data may hold passwords, cookies and keys. Only [`DebugKind::Text`] is
    /// text. The default prints what libcurl alone would print to standard error.
    ///
    /// libcurl does not ask whether to go on: an answer that stops the transfer
    /// does so at the next callback of another kind.
    /// See [`CallbackResult`]. Since libcurl 7.9.6. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_DEBUGFUNCTION.html).
    #[doc(alias = "CURLOPT_DEBUGFUNCTION")]
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        kind.print(data);
        CallbackResult::Continue
    }

    /// Hears how far the transfer is, and says whether it goes on.
    ///
    /// libcurl calls it many times per second while data flows, about once per second while none does, and once
    /// at the end. It needs no option; after [`progress(false)`](crate::Transfer::progress) it is not called.
    /// The default passes the counters on to `progress`.
    ///
    /// See [`ProgressResult`] for what each answer does. Since libcurl 7.32.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html).
    #[doc(alias = "CURLOPT_XFERINFOFUNCTION")]
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        #[expect(deprecated, reason = "this is how the deprecated one is reached")]
        self.progress(&Progress::from(progress)).of_progress()
    }

    /// Hears how far the transfer is, in floating point numbers.
    ///
    /// The default `xfer_info` calls it, so implementing that hides it, as it does in libcurl. The default goes
    /// on. libcurl itself calls it only when [`Hooks::PROGRESS`] is set and [`Hooks::XFER_INFO`] is not.
    ///
    /// See [`ProgressResult`] for what each answer does. Since libcurl 7.1,
    /// deprecated there since 7.32.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PROGRESSFUNCTION.html).
    #[doc(alias = "CURLOPT_PROGRESSFUNCTION")]
    #[deprecated = "libcurl replaced it by `xfer_info`"]
    fn progress(&mut self, progress: &Progress) -> ProgressResult {
        let _ = progress;
        ProgressResult::Continue
    }

    /// Opens a socket for an address that libcurl wants to connect to.
    ///
    /// libcurl calls it for each address that it tries, so several times if a host
    /// has several, and for the listening socket of active FTP; not for a connection
    /// that it reuses, and not for the connections of DNS over HTTPS. The address may
    /// be changed. Any owned socket converts: `TcpStream`, `UnixStream`, `OwnedFd`.
    /// It is returned unconnected, unless `sockopt` answers that it is connected.
    /// The default opens what libcurl would, close-on-exec.
    ///
    /// The types are those of [`socket2`](crate::socket2). A handler that only wants another
    /// destination for a host has that from [`connect_to`](crate::Transfer::connect_to).
    ///
    /// # Errors
    /// An error refuses this address, and libcurl tries the next one. If none is
    /// left, the transfer fails with this error as its cause;
    /// [`Error::downcast_ref`](crate::Error::downcast_ref) also finds what it is made of.
    ///
    /// A libcurl that was built without `poll`, as the bundled one is, cannot wait for
    /// descriptors of 1,024 (`FD_SETSIZE`) and above. Such a socket is refused like an address,
    /// whether the handler or libcurl opened it: the cause is an [`io::Error`] of the kind
    /// [`Unsupported`](io::ErrorKind::Unsupported), whose message says what to do.
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
    /// libcurl calls it for each socket that it has opened, and for the data
    /// connection of active FTP once that is accepted. The default leaves the socket
    /// as it is.
    ///
    /// See [`SockoptResult`] for what each answer does. Since libcurl 7.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SOCKOPTFUNCTION.html).
    #[doc(alias = "CURLOPT_SOCKOPTFUNCTION")]
    fn sockopt(&mut self, socket: SockRef<'_>, purpose: SockType) -> SockoptResult {
        let _ = (socket, purpose);
        SockoptResult::Ok
    }

    /// Closes a socket, by dropping it at the latest.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::CLOSE_SOCKET`], it is never called.
    /// libcurl calls it for the sockets that `open_socket` opened on connections made by
    /// this transfer: when a connection ends, and when the transfer is dropped or
    /// [`into_handler`](crate::Transfer::into_handler) ends it, which returns the handler after the
    /// closes. Not for the accepted data connection of active FTP; before libcurl 8 not
    /// for an attempt given up before it was decided; and not once a callback has stopped
    /// the transfer: the socket is then just closed. The default closes it.
    ///
    /// An answer that stops the transfer comes out of `perform`, and is lost in a drop.
    ///
    /// Since libcurl 7.21.7. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CLOSESOCKETFUNCTION.html).
    #[doc(alias = "CURLOPT_CLOSESOCKETFUNCTION")]
    fn close_socket(&mut self, socket: Socket) -> CallbackResult {
        drop(socket);
        CallbackResult::Continue
    }

    /// Hears that a host name, or an address in its place, is about to be resolved.
    ///
    /// libcurl calls it unless it has the answer: in its cache, or by the option
    /// [`resolve`](crate::Transfer::resolve). The default goes on.
    ///
    /// See [`CallbackResult`] for what each answer does. Since libcurl 7.59.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_RESOLVER_START_FUNCTION.html).
    #[doc(alias = "CURLOPT_RESOLVER_START_FUNCTION")]
    fn resolver_start(&mut self) -> CallbackResult {
        CallbackResult::Continue
    }

    /// Says whether a request may go over the connection that is ready for it.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::PREREQ`], it is never called. libcurl calls it
    /// before each request, so again for each redirect and authentication round, on a reused connection too, and
    /// for `file://`. The default goes on. TCP and TLS are done by then: `open_socket` refuses earlier.
    ///
    /// See [`CallbackResult`] for what each answer does. Since libcurl 7.80.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html).
    #[doc(alias = "CURLOPT_PREREQFUNCTION")]
    fn prereq(&mut self, connection: &Connection<'_>) -> CallbackResult {
        let _ = connection;
        CallbackResult::Continue
    }

    /// Configures the TLS context of a connection before its handshake.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::SSL_CTX`], it is never called, since some TLS libraries have
    /// no such context; setting it is then [`Error::Unsupported`](crate::Error::Unsupported). libcurl
    /// calls it for each TLS layer of a new connection (a proxy's, the server's, FTP's
    /// data), for the connections of DNS over HTTPS, and not for a connection that it
    /// reuses: what it did then holds on. The default goes on.
    ///
    /// See [`CallbackResult`] for what each answer does. Since libcurl 7.10.6.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSL_CTX_FUNCTION.html).
    #[doc(alias = "CURLOPT_SSL_CTX_FUNCTION")]
    fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
        let _ = context;
        CallbackResult::Continue
    }

    /// Says whether an SSH server's key is to be trusted, given what the known-hosts
    /// file says of it.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::SSH_KEY`], it is never called.
    /// [`ssh_known_hosts`](crate::Transfer::ssh_known_hosts) has to name the file, which need not exist; without the file libcurl would trust
    /// any server and never ask, so `perform` refuses. libcurl calls it once per
    /// connection, unless a fingerprint option or `ssh_hostkey` is set; a connection that
    /// was made before is used without asking, unless
    /// [`fresh_connect`](crate::Transfer::fresh_connect) forbids. `known` is the key
    /// in the file, where it has one. The default trusts what the file has and nothing
    /// else.
    ///
    /// See [`KhStat`] for what each answer does. Since libcurl 7.19.6.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSH_KEYFUNCTION.html).
    #[doc(alias = "CURLOPT_SSH_KEYFUNCTION")]
    fn ssh_key(&mut self, known: Option<KhKey<'_>>, found: KhKey<'_>, matching: KhMatch) -> KhStat {
        let _ = (known, found);
        match matching {
            KhMatch::Ok => KhStat::Fine,
            _ => KhStat::Reject,
        }
    }

    /// Says whether an SSH server's key is to be trusted, in place of the known-hosts
    /// file.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::SSH_HOSTKEY`], it is never called. **Being set, it is the
    /// only check**: libcurl looks at no known-hosts file and calls no `ssh_key`. It
    /// calls it once per connection, unless a fingerprint option is set, and with
    /// libssh2 only; a connection that was made before is used without asking, unless
    /// [`fresh_connect`](crate::Transfer::fresh_connect) forbids. The default rejects every key.
    ///
    /// See [`HostKeyResult`] for what each answer does. Since libcurl 7.84.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SSH_HOSTKEYFUNCTION.html).
    #[doc(alias = "CURLOPT_SSH_HOSTKEYFUNCTION")]
    fn ssh_hostkey(&mut self, key: KhKey<'_>) -> HostKeyResult {
        let _ = key;
        HostKeyResult::Reject
    }

    /// Adds header fields after the body that was sent.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::TRAILER`], it is never called.
    /// libcurl calls it when a body of HTTP/1.1 that went in chunks has ended, so not for one
    /// whose size was announced, nor with HTTP/2; again if the body has to be sent again. Name the
    /// fields in a `Trailer` header beforehand. The default adds none.
    ///
    /// See [`CallbackResult`] for what each answer does; a field that [`Trailers`] refused
    /// fails it. Since libcurl 7.64.0, but it takes 8.7.0: earlier ones may write past their buffer.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_TRAILERFUNCTION.html).
    #[doc(alias = "CURLOPT_TRAILERFUNCTION")]
    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        let _ = trailers;
        CallbackResult::Continue
    }

    /// Gives the next host that is to be reached by HTTPS only.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::HSTS_READ`], it is never called;
    /// [`hsts_ctrl`](crate::Transfer::hsts_ctrl) has to be on too. libcurl calls it at the start
    /// of every transfer, again and again until it answers [`HstsReadResult::Done`], after which the
    /// next call begins anew. The default has no host.
    ///
    /// libcurl keeps what it was given, so giving an entry again changes nothing, and leaving
    /// it out does not take it back. Releases before 8.22 would keep it twice; what this
    /// transfer gave them before is not passed on.
    ///
    /// See [`HstsReadResult`] for what each answer does; a host that libcurl cannot take
    /// fails the transfer with an [`HstsHostError`](crate::HstsHostError). Since libcurl 7.74.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HSTSREADFUNCTION.html).
    #[doc(alias = "CURLOPT_HSTSREADFUNCTION")]
    fn hsts_read(&mut self) -> HstsReadResult {
        HstsReadResult::Done
    }

    /// Takes one of the hosts that are to be reached by HTTPS only, to keep it.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::HSTS_WRITE`], it is never called.
    /// libcurl calls it when the transfer is dropped or [`into_handler`](crate::Transfer::into_handler) ends
    /// it, for each host that it knows: those it was given, and those that servers named. Not
    /// if a callback had stopped the last transfer. The default forgets it.
    ///
    /// An answer that stops, or a panic, ends the calls. No call returns that error or
    /// panic any more, so the handler itself has to keep it. Since libcurl 7.74.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HSTSWRITEFUNCTION.html).
    #[doc(alias = "CURLOPT_HSTSWRITEFUNCTION")]
    fn hsts_write(&mut self, entry: HstsEntry, place: HstsIndex) -> CallbackResult {
        let _ = (entry, place);
        CallbackResult::Continue
    }

    /// Says whether a file that a pattern matched is downloaded; `remains` counts those left, with this one.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::CHUNK_BEGIN`], it is never called.
    /// libcurl calls it with [`wildcard_match`](crate::Transfer::wildcard_match) for each match in the listing
    /// of an FTP server, before the file; directories and links are among them. The default downloads it.
    ///
    /// See [`ChunkResult`] for what each answer does. Since libcurl 7.21.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CHUNK_BGN_FUNCTION.html).
    #[doc(alias = "CURLOPT_CHUNK_BGN_FUNCTION")]
    fn chunk_begin(&mut self, info: &FileInfo<'_>, remains: u64) -> ChunkResult {
        let _ = (info, remains);
        ChunkResult::Transfer
    }

    /// Hears that the file of the last [`chunk_begin`](Callbacks::chunk_begin) is done with, or was left out.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::CHUNK_END`], it is never called. The
    /// default goes on. libcurl alone would pass over a failure; here it stops the transfer.
    /// See [`CallbackResult`] for what each answer does. Since libcurl 7.21.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_CHUNK_END_FUNCTION.html).
    #[doc(alias = "CURLOPT_CHUNK_END_FUNCTION")]
    fn chunk_end(&mut self) -> CallbackResult {
        CallbackResult::Continue
    }

    /// Says whether a pattern matches the name of a file.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::FNMATCH`], it is never called, and
    /// libcurl matches by itself. It calls it with [`wildcard_match`](crate::Transfer::wildcard_match) for each name
    /// in the listing of an FTP server, before any file. The default matches nothing, and the
    /// transfer fails with [`Code::REMOTE_FILE_NOT_FOUND`](crate::Code::REMOTE_FILE_NOT_FOUND).
    /// See [`FnmatchResult`] for what each answer does. Since libcurl 7.21.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_FNMATCH_FUNCTION.html).
    #[doc(alias = "CURLOPT_FNMATCH_FUNCTION")]
    fn fnmatch(&mut self, pattern: &[u8], name: &[u8]) -> FnmatchResult {
        let _ = (pattern, name);
        FnmatchResult::NoMatch
    }

    /// Takes an RTP packet that came between RTSP's answers.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::INTERLEAVE`], it is never called, and
    /// packets go to `write`, as the default does. libcurl calls it for each whole packet on a
    /// channel that [`RtspRequest::Setup`](crate::RtspRequest::Setup) has settled, while a request waits for its answer:
    /// [`RtspRequest::Receive`](crate::RtspRequest::Receive) waits for packets. There is no pausing. See
    /// [`CallbackResult`] for what each answer does. Since libcurl 7.20.0. [libcurl's page](https://curl.se/libcurl/c/CURLOPT_INTERLEAVEFUNCTION.html).
    #[doc(alias = "CURLOPT_INTERLEAVEFUNCTION")]
    fn interleave(&mut self, packet: RtpPacket<'_>) -> CallbackResult {
        self.write(packet.as_bytes()).of_write().without_pause()
    }

    /// Takes the next part of a frame from a WebSocket, and may answer. `frame` says what the data is.
    ///
    /// Opt-in: unless [`hooks`](Callbacks::hooks) names [`Hooks::FRAME`], it is never called, and the data of
    /// frames goes to `write`, as the default does; so does the body of a response that refuses the WebSocket. libcurl
    /// calls it for each part that arrives, with at most 16,384 bytes, and once for an empty frame; for pings only
    /// if [`WsOptions::NO_AUTO_PONG`](crate::WsOptions::NO_AUTO_PONG) is set. See [`WriteResult`] for what each answer does; an empty frame counts as
    /// taken even if the answer is a pause. Before 8.22.0, libcurl hands over several frames as one after a pause. There,
    /// an answer that pauses ends the transfer with an error whose source is [`Error::Unsupported`](crate::Error::Unsupported);
    /// a [`Remote`](crate::Remote) can pause between frames with every release. Since libcurl 7.86.0; requires
    /// 8.16.0, the first release that loses no frame. [libcurl's page](https://curl.se/libcurl/c/curl_ws_meta.html).
    #[doc(alias = "curl_ws_meta")]
    fn frame(&mut self, frame: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        let _ = (frame, reply);
        self.write(data).of_write()
    }

    /// Takes bytes from a WebSocket in [raw mode](crate::WsOptions::RAW_MODE), any number of frames or parts of them, and may answer.
    /// libcurl calls it instead of [`frame`](Callbacks::frame), under the same conditions. See [`WriteResult`] for what each answer does. Since libcurl 7.86.0; requires 8.16.0.
    #[doc(alias = "CURLWS_RAW_MODE")]
    fn ws_raw(&mut self, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
        let _ = reply;
        self.write(data).of_write()
    }

    /// Says whether `open_socket` decides which addresses may be reached; by default it does not.
    ///
    /// It is no callback of libcurl. A filter must see every connection. So `perform` refuses a
    /// handler with a filter
    /// - where [`Hooks::OPEN_SOCKET`] is unset;
    /// - where [`Hooks::PREREQ`] is unset and the transfer could use the connections of others, in a
    ///   [`Multi`](crate::Multi) or a [`Share`](crate::Share): only [`prereq`](Callbacks::prereq) sees these;
    /// - with [`doh_url`](crate::Transfer::doh_url), unless the filter tolerates that: DNS over HTTPS makes
    ///   connections of its own that no callback sees.
    fn address_filter(&self) -> AddressFilter {
        AddressFilter::None
    }
}
