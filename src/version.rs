//! The version and the features of the linked libcurl.

use std::fmt;
use std::sync::OnceLock;

use bitflags::bitflags;

/// A release of libcurl.
///
/// # Examples
/// ```
/// use curlback::Version;
///
/// let linked = Version::linked();
/// assert!(linked >= Version::new(7, 61, 1), "libcurl {linked} is too old");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u8,
    /// The second number.
    pub minor: u8,
    /// The third number.
    pub patch: u8,
}

impl Version {
    /// Makes a version from its three numbers.
    #[must_use]
    pub const fn new(major: u8, minor: u8, patch: u8) -> Version {
        Version {
            major,
            minor,
            patch,
        }
    }

    /// Returns the version of the libcurl that this process is linked to.
    ///
    /// libcurl is asked at run time, since a shared libcurl may be another one than the program was built with.
    /// [`version`](fn@crate::version) returns more about it.
    #[must_use]
    #[doc(alias = "curl_version_info")]
    pub fn linked() -> Version {
        version().version
    }

    /// Parses a version in a table, such as "7.61.0", at compile time.
    pub(crate) const fn parse(text: &str) -> Version {
        let text = text.as_bytes();
        let (mut numbers, mut at, mut i) = ([0_u8; 3], 0, 0);
        while i < text.len() {
            match text[i] {
                b'.' => at += 1,
                digit => numbers[at] = numbers[at] * 10 + (digit - b'0'),
            }
            i += 1;
        }
        Version::new(numbers[0], numbers[1], numbers[2])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Returns what the linked libcurl says about itself. libcurl is asked only once.
///
/// [The guide](crate::guide::libcurl) says how to choose a libcurl.
///
/// # Examples
/// ```
/// let libcurl = curlback::version();
/// println!("{libcurl}"); // with the libraries that it uses
/// assert!(libcurl.to_string().starts_with(&format!("libcurl/{}", libcurl.text())));
/// assert!(libcurl.has_protocol("http"));
/// assert_eq!(libcurl.has_protocol("https"), libcurl.features().contains(curlback::Features::SSL));
/// ```
#[must_use]
#[doc(alias = "curl_version_info")]
#[doc(alias = "curl_version")]
pub fn version() -> &'static VersionInfo {
    static LINKED: OnceLock<VersionInfo> = OnceLock::new();
    LINKED.get_or_init(crate::ffi::version::read)
}

/// Initialises libcurl and the libraries that it uses, as the first transfer of a process does.
///
/// A program needs this if other code, on another thread, also initialises one of these libraries, such as
/// OpenSSL. Call it at the beginning, while the process has one thread. Later calls do nothing.
/// [libcurl's page](https://curl.se/libcurl/c/curl_global_init.html).
#[doc(alias = "curl_global_init")]
#[doc(alias = "curl_global_cleanup")]
pub fn init() {
    crate::ffi::init::init();
}

/// What a libcurl says about itself: its version, and what it was built with. A method that returns an
/// `Option` returns `None` if libcurl was built without the library or path, or does not report it.
///
/// [`version`](fn@crate::version) returns what the linked libcurl says.
/// [libcurl's page](https://curl.se/libcurl/c/curl_version_info.html).
#[derive(Debug)]
pub struct VersionInfo {
    pub(crate) version: Version,
    pub(crate) text: Box<str>,
    pub(crate) host: Box<str>,
    pub(crate) features: Features,
    pub(crate) feature_names: Vec<Box<str>>,
    pub(crate) protocols: Vec<Box<str>>,
    pub(crate) ssl: Option<Box<str>>,
    pub(crate) libz: Option<Box<str>>,
    pub(crate) ares: Option<Box<str>>,
    pub(crate) libidn: Option<Box<str>>,
    pub(crate) libssh: Option<Box<str>>,
    pub(crate) brotli: Option<Box<str>>,
    pub(crate) nghttp2: Option<Box<str>>,
    pub(crate) quic: Option<Box<str>>,
    pub(crate) cainfo: Option<Box<str>>,
    pub(crate) capath: Option<Box<str>>,
    pub(crate) zstd: Option<Box<str>>,
    pub(crate) hyper: Option<Box<str>>,
    pub(crate) gsasl: Option<Box<str>>,
    pub(crate) rtmp: Option<Box<str>>,
}

/// Prints the names and versions of libcurl and of the libraries that it uses, similar to `curl_version`.
impl fmt::Display for VersionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "libcurl/{}", self.text)?;
        let named = [
            ("zlib", &self.libz),
            ("brotli", &self.brotli),
            ("zstd", &self.zstd),
            ("c-ares", &self.ares),
            ("libidn", &self.libidn),
            ("nghttp2", &self.nghttp2),
            ("Hyper", &self.hyper),
            ("libgsasl", &self.gsasl),
            ("librtmp", &self.rtmp),
        ];
        // These strings begin with the name of the library.
        for library in [&self.ssl, &self.libssh, &self.quic].into_iter().flatten() {
            write!(f, " {library}")?;
        }
        for (name, version) in named {
            if let Some(version) = version {
                write!(f, " {name}/{version}")?;
            }
        }
        Ok(())
    }
}

