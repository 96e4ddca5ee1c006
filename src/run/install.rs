//! **The** table of callbacks: libcurl's options for each, and the function to set.

use std::marker::PhantomData;

use crate::ffi::item::Item;
use crate::ffi::{sys, websocket};
use crate::run::trampolines;
use crate::{Callbacks, Error, Hooks};

/// A trampoline without its C type, which is that of its option.
pub(super) type Trampoline = unsafe extern "C" fn();

/// The callbacks for which this crate sets a function of its own while the handler's callback is unset:
/// libcurl would otherwise use standard input or output, or a descriptor that it cannot wait for. Where the
/// next transfer cannot need such a function, it may be missing: `Easy::replace_defaults`.
pub(super) const REPLACED: Hooks = Hooks::WRITE
    .union(Hooks::READ)
    .union(Hooks::OPEN_SOCKET)
    .union(Hooks::SOCKOPT);

pub(super) struct CallbackRow {
    pub(super) hook: Hooks,
    pub(super) function: Item,
    pub(super) data: sys::CURLoption,
    pub(super) trampoline: Trampoline,
    /// The function that replaces `trampoline` when the hook is unset. `None` means libcurl's own default.
    pub(super) unhooked: Option<Trampoline>,
}

impl CallbackRow {
    /// Returns an error if the linked libcurl lacks this callback, or calls it incorrectly.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.hook == Hooks::FRAME {
            return websocket::check(websocket::META);
        }
        self.function.check_age()
    }

    /// Returns whether another function may take the place of this callback's, if the program reads the
    /// response or writes the body.
    pub(super) fn is_piped(&self) -> bool {
        [
            sys::CURLOPT_WRITEDATA,
            sys::CURLOPT_HEADERDATA,
            sys::CURLOPT_READDATA,
            sys::CURLOPT_SEEKDATA,
        ]
        .contains(&self.data)
    }

    /// Returns whether libcurl replaces the function, or forgets its data, when it lists files.
    pub(super) fn is_taken_by_listings(&self) -> bool {
        [
            sys::CURLOPT_WRITEDATA,
            sys::CURLOPT_CHUNK_DATA,
            sys::CURLOPT_FNMATCH_DATA,
        ]
        .contains(&self.data)
    }
}

