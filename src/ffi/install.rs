//! **The** table of callbacks: what to give libcurl for each.

use crate::ffi::easy::Item;
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

macro_rules! rows {
    ($H:ident: $($hook:ident, $function:ident, $data:ident, $trampoline:ident: $type:ident, $since:literal, $unhooked:expr;)*) => {
        [$(Row {
            hook: Hooks::$hook,
            function: const { Item::new(sys::$function, stringify!($function), $since) },
            data: sys::$data,
            trampoline: {
                let trampoline: sys::$type = trampolines::$trampoline::<$H>;
                // SAFETY: function pointers have one representation; libcurl
                // calls it by the type of its option, which `$type` repeats.
                unsafe { std::mem::transmute::<sys::$type, Trampoline>(trampoline) }
            },
            unhooked: $unhooked,
        }),*]
    };
}

#[rustfmt::skip]
pub(super) fn table<H: Callbacks>() -> [Row; 8] {
    // libcurl's own writer and reader would take our context for a `FILE *`.
    let stdout: sys::WriteFunction = trampolines::write_stdout::<H>;
    let stdin: sys::ReadFunction = trampolines::read_stdin::<H>;
    // SAFETY: as in `rows!`.
    let stdout = unsafe { std::mem::transmute::<sys::WriteFunction, Trampoline>(stdout) };
    // SAFETY: as in `rows!`.
    let stdin = unsafe { std::mem::transmute::<sys::ReadFunction, Trampoline>(stdin) };
    rows! { H:
        WRITE, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, write: WriteFunction, "7.1", Some(stdout);
        HEADER, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, header: WriteFunction, "7.7.2", None;
        READ, CURLOPT_READFUNCTION, CURLOPT_READDATA, read: ReadFunction, "7.1", Some(stdin);
        SEEK, CURLOPT_SEEKFUNCTION, CURLOPT_SEEKDATA, seek: SeekFunction, "7.18.0", None;
        IOCTL, CURLOPT_IOCTLFUNCTION, CURLOPT_IOCTLDATA, ioctl: IoctlFunction, "7.12.3", None;
        DEBUG, CURLOPT_DEBUGFUNCTION, CURLOPT_DEBUGDATA, debug: DebugFunction, "7.9.6", None;
        XFER_INFO, CURLOPT_XFERINFOFUNCTION, CURLOPT_XFERINFODATA, xfer_info: XferInfoFunction, "7.32.0", None;
        PROGRESS, CURLOPT_PROGRESSFUNCTION, CURLOPT_PROGRESSDATA, progress: ProgressFunction, "7.1", None;
    }
}
