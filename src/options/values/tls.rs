//! Values for TLS.

use std::ops::RangeInclusive;

use libc::c_long;

use crate::Error;
use crate::ffi::item::Item;
use crate::options::values::{Known, Value};

choices! {
    /// A version of TLS.
    pub enum SslVersion {
        /// libcurl's choice.
        Default = 0, "CURL_SSLVERSION_DEFAULT", "7.9.2";
        /// Any version of TLS.
        Tls1 = 1, "CURL_SSLVERSION_TLSv1", "7.9.2";
        /// SSL 2, which this crate refuses.
        Ssl2 = 2, "CURL_SSLVERSION_SSLv2", "7.9.2";
        /// SSL 3, which this crate refuses.
        Ssl3 = 3, "CURL_SSLVERSION_SSLv3", "7.9.2";
        /// TLS 1.0.
        Tls1_0 = 4, "CURL_SSLVERSION_TLSv1_0", "7.34.0";
        /// TLS 1.1.
        Tls1_1 = 5, "CURL_SSLVERSION_TLSv1_1", "7.34.0";
        /// TLS 1.2.
        Tls1_2 = 6, "CURL_SSLVERSION_TLSv1_2", "7.34.0";
        /// TLS 1.3.
        Tls1_3 = 7, "CURL_SSLVERSION_TLSv1_3", "7.52.0";
    }
}

/// The range of allowed versions of TLS.
///
/// An [`SslVersion`] converts into the range from that version on. A range `oldest..=newest` converts too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SslVersions {
    /// The oldest allowed version.
    pub min: SslVersion,
    /// The newest allowed version; [`SslVersion::Default`] leaves it to libcurl.
    pub max: SslVersion,
}

impl From<SslVersion> for SslVersions {
    fn from(min: SslVersion) -> SslVersions {
        SslVersions {
            min,
            max: SslVersion::Default,
        }
    }
}

impl From<RangeInclusive<SslVersion>> for SslVersions {
    fn from(range: RangeInclusive<SslVersion>) -> SslVersions {
        let (min, max) = range.into_inner();
        SslVersions { min, max }
    }
}

impl Value for SslVersions {
    fn into_raw(self) -> c_long {
        self.min.into_raw() | self.max.into_raw() << 16
    }

    fn check(&self, item: Item) -> Result<(), Error> {
        use SslVersion::{Default, Ssl2, Ssl3, Tls1};
        let (min, max) = (self.min.into_raw(), self.max.into_raw());
        let reason = match (self.min, self.max) {
            (Ssl2 | Ssl3, _) | (_, Ssl2 | Ssl3) => "SSL 2 and SSL 3 are not versions of TLS",
            // For `Tls1` as the newest version, libcurl would set no newest version.
            (_, Tls1) => "`Tls1` means any version, so it cannot be the newest one",
            // With such a range, libcurl would set no newest version, or every connection would fail: that depends on the
            // TLS library.
            (min_version, max_version)
                if min > max && min_version != Default && max_version != Default =>
            {
                "the oldest version is newer than the newest"
            }
            _ => {
                self.min.check(item)?;
                // libcurl before 7.54.0 has no option for the newest version.
                return match self.max {
                    Default => Ok(()),
                    _ => Known::new("CURL_SSLVERSION_MAX_DEFAULT", "7.54.0").check(),
                };
            }
        };
        Err(item.unsuitable(reason))
    }
}

choices! {
    /// Whether a connection that starts without TLS changes to it.
    pub enum UseSsl {
        /// The connection does not use TLS.
        None = 0, "CURLUSESSL_NONE", "7.17.0";
        /// The connection uses TLS if the server supports it.
        Try = 1, "CURLUSESSL_TRY", "7.17.0";
        /// The connection has to use TLS. With FTP, only the control connection has to.
        Control = 2, "CURLUSESSL_CONTROL", "7.17.0";
        /// The connection has to use TLS. With FTP, the data connections have to as well.
        All = 3, "CURLUSESSL_ALL", "7.17.0";
    }
}

bits! {
    /// Bits that change how TLS checks certificates and connects.
    #[doc(alias = "SslOpt")]
    pub struct SslOptions {
        /// Does not use the defence against the BEAST attack, since some old servers do not understand it.
        ALLOW_BEAST = 1 << 0, "CURLSSLOPT_ALLOW_BEAST", "7.25.0";
        /// Does not check whether a certificate was revoked (only with Schannel).
        NO_REVOKE = 1 << 1, "CURLSSLOPT_NO_REVOKE", "7.44.0";
        /// Does not accept a certificate chain that ends before a root certificate (with OpenSSL, and since libcurl
        /// 8.15.0 with Schannel).
        NO_PARTIAL_CHAIN = 1 << 2, "CURLSSLOPT_NO_PARTIALCHAIN", "7.68.0";
        /// Accepts a certificate if it cannot be found out whether it was revoked (only with Schannel).
        REVOKE_BEST_EFFORT = 1 << 3, "CURLSSLOPT_REVOKE_BEST_EFFORT", "7.70.0";
        /// Also trusts the certificates of the system, if libcurl supports this for its TLS library. With rustls,
        /// trusts only these.
        NATIVE_CA = 1 << 4, "CURLSSLOPT_NATIVE_CA", "7.71.0";
        /// Makes the system choose the client's own certificate (only with Schannel).
        AUTO_CLIENT_CERT = 1 << 5, "CURLSSLOPT_AUTO_CLIENT_CERT", "7.77.0";
        /// Tries to send the request as early data with the handshake of a resumed TLS 1.3 session. An attacker can
        /// replay early data.
        EARLY_DATA = 1 << 6, "CURLSSLOPT_EARLYDATA", "8.11.0";
    }
}
