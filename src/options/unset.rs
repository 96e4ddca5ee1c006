//! Taking one option back.

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Error, Transfer};

/// The kind of the value that unsets an option.
enum Nothing {
    Text,
    Blob,
    Size,
}

/// Makes a variant of each row: its name, what it sets, the option's number and name, the
/// release that added it, and the method that sets it.
macro_rules! unsets {
    ($($name:ident = $kind:ident $number:literal, $option:literal, $since:literal, $method:ident;)*) => {
        /// An option that [`unset`](crate::Transfer::unset) takes back.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Unset {
            $(
                #[doc = concat!("What [`", stringify!($method), "`](crate::Transfer::", stringify!($method), ") sets.")]
                #[doc(alias = $option)]
                $name,
            )*
        }

        impl Unset {
            fn item(self) -> (Item, Nothing) {
                match self {
                    $(Unset::$name => {
                        let item = const { Item::new(unsets!(@class $kind) + $number, $option, $since) };
                        (item, unsets!(@nothing $kind))
                    })*
                }
            }
        }

        #[cfg(test)]
        const ALL: &[(Unset, &str)] = &[$((Unset::$name, stringify!($method)),)*];
    };

    (@class text) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class blob) => { sys::CURLOPTTYPE_BLOB };
    (@class size) => { sys::CURLOPTTYPE_OFF_T };
    (@nothing text) => { Nothing::Text };
    (@nothing blob) => { Nothing::Blob };
    (@nothing size) => { Nothing::Size };
}

// In the order of the tables. Not here: what libcurl does not take back as a whole, and
// files of authorities, whose place in older releases stays empty then.
#[rustfmt::skip]
unsets! {
    DefaultProtocol = text 238, "CURLOPT_DEFAULT_PROTOCOL", "7.45.0", default_protocol;
    Interface = text 62, "CURLOPT_INTERFACE", "7.3", interface;
    UnixSocketPath = text 231, "CURLOPT_UNIX_SOCKET_PATH", "7.40.0", unix_socket_path;
    HaproxyClientIp = text 323, "CURLOPT_HAPROXY_CLIENT_IP", "8.2.0", haproxy_client_ip;
    Range = text 7, "CURLOPT_RANGE", "7.1", range;
    InFilesize = size 115, "CURLOPT_INFILESIZE_LARGE", "7.11.0", in_filesize;
    DohUrl = text 279, "CURLOPT_DOH_URL", "7.62.0", doh_url;
    AcceptEncoding = text 102, "CURLOPT_ACCEPT_ENCODING", "7.21.6", accept_encoding;
    CustomRequest = text 36, "CURLOPT_CUSTOMREQUEST", "7.1", custom_request;
    RequestTarget = text 266, "CURLOPT_REQUEST_TARGET", "7.55.0", request_target;
    Referer = text 16, "CURLOPT_REFERER", "7.1", referer;
    Useragent = text 18, "CURLOPT_USERAGENT", "7.1", useragent;
    Cookie = text 22, "CURLOPT_COOKIE", "7.1", cookie;
    CookieJar = text 82, "CURLOPT_COOKIEJAR", "7.9", cookie_jar;
    Username = text 173, "CURLOPT_USERNAME", "7.19.1", username;
    Password = text 174, "CURLOPT_PASSWORD", "7.19.1", password;
    Userpwd = text 5, "CURLOPT_USERPWD", "7.1", userpwd;
    LoginOptions = text 224, "CURLOPT_LOGIN_OPTIONS", "7.34.0", login_options;
    NetrcFile = text 118, "CURLOPT_NETRC_FILE", "7.11.0", netrc_file;
    Xoauth2Bearer = text 220, "CURLOPT_XOAUTH2_BEARER", "7.33.0", xoauth2_bearer;
    SaslAuthzid = text 289, "CURLOPT_SASL_AUTHZID", "7.66.0", sasl_authzid;
    ServiceName = text 236, "CURLOPT_SERVICE_NAME", "7.43.0", service_name;
    Proxy = text 4, "CURLOPT_PROXY", "7.1", proxy;
    PreProxy = text 262, "CURLOPT_PRE_PROXY", "7.52.0", pre_proxy;
    Noproxy = text 177, "CURLOPT_NOPROXY", "7.19.4", noproxy;
    ProxyUsername = text 175, "CURLOPT_PROXYUSERNAME", "7.19.1", proxy_username;
    ProxyPassword = text 176, "CURLOPT_PROXYPASSWORD", "7.19.1", proxy_password;
    ProxyUserpwd = text 6, "CURLOPT_PROXYUSERPWD", "7.1", proxy_userpwd;
    ProxyServiceName = text 235, "CURLOPT_PROXY_SERVICE_NAME", "7.43.0", proxy_service_name;
    ProxySslCainfoBlob = blob 310, "CURLOPT_PROXY_CAINFO_BLOB", "7.77.0", proxy_ssl_cainfo_blob;
    ProxyCrlfile = text 260, "CURLOPT_PROXY_CRLFILE", "7.52.0", proxy_crlfile;
    ProxyIssuerCert = text 296, "CURLOPT_PROXY_ISSUERCERT", "7.71.0", proxy_issuer_cert;
    ProxyIssuerCertBlob = blob 297, "CURLOPT_PROXY_ISSUERCERT_BLOB", "7.71.0", proxy_issuer_cert_blob;
    ProxyPinnedPublicKey = text 263, "CURLOPT_PROXY_PINNEDPUBLICKEY", "7.52.0", proxy_pinned_public_key;
    ProxySslcert = text 254, "CURLOPT_PROXY_SSLCERT", "7.52.0", proxy_sslcert;
    ProxySslcertType = text 255, "CURLOPT_PROXY_SSLCERTTYPE", "7.52.0", proxy_sslcert_type;
    ProxySslcertBlob = blob 293, "CURLOPT_PROXY_SSLCERT_BLOB", "7.71.0", proxy_sslcert_blob;
    ProxySslkey = text 256, "CURLOPT_PROXY_SSLKEY", "7.52.0", proxy_sslkey;
    ProxySslkeyType = text 257, "CURLOPT_PROXY_SSLKEYTYPE", "7.52.0", proxy_sslkey_type;
    ProxySslkeyBlob = blob 294, "CURLOPT_PROXY_SSLKEY_BLOB", "7.71.0", proxy_sslkey_blob;
    ProxyKeyPassword = text 258, "CURLOPT_PROXY_KEYPASSWD", "7.52.0", proxy_key_password;
    ProxySslCipherList = text 259, "CURLOPT_PROXY_SSL_CIPHER_LIST", "7.52.0", proxy_ssl_cipher_list;
    ProxyTls13Ciphers = text 277, "CURLOPT_PROXY_TLS13_CIPHERS", "7.61.0", proxy_tls13_ciphers;
    SslCainfoBlob = blob 309, "CURLOPT_CAINFO_BLOB", "7.77.0", ssl_cainfo_blob;
    Crlfile = text 169, "CURLOPT_CRLFILE", "7.19.0", crlfile;
    IssuerCert = text 170, "CURLOPT_ISSUERCERT", "7.19.0", issuer_cert;
    IssuerCertBlob = blob 295, "CURLOPT_ISSUERCERT_BLOB", "7.71.0", issuer_cert_blob;
    PinnedPublicKey = text 230, "CURLOPT_PINNEDPUBLICKEY", "7.39.0", pinned_public_key;
    SslCert = text 25, "CURLOPT_SSLCERT", "7.1", ssl_cert;
    SslCertType = text 86, "CURLOPT_SSLCERTTYPE", "7.9.3", ssl_cert_type;
    SslCertBlob = blob 291, "CURLOPT_SSLCERT_BLOB", "7.71.0", ssl_cert_blob;
    SslKey = text 87, "CURLOPT_SSLKEY", "7.1", ssl_key;
    SslKeyType = text 88, "CURLOPT_SSLKEYTYPE", "7.9.3", ssl_key_type;
    SslKeyBlob = blob 292, "CURLOPT_SSLKEY_BLOB", "7.71.0", ssl_key_blob;
    KeyPassword = text 26, "CURLOPT_KEYPASSWD", "7.17.0", key_password;
    SslCipherList = text 83, "CURLOPT_SSL_CIPHER_LIST", "7.9", ssl_cipher_list;
    Tls13Ciphers = text 276, "CURLOPT_TLS13_CIPHERS", "7.61.0", tls13_ciphers;
    FtpPort = text 17, "CURLOPT_FTPPORT", "7.1", ftp_port;
    FtpAccount = text 134, "CURLOPT_FTP_ACCOUNT", "7.13.0", ftp_account;
    FtpAlternativeToUser = text 147, "CURLOPT_FTP_ALTERNATIVE_TO_USER", "7.15.5", ftp_alternative_to_user;
    MailFrom = text 186, "CURLOPT_MAIL_FROM", "7.20.0", mail_from;
    MailAuth = text 217, "CURLOPT_MAIL_AUTH", "7.25.0", mail_auth;
    SshKnownHosts = text 183, "CURLOPT_SSH_KNOWNHOSTS", "7.19.6", ssh_known_hosts;
    SshPublicKeyfile = text 152, "CURLOPT_SSH_PUBLIC_KEYFILE", "7.16.1", ssh_public_keyfile;
    SshPrivateKeyfile = text 153, "CURLOPT_SSH_PRIVATE_KEYFILE", "7.16.1", ssh_private_keyfile;
}

