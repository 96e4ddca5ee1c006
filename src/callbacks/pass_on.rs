//! Handlers that hold another, and pass on to it what they do not take.

use crate::Callbacks;

/// Writes methods that pass their call on, for the handlers that hold another.
macro_rules! pass_on {
    ($self:ident to $to:expr; $($method:ident)*) => {
        $($crate::callbacks::pass_on::pass_on!(@$method $self $to);)*
    };
    (@hooks $self:ident $to:expr) => {
        fn hooks(&$self) -> $crate::Hooks { $to.hooks() }
    };
    (@write $self:ident $to:expr) => {
        fn write(&mut $self, data: &[u8]) -> $crate::WriteResult { $to.write(data) }
    };
    (@header $self:ident $to:expr) => {
        fn header(&mut $self, line: &$crate::HeaderLine<'_>) -> $crate::WriteResult {
            $to.header(line)
        }
    };
    (@read $self:ident $to:expr) => {
        fn read(&mut $self, buffer: &mut $crate::ReadBuf<'_>) -> $crate::ReadResult {
            $to.read(buffer)
        }
    };
    (@seek $self:ident $to:expr) => {
        fn seek(&mut $self, to: std::io::SeekFrom) -> $crate::SeekResult { $to.seek(to) }
    };
    (@ioctl $self:ident $to:expr) => {
        #[allow(deprecated)]
        fn ioctl(&mut $self, command: $crate::IoctlCommand) -> $crate::IoctlResult {
            $to.ioctl(command)
        }
    };
    (@debug $self:ident $to:expr) => {
        fn debug(&mut $self, kind: $crate::DebugKind, data: &[u8]) -> $crate::CallbackResult {
            $to.debug(kind, data)
        }
    };
    (@xfer_info $self:ident $to:expr) => {
        fn xfer_info(&mut $self, progress: &$crate::XferInfo<'_>) -> $crate::ProgressResult {
            $to.xfer_info(progress)
        }
    };
    (@progress $self:ident $to:expr) => {
        #[allow(deprecated)]
        fn progress(&mut $self, progress: &$crate::Progress) -> $crate::ProgressResult {
            $to.progress(progress)
        }
    };
    (@open_socket $self:ident $to:expr) => {
        fn open_socket(
            &mut $self,
            purpose: $crate::SockType,
            address: &mut $crate::SocketAddress,
        ) -> std::io::Result<socket2::Socket> {
            $to.open_socket(purpose, address)
        }
    };
    (@sockopt $self:ident $to:expr) => {
        fn sockopt(
            &mut $self,
            socket: socket2::SockRef<'_>,
            purpose: $crate::SockType,
        ) -> $crate::SockoptResult {
            $to.sockopt(socket, purpose)
        }
    };
    (@close_socket $self:ident $to:expr) => {
        fn close_socket(&mut $self, socket: socket2::Socket) -> $crate::CallbackResult {
            $to.close_socket(socket)
        }
    };
    (@resolver_start $self:ident $to:expr) => {
        fn resolver_start(&mut $self) -> $crate::CallbackResult { $to.resolver_start() }
    };
    (@prereq $self:ident $to:expr) => {
        fn prereq(&mut $self, connection: &$crate::Connection<'_>) -> $crate::CallbackResult {
            $to.prereq(connection)
        }
    };
    (@ssl_ctx $self:ident $to:expr) => {
        fn ssl_ctx(&mut $self, context: &mut $crate::SslContext<'_>) -> $crate::CallbackResult {
            $to.ssl_ctx(context)
        }
    };
    (@ssh_key $self:ident $to:expr) => {
        fn ssh_key(
            &mut $self,
            known: Option<$crate::KhKey<'_>>,
            found: $crate::KhKey<'_>,
            matching: $crate::KhMatch,
        ) -> $crate::KhStat {
            $to.ssh_key(known, found, matching)
        }
    };
    (@ssh_hostkey $self:ident $to:expr) => {
        fn ssh_hostkey(&mut $self, key: $crate::KhKey<'_>) -> $crate::HostKeyResult {
            $to.ssh_hostkey(key)
        }
    };
    (@trailer $self:ident $to:expr) => {
        fn trailer(&mut $self, trailers: &mut $crate::Trailers) -> $crate::CallbackResult {
            $to.trailer(trailers)
        }
    };
    (@hsts_read $self:ident $to:expr) => {
        fn hsts_read(&mut $self) -> $crate::HstsReadResult { $to.hsts_read() }
    };
    (@hsts_write $self:ident $to:expr) => {
        fn hsts_write(
            &mut $self,
            entry: $crate::HstsEntry,
            place: $crate::HstsIndex,
        ) -> $crate::CallbackResult {
            $to.hsts_write(entry, place)
        }
    };
    (@chunk_begin $self:ident $to:expr) => {
        fn chunk_begin(
            &mut $self,
            info: &$crate::FileInfo<'_>,
            remains: u64,
        ) -> $crate::ChunkResult {
            $to.chunk_begin(info, remains)
        }
    };
    (@chunk_end $self:ident $to:expr) => {
        fn chunk_end(&mut $self) -> $crate::CallbackResult { $to.chunk_end() }
    };
    (@fnmatch $self:ident $to:expr) => {
        fn fnmatch(&mut $self, pattern: &[u8], name: &[u8]) -> $crate::FnmatchResult {
            $to.fnmatch(pattern, name)
        }
    };
    (@interleave $self:ident $to:expr) => {
        fn interleave(&mut $self, packet: $crate::RtpPacket<'_>) -> $crate::CallbackResult {
            $to.interleave(packet)
        }
    };
    (@frame $self:ident $to:expr) => {
        fn frame(
            &mut $self,
            frame: &$crate::Frame,
            data: &[u8],
            reply: &mut $crate::WsReply<'_>,
        ) -> $crate::WriteResult {
            $to.frame(frame, data, reply)
        }
        fn ws_raw(&mut $self, data: &[u8], reply: &mut $crate::WsReply<'_>) -> $crate::WriteResult {
            $to.ws_raw(data, reply)
        }
    };
    (@address_filter $self:ident $to:expr) => {
        fn address_filter(&$self) -> $crate::AddressFilter { $to.address_filter() }
    };
    // All that have to do with the connection.
    (@connection $self:ident $to:expr) => {
        $crate::callbacks::pass_on::pass_on!($self to $to; open_socket address_filter
            sockopt close_socket resolver_start prereq ssl_ctx ssh_key ssh_hostkey);
    };
    // All that belong to one protocol, but the frames, which go where the body goes.
    (@protocol $self:ident $to:expr) => {
        $crate::callbacks::pass_on::pass_on!($self to $to; trailer hsts_read hsts_write
            chunk_begin chunk_end fnmatch interleave);
    };
}
pub(crate) use pass_on;

impl<H: Callbacks + ?Sized> Callbacks for &mut H {
    pass_on!(self to (**self); hooks write frame header read seek
        ioctl debug xfer_info progress connection protocol);
}

impl<H: Callbacks + ?Sized> Callbacks for Box<H> {
    pass_on!(self to (**self); hooks write frame header read seek
        ioctl debug xfer_info progress connection protocol);
}

/// Every callback by its default: the body is thrown away, nothing is sent.
impl Callbacks for () {}
