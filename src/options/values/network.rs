//! Values for the network: addresses, proxies, protocols.

choices! {
    /// Which kind of address a host name is resolved to.
    pub enum IpResolve {
        /// IPv4 and IPv6.
        Any = 0, "CURL_IPRESOLVE_WHATEVER", "7.10.8";
        /// IPv4 only.
        V4 = 1, "CURL_IPRESOLVE_V4", "7.10.8";
        /// IPv6 only.
        V6 = 2, "CURL_IPRESOLVE_V6", "7.10.8" with "IPv6";
    }
}

choices! {
    /// The protocol of a proxy.
    pub enum ProxyType {
        /// HTTP.
        Http = 0, "CURLPROXY_HTTP", "7.10";
        /// HTTP, where CONNECT requests have version 1.0.
        Http1 = 1, "CURLPROXY_HTTP_1_0", "7.19.4";
        /// HTTP/1 over TLS.
        Https = 2, "CURLPROXY_HTTPS", "7.52.0" with "HTTPS-proxy";
        /// HTTP/2 over TLS, or HTTP/1 if the proxy lacks HTTP/2.
        Https2 = 3, "CURLPROXY_HTTPS2", "8.1.0" with "HTTPS-proxy";
        /// SOCKS 4.
        Socks4 = 4, "CURLPROXY_SOCKS4", "7.10";
        /// SOCKS 5.
        Socks5 = 5, "CURLPROXY_SOCKS5", "7.10";
        /// SOCKS 4, and the proxy resolves host names.
        Socks4a = 6, "CURLPROXY_SOCKS4A", "7.18.0";
        /// SOCKS 5, and the proxy resolves host names.
        Socks5Hostname = 7, "CURLPROXY_SOCKS5_HOSTNAME", "7.18.0";
        /// HTTP/3, or an earlier version over TLS if the proxy lacks HTTP/3.
        Https3 = 8, "CURLPROXY_HTTPS3", "8.21.0" with "proxy-HTTP3";
    }
}

choices! {
    /// Whether a transfer ends as soon as it is connected. A `bool` converts to `Yes` or `No`.
    pub enum ConnectOnly {
        /// The transfer sends its request as usual.
        No = 0, "CURLOPT_CONNECT_ONLY", "7.15.2";
        /// The transfer ends when it is connected.
        Yes = 1, "CURLOPT_CONNECT_ONLY", "7.15.2";
        /// The transfer ends when the handshake of the WebSocket has succeeded.
        WebSocket = 2, "CURLOPT_CONNECT_ONLY", "7.86.0" with "ws";
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

bits! {
    /// A set of protocols, as libcurl's bits. Newer protocols have no bit, only a name.
    pub struct Protocols {
        /// `http://`.
        HTTP = 1 << 0, "CURLPROTO_HTTP", "7.19.4";
        /// `https://`.
        HTTPS = 1 << 1, "CURLPROTO_HTTPS", "7.19.4";
        /// `ftp://`.
        FTP = 1 << 2, "CURLPROTO_FTP", "7.19.4";
        /// `ftps://`.
        FTPS = 1 << 3, "CURLPROTO_FTPS", "7.19.4";
        /// `scp://`.
        SCP = 1 << 4, "CURLPROTO_SCP", "7.19.4";
        /// `sftp://`.
        SFTP = 1 << 5, "CURLPROTO_SFTP", "7.19.4";
        /// `telnet://`.
        TELNET = 1 << 6, "CURLPROTO_TELNET", "7.19.4";
        /// `ldap://`.
        LDAP = 1 << 7, "CURLPROTO_LDAP", "7.19.4";
        /// `ldaps://`.
        LDAPS = 1 << 8, "CURLPROTO_LDAPS", "7.19.4";
        /// `dict://`.
        DICT = 1 << 9, "CURLPROTO_DICT", "7.19.4";
        /// `file://`.
        FILE = 1 << 10, "CURLPROTO_FILE", "7.19.4";
        /// `tftp://`.
        TFTP = 1 << 11, "CURLPROTO_TFTP", "7.19.4";
        /// `imap://`.
        IMAP = 1 << 12, "CURLPROTO_IMAP", "7.20.0";
        /// `imaps://`.
        IMAPS = 1 << 13, "CURLPROTO_IMAPS", "7.20.0";
        /// `pop3://`.
        POP3 = 1 << 14, "CURLPROTO_POP3", "7.20.0";
        /// `pop3s://`.
        POP3S = 1 << 15, "CURLPROTO_POP3S", "7.20.0";
        /// `smtp://`.
        SMTP = 1 << 16, "CURLPROTO_SMTP", "7.20.0";
        /// `smtps://`.
        SMTPS = 1 << 17, "CURLPROTO_SMTPS", "7.20.0";
        /// `rtsp://`.
        RTSP = 1 << 18, "CURLPROTO_RTSP", "7.20.0";
        /// `rtmp://`.
        RTMP = 1 << 19, "CURLPROTO_RTMP", "7.21.0";
        /// `rtmpt://`.
        RTMPT = 1 << 20, "CURLPROTO_RTMPT", "7.21.0";
        /// `rtmpe://`.
        RTMPE = 1 << 21, "CURLPROTO_RTMPE", "7.21.0";
        /// `rtmpte://`.
        RTMPTE = 1 << 22, "CURLPROTO_RTMPTE", "7.21.0";
        /// `rtmps://`.
        RTMPS = 1 << 23, "CURLPROTO_RTMPS", "7.21.0";
        /// `rtmpts://`.
        RTMPTS = 1 << 24, "CURLPROTO_RTMPTS", "7.21.0";
        /// `gopher://`.
        GOPHER = 1 << 25, "CURLPROTO_GOPHER", "7.21.2";
        /// `smb://`.
        SMB = 1 << 26, "CURLPROTO_SMB", "7.40.0";
        /// `smbs://`.
        SMBS = 1 << 27, "CURLPROTO_SMBS", "7.40.0";
        /// `mqtt://`.
        MQTT = 1 << 28, "CURLPROTO_MQTT", "7.71.0";
        /// `gophers://`.
        GOPHERS = 1 << 29, "CURLPROTO_GOPHERS", "7.75.0";
    }

    sets {
        /// Every protocol.
        ALL = !0, "CURLPROTO_ALL";
    }
}