impl<H> Transfer<H> {
    /// Takes one option back, as if it had never been set; the others stay.
    ///
    /// An empty text does not always: it is no proxy at all, and every encoding. An empty list
    /// takes back a list, [`get`](Transfer::get) a body, [`set_hooks`](Transfer::set_hooks) a
    /// callback, [`unshare`](Transfer::unshare) a share, [`reset`](Transfer::reset) everything.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks the option.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, Unset, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.range("0-8")?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.handler_mut().take_body(), b"[package]");
    ///
    /// transfer.unset(Unset::Range)?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().len() > 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unset(&mut self, option: Unset) -> Result<(), Error> {
        match option.item() {
            (item, Nothing::Text) => self.easy.unset_str(item),
            (item, Nothing::Blob) => self.easy.unset_blob(item),
            // libcurl's word for a size that nobody knows.
            (item, Nothing::Size) => self.easy.set_off_t(item, -1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_row_of_a_table() {
        for (option, method) in ALL {
            let (item, _) = option.item();
            let mut rows = crate::options::all();
            let row = rows.find(|row| row.method == *method).unwrap();
            assert_eq!((row.id, row.names[0]), (item.id, item.name), "{method}");
        }
    }

    #[test]
    fn each_can_be_taken_back_at_any_time() {
        let mut transfer = Transfer::new(()).unwrap();
        for (option, method) in ALL {
            match transfer.unset(*option) {
                Ok(()) | Err(Error::Unsupported { .. }) => {}
                Err(error) => panic!("{method}: {error}"),
            }
        }
    }
}
