//! A URL that libcurl's parser has split into parts.

use std::ffi::{CString, c_char};
use std::fmt;
use std::ptr::{self, NonNull};

use bitflags::bitflags;
use libc::{c_int, c_uint};

use crate::ffi::init::init;
use crate::ffi::{decode, sys};
use crate::{Code, Error, Version};

pub(crate) mod public;

/// A URL, taken apart and put together by libcurl's own parser.
///
/// [`Transfer::curlu`](crate::Transfer::curlu) takes a `Url`. The transfer uses the parts that the
/// `Url` returns, so its first request goes to the host that the program has checked.
///
/// [libcurl's page](https://curl.se/libcurl/c/libcurl-url.html).
///
/// # Examples
/// ```
/// use curlback::{Url, UrlFlags, UrlPart};
///
/// let mut url = Url::new("https://example.com/a/../b?c=d")?;
/// assert_eq!(url.get(UrlPart::Path)?.as_deref(), Some("/b"));
/// assert_eq!(url.get(UrlPart::Port)?, None);
/// url.set(UrlPart::Host, "example.org")?;
/// url.set_with(UrlPart::Query, "e=f g", UrlFlags::APPEND_QUERY | UrlFlags::URL_ENCODE)?;
/// assert_eq!(url.to_string(), "https://example.org/b?c=d&e=f+g");
/// # Ok::<(), curlback::Error>(())
/// ```
#[doc(alias = "CURLU")]
#[doc(alias("CurlUrl", "curl_url_cleanup", "curl_url_dup"))]
pub struct Url(NonNull<sys::Curlu>);

// SAFETY: C6: libcurl keeps nothing outside the handle.
unsafe impl Send for Url {}

/// A part of a [`Url`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UrlPart {
    /// The whole URL.
    #[doc(alias = "CURLUPART_URL")]
    Url = 0,
    /// The scheme, without `://`.
    #[doc(alias = "CURLUPART_SCHEME")]
    Scheme = 1,
    /// The user name.
    #[doc(alias = "CURLUPART_USER")]
    User = 2,
    /// The password.
    #[doc(alias = "CURLUPART_PASSWORD")]
    Password = 3,
    /// The login options behind a `;`, in URLs of IMAP, POP3 and SMTP.
    #[doc(alias = "CURLUPART_OPTIONS")]
    Options = 4,
    /// The host.
    ///
    /// When libcurl 7.77.0 or later parses a whole URL, it normalises an IPv4 address in any notation, such
    /// as `2130706433`. A host that is set by itself stays as it is, but a resolver may take it for the same
    /// address.
    #[doc(alias = "CURLUPART_HOST")]
    Host = 5,
    /// The port.
    #[doc(alias = "CURLUPART_PORT")]
    Port = 6,
    /// The path, with its first slash.
    #[doc(alias = "CURLUPART_PATH")]
    Path = 7,
    /// The query, without `?`.
    #[doc(alias = "CURLUPART_QUERY")]
    Query = 8,
    /// The fragment, without `#`.
    #[doc(alias = "CURLUPART_FRAGMENT")]
    Fragment = 9,
    /// The zone of a numeric IPv6 host. Since libcurl 7.65.0.
    #[doc(alias = "CURLUPART_ZONEID")]
    ZoneId = 10,
}

