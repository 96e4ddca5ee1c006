//! The options of a transfer: **the** table, one line each.

use std::ffi::CString;
use std::path::Path;
use std::time::Duration;

use libc::c_long;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::options::values::Value;
use crate::{Error, Transfer};

pub use crate::options::values::{
    Auth, ConnectOnly, Hsts, HttpVersion, IpResolve, PostRedirections, RtspRequest, SshAuth,
    WsOptions,
};

mod values;

/// Makes a method of each row: its name, the kind of its value, the option with
/// its number, the release that added it, and what it does. The kind says which
/// C type libcurl takes, and with it the thousands of the number.
macro_rules! options {
    ($($name:ident: $kind:ident $(<$value:ty>)?, $option:literal, $number:literal, $since:literal, $text:literal;)*) => {
        /// # Options
        ///
        /// They stay set until they are changed or the transfer is reset.
        impl<H> Transfer<H> {
            $(options! {
                @$kind $(<$value>)?
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $option, ".html).")]
                ///
                /// # Errors
                /// [`Error::Option`] for a value that does not suit, [`Error::Unsupported`] if the
                /// linked libcurl lacks the option. The value set before stays.
                #[doc(alias = $option)]
                , $name, const { Item::new(options!(@class $kind) + $number, $option, $since) }
            })*
        }

        /// The rows, with the C type that libcurl's own table must state for each.
        #[cfg(test)]
        pub(crate) const ALL: &[(sys::CURLoption, &str, &[&str])] =
            &[$((options!(@class $kind) + $number, $option, options!(@c_types $kind)),)*];
    };
    (@class text) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class line) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class path) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class list) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class lines) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class copied) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class size) => { sys::CURLOPTTYPE_OFF_T };
    (@class blob) => { sys::CURLOPTTYPE_BLOB };
    (@class $other:ident) => { sys::CURLOPTTYPE_LONG };
    (@c_types text) => { &["string"] };
    (@c_types line) => { &["string"] };
    (@c_types path) => { &["string"] };
    (@c_types list) => { &["slist"] };
    (@c_types lines) => { &["slist"] };
    (@c_types copied) => { &["object"] };
    (@c_types size) => { &["off_t"] };
    (@c_types blob) => { &["blob"] };
    (@c_types $other:ident) => { &["long", "values"] };
    (@flag $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), Error> {
            self.easy.set_long($item, enable.into())
        }
    };
    // An option that turns off what its method turns on.
    (@not $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), Error> {
            self.easy.set_long($item, (!enable).into())
        }
    };
    // libcurl's numbers for whether the name in a certificate is checked.
    (@verify_host $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), Error> {
            self.easy.set_long($item, if enable { 2 } else { 0 })
        }
    };
    (@number<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: $value) -> Result<(), Error> {
            let value = c_long::try_from(value).map_err(|_| too_large($item))?;
            self.easy.set_long($item, value)
        }
    };
    // 7.88 keeps the buffer of a transfer that failed early, and a reset puts its
    // size to libcurl's own: a smaller buffer would then be written past its end.
    (@buffer $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: usize) -> Result<(), Error> {
            let value = c_long::try_from(value).map_err(|_| too_large($item))?;
            self.easy.set_long($item, value.max(16 << 10))
        }
    };
    (@value<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: $value) -> Result<(), Error> {
            self.easy.set_long($item, value.into_raw())
        }
    };
    (@choice<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl Into<$value>) -> Result<(), Error> {
            self.easy.set_long($item, value.into().into_raw())
        }
    };
    (@millis $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: Duration) -> Result<(), Error> {
            let value = round_up($item, value, Duration::from_millis(1))?;
            self.easy.set_long($item, value)
        }
    };
    (@secs $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: Duration) -> Result<(), Error> {
            let value = round_up($item, value, Duration::from_secs(1))?;
            self.easy.set_long($item, value)
        }
    };
    (@size $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: u64) -> Result<(), Error> {
            let value = i64::try_from(value).map_err(|_| too_large($item))?;
            self.easy.set_off_t($item, value)
        }
    };
    (@text $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &str) -> Result<(), Error> {
            let value = c_string($item, value.as_bytes())?;
            self.easy.set_str($item, &value)
        }
    };
    // A text that goes into a line of its own.
    (@line $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &str) -> Result<(), Error> {
            let value = one_line($item, value)?;
            self.easy.set_str($item, &value)
        }
    };
    (@path $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<Path>) -> Result<(), Error> {
            let value = c_string($item, path_bytes($item, value.as_ref())?)?;
            self.easy.set_str($item, &value)
        }
    };
    (@list $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<I>(&mut self, values: I) -> Result<(), Error>
        where
            I: IntoIterator,
            I::Item: AsRef<str>,
        {
            let value = |value: I::Item| c_string($item, value.as_ref().as_bytes());
            let values: Vec<CString> = values.into_iter().map(value).collect::<Result<_, _>>()?;
            self.easy.set_list($item, &values)
        }
    };
    // Texts that go into a line each.
    (@lines $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<I>(&mut self, values: I) -> Result<(), Error>
        where
            I: IntoIterator,
            I::Item: AsRef<str>,
        {
            let value = |value: I::Item| one_line($item, value.as_ref());
            let values: Vec<CString> = values.into_iter().map(value).collect::<Result<_, _>>()?;
            self.easy.set_list($item, &values)
        }
    };
    (@blob $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &[u8]) -> Result<(), Error> {
            self.easy.set_blob($item, value)
        }
    };
    (@copied $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<[u8]>) -> Result<(), Error> {
            let size = Item { id: sys::CURLOPT_POSTFIELDSIZE_LARGE, ..$item };
            self.easy.set_copied($item, size, value.as_ref())
        }
    };
}

