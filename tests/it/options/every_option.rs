//! Every option, called with an ordinary value.
#![allow(deprecated, reason = "the deprecated ones are options too")]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime};

use curlback::*;

use crate::support::server::Server;
use crate::support::skip::skip_case;

const SECOND: Duration = Duration::from_secs(1);

type Call = fn(&mut Transfer<()>, &Path) -> Result<(), Error>;

macro_rules! calls {
    ($($(#[$attr:meta])* $option:literal $(or $twin:literal)?: |$transfer:ident, $dir:pat_param| $call:expr;)*) => {
        const CALLS: &[(&[&str], Call)] = &[$($(#[$attr])* (&[$option $(, $twin)?], |$transfer, $dir| $call),)*];
    };
}

/// Returns whether libcurl has taken the value. If it has not, asserts that the error is one of those
/// expected here.
fn takes(names: &[&str], result: Result<(), Error>) -> bool {
    match result {
        Ok(()) => true,
        Err(Error::Unsupported { what, .. }) => {
            // The linked libcurl lacks the option or the value.
            let is_value = !what.starts_with("CURLOPT_");
            assert!(names.contains(&what) || is_value, "{names:?}: {what}");
            skip_case!("this libcurl has no {what}");
            false
        }
        // libcurl looks for the engine at once, and finds none.
        Err(Error::Libcurl { code, .. }) if names[0].starts_with("CURLOPT_SSLENGINE") => {
            assert!((53..=54).contains(&code.number()), "{names:?}: {code:?}");
            false
        }
        Err(Error::Option { option, .. }) if names[0].starts_with("CURLOPT_STREAM_DEPENDS") => {
            assert_eq!(option, names[0]);
            assert!(Version::linked() < Version::new(8, 21, 0));
            false
        }
        // Some releases refuse the only value that there is.
        Err(Error::Option {
            option: "CURLOPT_PROXY_TLSAUTH_TYPE",
            ..
        }) => false,
        Err(error) => panic!("{names:?}: {error:?}"),
    }
}

#[test]
fn every_option_takes_an_ordinary_value_or_is_unsupported() {
    let dir = tempfile::tempdir().unwrap();
    let mut taken = 0;
    for (names, call) in CALLS {
        let mut transfer = Transfer::new(()).unwrap();
        let result = call(&mut transfer, dir.path());
        taken += usize::from(takes(names, result));
    }
    eprintln!("{taken} of {} options are taken", CALLS.len());
    assert!(taken > 150, "{taken}");
}

#[test]
fn transfer_with_any_one_option_ends() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::ok("body");
    let mut succeeded = 0;
    for (_, call) in CALLS {
        let mut transfer = Transfer::new(()).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.timeout(SECOND).unwrap();
        transfer.in_filesize(0).unwrap();
        let _ = call(&mut transfer, dir.path());
        // Not every option works with HTTP.
        succeeded += usize::from(transfer.perform().is_ok());
        let _ = transfer.perform();
    }
    assert!(succeeded > 150, "{succeeded} of {}", CALLS.len());
}

#[test]
fn options_may_all_be_set_together_and_again_and_reset() {
    let dir = tempfile::tempdir().unwrap();
    let mut transfer = Transfer::new(()).unwrap();
    // These two options add to lists of files, which some releases leak in a reset.
    let lost = ["CURLOPT_COOKIEFILE", "CURLOPT_HSTS"];
    let set_all = |transfer: &mut Transfer<()>| {
        for (names, call) in CALLS.iter().filter(|(names, _)| !lost.contains(&names[0])) {
            takes(names, call(transfer, dir.path()));
        }
    };
    set_all(&mut transfer);
    set_all(&mut transfer);
    transfer.reset().unwrap();
    set_all(&mut transfer);
    let () = transfer.into_handler();
}

#[test]
fn complete_list_of_options_is_called_here() {
    let listed = include_str!("../../libcurl-8.22/options.txt");
    let mut missing: BTreeSet<_> = listed
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|words| words.len() == 3 && words[1] != "function" && words[1] != "cbptr")
        .map(|words| format!("CURLOPT_{}", words[2]))
        .collect();
    for name in CALLS.iter().flat_map(|(names, _)| *names) {
        assert!(missing.remove(*name), "{name}");
    }
    // The crate sets `CURLOPT_ERRORBUFFER` itself, and the handler takes the place of `CURLOPT_PRIVATE`.
    // The values of the other two are types of the crate, and are tested elsewhere.
    let elsewhere = [
        "CURLOPT_ERRORBUFFER",
        "CURLOPT_MIMEPOST",
        "CURLOPT_PRIVATE",
        "CURLOPT_SHARE",
    ];
    assert_eq!(Vec::from_iter(missing), elsewhere);
}

#[rustfmt::skip]
calls! {
    "CURLOPT_USERNAME": |t, _| t.username("a");
    "CURLOPT_PASSWORD": |t, _| t.password("a");
    "CURLOPT_USERPWD": |t, _| t.userpwd("a");
    "CURLOPT_LOGIN_OPTIONS": |t, _| t.login_options("a");
    "CURLOPT_HTTPAUTH": |t, _| t.http_auth(Auth::BASIC);
    "CURLOPT_UNRESTRICTED_AUTH": |t, _| t.unrestricted_auth(true);
    "CURLOPT_NETRC": |t, _| t.netrc(NetRc::Optional);
    "CURLOPT_NETRC_FILE": |t, dir| t.netrc_file(dir.join("a"));
    "CURLOPT_XOAUTH2_BEARER": |t, _| t.xoauth2_bearer("a");
    "CURLOPT_SASL_AUTHZID": |t, _| t.sasl_authzid("a");
    "CURLOPT_SASL_IR": |t, _| t.sasl_ir(true);
    "CURLOPT_SERVICE_NAME": |t, _| t.service_name("a");
    "CURLOPT_GSSAPI_DELEGATION": |t, _| t.gssapi_delegation(GssapiDelegation::POLICY);
    "CURLOPT_AWS_SIGV4": |t, _| t.aws_sigv4("a");
    "CURLOPT_HTTPSIG_ALGORITHM": |t, _| t.httpsig_algorithm(HttpsigAlgorithm::HmacSha256);
    "CURLOPT_HTTPSIG_KEY": |t, _| t.httpsig_key("a");
    "CURLOPT_HTTPSIG_KEYID": |t, _| t.httpsig_keyid("a");
    "CURLOPT_HTTPSIG_HEADERS": |t, _| t.httpsig_headers("a");
    "CURLOPT_KRBLEVEL": |t, _| t.krblevel("a");
    "CURLOPT_VERBOSE": |t, _| t.verbose(true);
    "CURLOPT_HEADER": |t, _| t.show_header(true);
    "CURLOPT_NOPROGRESS": |t, _| t.progress(true);
    "CURLOPT_FAILONERROR": |t, _| t.fail_on_error(true);
    "CURLOPT_KEEP_SENDING_ON_ERROR": |t, _| t.keep_sending_on_error(true);
    "CURLOPT_TRANSFERTEXT": |t, _| t.transfertext(true);
    "CURLOPT_CRLF": |t, _| t.crlf(true);
    "CURLOPT_NOSIGNAL": |t, _| t.signal(false);
    "CURLOPT_QUICK_EXIT": |t, _| t.quick_exit(true);
    #[cfg(unix)]
    "CURLOPT_STDERR": |t, _| t.stderr(tempfile::tempfile().unwrap());
    "CURLOPT_UPLOAD": |t, _| t.upload(true);
    "CURLOPT_INFILESIZE_LARGE" or "CURLOPT_INFILESIZE": |t, _| t.in_filesize(1);
    "CURLOPT_RANGE": |t, _| t.range("a");
    "CURLOPT_RESUME_FROM_LARGE" or "CURLOPT_RESUME_FROM": |t, _| t.resume_from(1);
    "CURLOPT_MAXFILESIZE_LARGE" or "CURLOPT_MAXFILESIZE": |t, _| t.max_filesize(1);
    "CURLOPT_FILETIME": |t, _| t.fetch_filetime(true);
    "CURLOPT_TIMECONDITION": |t, _| t.time_condition(TimeCondition::IfModifiedSince);
    "CURLOPT_TIMEVALUE_LARGE" or "CURLOPT_TIMEVALUE": |t, _| t.time_value(SystemTime::now());
    "CURLOPT_TIMEOUT_MS" or "CURLOPT_TIMEOUT": |t, _| t.timeout(SECOND);
    "CURLOPT_CONNECTTIMEOUT_MS" or "CURLOPT_CONNECTTIMEOUT": |t, _| t.connect_timeout(SECOND);
    "CURLOPT_SERVER_RESPONSE_TIMEOUT_MS" or "CURLOPT_SERVER_RESPONSE_TIMEOUT": |t, _| t.server_response_timeout(SECOND);
    "CURLOPT_LOW_SPEED_LIMIT": |t, _| t.low_speed_limit(1);
    "CURLOPT_LOW_SPEED_TIME": |t, _| t.low_speed_time(SECOND);
    "CURLOPT_MAX_SEND_SPEED_LARGE": |t, _| t.max_send_speed(1);
    "CURLOPT_MAX_RECV_SPEED_LARGE": |t, _| t.max_recv_speed(1);
    "CURLOPT_MAXCONNECTS": |t, _| t.max_connects(1);
    "CURLOPT_FRESH_CONNECT": |t, _| t.fresh_connect(true);
    "CURLOPT_FORBID_REUSE": |t, _| t.forbid_reuse(true);
    "CURLOPT_MAXAGE_CONN": |t, _| t.maxage_conn(SECOND);
    "CURLOPT_MAXLIFETIME_CONN": |t, _| t.maxlifetime_conn(SECOND);
    "CURLOPT_UPKEEP_INTERVAL_MS": |t, _| t.upkeep_interval(SECOND);
    "CURLOPT_FTPPORT": |t, _| t.ftp_port("a");
    "CURLOPT_FTP_USE_EPRT": |t, _| t.ftp_use_eprt(true);
    "CURLOPT_FTP_USE_EPSV": |t, _| t.ftp_use_epsv(true);
    "CURLOPT_FTP_USE_PRET": |t, _| t.ftp_use_pret(true);
    "CURLOPT_FTP_SKIP_PASV_IP": |t, _| t.ftp_skip_pasv_ip(true);
    "CURLOPT_ACCEPTTIMEOUT_MS": |t, _| t.accept_timeout(SECOND);
    "CURLOPT_FTP_ACCOUNT": |t, _| t.ftp_account("a");
    "CURLOPT_FTP_ALTERNATIVE_TO_USER": |t, _| t.ftp_alternative_to_user("a");
    "CURLOPT_FTPSSLAUTH": |t, _| t.ftpsslauth(FtpAuth::Tls);
    "CURLOPT_FTP_SSL_CCC": |t, _| t.ftp_ssl_ccc(FtpCcc::Active);
    "CURLOPT_FTP_FILEMETHOD": |t, _| t.ftp_filemethod(FtpMethod::NoCwd);
    "CURLOPT_FTP_CREATE_MISSING_DIRS": |t, _| t.ftp_create_missing_dirs(FtpCreateDir::Retry);
    "CURLOPT_QUOTE": |t, _| t.quote(["NOOP"]);
    "CURLOPT_PREQUOTE": |t, _| t.prequote(["NOOP"]);
    "CURLOPT_POSTQUOTE": |t, _| t.postquote(["NOOP"]);
    "CURLOPT_DIRLISTONLY": |t, _| t.dirlistonly(true);
    "CURLOPT_APPEND": |t, _| t.append(true);
    "CURLOPT_WILDCARDMATCH": |t, _| t.wildcard_match(true);
    "CURLOPT_ACCEPT_ENCODING": |t, _| t.accept_encoding("a");
    "CURLOPT_TRANSFER_ENCODING": |t, _| t.transfer_encoding(true);
    "CURLOPT_HTTP_CONTENT_DECODING": |t, _| t.http_content_decoding(true);
    "CURLOPT_HTTP_TRANSFER_DECODING": |t, _| t.http_transfer_decoding(true);
    "CURLOPT_FOLLOWLOCATION": |t, _| t.follow_location(FollowLocation::FirstOnly);
    "CURLOPT_MAXREDIRS": |t, _| t.max_redirections(1);
    "CURLOPT_POSTREDIR": |t, _| t.post_redirections(PostRedirections::FOUND);
    "CURLOPT_AUTOREFERER": |t, _| t.autoreferer(true);
    "CURLOPT_HTTPGET": |t, _| t.get(true);
    "CURLOPT_NOBODY": |t, _| t.nobody(true);
    "CURLOPT_POST": |t, _| t.post(true);
    "CURLOPT_PUT": |t, _| t.put(true);
    "CURLOPT_POSTFIELDSIZE_LARGE" or "CURLOPT_POSTFIELDSIZE": |t, _| t.post_field_size(1);
    "CURLOPT_POSTFIELDS": |t, _| t.post_fields(b"a");
    "CURLOPT_COPYPOSTFIELDS": |t, _| t.post_fields_copy(b"a");
    "CURLOPT_HTTPPOST": |t, _| t.httppost([("a", "b")]);
    "CURLOPT_MIME_OPTIONS": |t, _| t.mime_options(MimeOptions::FORM_ESCAPE);
    "CURLOPT_CUSTOMREQUEST": |t, _| t.custom_request("a");
    "CURLOPT_REQUEST_TARGET": |t, _| t.request_target("a");
    "CURLOPT_REFERER": |t, _| t.referer("a");
    "CURLOPT_USERAGENT": |t, _| t.useragent("a");
    "CURLOPT_HTTPHEADER": |t, _| t.http_headers(["a: b"]);
    "CURLOPT_HEADEROPT": |t, _| t.headeropt(HeaderOpt::SEPARATE);
    "CURLOPT_HTTP200ALIASES": |t, _| t.http_200_aliases(["a:1:127.0.0.1"]);
    "CURLOPT_COOKIE": |t, _| t.cookie("a");
    "CURLOPT_COOKIEFILE": |t, dir| t.cookie_file(dir.join("a"));
    "CURLOPT_COOKIEJAR": |t, dir| t.cookie_jar(dir.join("a"));
    "CURLOPT_COOKIESESSION": |t, _| t.cookie_session(true);
    "CURLOPT_COOKIELIST": |t, _| t.cookie_list("ALL");
    "CURLOPT_ALTSVC": |t, dir| t.altsvc(dir.join("a"));
    "CURLOPT_ALTSVC_CTRL": |t, _| t.altsvc_ctrl(AltSvc::H1);
    "CURLOPT_HSTS": |t, dir| t.hsts(dir.join("a"));
    "CURLOPT_HSTS_CTRL": |t, _| t.hsts_ctrl(Hsts::ENABLE);
    "CURLOPT_HTTP_VERSION": |t, _| t.http_version(HttpVersion::V1_1);
    "CURLOPT_HTTP09_ALLOWED": |t, _| t.http_09_allowed(true);
    "CURLOPT_PIPEWAIT": |t, _| t.pipewait(true);
    "CURLOPT_STREAM_WEIGHT": |t, _| t.stream_weight(16);
    "CURLOPT_STREAM_DEPENDS": |t, _| t.stream_depends(&Transfer::new(())?);
    "CURLOPT_STREAM_DEPENDS_E": |t, _| t.stream_depends_e(&Transfer::new(())?);
    "CURLOPT_EXPECT_100_TIMEOUT_MS": |t, _| t.expect_100_timeout(SECOND);
    "CURLOPT_IGNORE_CONTENT_LENGTH": |t, _| t.ignore_content_length(true);
    "CURLOPT_WS_OPTIONS": |t, _| t.ws_options(WsOptions::RAW_MODE);
    "CURLOPT_MAIL_FROM": |t, _| t.mail_from("a");
    "CURLOPT_MAIL_RCPT": |t, _| t.mail_rcpt(["a"]);
    "CURLOPT_MAIL_AUTH": |t, _| t.mail_auth("a");
    "CURLOPT_MAIL_RCPT_ALLOWFAILS": |t, _| t.mail_rcpt_allowfails(true);
    "CURLOPT_UPLOAD_FLAGS": |t, _| t.upload_flags(UploadFlags::SEEN);
    "CURLOPT_URL": |t, _| t.url("http://127.0.0.1/");
    "CURLOPT_CURLU": |t, _| t.curlu(Url::new("http://127.0.0.1/")?);
    "CURLOPT_PATH_AS_IS": |t, _| t.path_as_is(true);
    "CURLOPT_DEFAULT_PROTOCOL": |t, _| t.default_protocol("a");
    "CURLOPT_DISALLOW_USERNAME_IN_URL": |t, _| t.disallow_username_in_url(true);
    "CURLOPT_PROTOCOLS_STR": |t, _| t.protocols_str("http");
    "CURLOPT_REDIR_PROTOCOLS_STR": |t, _| t.redir_protocols_str("http");
    "CURLOPT_PROTOCOLS": |t, _| t.protocols(Protocols::HTTP);
    "CURLOPT_REDIR_PROTOCOLS": |t, _| t.redir_protocols(Protocols::HTTP);
    "CURLOPT_PORT": |t, _| t.port(1);
    "CURLOPT_INTERFACE": |t, _| t.interface("127.0.0.1");
    "CURLOPT_LOCALPORT": |t, _| t.set_local_port(1);
    "CURLOPT_LOCALPORTRANGE": |t, _| t.local_port_range(1);
    "CURLOPT_UNIX_SOCKET_PATH": |t, dir| t.unix_socket_path(dir.join("a"));
    "CURLOPT_ABSTRACT_UNIX_SOCKET": |t, _| t.abstract_unix_socket("a");
    "CURLOPT_ADDRESS_SCOPE": |t, _| t.address_scope(1);
    "CURLOPT_IPRESOLVE": |t, _| t.ip_resolve(IpResolve::V4);
    "CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS": |t, _| t.happy_eyeballs_timeout(SECOND);
    "CURLOPT_CONNECT_TO": |t, _| t.connect_to(["a:1:127.0.0.1"]);
    "CURLOPT_CONNECT_ONLY": |t, _| t.connect_only(ConnectOnly::WebSocket);
    "CURLOPT_HAPROXYPROTOCOL": |t, _| t.haproxyprotocol(true);
    "CURLOPT_HAPROXY_CLIENT_IP": |t, _| t.haproxy_client_ip("a");
    "CURLOPT_TCP_NODELAY": |t, _| t.tcp_nodelay(true);
    "CURLOPT_TCP_FASTOPEN": |t, _| t.tcp_fastopen(true);
    "CURLOPT_TCP_KEEPALIVE": |t, _| t.tcp_keepalive(true);
    "CURLOPT_TCP_KEEPIDLE": |t, _| t.tcp_keepidle(SECOND);
    "CURLOPT_TCP_KEEPINTVL": |t, _| t.tcp_keepintvl(SECOND);
    "CURLOPT_TCP_KEEPCNT": |t, _| t.tcp_keepcnt(1);
    "CURLOPT_BUFFERSIZE": |t, _| t.buffer_size(65_536);
    "CURLOPT_UPLOAD_BUFFERSIZE": |t, _| t.upload_buffer_size(65_536);
    "CURLOPT_PROXY": |t, _| t.proxy("a");
    "CURLOPT_PRE_PROXY": |t, _| t.pre_proxy("a");
    "CURLOPT_PROXYPORT": |t, _| t.proxy_port(1);
    "CURLOPT_PROXYTYPE": |t, _| t.proxy_type(ProxyType::Socks5);
    "CURLOPT_NOPROXY": |t, _| t.noproxy("a");
    "CURLOPT_HTTPPROXYTUNNEL": |t, _| t.http_proxy_tunnel(true);
    "CURLOPT_SUPPRESS_CONNECT_HEADERS": |t, _| t.suppress_connect_headers(true);
    "CURLOPT_PROXYHEADER": |t, _| t.proxy_headers(["a: b"]);
    "CURLOPT_PROXY_TRANSFER_MODE": |t, _| t.proxy_transfer_mode(true);
    "CURLOPT_PROXYUSERNAME": |t, _| t.proxy_username("a");
    "CURLOPT_PROXYPASSWORD": |t, _| t.proxy_password("a");
    "CURLOPT_PROXYUSERPWD": |t, _| t.proxy_userpwd("a");
    "CURLOPT_PROXYAUTH": |t, _| t.proxy_auth(Auth::BASIC);
    "CURLOPT_PROXY_SERVICE_NAME": |t, _| t.proxy_service_name("a");
    "CURLOPT_SOCKS5_AUTH": |t, _| t.socks5_auth(Auth::BASIC);
    "CURLOPT_SOCKS5_GSSAPI_NEC": |t, _| t.socks5_gssapi_nec(true);
    "CURLOPT_SOCKS5_GSSAPI_SERVICE": |t, _| t.socks5_gssapi_service("a");
    "CURLOPT_PROXY_SSLVERSION": |t, _| t.proxy_ssl_version(SslVersion::Tls1_2..=SslVersion::Tls1_3);
    "CURLOPT_PROXY_SSL_VERIFYPEER": |t, _| t.proxy_ssl_verify_peer(true);
    "CURLOPT_PROXY_SSL_VERIFYHOST": |t, _| t.proxy_ssl_verify_host(true);
    "CURLOPT_PROXY_CAINFO": |t, dir| t.proxy_cainfo(dir.join("a"));
    "CURLOPT_PROXY_CAPATH": |t, dir| t.proxy_capath(dir.join("a"));
    "CURLOPT_PROXY_CAINFO_BLOB": |t, _| t.proxy_ssl_cainfo_blob(b"a");
    "CURLOPT_PROXY_CRLFILE": |t, dir| t.proxy_crlfile(dir.join("a"));
    "CURLOPT_PROXY_ISSUERCERT": |t, dir| t.proxy_issuer_cert(dir.join("a"));
    "CURLOPT_PROXY_ISSUERCERT_BLOB": |t, _| t.proxy_issuer_cert_blob(b"a");
    "CURLOPT_PROXY_PINNEDPUBLICKEY": |t, _| t.proxy_pinned_public_key("a");
    "CURLOPT_PROXY_SSLCERT": |t, dir| t.proxy_sslcert(dir.join("a"));
    "CURLOPT_PROXY_SSLCERTTYPE": |t, _| t.proxy_sslcert_type("a");
    "CURLOPT_PROXY_SSLCERT_BLOB": |t, _| t.proxy_sslcert_blob(b"a");
    "CURLOPT_PROXY_SSLKEY": |t, dir| t.proxy_sslkey(dir.join("a"));
    "CURLOPT_PROXY_SSLKEYTYPE": |t, _| t.proxy_sslkey_type("a");
    "CURLOPT_PROXY_SSLKEY_BLOB": |t, _| t.proxy_sslkey_blob(b"a");
    "CURLOPT_PROXY_KEYPASSWD": |t, _| t.proxy_key_password("a");
    "CURLOPT_PROXY_SSL_CIPHER_LIST": |t, _| t.proxy_ssl_cipher_list("a");
    "CURLOPT_PROXY_TLS13_CIPHERS": |t, _| t.proxy_tls13_ciphers("a");
    "CURLOPT_PROXY_SSL_OPTIONS": |t, _| t.proxy_ssl_options(SslOptions::NO_REVOKE);
    "CURLOPT_PROXY_TLSAUTH_TYPE": |t, _| t.proxy_tlsauth_type("SRP");
    "CURLOPT_PROXY_TLSAUTH_USERNAME": |t, _| t.proxy_tlsauth_username("a");
    "CURLOPT_PROXY_TLSAUTH_PASSWORD": |t, _| t.proxy_tlsauth_password("a");
    "CURLOPT_RESOLVE": |t, _| t.resolve(["a:1:127.0.0.1"]);
    "CURLOPT_DNS_CACHE_TIMEOUT": |t, _| t.dns_cache_timeout(SECOND);
    "CURLOPT_DNS_SHUFFLE_ADDRESSES": |t, _| t.dns_shuffle_addresses(true);
    "CURLOPT_DNS_SERVERS": |t, _| t.dns_servers("a");
    "CURLOPT_DNS_INTERFACE": |t, _| t.dns_interface("a");
    "CURLOPT_DNS_LOCAL_IP4": |t, _| t.dns_local_ip4("a");
    "CURLOPT_DNS_LOCAL_IP6": |t, _| t.dns_local_ip6("a");
    "CURLOPT_DOH_URL": |t, _| t.doh_url("a");
    "CURLOPT_DOH_SSL_VERIFYPEER": |t, _| t.doh_ssl_verify_peer(true);
    "CURLOPT_DOH_SSL_VERIFYHOST": |t, _| t.doh_ssl_verify_host(true);
    "CURLOPT_DOH_SSL_VERIFYSTATUS": |t, _| t.doh_ssl_verify_status(true);
    "CURLOPT_DNS_USE_GLOBAL_CACHE": |t, _| t.dns_use_global_cache(true);
    "CURLOPT_RTSP_REQUEST": |t, _| t.rtsp_request(RtspRequest::Describe);
    "CURLOPT_RTSP_SESSION_ID": |t, _| t.rtsp_session_id("a");
    "CURLOPT_RTSP_STREAM_URI": |t, _| t.rtsp_stream_uri("a");
    "CURLOPT_RTSP_TRANSPORT": |t, _| t.rtsp_transport("a");
    "CURLOPT_RTSP_CLIENT_CSEQ": |t, _| t.rtsp_client_cseq(1);
    "CURLOPT_RTSP_SERVER_CSEQ": |t, _| t.rtsp_server_cseq(1);
    "CURLOPT_TFTP_BLKSIZE": |t, _| t.tftp_blksize(512);
    "CURLOPT_TFTP_NO_OPTIONS": |t, _| t.tftp_no_options(true);
    "CURLOPT_TELNETOPTIONS": |t, _| t.telnet_options(["a"]);
    "CURLOPT_SSH_KNOWNHOSTS": |t, dir| t.ssh_known_hosts(dir.join("a"));
    "CURLOPT_SSH_HOST_PUBLIC_KEY_MD5": |t, _| t.ssh_host_public_key_md5("a");
    "CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256": |t, _| t.ssh_host_public_key_sha256("a");
    "CURLOPT_SSH_AUTH_TYPES": |t, _| t.ssh_auth_types(SshAuth::PASSWORD);
    "CURLOPT_SSH_PUBLIC_KEYFILE": |t, dir| t.ssh_public_keyfile(dir.join("a"));
    "CURLOPT_SSH_PRIVATE_KEYFILE": |t, dir| t.ssh_private_keyfile(dir.join("a"));
    "CURLOPT_SSH_COMPRESSION": |t, _| t.ssh_compression(true);
    "CURLOPT_NEW_FILE_PERMS": |t, _| t.new_file_perms(0o644);
    "CURLOPT_NEW_DIRECTORY_PERMS": |t, _| t.new_directory_perms(0o755);
    "CURLOPT_USE_SSL": |t, _| t.use_ssl(UseSsl::Try);
    "CURLOPT_SSLVERSION": |t, _| t.ssl_version(SslVersion::Tls1_2..=SslVersion::Tls1_3);
    "CURLOPT_SSL_VERIFYPEER": |t, _| t.ssl_verify_peer(true);
    "CURLOPT_SSL_VERIFYHOST": |t, _| t.ssl_verify_host(true);
    "CURLOPT_SSL_VERIFYSTATUS": |t, _| t.ssl_verify_status(true);
    "CURLOPT_CAINFO": |t, dir| t.cainfo(dir.join("a"));
    "CURLOPT_CAPATH": |t, dir| t.capath(dir.join("a"));
    "CURLOPT_CAINFO_BLOB": |t, _| t.ssl_cainfo_blob(b"a");
    "CURLOPT_CA_CACHE_TIMEOUT": |t, _| t.ca_cache_timeout(SECOND);
    "CURLOPT_CRLFILE": |t, dir| t.crlfile(dir.join("a"));
    "CURLOPT_ISSUERCERT": |t, dir| t.issuer_cert(dir.join("a"));
    "CURLOPT_ISSUERCERT_BLOB": |t, _| t.issuer_cert_blob(b"a");
    "CURLOPT_PINNEDPUBLICKEY": |t, _| t.pinned_public_key("a");
    "CURLOPT_SSLCERT": |t, dir| t.ssl_cert(dir.join("a"));
    "CURLOPT_SSLCERTTYPE": |t, _| t.ssl_cert_type("a");
    "CURLOPT_SSLCERT_BLOB": |t, _| t.ssl_cert_blob(b"a");
    "CURLOPT_SSLKEY": |t, dir| t.ssl_key(dir.join("a"));
    "CURLOPT_SSLKEYTYPE": |t, _| t.ssl_key_type("a");
    "CURLOPT_SSLKEY_BLOB": |t, _| t.ssl_key_blob(b"a");
    "CURLOPT_KEYPASSWD": |t, _| t.key_password("a");
    "CURLOPT_SSLENGINE": |t, _| t.ssl_engine("a");
    "CURLOPT_SSLENGINE_DEFAULT": |t, _| t.ssl_engine_default();
    "CURLOPT_SSL_CIPHER_LIST": |t, _| t.ssl_cipher_list("a");
    "CURLOPT_TLS13_CIPHERS": |t, _| t.tls13_ciphers("a");
    "CURLOPT_SSL_EC_CURVES": |t, _| t.ssl_ec_curves("a");
    "CURLOPT_SSL_SIGNATURE_ALGORITHMS": |t, _| t.ssl_signature_algorithms("a");
    "CURLOPT_SSL_OPTIONS": |t, _| t.ssl_options(SslOptions::NO_REVOKE);
    "CURLOPT_SSL_ENABLE_ALPN": |t, _| t.ssl_enable_alpn(true);
    "CURLOPT_SSL_SESSIONID_CACHE": |t, _| t.ssl_sessionid_cache(true);
    "CURLOPT_CERTINFO": |t, _| t.certinfo(true);
    "CURLOPT_ECH": |t, _| t.ech("false");
    "CURLOPT_SSL_ENABLE_NPN": |t, _| t.ssl_enable_npn(true);
    "CURLOPT_SSL_FALSESTART": |t, _| t.ssl_false_start(true);
    "CURLOPT_RANDOM_FILE": |t, dir| t.random_file(dir.join("a"));
    "CURLOPT_EGDSOCKET": |t, dir| t.egdsocket(dir.join("a"));
    "CURLOPT_TLSAUTH_TYPE": |t, _| t.tlsauth_type("SRP");
    "CURLOPT_TLSAUTH_USERNAME": |t, _| t.tlsauth_username("a");
    "CURLOPT_TLSAUTH_PASSWORD": |t, _| t.tlsauth_password("a");
}
