//! What libcurl knows about a transfer.

use std::ffi::CStr;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use libc::{c_char, c_long};

use crate::ffi::info::values::{ActiveSocket, Certificate, TlsSession};
use crate::ffi::item::Item;
use crate::ffi::list::List;
use crate::ffi::pool::{Entered, Pool};
use crate::ffi::url::public::public_url;
use crate::ffi::{decode, socket, sys};
use crate::{Code, Error, TlsBackend};

pub(crate) mod current;
pub(crate) mod values;

/// The socket of the last connection.
pub(crate) const SOCKET: Item =
    Item::new(sys::CURLINFO_SOCKET + 44, "CURLINFO_ACTIVESOCKET", "7.45.0");

/// The number of the last connection among those of its pool.
pub(crate) const CONN_ID: Item = Item::new(sys::CURLINFO_OFF_T + 64, "CURLINFO_CONN_ID", "8.2.0");

/// The version of the last response's protocol, as `CURLOPT_HTTP_VERSION` numbers the versions.
pub(crate) const HTTP_VERSION: Item =
    Item::new(sys::CURLINFO_LONG + 46, "CURLINFO_HTTP_VERSION", "7.50.0");
/// Numbers of [`HTTP_VERSION`].
pub(crate) const HTTP_1_0: c_long = 1;
pub(crate) const HTTP_1_1: c_long = 2;

