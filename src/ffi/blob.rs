//! The value of an option in memory, instead of in a file.

use std::sync::Arc;

/// A certificate, a key or a list of authorities, in memory.
///
/// Bytes that are borrowed are copied for each transfer. An `Arc` is shared: transfers that get clones
/// of it use the same bytes. With most TLS libraries, libcurl nevertheless parses the bytes again for each
/// new connection.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use curlback::Transfer;
///
/// let authorities: Arc<[u8]> = Arc::from(*b"-----BEGIN CERTIFICATE-----");
/// for _ in 0..2 {
///     let mut transfer = Transfer::new(())?;
///     transfer.ssl_cainfo_blob(&authorities).or_else(unless_unsupported)?;
/// }
/// # fn unless_unsupported(error: curlback::Error) -> Result<(), curlback::Error> {
/// #     match error { curlback::Error::Unsupported { .. } => Ok(()), other => Err(other) }
/// # }
/// # Ok::<(), curlback::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "curl_blob")]
pub struct Blob<'a>(Bytes<'a>);

#[derive(Clone, Debug)]
enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Shared(Arc<[u8]>),
}

impl Blob<'_> {
    /// Returns the shared data, or `None` if the data is borrowed and has to be copied.
    pub(crate) fn shared(&self) -> Option<&Arc<[u8]>> {
        match &self.0 {
            Bytes::Borrowed(_) => None,
            Bytes::Shared(data) => Some(data),
        }
    }
}

impl AsRef<[u8]> for Blob<'_> {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Borrowed(data) => data,
            Bytes::Shared(data) => data,
        }
    }
}

impl<'a> From<&'a [u8]> for Blob<'a> {
    fn from(data: &'a [u8]) -> Blob<'a> {
        Blob(Bytes::Borrowed(data))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Blob<'a> {
    fn from(data: &'a [u8; N]) -> Blob<'a> {
        Blob(Bytes::Borrowed(data))
    }
}

impl<'a> From<&'a Vec<u8>> for Blob<'a> {
    fn from(data: &'a Vec<u8>) -> Blob<'a> {
        Blob(Bytes::Borrowed(data))
    }
}

impl<'a> From<&'a str> for Blob<'a> {
    fn from(data: &'a str) -> Blob<'a> {
        Blob(Bytes::Borrowed(data.as_bytes()))
    }
}

impl<'a> From<&'a String> for Blob<'a> {
    fn from(data: &'a String) -> Blob<'a> {
        Blob(Bytes::Borrowed(data.as_bytes()))
    }
}

impl From<Arc<[u8]>> for Blob<'_> {
    fn from(data: Arc<[u8]>) -> Self {
        Blob(Bytes::Shared(data))
    }
}

impl From<&Arc<[u8]>> for Blob<'_> {
    fn from(data: &Arc<[u8]>) -> Self {
        Blob(Bytes::Shared(Arc::clone(data)))
    }
}

impl From<Vec<u8>> for Blob<'_> {
    fn from(data: Vec<u8>) -> Self {
        Blob(Bytes::Shared(data.into()))
    }
}
