//! Options of every kind in any order, with any values, then a request: values that must be refused
//! are refused, and no value ends a line of the request.
#![no_main]
#![allow(deprecated, reason = "the deprecated ones are options too")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use arbitrary::Arbitrary;
use curlback::{
    Auth, Callbacks, ConnectOnly, Error, HeaderOpt, HttpVersion, IpResolve, Mime, Part,
    PostRedirections, Protocols, ProxyType, SshAuth, SslOptions, Transfer, Unset, Url, WsOptions,
};
use curlback_fuzz::wire::{self, Far, Near};
use curlback_fuzz::wired;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Text(u8, &'a str),
    Path(u8, &'a [u8]),
    Line(u8, &'a [u8], Ending),
    List(u8, Vec<&'a str>),
    Lines(u8, Vec<&'a [u8]>),
    Flag(u8, bool),
    Blob(u8, &'a [u8]),
    Size(u8, u64),
    Small(u8, u16),
    Number(u8, u32),
    Span(u8, Duration),
    Time(i64),
    Bits(u8, u32),
    Choice(u8),
    Body(u8, &'a [u8]),
    Form(Vec<(&'a str, &'a [u8])>),
    Mime(Vec<(&'a str, &'a [u8])>),
    Url(&'a str),
    Unset(u8),
    Reset,
    Clone,
    Perform,
}

/// The end of a value: nothing, or a byte that a line must not contain. Random bytes seldom have one.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Ending {
    None,
    Cr,
    Lf,
    Nul,
}

impl Ending {
    fn bytes(self) -> &'static [u8] {
        match self {
            Ending::None => b"",
            Ending::Cr => b"\r",
            Ending::Lf => b"\n",
            Ending::Nul => b"\0",
        }
    }
}

/// Defines a function for each kind of value. The function sets the option at the place `number` in the list of
/// its kind, modulo the length of the list.
macro_rules! options {
    ($($kind:ident($value:ident: $type:ty) { $($name:ident)* })*) => {
        $(fn $kind(transfer: &mut T, number: u8, $value: $type) -> Result<(), Error> {
            let options = [$(|transfer: &mut T, $value: $type| transfer.$name($value),)*];
            options[usize::from(number) % options.len()](transfer, $value)
        })*
    };
}

type T = Transfer<Handler>;

// The options for files that libcurl writes are left out, and so are `interface` and `ssl_engine`, whose
// results depend on the system.
#[rustfmt::skip]
options! {
    text(value: &str) {
        url default_protocol abstract_unix_socket dns_servers dns_interface dns_local_ip4
        dns_local_ip6 doh_url service_name proxy pre_proxy noproxy proxy_service_name
        socks5_gssapi_service proxy_pinned_public_key proxy_sslcert_type proxy_sslkey_type
        proxy_key_password proxy_ssl_cipher_list proxy_tls13_ciphers proxy_tlsauth_type
        proxy_tlsauth_username proxy_tlsauth_password pinned_public_key ssl_cert_type ssl_key_type
        key_password ssl_cipher_list tls13_ciphers ssl_ec_curves ssl_signature_algorithms ech
        tlsauth_type tlsauth_username tlsauth_password ftp_port ssh_host_public_key_md5
        ssh_host_public_key_sha256 protocols_str redir_protocols_str
    }
    path(value: PathBuf) {
        unix_socket_path cookie_file netrc_file proxy_cainfo proxy_capath proxy_crlfile
        proxy_issuer_cert proxy_sslcert proxy_sslkey cainfo capath crlfile issuer_cert ssl_cert
        ssl_key random_file egdsocket ssh_known_hosts ssh_public_keyfile ssh_private_keyfile
    }
    line(value: &[u8]) {
        haproxy_client_ip range accept_encoding custom_request request_target referer useragent
        cookie cookie_list username password userpwd login_options xoauth2_bearer sasl_authzid
        aws_sigv4 httpsig_key httpsig_keyid httpsig_headers krblevel proxy_username proxy_password
        proxy_userpwd ftp_account ftp_alternative_to_user mail_from mail_auth rtsp_session_id
        rtsp_stream_uri rtsp_transport
    }
    list(value: &[&str]) {
        resolve http_200_aliases
    }
    lines(value: &[&[u8]]) {
        http_headers proxy_headers connect_to quote prequote postquote mail_rcpt telnet_options
    }
    flag(value: bool) {
        path_as_is disallow_username_in_url haproxyprotocol tcp_nodelay tcp_fastopen tcp_keepalive
        upload fetch_filetime fresh_connect forbid_reuse dns_shuffle_addresses doh_ssl_verify_peer
        doh_ssl_verify_status dns_use_global_cache transfer_encoding http_content_decoding
        http_transfer_decoding autoreferer get nobody post put cookie_session http_09_allowed
        pipewait ignore_content_length unrestricted_auth sasl_ir http_proxy_tunnel
        suppress_connect_headers proxy_transfer_mode socks5_gssapi_nec proxy_ssl_verify_peer
        ssl_verify_peer ssl_verify_status ssl_enable_alpn ssl_sessionid_cache certinfo
        ssl_enable_npn ssl_false_start ftp_use_eprt ftp_use_epsv ftp_use_pret ftp_skip_pasv_ip
        dirlistonly append wildcard_match mail_rcpt_allowfails tftp_no_options ssh_compression
        verbose show_header fail_on_error keep_sending_on_error transfertext crlf quick_exit
        doh_ssl_verify_host proxy_ssl_verify_host ssl_verify_host progress
    }
    blob(value: &[u8]) {
        proxy_ssl_cainfo_blob proxy_issuer_cert_blob proxy_sslcert_blob proxy_sslkey_blob
        ssl_cainfo_blob issuer_cert_blob ssl_cert_blob ssl_key_blob
    }
    size(value: u64) {
        in_filesize max_filesize max_send_speed max_recv_speed post_field_size resume_from
    }
    small(value: u16) {
        port set_local_port local_port_range proxy_port tftp_blksize stream_weight
    }
    buffer(value: usize) {
        buffer_size upload_buffer_size
    }
    number(value: u32) {
        address_scope tcp_keepcnt low_speed_limit max_connects max_redirections rtsp_client_cseq
        rtsp_server_cseq new_file_perms new_directory_perms
    }
    span(value: Duration) {
        happy_eyeballs_timeout timeout connect_timeout upkeep_interval expect_100_timeout
        accept_timeout tcp_keepidle tcp_keepintvl low_speed_time maxage_conn maxlifetime_conn
        server_response_timeout dns_cache_timeout ca_cache_timeout
    }
}

fn bits(transfer: &mut T, number: u8, bits: u32) -> Result<(), Error> {
    match number % 9 {
        0 => transfer.http_auth(Auth::from_bits_retain(bits)),
        1 => transfer.proxy_auth(Auth::from_bits_retain(bits)),
        2 => transfer.socks5_auth(Auth::from_bits_retain(bits)),
        3 => transfer.protocols(Protocols::from_bits_retain(bits)),
        4 => transfer.redir_protocols(Protocols::from_bits_retain(bits)),
        5 => transfer.ssl_options(SslOptions::from_bits_retain(bits)),
        6 => transfer.post_redirections(PostRedirections::from_bits_retain(bits)),
        7 => transfer.ws_options(WsOptions::from_bits_retain(bits)),
        _ => transfer.ssh_auth_types(SshAuth::from_bits_retain(bits)),
    }
}

fn choice(transfer: &mut T, number: u8) -> Result<(), Error> {
    match number % 12 {
        0 => transfer.connect_only(ConnectOnly::Yes),
        1 => transfer.connect_only(ConnectOnly::WebSocket),
        2 => transfer.connect_only(ConnectOnly::No),
        3 => transfer.follow_location(true),
        4 => transfer.http_version(HttpVersion::V1_0),
        5 => transfer.http_version(HttpVersion::V2PriorKnowledge),
        6 => transfer.http_version(HttpVersion::V1_1),
        7 => transfer.headeropt(HeaderOpt::empty()),
        8 => transfer.headeropt(HeaderOpt::SEPARATE),
        9 => transfer.proxy_type(ProxyType::Socks5Hostname),
        10 => transfer.proxy_type(ProxyType::Http),
        _ => transfer.ip_resolve(IpResolve::V4),
    }
}

const UNSET: [Unset; 16] = [
    Unset::RANGE,
    Unset::IN_FILESIZE,
    Unset::ACCEPT_ENCODING,
    Unset::CUSTOM_REQUEST,
    Unset::REQUEST_TARGET,
    Unset::REFERER,
    Unset::USERAGENT,
    Unset::COOKIE,
    Unset::USERNAME,
    Unset::PASSWORD,
    Unset::USERPWD,
    Unset::PROXY,
    Unset::NOPROXY,
    Unset::SSL_CERT_BLOB,
    Unset::SSL_CAINFO_BLOB,
    Unset::HAPROXY_CLIENT_IP,
];

#[derive(Clone, Default)]
struct Handler(Near);

impl Callbacks for Handler {
    wired!(0);
}

fn refuses<E: std::fmt::Debug>(result: Result<(), Error>, value: E) {
    assert!(
        matches!(result, Err(Error::Option { .. })),
        "{value:?}: {result:?}"
    );
}

fn set(transfer: &mut T, step: &Step<'_>) {
    let ends_line = |bytes: &[u8]| bytes.iter().any(|byte| b"\r\n\0".contains(byte));
    match step {
        Step::Text(number, value) => {
            let result = text(transfer, *number, value);
            if value.contains('\0') && !matches!(result, Err(Error::Unsupported { .. })) {
                refuses(result, value);
            }
        }
        Step::Path(number, value) => {
            // No file of this machine has such a path.
            let value = [b"/nonexistent/", *value].concat();
            let result = path(transfer, *number, OsStr::from_bytes(&value).into());
            if value.contains(&0) {
                refuses(result, value);
            }
        }
        Step::Line(number, value, ending) => {
            let value = &[*value, ending.bytes()].concat();
            let result = line(transfer, *number, value);
            if ends_line(value) {
                refuses(result, value);
            }
        }
        Step::List(number, values) => {
            let result = list(transfer, *number, values);
            if values.iter().any(|value| value.contains('\0')) {
                refuses(result, values);
            }
        }
        Step::Lines(number, values) => {
            let result = lines(transfer, *number, values);
            if values.iter().any(|value| ends_line(value)) {
                refuses(result, values);
            }
        }
        Step::Form(fields) => {
            let result = transfer.httppost(fields.iter().copied());
            if fields.iter().any(|(name, _)| ends_line(name.as_bytes())) {
                refuses(result, fields);
            }
        }
        Step::Mime(parts) => {
            let part = |(name, data): &(&str, &[u8])| Part::data(*data).name(name);
            let mime = parts.iter().map(part).fold(Mime::new(), Mime::part);
            let result = transfer.mime(mime);
            if parts.iter().any(|(name, _)| ends_line(name.as_bytes())) {
                refuses(result, parts);
            }
        }
        Step::Url(value) => {
            if let Ok(url) = Url::new(value) {
                let _ = transfer.curlu(url);
            }
        }
        // The results of these depend on the value and on libcurl.
        Step::Flag(number, value) => drop(flag(transfer, *number, *value)),
        Step::Blob(number, value) => drop(blob(transfer, *number, value)),
        Step::Size(number, value) => {
            let _ = buffer(transfer, *number, *value as usize % (1 << 20));
            let result = size(transfer, *number, *value);
            if *value > i64::MAX as u64 {
                refuses(result, value);
            }
        }
        Step::Small(option, value) => drop(small(transfer, *option, *value)),
        Step::Number(option, value) => drop(number(transfer, *option, *value)),
        Step::Span(number, value) => {
            let result = span(transfer, *number, *value);
            if value.as_secs() > i64::MAX as u64 {
                refuses(result, value);
            }
        }
        Step::Time(seconds) => {
            let distance = Duration::from_secs(seconds.unsigned_abs());
            let time = match *seconds < 0 {
                true => UNIX_EPOCH.checked_sub(distance),
                false => UNIX_EPOCH.checked_add(distance),
            };
            drop(time.map(|time| transfer.time_value(time)));
        }
        Step::Bits(number, value) => drop(bits(transfer, *number, *value)),
        Step::Choice(number) => drop(choice(transfer, *number)),
        Step::Body(number, value) => match number % 2 {
            0 => transfer.post_fields(*value).unwrap(),
            _ => transfer.post_fields_copy(value).unwrap(),
        },
        Step::Unset(number) => {
            transfer
                .unset(UNSET[usize::from(*number) % UNSET.len()])
                .unwrap();
        }
        Step::Reset => transfer.reset().unwrap(),
        Step::Clone => {
            if let Ok(copy) = transfer.try_clone() {
                drop(std::mem::replace(transfer, copy));
            }
        }
        Step::Perform => {
            perform(transfer);
        }
    }
}

/// Performs over HTTP with the options that the steps have set, and checks the request. No host is connected to or
/// looked up, so nothing leaves this process. Returns whether there was a request over HTTP/1.
fn perform(transfer: &mut T) -> bool {
    let (near, mut far) = wire::pair();
    far.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
    far.finish();
    transfer.handler_mut().0 = near;
    let limit = Duration::from_millis(20);
    let ready = transfer.url("http://127.0.0.1/");
    let ready = ready.and_then(|()| transfer.proxy(""));
    let ready = ready.and_then(|()| transfer.unset(Unset::PRE_PROXY));
    let ready = ready.and_then(|()| transfer.unset(Unset::DOH_URL));
    let ready = ready.and_then(|()| transfer.unset(Unset::UNIX_SOCKET_PATH));
    let ready = ready.and_then(|()| transfer.connect_to([""; 0]));
    let ready = ready.and_then(|()| transfer.protocols_str("http"));
    let ready = ready.and_then(|()| transfer.redir_protocols_str("http"));
    let ready = ready.and_then(|()| transfer.timeout(limit));
    ready.unwrap();
    let _ = transfer.perform();
    check(&mut far)
}

/// Checks that the head of the request is a request line and fields. Returns `false` if there is no head.
fn check(far: &mut Far) -> bool {
    let bytes = far.received();
    if bytes.starts_with(b"PRI * HTTP/2.0") {
        return false;
    }
    let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
        return false;
    };
    let mut head = bytes[..end].split(|byte| *byte == b'\n');
    let mut next = || {
        head.next()
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    };
    let mut request = next().unwrap();
    if request.starts_with(b"PROXY ") {
        request = next().unwrap_or_default();
    }
    let is_clean = |line: &[u8]| !line.contains(&b'\r') && !line.contains(&0);
    assert!(is_clean(request), "{}", bytes.escape_ascii());
    while let Some(line) = next() {
        let is_field = line.contains(&b':') && is_clean(line);
        assert!(is_field, "{}", bytes.escape_ascii());
    }
    true
}

fuzz_target!(|steps: Vec<Step<'_>>| {
    let mut transfer = Transfer::new(Handler::default()).unwrap();
    for step in &steps {
        set(&mut transfer, step);
    }
    let has_requested = perform(&mut transfer);
    assert!(has_requested || !steps.is_empty());
    transfer.reset().unwrap();
});