#[rustfmt::skip]
options! {
    // Behaviour
    verbose: flag, "CURLOPT_VERBOSE", 41, "7.1", "Reports everything that happens to [`debug`](crate::Callbacks::debug); off by default.";
    show_header: flag, "CURLOPT_HEADER", 42, "7.1", "Gives header lines to [`write`](crate::Callbacks::write) too; off by default.";
    progress: not, "CURLOPT_NOPROGRESS", 43, "7.1", "Calls [`xfer_info`](crate::Callbacks::xfer_info); on by default. [`set_hooks`](Transfer::set_hooks) turns it on with a callback for it and off without; turned on without one, libcurl prints its own meter.";
    fail_on_error: flag, "CURLOPT_FAILONERROR", 45, "7.1", "Fails the transfer with [`Code::HTTP_RETURNED_ERROR`](crate::Code::HTTP_RETURNED_ERROR) for a status of 400 and above; off by default.";

    // Network
    url: text, "CURLOPT_URL", 2, "7.1", "Sets the URL to work on. User name and password may stand in it.";
    path_as_is: flag, "CURLOPT_PATH_AS_IS", 234, "7.42.0", "Sends the path as it is, with `/../` and `/./` in it; off by default.";
    protocols_str: text, "CURLOPT_PROTOCOLS_STR", 318, "7.85.0", "Limits the schemes of the URL and of redirects to these, separated by commas; all that libcurl has by default.";
    redir_protocols_str: text, "CURLOPT_REDIR_PROTOCOLS_STR", 319, "7.85.0", "Limits the schemes that redirects may lead to, further than [`protocols_str`](Transfer::protocols_str) does; HTTP and FTP, each with or without TLS, by default.";
    port: number<u16>, "CURLOPT_PORT", 3, "7.1", "Sets the port to connect to, instead of the URL's; 0 is the URL's.";
    proxy: text, "CURLOPT_PROXY", 4, "7.1", "Sets the proxy to use; an empty one is none, whatever the environment says.";
    noproxy: text, "CURLOPT_NOPROXY", 177, "7.19.4", "Sets the hosts, separated by commas, that need no proxy; `*` is all.";
    http_proxy_tunnel: flag, "CURLOPT_HTTPPROXYTUNNEL", 61, "7.3", "Tunnels through the HTTP proxy with CONNECT; off by default.";
    interface: text, "CURLOPT_INTERFACE", 62, "7.3", "Sets the network interface, address or host to send from.";
    unix_socket_path: path, "CURLOPT_UNIX_SOCKET_PATH", 231, "7.40.0", "Connects to this Unix socket instead of the URL's host.";
    tcp_nodelay: flag, "CURLOPT_TCP_NODELAY", 121, "7.11.2", "Sends small pieces without waiting; on by default.";
    tcp_keepalive: flag, "CURLOPT_TCP_KEEPALIVE", 213, "7.25.0", "Probes an idle connection; off by default.";
    buffer_size: buffer, "CURLOPT_BUFFERSIZE", 98, "7.10", "Sets how many bytes are received at a time: 65,536 by default here, 16,384 in libcurl, and no fewer. libcurl adjusts it to its limits.";
    upload_buffer_size: buffer, "CURLOPT_UPLOAD_BUFFERSIZE", 280, "7.62.0", "Sets how many bytes are sent at a time: 262,144 by default here, 65,536 in libcurl, and no fewer than 16,384. libcurl adjusts it to its limits.";

    abstract_unix_socket: text, "CURLOPT_ABSTRACT_UNIX_SOCKET", 264, "7.53.0", "Connects to this abstract Unix socket instead of the URL's host.";
    set_local_port: number<u16>, "CURLOPT_LOCALPORT", 139, "7.15.2", "Sets the port to send from; 0 is any.";
    local_port_range: number<u16>, "CURLOPT_LOCALPORTRANGE", 140, "7.15.2", "Sets how many ports from [`set_local_port`](Transfer::set_local_port) on are tried.";
    connect_only: choice<ConnectOnly>, "CURLOPT_CONNECT_ONLY", 141, "7.15.2", "Connects, and sends no request: `true`, `false` or a [`ConnectOnly`]; off by default.";
    doh_url: text, "CURLOPT_DOH_URL", 279, "7.62.0", "Resolves host names over HTTPS by this server. Its connections reach no callback but [`ssl_ctx`](crate::Callbacks::ssl_ctx).";

    // Names and passwords
    username: text, "CURLOPT_USERNAME", 173, "7.19.1", "Sets the user name.";
    password: text, "CURLOPT_PASSWORD", 174, "7.19.1", "Sets the password.";
    http_auth: value<Auth>, "CURLOPT_HTTPAUTH", 107, "7.10.6", "Sets the methods of authentication with the server; [`Auth::BASIC`] by default.";
    unrestricted_auth: flag, "CURLOPT_UNRESTRICTED_AUTH", 105, "7.10.4", "Gives user name and password to every host that a redirect leads to; off by default.";
    proxy_username: text, "CURLOPT_PROXYUSERNAME", 175, "7.19.1", "Sets the user name for the proxy.";
    proxy_password: text, "CURLOPT_PROXYPASSWORD", 176, "7.19.1", "Sets the password for the proxy.";
    proxy_auth: value<Auth>, "CURLOPT_PROXYAUTH", 111, "7.10.7", "Sets the methods of authentication with the proxy; [`Auth::BASIC`] by default.";

    // HTTP
    accept_encoding: line, "CURLOPT_ACCEPT_ENCODING", 102, "7.21.6", "Asks for a compressed body, and decodes it; an empty text is everything that libcurl decodes.";
    transfer_encoding: flag, "CURLOPT_TRANSFER_ENCODING", 207, "7.21.6", "Asks for a compressed transfer; off by default.";
    http_content_decoding: flag, "CURLOPT_HTTP_CONTENT_DECODING", 158, "7.16.2", "Decodes a compressed body; on by default.";
    follow_location: flag, "CURLOPT_FOLLOWLOCATION", 52, "7.1", "Follows redirects; off by default.";
    max_redirections: number<u32>, "CURLOPT_MAXREDIRS", 68, "7.5", "Limits how many redirects are followed: 30 by default since libcurl 8.3.0, any number before.";
    post_redirections: value<PostRedirections>, "CURLOPT_POSTREDIR", 161, "7.19.1", "Keeps POST after these redirects; after none by default.";
    autoreferer: flag, "CURLOPT_AUTOREFERER", 58, "7.1", "Sends a `Referer` when it follows a redirect; off by default.";
    get: flag, "CURLOPT_HTTPGET", 80, "7.8.1", "Makes the request a GET, after it was another.";
    nobody: flag, "CURLOPT_NOBODY", 44, "7.1", "Asks for no body: HTTP's HEAD; off by default.";
    post: flag, "CURLOPT_POST", 47, "7.1", "Makes the request a POST, with the body from [`read`](crate::Callbacks::read) unless there are post fields.";
    post_field_size: size, "CURLOPT_POSTFIELDSIZE_LARGE", 120, "7.11.1", "Announces how many bytes [`read`](crate::Callbacks::read) will post; unannounced, they go in chunks. It has to be exact, as for [`in_filesize`](Transfer::in_filesize).";
    post_fields_copy: copied, "CURLOPT_COPYPOSTFIELDS", 165, "7.17.1", "Makes the request a POST with a copy of these bytes as its body. They are sent as they are, and called `application/x-www-form-urlencoded` unless [`http_headers`](Transfer::http_headers) says otherwise. [`reset`](Transfer::reset) takes them back.";
    custom_request: line, "CURLOPT_CUSTOMREQUEST", 36, "7.1", "Sets the method's name, and changes nothing else.";
    referer: line, "CURLOPT_REFERER", 16, "7.1", "Sets the `Referer` header.";
    useragent: line, "CURLOPT_USERAGENT", 18, "7.1", "Sets the `User-Agent` header; none by default.";
    http_headers: lines, "CURLOPT_HTTPHEADER", 23, "7.1", "Sets headers of the request: `Name: value` adds or replaces, `Name:` removes, `Name;` sends an empty one.";
    cookie: line, "CURLOPT_COOKIE", 22, "7.1", "Sets the `Cookie` header: `name=value`, separated by `; `.";
    cookie_file: path, "CURLOPT_COOKIEFILE", 31, "7.1", "Reads cookies from a file and starts to keep those that servers set; an empty path only does the latter.";
    cookie_jar: path, "CURLOPT_COOKIEJAR", 82, "7.9", "Writes the cookies to this file when the transfer is dropped.";
    cookie_session: flag, "CURLOPT_COOKIESESSION", 96, "7.9.7", "Leaves session cookies out of those read from a file; off by default.";
    http_version: value<HttpVersion>, "CURLOPT_HTTP_VERSION", 84, "7.9.1", "Sets the version of HTTP to ask for.";
    http_09_allowed: flag, "CURLOPT_HTTP09_ALLOWED", 285, "7.64.0", "Accepts answers of HTTP/0.9; off by default since libcurl 7.66.0.";
    expect_100_timeout: millis, "CURLOPT_EXPECT_100_TIMEOUT_MS", 227, "7.36.0", "Sets how long to wait for `100 Continue` before the body is sent anyway; 1 second by default. Rounds up to milliseconds.";
    ignore_content_length: flag, "CURLOPT_IGNORE_CONTENT_LENGTH", 136, "7.14.1", "Reads until the server closes, whatever length it stated; off by default.";

    // SSH
    ssh_known_hosts: path, "CURLOPT_SSH_KNOWNHOSTS", 183, "7.19.6", "Checks the server's key against this file. Without it, and without a callback or a fingerprint, any server is trusted.";
    ssh_host_public_key_md5: text, "CURLOPT_SSH_HOST_PUBLIC_KEY_MD5", 162, "7.17.1", "Trusts the server whose key has this MD5 fingerprint: 32 hexadecimal digits.";
    ssh_host_public_key_sha256: text, "CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256", 311, "7.80.0", "Trusts the server whose key has this SHA-256 fingerprint, in base64.";
    ssh_auth_types: value<SshAuth>, "CURLOPT_SSH_AUTH_TYPES", 151, "7.16.1", "Sets the methods of authentication with an SSH server; any by default.";
    ssh_public_keyfile: path, "CURLOPT_SSH_PUBLIC_KEYFILE", 152, "7.16.1", "Sets the file with the client's public key; by default made from the private one.";
    ssh_private_keyfile: path, "CURLOPT_SSH_PRIVATE_KEYFILE", 153, "7.16.1", "Sets the file with the client's private key; by default one in the home folder.";

    // FTP
    ftp_port: text, "CURLOPT_FTPPORT", 17, "7.1", "Has the server make the data connection, to this address or interface; `-` is that of the control connection.";
    ftp_use_eprt: flag, "CURLOPT_FTP_USE_EPRT", 106, "7.10.5", "Tries EPRT before PORT; on by default.";
    ftp_use_epsv: flag, "CURLOPT_FTP_USE_EPSV", 85, "7.9.2", "Tries EPSV before PASV; on by default.";
    ftp_skip_pasv_ip: flag, "CURLOPT_FTP_SKIP_PASV_IP", 137, "7.14.2", "Ignores the address in the answer to PASV; on by default since libcurl 7.74.0.";
    accept_timeout: millis, "CURLOPT_ACCEPTTIMEOUT_MS", 212, "7.24.0", "Limits the wait for the server's data connection; 60 seconds by default. Rounds up to milliseconds.";

    // The body
    upload: flag, "CURLOPT_UPLOAD", 46, "7.1", "Sends what [`read`](crate::Callbacks::read) gives: HTTP's PUT; off by default.";
    in_filesize: size, "CURLOPT_INFILESIZE_LARGE", 115, "7.11.0", "Announces how many bytes an upload has; unannounced, they go in chunks. Before libcurl 8.7, more than that goes out if [`read`](crate::Callbacks::read) gives more.";
    range: line, "CURLOPT_RANGE", 7, "7.1", "Asks for a part of the body: `0-499`, `500-`, `-500`.";
    resume_from: size, "CURLOPT_RESUME_FROM_LARGE", 116, "7.11.0", "Starts at this offset: what comes before is not asked for, or not sent.";
    max_filesize: size, "CURLOPT_MAXFILESIZE_LARGE", 117, "7.11.0", "Fails the transfer with [`Code::FILESIZE_EXCEEDED`](crate::Code::FILESIZE_EXCEEDED) if the body to receive is larger.";

    // The connection
    timeout: millis, "CURLOPT_TIMEOUT_MS", 155, "7.16.2", "Limits the time of the whole transfer; zero, the default, does not. Rounds up to milliseconds.";
    connect_timeout: millis, "CURLOPT_CONNECTTIMEOUT_MS", 156, "7.16.2", "Limits the time until connected; zero is the default of 300 seconds. Rounds up to milliseconds.";
    low_speed_limit: number<u32>, "CURLOPT_LOW_SPEED_LIMIT", 19, "7.1", "Sets the speed, in bytes per second, below which a transfer fails after [`low_speed_time`](Transfer::low_speed_time).";
    low_speed_time: secs, "CURLOPT_LOW_SPEED_TIME", 20, "7.1", "Sets how long a transfer may stay below [`low_speed_limit`](Transfer::low_speed_limit). Rounds up to seconds.";
    max_send_speed: size, "CURLOPT_MAX_SEND_SPEED_LARGE", 145, "7.15.5", "Limits the speed of sending, in bytes per second; zero, the default, does not.";
    max_recv_speed: size, "CURLOPT_MAX_RECV_SPEED_LARGE", 146, "7.15.5", "Limits the speed of receiving, in bytes per second; zero, the default, does not.";
    max_connects: number<u32>, "CURLOPT_MAXCONNECTS", 71, "7.7", "Limits how many connections are kept for reuse; 5 by default.";
    fresh_connect: flag, "CURLOPT_FRESH_CONNECT", 74, "7.7", "Makes a new connection for the next transfer; off by default.";
    forbid_reuse: flag, "CURLOPT_FORBID_REUSE", 75, "7.7", "Closes the connection after the transfer; off by default.";
    ip_resolve: value<IpResolve>, "CURLOPT_IPRESOLVE", 113, "7.10.8", "Sets which kind of address a host name may stand for; either by default.";
    resolve: list, "CURLOPT_RESOLVE", 203, "7.21.3", "Answers for the name server: `host:port:address,address`.";
    connect_to: list, "CURLOPT_CONNECT_TO", 243, "7.49.0", "Connects elsewhere: `host:port:other-host:other-port`, each of which may be empty.";

    // TLS
    ssl_verify_peer: flag, "CURLOPT_SSL_VERIFYPEER", 64, "7.4.2", "Checks that the server's certificate is trusted; on by default. Off, anybody can pose as the server.";
    ssl_verify_host: verify_host, "CURLOPT_SSL_VERIFYHOST", 81, "7.8.1", "Checks that the server's certificate is for its name; on by default. Off, any other server can pose as this one.";
    cainfo: path, "CURLOPT_CAINFO", 65, "7.4.2", "Trusts the certificates in this PEM file, instead of the system's.";
    capath: path, "CURLOPT_CAPATH", 97, "7.9.8", "Trusts the certificates in this folder, prepared by `openssl rehash`.";
    ssl_cainfo_blob: blob, "CURLOPT_CAINFO_BLOB", 309, "7.77.0", "Trusts the certificates in this PEM text, instead of the system's.";
    ssl_cert: path, "CURLOPT_SSLCERT", 25, "7.1", "Sets the file with the client's own certificate.";
    ssl_key: path, "CURLOPT_SSLKEY", 87, "7.9.3", "Sets the file with the key of the client's own certificate.";
    key_password: text, "CURLOPT_KEYPASSWD", 26, "7.17.0", "Sets the password of the key of the client's own certificate.";
    ca_cache_timeout: secs, "CURLOPT_CA_CACHE_TIMEOUT", 321, "7.87.0", "Sets how long the trusted certificates are kept for other connections; 24 hours by default, but zero with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX), since what one transfer trusts would be trusted by all; [`set_hooks`](Transfer::set_hooks) sets it when that hook comes and goes. Rounds up to seconds.";
    ssl_sessionid_cache: flag, "CURLOPT_SSL_SESSIONID_CACHE", 150, "7.16.0", "Resumes TLS sessions of earlier connections, with the trust that they had; on by default, but off with [`Hooks::SSL_CTX`](crate::Hooks::SSL_CTX), since a resumed session checks no certificate; [`set_hooks`](Transfer::set_hooks) sets it when that hook comes and goes.";
    pinned_public_key: text, "CURLOPT_PINNEDPUBLICKEY", 230, "7.39.0", "Accepts these public keys of the server only: a file, or `sha256//` hashes separated by semicolons.";

    // Stand-ins
    hsts: path, "CURLOPT_HSTS", 300, "7.74.0", "Keeps the hosts that ask for HTTPS only in this file.";
    hsts_ctrl: value<Hsts>, "CURLOPT_HSTS_CTRL", 299, "7.74.0", "Sets whether hosts may ask for HTTPS only; they may not by default.";
    ws_options: value<WsOptions>, "CURLOPT_WS_OPTIONS", 320, "7.86.0", "Sets how WebSockets are spoken.";
    wildcard_match: flag, "CURLOPT_WILDCARDMATCH", 197, "7.21.0", "Downloads every file that the pattern at the end of the URL's path matches; off by default.";
    rtsp_request: value<RtspRequest>, "CURLOPT_RTSP_REQUEST", 189, "7.20.0", "Sets the request of RTSP; OPTIONS by default.";
    rtsp_session_id: line, "CURLOPT_RTSP_SESSION_ID", 190, "7.20.0", "Sets the session of RTSP; by default the one that the server names.";
    rtsp_stream_uri: line, "CURLOPT_RTSP_STREAM_URI", 191, "7.20.0", "Sets the stream of RTSP; the URL by default.";
    rtsp_transport: line, "CURLOPT_RTSP_TRANSPORT", 192, "7.20.0", "Sets the `Transport` header of RTSP.";
}

