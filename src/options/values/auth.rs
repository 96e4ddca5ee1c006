//! Who the client is: methods of authentication.

use bitflags::bitflags;
use libc::c_long;

use crate::ffi::sys;
use crate::options::values::Value;

bits! { Auth GssapiDelegation }
choice_values! { HttpsigAlgorithm NetRc }

impl Value for SshAuth {
    fn into_raw(self) -> c_long {
        // All bits are -1 in C.
        c_long::from(self.bits() as i32)
    }
}

bitflags! {
    /// Methods of authentication, for a server or a proxy.
    ///
    /// Given several, libcurl asks the server which it offers and takes the
    /// safest; that costs a round trip, and sends an upload's body twice or
    /// rewinds it with [`seek`](crate::Callbacks::seek).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Auth: u32 {
        /// User name and password as they are; safe over TLS only.
        #[doc(alias = "CURLAUTH_BASIC")]
        const BASIC = sys::CURLAUTH_BASIC as u32;
        /// A proof that the password is known.
        #[doc(alias = "CURLAUTH_DIGEST")]
        const DIGEST = sys::CURLAUTH_DIGEST as u32;
        /// Digest as old versions of Internet Explorer did it.
        #[doc(alias = "CURLAUTH_DIGEST_IE")]
        const DIGEST_IE = sys::CURLAUTH_DIGEST_IE as u32;
        /// Negotiate, that is Kerberos.
        #[doc(alias = "CURLAUTH_NEGOTIATE")]
        const NEGOTIATE = sys::CURLAUTH_GSSNEGOTIATE as u32;
        /// NTLM.
        #[doc(alias = "CURLAUTH_NTLM")]
        const NTLM = sys::CURLAUTH_NTLM as u32;
        /// NTLM by a program of winbind. Removed from libcurl 8.8.0.
        #[doc(alias = "CURLAUTH_NTLM_WB")]
        const NTLM_WB = 1 << 5;
        /// An OAuth 2.0 token. Since libcurl 7.61.0.
        #[doc(alias = "CURLAUTH_BEARER")]
        const BEARER = 1 << 6;
        /// An AWS V4 signature. Since libcurl 7.75.0.
        #[doc(alias = "CURLAUTH_AWS_SIGV4")]
        const AWS_SIGV4 = sys::CURLAUTH_AWS_SIGV4 as u32;
        /// An HTTP message signature, experimental. Since libcurl 8.22.0;
        /// [`httpsig_algorithm`](crate::Transfer::httpsig_algorithm) asks for it.
        #[doc(alias = "CURLAUTH_HTTPSIG")]
        const HTTPSIG = 1 << 8;
        /// With one other: that method alone, without asking the server first.
        #[doc(alias = "CURLAUTH_ONLY")]
        const ONLY = 1 << 31;
        /// Whatever the server offers.
        #[doc(alias = "CURLAUTH_ANY")]
        const ANY = sys::CURLAUTH_ANY as u32;
        /// Whatever the server offers, but never Basic.
        #[doc(alias = "CURLAUTH_ANYSAFE")]
        const ANY_SAFE = sys::CURLAUTH_ANYSAFE as u32;
    }
}

bitflags! {
    /// Methods of authentication with an SSH server.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct SshAuth: u32 {
        /// A key pair.
        #[doc(alias = "CURLSSH_AUTH_PUBLICKEY")]
        const PUBLIC_KEY = 1 << 0;
        /// A password.
        #[doc(alias = "CURLSSH_AUTH_PASSWORD")]
        const PASSWORD = 1 << 1;
        /// The key of the client's host.
        #[doc(alias = "CURLSSH_AUTH_HOST")]
        const HOST = 1 << 2;
        /// Questions and answers.
        #[doc(alias = "CURLSSH_AUTH_KEYBOARD")]
        const KEYBOARD = 1 << 3;
        /// An agent that holds keys.
        #[doc(alias = "CURLSSH_AUTH_AGENT")]
        const AGENT = 1 << 4;
        /// GSSAPI.
        #[doc(alias = "CURLSSH_AUTH_GSSAPI")]
        const GSSAPI = 1 << 5;
        /// Whatever the server offers.
        #[doc(alias = "CURLSSH_AUTH_ANY")]
        const ANY = !0;
    }
}

bitflags! {
    /// Whether a server may act for the client with its Kerberos ticket.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct GssapiDelegation: u32 {
        /// If the policy of the server's realm permits it.
        #[doc(alias = "CURLGSSAPI_DELEGATION_POLICY_FLAG")]
        const POLICY = 1 << 0;
        /// Always.
        #[doc(alias = "CURLGSSAPI_DELEGATION_FLAG")]
        const ALWAYS = 1 << 1;
    }
}

choices! {
    /// What a `.netrc` file is good for.
    pub enum NetRc {
        /// It is not read.
        Ignored = 0, "CURL_NETRC_IGNORED";
        /// It is read for what the URL does not say.
        Optional = 1, "CURL_NETRC_OPTIONAL";
        /// It is read, and name and password in the URL are ignored.
        Required = 2, "CURL_NETRC_REQUIRED";
    }
}

choices! {
    /// How requests are signed.
    pub enum HttpsigAlgorithm {
        /// They are not.
        None = 0, "CURLHTTPSIG_NONE";
        /// By Ed25519, with a seed of 32 bytes.
        Ed25519 = 1, "CURLHTTPSIG_ED25519";
        /// By HMAC with SHA-256, with a shared secret.
        HmacSha256 = 2, "CURLHTTPSIG_HMAC_SHA256";
    }
}
