//! TLS.

use std::ops::RangeInclusive;

use bitflags::bitflags;
use libc::c_long;

use crate::options::values::Value;

bits! { SslOptions, EARLY_DATA since 8, 11, 0 }
choice_values! { UseSsl }

choices! {
    /// A version of TLS.
    pub enum SslVersion {
        /// libcurl's choice.
        Default = 0, "CURL_SSLVERSION_DEFAULT";
        /// Any version of TLS.
        Tls1 = 1, "CURL_SSLVERSION_TLSv1";
        /// SSL 2, which libcurl refuses.
        Ssl2 = 2, "CURL_SSLVERSION_SSLv2";
        /// SSL 3, which libcurl refuses.
        Ssl3 = 3, "CURL_SSLVERSION_SSLv3";
        /// TLS 1.0.
        Tls1_0 = 4, "CURL_SSLVERSION_TLSv1_0";
        /// TLS 1.1.
        Tls1_1 = 5, "CURL_SSLVERSION_TLSv1_1";
        /// TLS 1.2.
        Tls1_2 = 6, "CURL_SSLVERSION_TLSv1_2";
        /// TLS 1.3.
        Tls1_3 = 7, "CURL_SSLVERSION_TLSv1_3";
    }
}

/// The versions of TLS that may be spoken, from the oldest to the newest.
///
/// An [`SslVersion`] alone converts: that one and newer. So does `oldest..=newest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SslVersions {
    /// The oldest.
    pub min: SslVersion,
    /// The newest; [`SslVersion::Default`] is libcurl's choice.
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
        self.min.number() | self.max.number() << 16
    }

    // libcurl would set no limit.
    fn check(&self) -> Result<(), &'static str> {
        match self.max {
            SslVersion::Ssl2 | SslVersion::Ssl3 => Err("no version of TLS is that old"),
            _ => Ok(()),
        }
    }
}

choices! {
    /// Whether a connection that starts without TLS changes to it.
    pub enum UseSsl {
        /// It does not.
        None = 0, "CURLUSESSL_NONE";
        /// It does if the server can.
        Try = 1, "CURLUSESSL_TRY";
        /// It has to; with FTP, the control connection.
        Control = 2, "CURLUSESSL_CONTROL";
        /// It has to; with FTP, the data connections too.
        All = 3, "CURLUSESSL_ALL";
    }
}

bitflags! {
    /// How careful TLS is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct SslOptions: u32 {
        /// Leaves out the defence against BEAST, which some servers do not understand.
        #[doc(alias = "CURLSSLOPT_ALLOW_BEAST")]
        const ALLOW_BEAST = 1 << 0;
        /// Does not ask whether a certificate was revoked (Schannel).
        #[doc(alias = "CURLSSLOPT_NO_REVOKE")]
        const NO_REVOKE = 1 << 1;
        /// Does not trust a chain that ends before its root (OpenSSL). Since libcurl 7.68.0.
        #[doc(alias = "CURLSSLOPT_NO_PARTIALCHAIN")]
        const NO_PARTIAL_CHAIN = 1 << 2;
        /// Does not mind when nobody says whether a certificate was revoked (Schannel). Since
        /// libcurl 7.70.0.
        #[doc(alias = "CURLSSLOPT_REVOKE_BEST_EFFORT")]
        const REVOKE_BEST_EFFORT = 1 << 3;
        /// Trusts the system's certificates too. Since libcurl 7.71.0.
        #[doc(alias = "CURLSSLOPT_NATIVE_CA")]
        const NATIVE_CA = 1 << 4;
        /// Lets the system choose the client's own certificate (Schannel). Since libcurl 7.77.0.
        #[doc(alias = "CURLSSLOPT_AUTO_CLIENT_CERT")]
        const AUTO_CLIENT_CERT = 1 << 5;
        /// Sends the request with the handshake of a resumed TLS 1.3 session, where it may be
        /// replayed. Since libcurl 8.11.0.
        #[doc(alias = "CURLSSLOPT_EARLYDATA")]
        const EARLY_DATA = 1 << 6;
    }
}