fn too_large(item: Item) -> Error {
    item.unsuitable("the value is too large")
}

fn round_up(item: Item, value: Duration, unit: Duration) -> Result<c_long, Error> {
    let count = value.as_nanos().div_ceil(unit.as_nanos());
    c_long::try_from(count).map_err(|_| too_large(item))
}

fn c_string(item: Item, value: impl Into<Vec<u8>>) -> Result<CString, Error> {
    let value = value.into();
    // libcurl may free the former value before it refuses this.
    if value.len() > sys::CURL_MAX_INPUT_LENGTH {
        return Err(too_large(item));
    }
    CString::new(value).map_err(|_| item.unsuitable("the value contains a NUL"))
}

/// Refuses what would smuggle lines of its own into a request.
fn one_line(item: Item, value: &str) -> Result<CString, Error> {
    if value.contains(['\r', '\n']) {
        return Err(item.unsuitable("the value contains an end of line"));
    }
    c_string(item, value)
}

#[cfg(unix)]
fn path_bytes(_: Item, path: &Path) -> Result<&[u8], Error> {
    Ok(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))
}

#[cfg(not(unix))]
fn path_bytes(item: Item, path: &Path) -> Result<&[u8], Error> {
    let path = path
        .to_str()
        .ok_or_else(|| item.unsuitable("the path is not Unicode"))?;
    Ok(path.as_bytes())
}
