//! Percent-encoding, as URLs have it.

use crate::Error;
use crate::ffi::encoding;

/// Percent-encodes bytes for a URL: all except ASCII letters, digits, `-`, `.`, `_` and `~`.
///
/// [libcurl's page](https://curl.se/libcurl/c/curl_easy_escape.html).
///
/// # Errors
/// [`Error::Option`] for more bytes than the linked libcurl takes. More than 8,000,000 bytes may be too many
/// for some releases; more than 2³¹ − 1 are too many for all.
///
/// # Examples
/// ```
/// let query = curlback::url_encode("a b&c=ä/é")?;
/// assert_eq!(query, "a%20b%26c%3D%C3%A4%2F%C3%A9");
/// # Ok::<(), curlback::Error>(())
/// ```
#[doc(alias = "curl_easy_escape")]
#[doc(alias = "curl_escape")]
pub fn url_encode(bytes: impl AsRef<[u8]>) -> Result<String, Error> {
    encoding::escape(bytes.as_ref())
}

/// Decodes percent-encoded bytes. A `%` without two hexadecimal digits stays as it is, and so does a `+`.
///
/// [libcurl's page](https://curl.se/libcurl/c/curl_easy_unescape.html).
///
/// # Errors
/// [`Error::Option`] for more than 2³¹ − 1 bytes.
///
/// # Examples
/// ```
/// let bytes = curlback::url_decode("100%25%00%C3%A4+%zz")?;
/// assert_eq!(bytes, "100%\0ä+%zz".as_bytes());
/// # Ok::<(), curlback::Error>(())
/// ```
#[doc(alias = "curl_easy_unescape")]
#[doc(alias = "curl_unescape")]
pub fn url_decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, Error> {
    encoding::unescape(text.as_ref())
}
