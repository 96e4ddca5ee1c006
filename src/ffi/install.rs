//! **The** table of callbacks: what to give libcurl for each.

use crate::ffi::item::Item;
use crate::ffi::{sys, trampolines};
use crate::{Callbacks, Hooks};

/// A trampoline whose C type only its option knows.
pub(super) type Trampoline = unsafe extern "C" fn();

pub(super) struct Row {
    pub(super) hook: Hooks,
    pub(super) function: Item,
    pub(super) data: sys::CURLoption,
    pub(super) trampoline: Trampoline,
    /// What stands in while the hook is unset; `None` is libcurl's own default.
    pub(super) unhooked: Option<Trampoline>,
}

/// Forgets the type of a trampoline, after checking it against that of curl.h.
macro_rules! trampoline {
    ($function:expr, $type:ident) => {{
        let function: sys::$type = $function;
        // SAFETY: function pointers have one representation; libcurl calls it
        // by the type of its option, which `$type` repeats.
        unsafe { std::mem::transmute::<sys::$type, Trampoline>(function) }
    }};
}

macro_rules! rows {
    ($($hook:ident, $function:ident, $data:ident, $trampoline:expr, $type:ident, $since:literal $(, or $unhooked:expr)?;)*) => {
        [$(Row {
            hook: Hooks::$hook,
            function: const { Item::new(sys::$function, stringify!($function), $since) },
            data: sys::$data,
            trampoline: trampoline!($trampoline, $type),
            unhooked: rows!(@unhooked $type $(, $unhooked)?),
        }),*]
    };
    (@unhooked $type:ident) => { None };
    (@unhooked $type:ident, $unhooked:expr) => { Some(trampoline!($unhooked, $type)) };
}

/// Makes the table for handlers of type `H`.
#[rustfmt::skip]
pub(super) fn table<H: Callbacks>() -> [Row; 16] {
    use trampolines::{self as t, connect, socket, ssh, tls};
    rows! {
        // libcurl's own writer and reader would take our context for a `FILE *`.
        WRITE, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, t::write::<H>, WriteFunction, "7.1", or t::write_stdout::<H>;
        HEADER, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, t::header::<H>, WriteFunction, "7.7.2";
        READ, CURLOPT_READFUNCTION, CURLOPT_READDATA, t::read::<H>, ReadFunction, "7.1", or t::read_stdin::<H>;
        SEEK, CURLOPT_SEEKFUNCTION, CURLOPT_SEEKDATA, t::seek::<H>, SeekFunction, "7.18.0";
        IOCTL, CURLOPT_IOCTLFUNCTION, CURLOPT_IOCTLDATA, t::ioctl::<H>, IoctlFunction, "7.12.3";
        DEBUG, CURLOPT_DEBUGFUNCTION, CURLOPT_DEBUGDATA, t::debug::<H>, DebugFunction, "7.9.6";
        XFER_INFO, CURLOPT_XFERINFOFUNCTION, CURLOPT_XFERINFODATA, t::xfer_info::<H>, XferInfoFunction, "7.32.0";
        PROGRESS, CURLOPT_PROGRESSFUNCTION, CURLOPT_PROGRESSDATA, t::progress::<H>, ProgressFunction, "7.1";
        OPEN_SOCKET, CURLOPT_OPENSOCKETFUNCTION, CURLOPT_OPENSOCKETDATA, socket::open_socket::<H>, OpenSocketFunction, "7.17.1";
        SOCKOPT, CURLOPT_SOCKOPTFUNCTION, CURLOPT_SOCKOPTDATA, socket::sockopt::<H>, SockoptFunction, "7.16.0";
        CLOSE_SOCKET, CURLOPT_CLOSESOCKETFUNCTION, CURLOPT_CLOSESOCKETDATA, crate::ffi::socket::close_socket, CloseSocketFunction, "7.21.7";
        RESOLVER_START, CURLOPT_RESOLVER_START_FUNCTION, CURLOPT_RESOLVER_START_DATA, connect::resolver_start::<H>, ResolverStartFunction, "7.59.0";
        PREREQ, CURLOPT_PREREQFUNCTION, CURLOPT_PREREQDATA, connect::prereq::<H>, PrereqFunction, "7.80.0";
        SSL_CTX, CURLOPT_SSL_CTX_FUNCTION, CURLOPT_SSL_CTX_DATA, tls::ssl_ctx::<H>, SslCtxFunction, "7.10.6";
        SSH_KEY, CURLOPT_SSH_KEYFUNCTION, CURLOPT_SSH_KEYDATA, ssh::ssh_key::<H>, SshKeyFunction, "7.19.6";
        SSH_HOSTKEY, CURLOPT_SSH_HOSTKEYFUNCTION, CURLOPT_SSH_HOSTKEYDATA, ssh::ssh_hostkey::<H>, SshHostKeyFunction, "7.84.0";
    }
}
