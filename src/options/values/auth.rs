//! Who the client is: methods of authentication.

bits! {
    /// Methods of authentication, for a server or a proxy.
    ///
    /// Given several, libcurl asks the server which it offers and takes the
    /// safest; that costs a round trip, and sends an upload's body twice or
    /// rewinds it with [`seek`](crate::Callbacks::seek).
    pub struct Auth {
        /// User name and password as they are; safe over TLS only.
        BASIC = 1 << 0, "CURLAUTH_BASIC", "7.10.6";
        /// A proof that the password is known.
        DIGEST = 1 << 1, "CURLAUTH_DIGEST", "7.10.6";
        /// Digest as in old versions of Internet Explorer; ordinary Digest in libcurl 8.22.
        DIGEST_IE = 1 << 4, "CURLAUTH_DIGEST_IE", "7.19.3";
        /// Negotiate, that is Kerberos.
        NEGOTIATE = 1 << 2, "CURLAUTH_NEGOTIATE", "7.38.0" with "SPNEGO";
        /// NTLM.
        NTLM = 1 << 3, "CURLAUTH_NTLM", "7.10.6" with "NTLM";
        /// NTLM by a program of winbind. Removed from libcurl 8.8.0.
        NTLM_WB = 1 << 5, "CURLAUTH_NTLM_WB", "7.22.0" with "NTLM_WB";
        /// An OAuth 2.0 token, from [`xoauth2_bearer`](crate::Transfer::xoauth2_bearer), instead of user name and
        /// password.
        BEARER = 1 << 6, "CURLAUTH_BEARER", "7.61.0";
        /// An AWS V4 signature.
        AWS_SIGV4 = 1 << 7, "CURLAUTH_AWS_SIGV4", "7.75.0";
        /// An HTTP message signature, experimental;
        /// [`httpsig_algorithm`](crate::Transfer::httpsig_algorithm) asks for it.
        HTTPSIG = 1 << 8, "CURLAUTH_HTTPSIG", "8.22.0" with "HTTPSIG";
        /// With one other: that method alone, without asking the server first.
        ONLY = 1 << 31, "CURLAUTH_ONLY", "7.21.3";
    }

    sets {
        /// Any method that the server offers and the linked libcurl has, except
        /// [`DIGEST_IE`](Self::DIGEST_IE) and [`HTTPSIG`](Self::HTTPSIG).
        ANY = !(1 << 4 | 1 << 8), "CURLAUTH_ANY";
        /// As [`ANY`](Self::ANY), but never Basic.
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
        /// The key of the client's host.
        HOST = 1 << 2, "CURLSSH_AUTH_HOST", "7.16.1";
        /// Questions and answers.
        KEYBOARD = 1 << 3, "CURLSSH_AUTH_KEYBOARD", "7.16.1";
        /// An agent that holds keys.
        AGENT = 1 << 4, "CURLSSH_AUTH_AGENT", "7.28.0";
        /// GSSAPI.
        GSSAPI = 1 << 5, "CURLSSH_AUTH_GSSAPI", "7.58.0";
    }

    sets {
        /// Any method that the server offers.
        ANY = !0, "CURLSSH_AUTH_ANY";
    }
}

bits! {
    /// Whether a server may act for the client with its Kerberos ticket.
    pub struct GssapiDelegation {
        /// If the policy of the server's realm permits it.
        POLICY = 1 << 0, "CURLGSSAPI_DELEGATION_POLICY_FLAG", "7.22.0";
        /// Always.
        ALWAYS = 1 << 1, "CURLGSSAPI_DELEGATION_FLAG", "7.22.0";
    }
}

choices! {
    /// What a `.netrc` file is good for.
    pub enum NetRc {
        /// It is not read.
        Ignored = 0, "CURL_NETRC_IGNORED", "7.9.8";
        /// It is read for what the URL does not say.
        Optional = 1, "CURL_NETRC_OPTIONAL", "7.9.8";
        /// It is read, and name and password in the URL are ignored.
        Required = 2, "CURL_NETRC_REQUIRED", "7.9.8";
    }
}

choices! {
    /// How requests are signed.
    pub enum HttpsigAlgorithm {
        /// They are not.
        None = 0, "CURLHTTPSIG_NONE", "8.22.0";
        /// By Ed25519, with a seed of 32 bytes.
        Ed25519 = 1, "CURLHTTPSIG_ED25519", "8.22.0";
        /// By HMAC with SHA-256, with a shared secret.
        HmacSha256 = 2, "CURLHTTPSIG_HMAC_SHA256", "8.22.0";
    }
}