bitflags! {
    /// How a part of a [`Url`] is read or written.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct UrlFlags: u32 {
        /// Reading: returns the scheme's default port if no port was set.
        #[doc(alias = "CURLU_DEFAULT_PORT")]
        const DEFAULT_PORT = 1 << 0;
        /// Reading: returns no port if it is the scheme's default port.
        #[doc(alias = "CURLU_NO_DEFAULT_PORT")]
        const NO_DEFAULT_PORT = 1 << 1;
        /// Reading and writing: takes `https` for a missing scheme.
        #[doc(alias = "CURLU_DEFAULT_SCHEME")]
        const DEFAULT_SCHEME = 1 << 2;
        /// Writing: accepts schemes that libcurl does not know.
        #[doc(alias = "CURLU_NON_SUPPORT_SCHEME")]
        const NON_SUPPORT_SCHEME = 1 << 3;
        /// Writing: keeps `/../` and `/./` in the path.
        #[doc(alias = "CURLU_PATH_AS_IS")]
        const PATH_AS_IS = 1 << 4;
        /// Writing: refuses a URL with a user name.
        #[doc(alias = "CURLU_DISALLOW_USER")]
        const DISALLOW_USER = 1 << 5;
        /// Reading: decodes percent-encoded bytes; in a query, also decodes `+` as a space.
        #[doc(alias = "CURLU_URLDECODE")]
        const URL_DECODE = 1 << 6;
        /// Writing: encodes the bytes of a part, except letters, digits and a few others. Of a whole
        /// URL, libcurl encodes only the bytes that a URL must not contain. Since libcurl 7.80.0, reading
        /// encodes, too: the host of a whole URL and, in later releases, also a single part.
        #[doc(alias = "CURLU_URLENCODE")]
        const URL_ENCODE = 1 << 7;
        /// Writing: appends the query to the existing one.
        #[doc(alias = "CURLU_APPENDQUERY")]
        const APPEND_QUERY = 1 << 8;
        /// Writing: guesses a missing scheme from the host's name.
        #[doc(alias = "CURLU_GUESS_SCHEME")]
        const GUESS_SCHEME = 1 << 9;
        /// Writing: accepts an empty host.
        #[doc(alias = "CURLU_NO_AUTHORITY")]
        const NO_AUTHORITY = 1 << 10;
        /// Writing: accepts spaces.
        #[doc(alias = "CURLU_ALLOW_SPACE")]
        const ALLOW_SPACE = 1 << 11;
        /// Reading: returns the host's name in ASCII, as Punycode. Since libcurl 7.88.0.
        #[doc(alias = "CURLU_PUNYCODE")]
        const PUNYCODE = 1 << 12;
        /// Reading: returns the host's name in Unicode. Since libcurl 8.3.0.
        #[doc(alias = "CURLU_PUNY2IDN")]
        const PUNY2IDN = 1 << 13;
        /// Reading: returns an empty query or fragment, whose `?` or `#` has nothing behind it. Since
        /// libcurl 8.8.0.
        #[doc(alias = "CURLU_GET_EMPTY")]
        const GET_EMPTY = 1 << 14;
        /// Reading: returns no scheme that was guessed. Since libcurl 8.9.0.
        #[doc(alias = "CURLU_NO_GUESS_SCHEME")]
        const NO_GUESS_SCHEME = 1 << 15;
    }
}