/// Erases the type of a trampoline, which the compiler first compares with the type that `ffi::sys` declares.
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
        [$(CallbackRow {
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

/// The rows, in the order of the bits of [`Hooks`].
pub(super) type Table = &'static [CallbackRow; COUNT];

/// The number of rows: one for each hook except `DONE`, which has the last bit and no function in libcurl.
const COUNT: usize = Hooks::all().bits().count_ones() as usize - 1;

/// Returns the table for handlers of type `H`.
pub(super) fn table<H: Callbacks>() -> Table {
    Rows::<H>::ALL
}

/// Returns the rows of these callbacks.
pub(super) fn rows_of(table: Table, hooks: Hooks) -> impl Iterator<Item = &'static CallbackRow> {
    let mut bits = hooks.bits();
    std::iter::from_fn(move || {
        let row = table.get(bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(row)
    })
}

struct Rows<H>(PhantomData<H>);

use trampolines::{
    self as t, connect, final_head, frame, hsts, interleave, progress, socket, ssh, tls, trailer,
    wildcard,
};

#[rustfmt::skip]
impl<H: Callbacks> Rows<H> {
    const ALL: Table = &rows! {
        // libcurl's own writer and reader use standard output and standard input.
        WRITE, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, t::write::<H>, WriteFunction, "7.1", or t::discard_body::<H>;
        HEADER, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, t::header::<H>, WriteFunction, "7.7.2";
        READ, CURLOPT_READFUNCTION, CURLOPT_READDATA, t::read::<H>, ReadFunction, "7.1", or t::send_nothing::<H>;
        SEEK, CURLOPT_SEEKFUNCTION, CURLOPT_SEEKDATA, t::seek::<H>, SeekFunction, "7.18.0";
        IOCTL, CURLOPT_IOCTLFUNCTION, CURLOPT_IOCTLDATA, t::ioctl::<H>, IoctlFunction, "7.12.3";
        DEBUG, CURLOPT_DEBUGFUNCTION, CURLOPT_DEBUGDATA, t::debug::<H>, DebugFunction, "7.9.6";
        XFER_INFO, CURLOPT_XFERINFOFUNCTION, CURLOPT_XFERINFODATA, progress::xfer_info::<H>, XferInfoFunction, "7.32.0";
        PROGRESS, CURLOPT_PROGRESSFUNCTION, CURLOPT_PROGRESSDATA, progress::progress::<H>, ProgressFunction, "7.1";
        // libcurl's own function opens sockets that libcurl may be unable to wait for.
        OPEN_SOCKET, CURLOPT_OPENSOCKETFUNCTION, CURLOPT_OPENSOCKETDATA, socket::open_socket::<H>, OpenSocketFunction, "7.17.1", or socket::open_any::<H>;
        SOCKOPT, CURLOPT_SOCKOPTFUNCTION, CURLOPT_SOCKOPTDATA, socket::sockopt::<H>, SockoptFunction, "7.16.0", or socket::leave_as_is::<H>;
        CLOSE_SOCKET, CURLOPT_CLOSESOCKETFUNCTION, CURLOPT_CLOSESOCKETDATA, socket::close_socket, CloseSocketFunction, "7.21.7";
        RESOLVER_START, CURLOPT_RESOLVER_START_FUNCTION, CURLOPT_RESOLVER_START_DATA, connect::resolver_start::<H>, ResolverStartFunction, "7.59.0";
        PREREQ, CURLOPT_PREREQFUNCTION, CURLOPT_PREREQDATA, connect::prereq::<H>, PrereqFunction, "7.80.0";
        SSL_CTX, CURLOPT_SSL_CTX_FUNCTION, CURLOPT_SSL_CTX_DATA, tls::ssl_ctx::<H>, SslCtxFunction, "7.10.6";
        SSH_KEY, CURLOPT_SSH_KEYFUNCTION, CURLOPT_SSH_KEYDATA, ssh::ssh_key::<H>, SshKeyFunction, "7.19.6";
        SSH_HOSTKEY, CURLOPT_SSH_HOSTKEYFUNCTION, CURLOPT_SSH_HOSTKEYDATA, ssh::ssh_hostkey::<H>, SshHostKeyFunction, "7.84.0";
        // The option is of 7.64.0; before 8.7.0, its second use would write past libcurl's buffer.
        TRAILER, CURLOPT_TRAILERFUNCTION, CURLOPT_TRAILERDATA, trailer::trailer::<H>, TrailerFunction, "8.7.0";
        HSTS_READ, CURLOPT_HSTSREADFUNCTION, CURLOPT_HSTSREADDATA, hsts::hsts_read::<H>, HstsReadFunction, "7.74.0";
        HSTS_WRITE, CURLOPT_HSTSWRITEFUNCTION, CURLOPT_HSTSWRITEDATA, hsts::hsts_write::<H>, HstsWriteFunction, "7.74.0";
        // `chunk_begin` and `chunk_end` have one data option.
        CHUNK_BEGIN, CURLOPT_CHUNK_BGN_FUNCTION, CURLOPT_CHUNK_DATA, wildcard::chunk_begin::<H>, ChunkBeginFunction, "7.21.0";
        CHUNK_END, CURLOPT_CHUNK_END_FUNCTION, CURLOPT_CHUNK_DATA, wildcard::chunk_end::<H>, ChunkEndFunction, "7.21.0";
        FNMATCH, CURLOPT_FNMATCH_FUNCTION, CURLOPT_FNMATCH_DATA, wildcard::fnmatch::<H>, FnmatchFunction, "7.21.0";
        INTERLEAVE, CURLOPT_INTERLEAVEFUNCTION, CURLOPT_INTERLEAVEDATA, interleave::interleave::<H>, WriteFunction, "7.20.0";
        // Each of these replaces the write function that an earlier row may have set, and also does the work of
        // that function.
        FINAL_HEAD, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, final_head::write::<H>, WriteFunction, "7.1", or t::discard_body::<H>;
        FRAME, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, frame::write::<H>, WriteFunction, "8.16.0", or t::discard_body::<H>;
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    /// Checks some steps under "Adding a callback" in CONTRIBUTING.md that the compiler does not check.
    #[test]
    fn each_hook_has_a_row_and_is_documented() {
        // The published package has no directory `macros`.
        let macros = concat!(env!("CARGO_MANIFEST_DIR"), "/macros/src/methods.rs");
        let macros = std::fs::read_to_string(macros).ok();
        let macros = macros
            .iter()
            .map(|text| ("macros/src/methods.rs", text.as_str()));
        let documents = [
            ("src/lib.rs", include_str!("../lib.rs")),
            ("README.md", include_str!("../../README.md")),
            (
                "src/handlers/closures.rs",
                include_str!("../handlers/closures.rs"),
            ),
            (
                "tests/it/support/breaks.rs",
                include_str!("../../tests/it/support/breaks.rs"),
            ),
        ];
        // Callbacks that libcurl has replaced by others have no closure.
        let replaced = Hooks::IOCTL | Hooks::PROGRESS;
        for (name, hook) in Hooks::all().iter_names() {
            let row = table::<()>().iter().find(|row| row.hook == hook);
            let is_libcurls = hook != Hooks::DONE;
            assert_eq!(row.is_some(), is_libcurls, "{name}: is there a row above?");
            let method = name.to_lowercase();
            for (path, text) in documents.into_iter().chain(macros.clone()) {
                let forms = [
                    format!("(Callbacks::{method})"),
                    format!("`{method}`"),
                    format!("fn {method}("),
                    format!("    {method}, {name}, "),
                ];
                let is_there = forms.iter().any(|form| text.contains(form));
                let is_left_out = path.ends_with("closures.rs") && replaced.contains(hook);
                assert!(is_there != is_left_out, "{path} does not name `{method}`");
            }
        }
    }

    #[test]
    fn rows_are_in_the_order_of_the_bits() {
        for (place, row) in table::<()>().iter().enumerate() {
            assert_eq!(row.hook.bits(), 1 << place, "{:?}", row.hook);
            // `final_head` and `frame` use the option of `write`.
            let in_its_place = Hooks::FRAME | Hooks::FINAL_HEAD;
            let replaced = row.unhooked.is_some() && !in_its_place.contains(row.hook);
            assert_eq!(REPLACED.contains(row.hook), replaced, "{:?}", row.hook);
        }
        assert_eq!(rows_of(table::<()>(), Hooks::all()).count(), COUNT);
        let some = Hooks::HEADER | Hooks::FRAME;
        let hooks: Hooks = rows_of(table::<()>(), some).map(|row| row.hook).collect();
        assert_eq!(hooks, some);
    }

    #[test]
    fn default_has_what_every_libcurl_has() {
        let since = Version::new(7, 61, 0);
        for row in table::<()>() {
            let newer = row.function.since > since;
            assert!(
                !newer || !Hooks::default().contains(row.hook),
                "{:?}",
                row.hook
            );
        }
    }
}
