//! Values for methods of authentication.

bits! {
    /// Methods of authentication, for a server or a proxy.
    ///
    /// If several methods are set, libcurl first asks the server or proxy which of them it offers, and then uses the
    /// one that it considers safest. This costs a round trip. libcurl may have to send the body of an upload twice,
    /// after a rewind by [`seek`](crate::Callbacks::seek).
    pub struct Auth {
        /// Basic: user name and password, not encrypted; safe only over TLS.
        BASIC = 1 << 0, "CURLAUTH_BASIC", "7.10.6";
        /// Digest: a hash that proves that the client knows the password.
        DIGEST = 1 << 1, "CURLAUTH_DIGEST", "7.10.6";
        /// Digest as in old versions of Internet Explorer. In libcurl 8.22, it is the same as Digest.
        DIGEST_IE = 1 << 4, "CURLAUTH_DIGEST_IE", "7.19.3";
        /// Negotiate (SPNEGO), which usually uses Kerberos.
        NEGOTIATE = 1 << 2, "CURLAUTH_NEGOTIATE", "7.38.0" with "SPNEGO";
        /// NTLM.
        NTLM = 1 << 3, "CURLAUTH_NTLM", "7.10.6" with "NTLM";
        /// NTLM by an external program of winbind. libcurl 8.8.0 and newer do not have it.
        NTLM_WB = 1 << 5, "CURLAUTH_NTLM_WB", "7.22.0" with "NTLM_WB";
        /// An OAuth 2.0 token, from [`xoauth2_bearer`](crate::Transfer::xoauth2_bearer), instead of user name and
        /// password.
        BEARER = 1 << 6, "CURLAUTH_BEARER", "7.61.0";
        /// An AWS V4 signature.
        AWS_SIGV4 = 1 << 7, "CURLAUTH_AWS_SIGV4", "7.75.0";
        /// An HTTP message signature; experimental in libcurl. The option
        /// [`httpsig_algorithm`](crate::Transfer::httpsig_algorithm) sets this method too, except with the value
        /// [`HttpsigAlgorithm::None`](crate::HttpsigAlgorithm::None).
        HTTPSIG = 1 << 8, "CURLAUTH_HTTPSIG", "8.22.0" with "HTTPSIG";
        /// Together with one other method: libcurl uses only that method, without asking the server first.
        ONLY = 1 << 31, "CURLAUTH_ONLY", "7.21.3";
    }

    sets {
        /// Any method that the server offers and the linked libcurl has, except
        /// [`DIGEST_IE`](Self::DIGEST_IE) and [`HTTPSIG`](Self::HTTPSIG).
        ANY = !(1 << 4 | 1 << 8), "CURLAUTH_ANY";
        /// Any method of [`ANY`](Self::ANY) except Basic.
        ANY_SAFE = !(1 << 0 | 1 << 4 | 1 << 8), "CURLAUTH_ANYSAFE";
    }
}

bits! {
    /// Methods of authentication with an SSH server.
    pub struct SshAuth {
        /// A key pair.
        PUBLIC_KEY = 1 << 0, "CURLSSH_AUTH_PUBLICKEY", "7.16.1";
        /// A password.
        PASSWORD = 1 << 1, "CURLSSH_AUTH_PASSWORD", "7.16.1";
        /// The key of the client's host. No release up to 8.22 uses this method.
        HOST = 1 << 2, "CURLSSH_AUTH_HOST", "7.16.1";
        /// Keyboard-interactive: the answers to the server's questions.
        KEYBOARD = 1 << 3, "CURLSSH_AUTH_KEYBOARD", "7.16.1";
        /// The keys of an SSH agent.
        AGENT = 1 << 4, "CURLSSH_AUTH_AGENT", "7.28.0";
        /// GSSAPI.
        GSSAPI = 1 << 5, "CURLSSH_AUTH_GSSAPI", "7.58.0";
    }

    sets {
        /// Any method that the server offers and libcurl uses.
        ANY = !0, "CURLSSH_AUTH_ANY";
    }
}

bits! {
    /// Whether a server may act for the client with the client's Kerberos ticket.
    pub struct GssapiDelegation {
        /// The server may act for the client if the policy of the server's realm permits that.
        POLICY = 1 << 0, "CURLGSSAPI_DELEGATION_POLICY_FLAG", "7.22.0";
        /// The server may act for the client, whatever the policy of its realm says.
        ALWAYS = 1 << 1, "CURLGSSAPI_DELEGATION_FLAG", "7.22.0";
    }
}

choices! {
    /// Whether names and passwords are taken from the `.netrc` file. libcurl 7.76.0 and newer do not use the file if
    /// [`username`](crate::Transfer::username) is set.
    pub enum NetRc {
        /// The file is not read.
        Ignored = 0, "CURL_NETRC_IGNORED", "7.9.8";
        /// The file provides the name or password if the URL does not contain it.
        Optional = 1, "CURL_NETRC_OPTIONAL", "7.9.8";
        /// The file provides name and password, and those in the URL are ignored.
        Required = 2, "CURL_NETRC_REQUIRED", "7.9.8";
    }
}

choices! {
    /// The algorithm that signs requests.
    pub enum HttpsigAlgorithm {
        /// Requests are not signed.
        None = 0, "CURLHTTPSIG_NONE", "8.22.0";
        /// Ed25519. The key is the private seed of 32 bytes.
        Ed25519 = 1, "CURLHTTPSIG_ED25519", "8.22.0";
        /// HMAC with SHA-256. The key is a shared secret.
        HmacSha256 = 2, "CURLHTTPSIG_HMAC_SHA256", "8.22.0";
    }
}
