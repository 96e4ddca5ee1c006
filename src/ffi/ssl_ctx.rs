//! The TLS context of a connection that is about to be made.

use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;

use crate::ffi::sys;

/// The TLS context of a connection that is about to be made.
///
/// Its type depends on the TLS library that libcurl uses, which
/// [`backend`](SslContext::backend) names.
///
/// # Examples
/// ```
/// use curlback::{CallbackResult, Callbacks, SslContext, callbacks};
///
/// /// Trusts a private authority beside the public ones.
/// struct Private { authority: Vec<u8> }
///
/// #[callbacks]
/// impl Callbacks for Private {
///     fn ssl_ctx(&mut self, context: &mut SslContext<'_>) -> CallbackResult {
///         context.trust(&self.authority).into()
///     }
/// }
/// ```
pub struct SslContext<'a> {
    raw: *mut c_void,
    backend: TlsBackend,
    borrowed: PhantomData<&'a mut ()>,
}

/// A TLS library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsBackend {
    /// OpenSSL or a fork of it; the context is an `SSL_CTX *`.
    #[doc(alias = "CURLSSLBACKEND_OPENSSL")]
    OpenSsl,
    /// wolfSSL; the context is a `WOLFSSL_CTX *`.
    #[doc(alias = "CURLSSLBACKEND_WOLFSSL")]
    WolfSsl,
    /// mbedTLS; the context is an `mbedtls_ssl_config *`.
    #[doc(alias = "CURLSSLBACKEND_MBEDTLS")]
    MbedTls,
    /// rustls, which has no context: a session is a `struct rustls_connection *`.
    #[doc(alias = "CURLSSLBACKEND_RUSTLS")]
    Rustls,
    /// Another library, with libcurl's number of it, or 0 if libcurl states no library. The library has no
    /// context, or is not known here.
    Other(u32),
}

impl TlsBackend {
    pub(crate) fn from_raw(raw: libc::c_uint) -> TlsBackend {
        match raw {
            1 => TlsBackend::OpenSsl,
            7 => TlsBackend::WolfSsl,
            11 => TlsBackend::MbedTls,
            14 => TlsBackend::Rustls,
            other => TlsBackend::Other(other),
        }
    }
}

impl<'a> SslContext<'a> {
    /// # Safety
    /// `easy` and `raw` must be what libcurl passes to an SSL context callback,
    /// and live for as long as `'a`.
    pub(crate) unsafe fn new(easy: *mut sys::CURL, raw: *mut c_void) -> SslContext<'a> {
        let mut session: *const sys::TlsSessionInfo = std::ptr::null();
        // SAFETY: C4: the handle is live; the information is a pointer to this struct.
        let code =
            unsafe { sys::curl_easy_getinfo(easy, sys::CURLINFO_TLS_SSL_PTR, &raw mut session) };
        let session = match code {
            // SAFETY: libcurl returns a struct of its own, or NULL.
            sys::CURLE_OK => unsafe { session.as_ref() },
            _ => None,
        };
        let backend = TlsBackend::from_raw(session.map_or(0, |session| session.backend));
        SslContext {
            raw,
            backend,
            borrowed: PhantomData,
        }
    }

    /// Returns the TLS library that libcurl uses.
    #[must_use]
    pub fn backend(&self) -> TlsBackend {
        self.backend
    }

    /// Returns the library's own context.
    ///
    /// # Safety
    /// The context may be used during the callback only, as the type that
    /// [`backend`](SslContext::backend) says, with the very copy of the library that
    /// libcurl is linked to.
    #[must_use]
    pub unsafe fn as_raw(&mut self) -> *mut c_void {
        self.raw
    }

    /// Trusts the certificates in this PEM text for this connection, in addition to those
    /// that the options name. If [`ca_cache_timeout`](crate::Transfer::ca_cache_timeout) was set after
    /// the hook, other connections may trust them, too. To trust *only* the certificates in a text, set
    /// [`ssl_cainfo_blob`](crate::Transfer::ssl_cainfo_blob).
    ///
    /// # Errors
    /// [`TrustError::Backend`] if libcurl is not linked to the OpenSSL that this crate is
    /// linked to, [`TrustError::Pem`] if there is no certificate in the text or one that
    /// cannot be read. After an error, none of the certificates is trusted.
    pub fn trust(&mut self, pem: &[u8]) -> Result<(), TrustError> {
        #[cfg(same_openssl)]
        if self.backend == TlsBackend::OpenSsl && openssl::is_the_one_of_libcurl() {
            // SAFETY: the context is an `SSL_CTX *` of the OpenSSL that we call.
            return unsafe { openssl::trust(self.raw.cast(), pem) };
        }
        let _ = pem;
        Err(TrustError::Backend(self.backend))
    }
}

impl fmt::Debug for SslContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SslContext")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// Why certificates could not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// libcurl uses this library, and this crate is not linked to the same copy of OpenSSL. Trust the
    /// certificates by [`cainfo`](crate::Transfer::cainfo) instead, or link libcurl to the same OpenSSL.
    #[error("libcurl does not use the OpenSSL that this program is linked to, but {0:?}")]
    Backend(TlsBackend),
    /// The text has no certificate, or one that cannot be read. Check that it is neither DER nor a private key.
    #[error("the text holds no certificate in PEM form that can be read")]
    Pem,
}