impl VersionInfo {
    /// Returns the version, which can be compared.
    #[must_use]
    pub fn number(&self) -> Version {
        self.version
    }

    /// Returns the version as libcurl writes it, with a suffix such as `-DEV` if it is no release.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the kind of machine that libcurl was built for.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the features for which libcurl has a bit. [`has_feature`](VersionInfo::has_feature) also finds
    /// others.
    #[must_use]
    pub fn features(&self) -> Features {
        self.features
    }

    /// Returns the names of all features; before libcurl 7.87.0, only of those that have a bit.
    pub fn feature_names(&self) -> impl Iterator<Item = &str> {
        self.feature_names.iter().map(|name| &**name)
    }

    /// Returns whether libcurl has a feature of this name, ignoring case.
    #[must_use]
    pub fn has_feature(&self, name: &str) -> bool {
        self.feature_names()
            .any(|own| own.eq_ignore_ascii_case(name))
    }

    /// Returns the schemes of the URLs that libcurl takes.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.protocols.iter().map(|name| &**name)
    }

    /// Returns whether libcurl takes URLs of this scheme, ignoring case.
    #[must_use]
    pub fn has_protocol(&self, scheme: &str) -> bool {
        self.protocols().any(|own| own.eq_ignore_ascii_case(scheme))
    }

    /// Returns the names and versions of the TLS libraries; those that are not in use are in parentheses.
    #[must_use]
    pub fn ssl(&self) -> Option<&str> {
        self.ssl.as_deref()
    }

    /// Returns the version of zlib.
    #[must_use]
    pub fn libz(&self) -> Option<&str> {
        self.libz.as_deref()
    }

    /// Returns the version of c-ares, which resolves names.
    #[must_use]
    pub fn ares(&self) -> Option<&str> {
        self.ares.as_deref()
    }

    /// Returns the version of libidn, for names of hosts in Unicode.
    #[must_use]
    pub fn libidn(&self) -> Option<&str> {
        self.libidn.as_deref()
    }

    /// Returns the name and version of the SSH library.
    #[must_use]
    pub fn libssh(&self) -> Option<&str> {
        self.libssh.as_deref()
    }

    /// Returns the version of Brotli.
    #[must_use]
    pub fn brotli(&self) -> Option<&str> {
        self.brotli.as_deref()
    }

    /// Returns the version of nghttp2, for HTTP/2.
    #[must_use]
    pub fn nghttp2(&self) -> Option<&str> {
        self.nghttp2.as_deref()
    }

    /// Returns the names and versions of the libraries for HTTP/3.
    #[must_use]
    pub fn quic(&self) -> Option<&str> {
        self.quic.as_deref()
    }

    /// Returns the file of trusted certificates that libcurl was built with.
    #[must_use]
    pub fn cainfo(&self) -> Option<&str> {
        self.cainfo.as_deref()
    }

    /// Returns the directory of trusted certificates that libcurl was built with.
    #[must_use]
    pub fn capath(&self) -> Option<&str> {
        self.capath.as_deref()
    }

    /// Returns the version of zstd.
    #[must_use]
    pub fn zstd(&self) -> Option<&str> {
        self.zstd.as_deref()
    }

    /// Returns the version of Hyper, which libcurl 7.75.0 to 8.11.1 could use for HTTP.
    #[must_use]
    pub fn hyper(&self) -> Option<&str> {
        self.hyper.as_deref()
    }

    /// Returns the version of libgsasl.
    #[must_use]
    pub fn gsasl(&self) -> Option<&str> {
        self.gsasl.as_deref()
    }

    /// Returns the version of librtmp.
    #[must_use]
    pub fn rtmp(&self) -> Option<&str> {
        self.rtmp.as_deref()
    }
}