impl Url {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`Error::Libcurl`] with [`Code::URL_MALFORMAT`] if `text` is no URL or libcurl does not know its scheme,
    /// [`Error::Option`] if `text` has control characters, [`Error::Unsupported`] before libcurl 7.62.0.
    #[doc(alias = "curl_url")]
    pub fn new(text: &str) -> Result<Url, Error> {
        Url::new_with(text, UrlFlags::empty())
    }

    /// Parses a URL as the flags say.
    ///
    /// # Errors
    /// As [`new`](Url::new).
    pub fn new_with(text: &str, flags: UrlFlags) -> Result<Url, Error> {
        init();
        // SAFETY: libcurl is initialised.
        let raw = NonNull::new(unsafe { sys::curl_url() });
        let failed = || match cfg!(has_url) {
            true => Error::libcurl(Code::OUT_OF_MEMORY),
            false => Error::unsupported("curl_url", Version::new(7, 62, 0)),
        };
        let mut url = Url(raw.ok_or_else(failed)?);
        url.set_with(UrlPart::Url, text, flags)?;
        Ok(url)
    }

    /// Sets a part. A new [`UrlPart::Url`] replaces the whole URL, or is resolved against it if the new
    /// one is relative.
    ///
    /// Without [`UrlFlags::URL_ENCODE`], libcurl does not encode the other parts. If a part contains a
    /// delimiter, such as a `?` in a user name, the string of the whole URL has another meaning than
    /// its parts. If libcurl refuses a host, the former host stays, but loses its zone.
    ///
    /// # Errors
    /// [`Error::Libcurl`] with [`Code::URL_MALFORMAT`] if `text` is not valid for the part,
    /// [`Error::Option`] if it has control characters, which could end a line of a request.
    #[doc(alias = "curl_url_set")]
    pub fn set(&mut self, part: UrlPart, text: &str) -> Result<(), Error> {
        self.set_with(part, text, UrlFlags::empty())
    }

    /// Sets a part as the flags say.
    ///
    /// # Errors
    /// As [`set`](Url::set).
    pub fn set_with(&mut self, part: UrlPart, text: &str, flags: UrlFlags) -> Result<(), Error> {
        let refused = || Error::Option {
            option: "CURLOPT_CURLU",
            reason: "the part has control characters",
        };
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(refused());
        }
        let text = CString::new(text).map_err(|_| refused())?;
        // SAFETY: the URL is live, and libcurl copies the string.
        let code = unsafe {
            sys::curl_url_set(
                self.0.as_ptr(),
                part as c_uint,
                text.as_ptr(),
                flags.bits() as c_uint,
            )
        };
        check(code)
    }

    /// Removes a part.
    ///
    /// # Errors
    /// [`Error::Libcurl`] if libcurl refuses.
    pub fn remove(&mut self, part: UrlPart) -> Result<(), Error> {
        // SAFETY: the URL is live; NULL removes the part.
        check(unsafe { sys::curl_url_set(self.0.as_ptr(), part as c_uint, ptr::null(), 0) })
    }

    /// Returns a part; `None` if the URL does not have it.
    ///
    /// # Errors
    /// [`Error::NotUtf8`] if the part is not UTF-8, [`Error::Libcurl`] if libcurl cannot return it, as
    /// when decoding fails. Before libcurl 7.81.0, a missing [`UrlPart::ZoneId`] is an [`Error::Libcurl`], too.
    #[doc(alias = "curl_url_get")]
    pub fn get(&self, part: UrlPart) -> Result<Option<String>, Error> {
        self.get_with(part, UrlFlags::empty())
    }

    /// Returns a part as the flags say; `None` if the URL does not have it.
    ///
    /// # Errors
    /// As [`get`](Url::get).
    pub fn get_with(&self, part: UrlPart, flags: UrlFlags) -> Result<Option<String>, Error> {
        let mut text: *mut c_char = ptr::null_mut();
        // SAFETY: the URL is live, and `text` takes a pointer.
        let code = unsafe {
            sys::curl_url_get(
                self.0.as_ptr(),
                part as c_uint,
                &raw mut text,
                flags.bits() as c_uint,
            )
        };
        match code {
            // The codes for a part that the URL does not have.
            10..=18 => return Ok(None),
            code => check(code)?,
        }
        // SAFETY: libcurl returns a string that this function owns, or NULL.
        let bytes = unsafe { decode::c_str(text) }.map(|text| text.to_bytes().to_vec());
        // SAFETY: the string was copied; NULL is accepted.
        unsafe { sys::curl_free(text.cast()) };
        let utf8 = |bytes: Vec<u8>| {
            String::from_utf8(bytes).map_err(|error| Error::NotUtf8 {
                what: "CURLU",
                bytes: error.into_bytes().into(),
            })
        };
        bytes.map(utf8).transpose()
    }

    pub(crate) fn as_raw(&self) -> *mut sys::Curlu {
        self.0.as_ptr()
    }
}

/// Converts libcurl's code for a URL into a result.
fn check(code: c_int) -> Result<(), Error> {
    if code == 0 {
        return Ok(());
    }
    // SAFETY: libcurl returns a static string for any number.
    let text = unsafe { sys::curl_url_strerror(code) };
    // SAFETY: the string is static and NUL-terminated, or NULL.
    let text = unsafe { decode::c_str(text) };
    Err(match text {
        Some(text) => Error::libcurl_with(Code::URL_MALFORMAT, text.to_string_lossy()),
        None => Error::libcurl(Code::URL_MALFORMAT),
    })
}

impl Clone for Url {
    fn clone(&self) -> Url {
        // SAFETY: the URL is live.
        let raw = NonNull::new(unsafe { sys::curl_url_dup(self.0.as_ptr()) });
        Url(raw.expect("out of memory"))
    }
}

impl Drop for Url {
    fn drop(&mut self) {
        // SAFETY: C5: the only owner, and no handle points to it any more.
        unsafe { sys::curl_url_cleanup(self.0.as_ptr()) }
    }
}

impl std::str::FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Url, Error> {
        Url::new(text)
    }
}

/// Writes the whole URL, password included. Writes nothing if [`get`](Url::get) does not return the URL, as when
/// the host was removed.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.get(UrlPart::Url).ok().flatten();
        f.pad(whole.as_deref().unwrap_or_default())
    }
}

/// Writes scheme, host, port and path. The other parts may be secret.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part| self.get(part).ok().flatten();
        f.debug_struct("Url")
            .field("scheme", &part(UrlPart::Scheme))
            .field("host", &part(UrlPart::Host))
            .field("port", &part(UrlPart::Port))
            .field("path", &part(UrlPart::Path))
            .finish_non_exhaustive()
    }
}