#[cfg(same_openssl)]
mod openssl {
    use std::ffi::c_int;
    use std::ptr::{self, NonNull};

    use openssl_sys as ossl;

    use super::TrustError;
    use crate::ffi::decode;

    /// Returns whether the OpenSSL that libcurl states has the version of the one called here: a
    /// program may have two.
    pub(crate) fn is_the_one_of_libcurl() -> bool {
        // SAFETY: any number may be asked for; the answer is static.
        let ours = unsafe { ossl::OpenSSL_version(ossl::OPENSSL_VERSION) };
        // SAFETY: the string is static and NUL-terminated.
        let ours = unsafe { decode::c_str(ours) }.and_then(|text| text.to_str().ok());
        let number = ours
            .and_then(|text| text.split(' ').nth(1))
            .unwrap_or_default();
        // SAFETY: returns a number.
        let older = name_before_3(unsafe { ossl::OpenSSL_version_num() });
        let theirs = crate::version().ssl();
        theirs.is_some_and(|text| text == format!("OpenSSL/{number}") || text == older)
    }

    /// Returns how older releases of libcurl, some of them depending on their build, name a version of
    /// OpenSSL: 3.0.2 is "3.0.0b".
    fn name_before_3(number: libc::c_ulong) -> String {
        let (major, minor, fix) = (number >> 28, number >> 20 & 0xff, number >> 12 & 0xff);
        let letter = match number >> 4 & 0xff {
            patch @ 1..=26 => char::from(b'a' - 1 + patch as u8).to_string(),
            _ => String::new(),
        };
        format!("OpenSSL/{major:x}.{minor:x}.{fix:x}{letter}")
    }

    pub(crate) struct Certificate(NonNull<ossl::X509>);

    impl Drop for Certificate {
        fn drop(&mut self) {
            // SAFETY: the one reference that we own.
            unsafe { ossl::X509_free(self.0.as_ptr()) }
        }
    }

    /// # Safety
    /// `context` must be a live context of this very OpenSSL.
    pub(crate) unsafe fn trust(context: *mut ossl::SSL_CTX, pem: &[u8]) -> Result<(), TrustError> {
        let certificates = read(pem)?;
        // `set_hooks` has turned libcurl's cache of certificate stores off. Unless the user has turned the
        // cache on again, libcurl has made this store for one connection, and it serves no other transfer.
        // SAFETY: the caller's promise.
        let store = unsafe { ossl::SSL_CTX_get_cert_store(context) };
        for certificate in certificates {
            // SAFETY: the store takes a reference of its own. A certificate that it has already is no error.
            unsafe { ossl::X509_STORE_add_cert(store, certificate.0.as_ptr()) };
        }
        Ok(())
    }

    pub(crate) fn read(pem: &[u8]) -> Result<Vec<Certificate>, TrustError> {
        let len = c_int::try_from(pem.len()).map_err(|_| TrustError::Pem)?;
        // SAFETY: the text outlives the reader, which only reads it.
        let bio = unsafe { ossl::BIO_new_mem_buf(pem.as_ptr().cast(), len) };
        if bio.is_null() {
            return Err(TrustError::Pem);
        }
        let mut certificates = Vec::new();
        loop {
            // Without a password here, OpenSSL would ask for one on the terminal.
            let password = c"".as_ptr().cast_mut().cast();
            // SAFETY: a live reader; no place to write to; without a callback the
            // last argument is the password, which is only read.
            let next = unsafe { ossl::PEM_read_bio_X509(bio, ptr::null_mut(), None, password) };
            let Some(next) = NonNull::new(next) else {
                break;
            };
            certificates.push(Certificate(next));
        }
        // OpenSSL reports the end of the text as an error: "no start line".
        // SAFETY: only this thread's queue of errors is read.
        let end = unsafe { ossl::ERR_peek_last_error() };
        // SAFETY: only this thread's queue of errors is emptied.
        unsafe { ossl::ERR_clear_error() };
        // SAFETY: the one reader that was made above.
        unsafe { ossl::BIO_free_all(bio) };
        const PEM_R_NO_START_LINE: c_int = 108;
        let ended = ossl::ERR_GET_LIB(end) == ossl::ERR_LIB_PEM
            && ossl::ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
        if certificates.is_empty() || !ended {
            Err(TrustError::Pem)
        } else {
            Ok(certificates)
        }
    }
}

#[cfg(all(test, same_openssl))]
mod tests {
    use super::*;

    #[test]
    fn certificate_under_a_password_is_refused_and_none_is_asked_for() {
        let pem = b"-----BEGIN CERTIFICATE-----\n\
            Proc-Type: 4,ENCRYPTED\n\
            DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\
            -----END CERTIFICATE-----\n";
        assert!(matches!(openssl::read(pem), Err(TrustError::Pem)));
    }
}