bitflags! {
    /// What a libcurl was built with.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Features: u32 {
        /// IPv6.
        #[doc(alias = "CURL_VERSION_IPV6")]
        const IPV6 = 1 << 0;
        /// Kerberos 4, which libcurl no longer supports.
        #[doc(alias = "CURL_VERSION_KERBEROS4")]
        const KERBEROS4 = 1 << 1;
        /// TLS.
        #[doc(alias = "CURL_VERSION_SSL")]
        const SSL = 1 << 2;
        /// Compression by zlib.
        #[doc(alias = "CURL_VERSION_LIBZ")]
        const LIBZ = 1 << 3;
        /// NTLM.
        #[doc(alias = "CURL_VERSION_NTLM")]
        const NTLM = 1 << 4;
        /// Negotiate authentication. Since 7.38.0, libcurl sets [`SPNEGO`](Self::SPNEGO) instead.
        #[doc(alias = "CURL_VERSION_GSSNEGOTIATE")]
        const GSSNEGOTIATE = 1 << 5;
        /// A debug build, which checks itself.
        #[doc(alias = "CURL_VERSION_DEBUG")]
        const DEBUG = 1 << 6;
        /// Resolving host names without blocking, and without signals.
        #[doc(alias = "CURL_VERSION_ASYNCHDNS")]
        const ASYNCH_DNS = 1 << 7;
        /// Negotiate authentication.
        #[doc(alias = "CURL_VERSION_SPNEGO")]
        const SPNEGO = 1 << 8;
        /// Files of more than 2 GB.
        #[doc(alias = "CURL_VERSION_LARGEFILE")]
        const LARGE_FILE = 1 << 9;
        /// Host names in Unicode.
        #[doc(alias = "CURL_VERSION_IDN")]
        const IDN = 1 << 10;
        /// Windows's own authentication.
        #[doc(alias = "CURL_VERSION_SSPI")]
        const SSPI = 1 << 11;
        /// Conversion of character sets, which libcurl no longer supports.
        #[doc(alias = "CURL_VERSION_CONV")]
        const CONV = 1 << 12;
        /// A libcurl that tracks its memory.
        #[doc(alias = "CURL_VERSION_CURLDEBUG")]
        const CURL_DEBUG = 1 << 13;
        /// TLS-SRP.
        #[doc(alias = "CURL_VERSION_TLSAUTH_SRP")]
        const TLS_AUTH_SRP = 1 << 14;
        /// NTLM by a program of winbind.
        #[doc(alias = "CURL_VERSION_NTLM_WB")]
        const NTLM_WB = 1 << 15;
        /// HTTP/2.
        #[doc(alias = "CURL_VERSION_HTTP2")]
        const HTTP2 = 1 << 16;
        /// GSS-API.
        #[doc(alias = "CURL_VERSION_GSSAPI")]
        const GSSAPI = 1 << 17;
        /// Kerberos 5.
        #[doc(alias = "CURL_VERSION_KERBEROS5")]
        const KERBEROS5 = 1 << 18;
        /// Unix sockets.
        #[doc(alias = "CURL_VERSION_UNIX_SOCKETS")]
        const UNIX_SOCKETS = 1 << 19;
        /// The Public Suffix List: domains for which cookies are refused.
        #[doc(alias = "CURL_VERSION_PSL")]
        const PSL = 1 << 20;
        /// HTTPS proxies.
        #[doc(alias = "CURL_VERSION_HTTPS_PROXY")]
        const HTTPS_PROXY = 1 << 21;
        /// Several TLS libraries, of which a program may choose one.
        #[doc(alias = "CURL_VERSION_MULTI_SSL")]
        const MULTI_SSL = 1 << 22;
        /// Compression by Brotli.
        #[doc(alias = "CURL_VERSION_BROTLI")]
        const BROTLI = 1 << 23;
        /// Alternative services.
        #[doc(alias = "CURL_VERSION_ALTSVC")]
        const ALT_SVC = 1 << 24;
        /// HTTP/3.
        #[doc(alias = "CURL_VERSION_HTTP3")]
        const HTTP3 = 1 << 25;
        /// Compression by zstd.
        #[doc(alias = "CURL_VERSION_ZSTD")]
        const ZSTD = 1 << 26;
        /// Unicode on Windows.
        #[doc(alias = "CURL_VERSION_UNICODE")]
        const UNICODE = 1 << 27;
        /// HSTS: hosts that are only contacted by HTTPS.
        #[doc(alias = "CURL_VERSION_HSTS")]
        const HSTS = 1 << 28;
        /// SCRAM by libgsasl.
        #[doc(alias = "CURL_VERSION_GSASL")]
        const GSASL = 1 << 29;
        /// Initialisation that is safe from any thread.
        #[doc(alias = "CURL_VERSION_THREADSAFE")]
        const THREAD_SAFE = 1 << 30;
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn tables_state_versions_as_text() {
        assert_eq!(Version::parse("7.61.0"), Version::new(7, 61, 0));
        assert_eq!(Version::parse("8.7"), Version::new(8, 7, 0));
    }
}
