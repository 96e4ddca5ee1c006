//! The network: addresses, proxies, protocols.

use bitflags::bitflags;
use libc::c_long;

use crate::Version;
use crate::options::values::Value;

bits! { Protocols }
choice_values! { IpResolve ProxyType }

choices! {
    /// Which kind of address a host name stands for.
    pub enum IpResolve {
        /// Either.
        Any = 0, "CURL_IPRESOLVE_WHATEVER";
        /// IPv4 only.
        V4 = 1, "CURL_IPRESOLVE_V4";
        /// IPv6 only.
        V6 = 2, "CURL_IPRESOLVE_V6";
    }
}

choices! {
    /// What a proxy speaks.
    pub enum ProxyType {
        /// HTTP.
        Http = 0, "CURLPROXY_HTTP";
        /// HTTP, with CONNECT in version 1.0.
        Http1 = 1, "CURLPROXY_HTTP_1_0";
        /// HTTP/1 over TLS.
        Https = 2, "CURLPROXY_HTTPS";
        /// HTTP/2 over TLS, else HTTP/1. Since libcurl 8.1.0.
        Https2 = 3, "CURLPROXY_HTTPS2";
        /// SOCKS 4.
        Socks4 = 4, "CURLPROXY_SOCKS4";
        /// SOCKS 5.
        Socks5 = 5, "CURLPROXY_SOCKS5";
        /// SOCKS 4, and the proxy resolves host names.
        Socks4a = 6, "CURLPROXY_SOCKS4A";
        /// SOCKS 5, and the proxy resolves host names.
        Socks5Hostname = 7, "CURLPROXY_SOCKS5_HOSTNAME";
        /// HTTP/3, else an earlier version over TLS. Since libcurl 8.21.0.
        Https3 = 8, "CURLPROXY_HTTPS3";
    }
}

choices! {
    /// Whether a transfer ends with the connection. A `bool` converts: it does, or it goes on.
    pub enum ConnectOnly {
        /// It goes on.
        No = 0, "CURLOPT_CONNECT_ONLY";
        /// It ends when connected.
        Yes = 1, "CURLOPT_CONNECT_ONLY";
        /// It ends when the server has agreed to speak WebSockets. Since libcurl 7.86.0.
        WebSocket = 2, "CURLOPT_CONNECT_ONLY";
    }
}

impl From<bool> for ConnectOnly {
    fn from(only: bool) -> ConnectOnly {
        match only {
            true => ConnectOnly::Yes,
            false => ConnectOnly::No,
        }
    }
}

impl Value for ConnectOnly {
    fn into_raw(self) -> c_long {
        self.number()
    }

    // Older releases end when connected for any number but zero.
    fn since(&self) -> Version {
        match self {
            ConnectOnly::No | ConnectOnly::Yes => Version::new(7, 15, 2),
            ConnectOnly::WebSocket => Version::new(7, 86, 0),
        }
    }
}

bitflags! {
    /// Protocols, by the numbers that libcurl had for them. Later ones have names only.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Protocols: u32 {
        /// `http://`.
        #[doc(alias = "CURLPROTO_HTTP")]
        const HTTP = 1 << 0;
        /// `https://`.
        #[doc(alias = "CURLPROTO_HTTPS")]
        const HTTPS = 1 << 1;
        /// `ftp://`.
        #[doc(alias = "CURLPROTO_FTP")]
        const FTP = 1 << 2;
        /// `ftps://`.
        #[doc(alias = "CURLPROTO_FTPS")]
        const FTPS = 1 << 3;
        /// `scp://`.
        #[doc(alias = "CURLPROTO_SCP")]
        const SCP = 1 << 4;
        /// `sftp://`.
        #[doc(alias = "CURLPROTO_SFTP")]
        const SFTP = 1 << 5;
        /// `telnet://`.
        #[doc(alias = "CURLPROTO_TELNET")]
        const TELNET = 1 << 6;
        /// `ldap://`.
        #[doc(alias = "CURLPROTO_LDAP")]
        const LDAP = 1 << 7;
        /// `ldaps://`.
        #[doc(alias = "CURLPROTO_LDAPS")]
        const LDAPS = 1 << 8;
        /// `dict://`.
        #[doc(alias = "CURLPROTO_DICT")]
        const DICT = 1 << 9;
        /// `file://`.
        #[doc(alias = "CURLPROTO_FILE")]
        const FILE = 1 << 10;
        /// `tftp://`.
        #[doc(alias = "CURLPROTO_TFTP")]
        const TFTP = 1 << 11;
        /// `imap://`.
        #[doc(alias = "CURLPROTO_IMAP")]
        const IMAP = 1 << 12;
        /// `imaps://`.
        #[doc(alias = "CURLPROTO_IMAPS")]
        const IMAPS = 1 << 13;
        /// `pop3://`.
        #[doc(alias = "CURLPROTO_POP3")]
        const POP3 = 1 << 14;
        /// `pop3s://`.
        #[doc(alias = "CURLPROTO_POP3S")]
        const POP3S = 1 << 15;
        /// `smtp://`.
        #[doc(alias = "CURLPROTO_SMTP")]
        const SMTP = 1 << 16;
        /// `smtps://`.
        #[doc(alias = "CURLPROTO_SMTPS")]
        const SMTPS = 1 << 17;
        /// `rtsp://`.
        #[doc(alias = "CURLPROTO_RTSP")]
        const RTSP = 1 << 18;
        /// `rtmp://`.
        #[doc(alias = "CURLPROTO_RTMP")]
        const RTMP = 1 << 19;
        /// `rtmpt://`.
        #[doc(alias = "CURLPROTO_RTMPT")]
        const RTMPT = 1 << 20;
        /// `rtmpe://`.
        #[doc(alias = "CURLPROTO_RTMPE")]
        const RTMPE = 1 << 21;
        /// `rtmpte://`.
        #[doc(alias = "CURLPROTO_RTMPTE")]
        const RTMPTE = 1 << 22;
        /// `rtmps://`.
        #[doc(alias = "CURLPROTO_RTMPS")]
        const RTMPS = 1 << 23;
        /// `rtmpts://`.
        #[doc(alias = "CURLPROTO_RTMPTS")]
        const RTMPTS = 1 << 24;
        /// `gopher://`.
        #[doc(alias = "CURLPROTO_GOPHER")]
        const GOPHER = 1 << 25;
        /// `smb://`.
        #[doc(alias = "CURLPROTO_SMB")]
        const SMB = 1 << 26;
        /// `smbs://`.
        #[doc(alias = "CURLPROTO_SMBS")]
        const SMBS = 1 << 27;
        /// `mqtt://`.
        #[doc(alias = "CURLPROTO_MQTT")]
        const MQTT = 1 << 28;
        /// `gophers://`.
        #[doc(alias = "CURLPROTO_GOPHERS")]
        const GOPHERS = 1 << 29;
        /// Every protocol.
        #[doc(alias = "CURLPROTO_ALL")]
        const ALL = !0;
    }
}
