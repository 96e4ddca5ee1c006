//! Strings that libcurl stores before it refuses them.

use std::ffi::{CStr, CString};
use std::ptr;

use crate::Error;
use crate::ffi::item::Item;
use crate::ffi::sys::{self, CURLoption};
use crate::run::easy::Easy;

pub(super) const ENGINE: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 89;
const ENGINE_DEFAULT: Item = Item::new(90, "CURLOPT_SSLENGINE_DEFAULT", "7.9.3");
pub(super) const ALTSVC: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 287;
// The options for c-ares.
pub(super) const DNS_SERVERS: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 211;
pub(super) const DNS_INTERFACE: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 221;
pub(super) const DNS_LOCAL_IP4: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 222;
pub(super) const DNS_LOCAL_IP6: CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 223;

/// Returns whether libcurl stores the string of this option first, and may refuse it afterwards.
fn is_tried(option: Item) -> bool {
    matches!(
        option.id,
        ENGINE | ALTSVC | DNS_SERVERS | DNS_INTERFACE | DNS_LOCAL_IP4 | DNS_LOCAL_IP6
    )
}

impl<H> Easy<H> {
    /// Remembers a string that libcurl has accepted, in case it refuses the next one.
    pub(super) fn note_accepted(&mut self, option: Item, value: Option<&CStr>) {
        if is_tried(option) {
            match value {
                Some(value) => self.known.tried.insert(option.id, value.to_owned()),
                None => self.known.tried.remove(&option.id),
            };
        }
    }

    /// Sets the former string of an option again, after libcurl has refused another one.
    ///
    /// Without this, every copy of the handle would fail after an engine was refused, and the cleanup
    /// would overwrite a refused file of alternative services.
    pub(super) fn restore_refused(&mut self, option: Item, error: &Error) {
        if !is_tried(option) || matches!(error, Error::Unsupported { .. }) {
            return;
        }
        let former: Option<CString> = self.known.tried.get(&option.id).cloned();
        // libcurl has accepted the former string before. If it refuses that string now, nothing
        // can be done.
        let _ = match former {
            // SAFETY: the option takes a string, which libcurl copies.
            Some(former) => unsafe { self.set(option, former.as_ptr()) },
            // NULL does not unset the engine, but this option does.
            None if option.id == ENGINE => self.set_long(ENGINE_DEFAULT, 1),
            // NULL does not make libcurl forget the file; the empty name does.
            // SAFETY: the option takes a string, which libcurl copies.
            None if option.id == ALTSVC => unsafe { self.set(option, c"".as_ptr()) },
            // SAFETY: the option takes a string, or NULL.
            None => unsafe { self.set(option, ptr::null::<libc::c_char>()) },
        };
    }
}