/// Information about a transfer, finished or running.
///
/// [`Transfer::info`](crate::Transfer::info) returns it between transfers, and the arguments of some
/// callbacks return it during a transfer.
#[derive(Clone)]
#[doc(alias("CURLINFO", "curl_easy_getinfo"))]
pub struct Info<'a> {
    raw: NonNull<sys::CURL>,
    /// Whether [`socket`](Info::socket) may return the socket, because no other handle can close the
    /// connection meanwhile.
    lends_socket: bool,
    /// The pool of the transfer's connections, or `None` if no other thread may use these connections
    /// meanwhile.
    pool: Option<&'a Arc<Pool>>,
    /// The copy of the entry path, for releases whose own string may be freed too early.
    pub(crate) entry_path: Option<&'a CStr>,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> Info<'a> {
    /// # Safety
    /// `raw` must be live (C1) and must not start another transfer for as long as `'a`.
    #[inline(always)]
    pub(crate) unsafe fn new(raw: NonNull<sys::CURL>) -> Info<'a> {
        Info {
            raw,
            lends_socket: true,
            pool: None,
            entry_path: None,
            borrowed: PhantomData,
        }
    }

    /// Makes [`socket`](Info::socket) take turns with the other users of `pool`.
    pub(crate) fn with_pool(self, pool: Option<&'a Arc<Pool>>) -> Info<'a> {
        Info { pool, ..self }
    }

    /// Makes [`socket`](Info::socket) return `None`, since others may close the connection at any time.
    pub(crate) fn without_socket(self) -> Info<'a> {
        Info {
            lends_socket: false,
            ..self
        }
    }

    #[cfg(has_header)]
    pub(crate) fn raw(&self) -> NonNull<sys::CURL> {
        self.raw
    }

    pub(crate) fn long(&self, item: Item) -> Result<c_long, Error> {
        let mut value: c_long = 0;
        // SAFETY: `infos!` and this crate give this method information of type long only.
        unsafe { self.get(item, &raw mut value) }?;
        Ok(value)
    }

    pub(crate) fn off_t(&self, item: Item) -> Result<i64, Error> {
        let mut value: sys::curl_off_t = 0;
        // SAFETY: `infos!` and this crate give this method information of type curl_off_t only.
        unsafe { self.get(item, &raw mut value) }?;
        Ok(value)
    }

    pub(crate) fn double(&self, item: Item) -> Result<f64, Error> {
        let mut value: f64 = 0.0;
        // SAFETY: `infos!` gives this method information of type double only.
        unsafe { self.get(item, &raw mut value) }?;
        Ok(value)
    }

    /// Returns the strings of a list that libcurl makes for the caller.
    pub(crate) fn list(&self, item: Item) -> Result<Vec<String>, Error> {
        let utf8 = |bytes| {
            String::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
                what: item.name,
                bytes: error.into_bytes().into(),
            })
        };
        self.lines(item)?.into_iter().map(utf8).collect()
    }

    pub(crate) fn lines(&self, item: Item) -> Result<Vec<Vec<u8>>, Error> {
        let mut value: *mut sys::curl_slist = ptr::null_mut();
        // SAFETY: `infos!` gives this method information of type list only.
        unsafe { self.get(item, &raw mut value) }?;
        // SAFETY: libcurl makes the caller the owner of this list.
        let list = unsafe { List::from_raw(value) };
        Ok(list.iter().map(Vec::from).collect())
    }

    pub(crate) fn certificates(&self, item: Item) -> Result<Vec<Certificate<'a>>, Error> {
        let mut value: *const sys::curl_certinfo = ptr::null();
        // SAFETY: `infos!` gives this method the information of that type only.
        unsafe { self.get(item, &raw mut value) }?;
        // SAFETY: libcurl returns a struct of its own, or NULL.
        let Some(chain) = (unsafe { value.as_ref() }) else {
            return Ok(Vec::new());
        };
        let count = usize::try_from(chain.num_of_certs).unwrap_or_default();
        let certificate = |at| {
            // SAFETY: libcurl states how many lists there are.
            let list = unsafe { chain.certinfo.add(at) };
            // SAFETY: the pointer is in bounds, and libcurl has written the lists.
            let list = unsafe { *list };
            // SAFETY: libcurl makes no other connection before `'a` ends, and so does not free the lists.
            Certificate::new(unsafe { List::lines(list) })
        };
        Ok((0..count).map(certificate).collect())
    }

    pub(crate) fn socket(&self, item: Item) -> Result<Option<ActiveSocket<'a>>, Error> {
        if !self.lends_socket {
            return item.check_age().map(|()| None);
        }
        // libcurl reads the connection after it has unlocked the pool.
        let _entered = self.pool.map(Entered::visit_waiting).transpose()?;
        let mut value = sys::CURL_SOCKET_BAD;
        // SAFETY: `infos!` gives this method the information of that type only.
        unsafe { self.get(item, &raw mut value) }?;
        if value == sys::CURL_SOCKET_BAD {
            return Ok(None);
        }
        // SAFETY: C7: while the information is borrowed, no call with this handle closes the connection.
        // By `lends_socket`, either no other handle uses the connection, or the handle is attached.
        let lent = unsafe { socket::borrow(value) };
        Ok(Some(ActiveSocket(lent)))
    }

    pub(crate) fn tls(&self, item: Item) -> Result<Option<TlsSession<'a>>, Error> {
        let mut value: *const sys::TlsSessionInfo = ptr::null();
        // SAFETY: `infos!` gives this method information of that type only.
        unsafe { self.get(item, &raw mut value) }?;
        // SAFETY: libcurl returns a struct of its own, or NULL.
        let session = unsafe { value.as_ref() };
        Ok(session
            .filter(|session| !session.internals.is_null())
            .map(|session| {
                TlsSession::new(TlsBackend::from_raw(session.backend), session.internals)
            }))
    }

    pub(crate) fn text(&self, item: Item) -> Result<Option<&'a str>, Error> {
        let mut value: *const c_char = ptr::null();
        // SAFETY: `infos!` gives this method information of type string only.
        unsafe { self.get(item, &raw mut value) }?;
        // SAFETY: libcurl neither goes on with the transfer nor begins another one before `'a` ends, and so does
        // not free the string.
        let Some(text) = (unsafe { decode::c_str(value) }) else {
            return Ok(None);
        };
        item.utf8(text).map(Some)
    }

    /// # Safety
    /// `value` must point to the C type of the information.
    pub(crate) unsafe fn get<T>(&self, item: Item, value: *mut T) -> Result<(), Error> {
        // SAFETY: C1: the handle is live, and getting information calls nothing
        // back; the caller vouches for the type.
        item.check(Code::from_raw(unsafe {
            sys::curl_easy_getinfo(self.raw.as_ptr(), item.id, value)
        }))
    }
}

impl fmt::Debug for Info<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.effective_url().ok().flatten();
        f.debug_struct("Info")
            .field("effective_url", &url.and_then(public_url))
            .field("response_code", &self.response_code().ok())
            .finish_non_exhaustive()
    }
}
