//! The signatures of the methods of the trait `Callbacks`, except that of `hooks`.

/// A method that can be forwarded to another handler.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// The code of the method. In it, `curlback` is replaced by the path of the crate, and `to_mut` and `to_ref` by a
    /// reference to the other handler.
    pub(crate) text: &'static str,
}

macro_rules! methods {
    (
        $($(#[$attribute:meta])*
        fn $name:ident(&mut self $(, $argument:ident: $type:ty)*) -> $answer:ty;)*
        ; $(fn $getter:ident(&self) -> $value:ty;)*
    ) => {
        /// All methods of the trait except `hooks`.
        pub(crate) const METHODS: &[Method] = &[
            $(Method {
                name: stringify!($name),
                text: stringify! {
                    $(#[$attribute])*
                    fn $name(&mut self $(, $argument: $type)*) -> $answer {
                        curlback::Callbacks::$name(to_mut $(, $argument)*)
                    }
                },
            },)*
            $(Method {
                name: stringify!($getter),
                text: stringify! {
                    fn $getter(&self) -> $value { curlback::Callbacks::$getter(to_ref) }
                },
            },)*
        ];
    };
}

methods! {
    fn write(&mut self, data: &[u8]) -> curlback::WriteResult;
    fn header(&mut self, line: &curlback::HeaderLine<'_>) -> curlback::WriteResult;
    fn final_head(&mut self, info: &curlback::Info<'_>) -> curlback::CallbackResult;
    fn done(&mut self, info: &curlback::Info<'_>) -> curlback::CallbackResult;
    fn read(&mut self, buffer: &mut curlback::ReadBuf<'_>) -> curlback::ReadResult;
    fn seek(&mut self, place: ::std::io::SeekFrom) -> curlback::SeekResult;
    #[allow(deprecated)]
    fn ioctl(&mut self, command: curlback::IoctlCommand) -> curlback::IoctlResult;
    fn debug(&mut self, kind: curlback::DebugKind, data: &[u8]) -> curlback::CallbackResult;
    fn xfer_info(&mut self, progress: &curlback::XferInfo<'_>) -> curlback::ProgressResult;
    #[allow(deprecated)]
    fn progress(&mut self, progress: &curlback::Progress) -> curlback::ProgressResult;
    fn open_socket(
        &mut self,
        purpose: curlback::SockType,
        address: &mut curlback::SocketAddress
    ) -> ::std::io::Result<curlback::socket2::Socket>;
    fn sockopt(
        &mut self,
        socket: curlback::socket2::SockRef<'_>,
        purpose: curlback::SockType
    ) -> curlback::SockoptResult;
    fn close_socket(&mut self, socket: curlback::socket2::Socket) -> curlback::CallbackResult;
    fn resolver_start(&mut self) -> curlback::CallbackResult;
    fn prereq(&mut self, connection: &curlback::Connection<'_>) -> curlback::CallbackResult;
    fn ssl_ctx(&mut self, context: &mut curlback::SslContext<'_>) -> curlback::CallbackResult;
    fn ssh_key(
        &mut self,
        known: ::core::option::Option<curlback::KhKey<'_>>,
        found: curlback::KhKey<'_>,
        matching: curlback::KhMatch
    ) -> curlback::KhStat;
    fn ssh_hostkey(&mut self, key: curlback::KhKey<'_>) -> curlback::HostKeyResult;
    fn trailer(&mut self, trailers: &mut curlback::Trailers) -> curlback::CallbackResult;
    fn hsts_read(&mut self) -> curlback::HstsReadResult;
    fn hsts_write(
        &mut self,
        entry: curlback::HstsEntry,
        place: curlback::HstsIndex
    ) -> curlback::CallbackResult;
    fn chunk_begin(
        &mut self,
        info: &curlback::FileInfo<'_>,
        remains: u64
    ) -> curlback::ChunkResult;
    fn chunk_end(&mut self) -> curlback::CallbackResult;
    fn fnmatch(&mut self, pattern: &[u8], name: &[u8]) -> curlback::FnmatchResult;
    fn interleave(&mut self, packet: curlback::RtpPacket<'_>) -> curlback::CallbackResult;
    fn frame(
        &mut self,
        frame: &curlback::Frame,
        data: &[u8],
        reply: &mut curlback::WsReply<'_>
    ) -> curlback::WriteResult;
    fn ws_raw(
        &mut self,
        data: &[u8],
        reply: &mut curlback::WsReply<'_>
    ) -> curlback::WriteResult;
    ;
    fn address_filter(&self) -> curlback::AddressFilter;
    fn has_body(&self) -> bool;
}

/// Returns the name of the constant of `Hooks` that installs a method of the trait; `None` if there is no such
/// constant or no such method.
pub(crate) fn hook(name: &str) -> Option<String> {
    match name {
        // The same flag installs `ws_raw` and `frame`, since libcurl calls one function for both.
        "ws_raw" => Some("FRAME".to_owned()),
        // `curlback` calls these two itself, without a flag.
        "address_filter" | "has_body" => None,
        _ => {
            let known = METHODS.iter().any(|method| method.name == name);
            known.then(|| name.to_uppercase())
        }
    }
}

/// Returns the deprecated method that libcurl has replaced by `name`, and that the default of `name` calls.
pub(crate) fn deprecated_by(name: &str) -> Option<&'static str> {
    match name {
        "seek" => Some("ioctl"),
        "xfer_info" => Some("progress"),
        _ => None,
    }
}
