//! Strings that are refused: with a NUL anywhere, with an end of line where they go into a line, or
//! longer than libcurl takes.
#![allow(deprecated, reason = "the deprecated ones are options too")]

use std::io::Write;
use std::time::Duration;

use curlback::{Error, Transfer};

use crate::support::results::assert_option;
use crate::support::server::Server;
use crate::support::transfers::{collecting, request};

type Call = fn(&mut Transfer<()>, &str) -> Result<(), Error>;

fn refuses(calls: &[(&str, Call)], bad: &str) {
    let mut transfer = Transfer::new(()).unwrap();
    for (name, call) in calls {
        match call(&mut transfer, bad) {
            Err(Error::Option { option, reason }) => {
                assert_eq!(option, *name);
                assert!(!reason.is_empty());
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn no_line_has_an_end_of_line_in_it() {
    for bad in ["a\r\nb", "a\nb", "a\rb", "\n", "a\r"] {
        refuses(LINES, bad);
    }
}

#[test]
fn no_text_has_a_nul_in_it() {
    for bad in ["\0", "a\0", "\0a", "a\0b"] {
        refuses(LINES, bad);
        refuses(TEXTS, bad);
    }
}

#[test]
fn no_text_is_longer_than_libcurl_takes() {
    let bad = "a".repeat(8_000_001);
    refuses(LINES, &bad);
    refuses(TEXTS, &bad);
}

#[test]
fn empty_or_odd_text_does_libcurl_no_harm() {
    let server = Server::ok("body");
    // These options write to the file that they name.
    let files = ["CURLOPT_ALTSVC", "CURLOPT_COOKIEJAR", "CURLOPT_HSTS"];
    for odd in ["", ":", "-"] {
        for (name, call) in LINES.iter().chain(TEXTS) {
            if !odd.is_empty() && files.contains(name) {
                continue;
            }
            let mut transfer = Transfer::new(()).unwrap();
            transfer.url(&server.url("/")).unwrap();
            transfer.timeout(Duration::from_secs(5)).unwrap();
            // libcurl may take the string or not, and the transfer may succeed or not.
            let _ = call(&mut transfer, odd);
            // These two options add to lists of files, which some releases leak in a reset.
            if !["CURLOPT_COOKIEFILE", "CURLOPT_HSTS"].contains(name) {
                let _ = transfer.perform();
                transfer.reset().unwrap();
            }
            let _ = transfer.perform();
        }
    }
}

#[rustfmt::skip]
const LINES: &[(&str, Call)] = &[
    ("CURLOPT_USERNAME", |t, v| t.username(v)),
    ("CURLOPT_PASSWORD", |t, v| t.password(v)),
    ("CURLOPT_USERPWD", |t, v| t.userpwd(v)),
    ("CURLOPT_LOGIN_OPTIONS", |t, v| t.login_options(v)),
    ("CURLOPT_XOAUTH2_BEARER", |t, v| t.xoauth2_bearer(v)),
    ("CURLOPT_SASL_AUTHZID", |t, v| t.sasl_authzid(v)),
    ("CURLOPT_AWS_SIGV4", |t, v| t.aws_sigv4(v)),
    ("CURLOPT_HTTPSIG_KEY", |t, v| t.httpsig_key(v)),
    ("CURLOPT_HTTPSIG_KEYID", |t, v| t.httpsig_keyid(v)),
    ("CURLOPT_HTTPSIG_HEADERS", |t, v| t.httpsig_headers(v)),
    ("CURLOPT_KRBLEVEL", |t, v| t.krblevel(v)),
    ("CURLOPT_RANGE", |t, v| t.range(v)),
    ("CURLOPT_FTP_ACCOUNT", |t, v| t.ftp_account(v)),
    ("CURLOPT_FTP_ALTERNATIVE_TO_USER", |t, v| t.ftp_alternative_to_user(v)),
    ("CURLOPT_QUOTE", |t, v| t.quote(["ok", v])),
    ("CURLOPT_PREQUOTE", |t, v| t.prequote(["ok", v])),
    ("CURLOPT_POSTQUOTE", |t, v| t.postquote(["ok", v])),
    ("CURLOPT_ACCEPT_ENCODING", |t, v| t.accept_encoding(v)),
    ("CURLOPT_CUSTOMREQUEST", |t, v| t.custom_request(v)),
    ("CURLOPT_REQUEST_TARGET", |t, v| t.request_target(v)),
    ("CURLOPT_REFERER", |t, v| t.referer(v)),
    ("CURLOPT_USERAGENT", |t, v| t.useragent(v)),
    ("CURLOPT_HTTPHEADER", |t, v| t.http_headers(["X: 1", &format!("X: {v}")])),
    ("CURLOPT_COOKIE", |t, v| t.cookie(v)),
    ("CURLOPT_COOKIELIST", |t, v| t.cookie_list(v)),
    ("CURLOPT_MAIL_FROM", |t, v| t.mail_from(v)),
    ("CURLOPT_MAIL_RCPT", |t, v| t.mail_rcpt(["ok", v])),
    ("CURLOPT_MAIL_AUTH", |t, v| t.mail_auth(v)),
    ("CURLOPT_HAPROXY_CLIENT_IP", |t, v| t.haproxy_client_ip(v)),
    ("CURLOPT_PROXYHEADER", |t, v| t.proxy_headers(["X: 1", &format!("X: {v}")])),
    ("CURLOPT_PROXYUSERNAME", |t, v| t.proxy_username(v)),
    ("CURLOPT_PROXYPASSWORD", |t, v| t.proxy_password(v)),
    ("CURLOPT_PROXYUSERPWD", |t, v| t.proxy_userpwd(v)),
    ("CURLOPT_RTSP_SESSION_ID", |t, v| t.rtsp_session_id(v)),
    ("CURLOPT_RTSP_STREAM_URI", |t, v| t.rtsp_stream_uri(v)),
    ("CURLOPT_RTSP_TRANSPORT", |t, v| t.rtsp_transport(v)),
    ("CURLOPT_TELNETOPTIONS", |t, v| t.telnet_options(["ok", v])),
];

#[rustfmt::skip]
const TEXTS: &[(&str, Call)] = &[
    ("CURLOPT_NETRC_FILE", |t, v| t.netrc_file(v)),
    ("CURLOPT_SERVICE_NAME", |t, v| t.service_name(v)),
    ("CURLOPT_FTPPORT", |t, v| t.ftp_port(v)),
    ("CURLOPT_HTTP200ALIASES", |t, v| t.http_200_aliases(["ok", v])),
    ("CURLOPT_COOKIEFILE", |t, v| t.cookie_file(v)),
    ("CURLOPT_COOKIEJAR", |t, v| t.cookie_jar(v)),
    ("CURLOPT_ALTSVC", |t, v| t.altsvc(v)),
    ("CURLOPT_HSTS", |t, v| t.hsts(v)),
    ("CURLOPT_URL", |t, v| t.url(v)),
    ("CURLOPT_DEFAULT_PROTOCOL", |t, v| t.default_protocol(v)),
    ("CURLOPT_INTERFACE", |t, v| t.interface(v)),
    ("CURLOPT_UNIX_SOCKET_PATH", |t, v| t.unix_socket_path(v)),
    ("CURLOPT_ABSTRACT_UNIX_SOCKET", |t, v| t.abstract_unix_socket(v)),
    ("CURLOPT_CONNECT_TO", |t, v| t.connect_to(["ok", v])),
    ("CURLOPT_PROXY", |t, v| t.proxy(v)),
    ("CURLOPT_PRE_PROXY", |t, v| t.pre_proxy(v)),
    ("CURLOPT_NOPROXY", |t, v| t.noproxy(v)),
    ("CURLOPT_PROXY_SERVICE_NAME", |t, v| t.proxy_service_name(v)),
    ("CURLOPT_SOCKS5_GSSAPI_SERVICE", |t, v| t.socks5_gssapi_service(v)),
    ("CURLOPT_PROXY_CAINFO", |t, v| t.proxy_cainfo(v)),
    ("CURLOPT_PROXY_CAPATH", |t, v| t.proxy_capath(v)),
    ("CURLOPT_PROXY_CRLFILE", |t, v| t.proxy_crlfile(v)),
    ("CURLOPT_PROXY_ISSUERCERT", |t, v| t.proxy_issuer_cert(v)),
    ("CURLOPT_PROXY_PINNEDPUBLICKEY", |t, v| t.proxy_pinned_public_key(v)),
    ("CURLOPT_PROXY_SSLCERT", |t, v| t.proxy_sslcert(v)),
    ("CURLOPT_PROXY_SSLCERTTYPE", |t, v| t.proxy_sslcert_type(v)),
    ("CURLOPT_PROXY_SSLKEY", |t, v| t.proxy_sslkey(v)),
    ("CURLOPT_PROXY_SSLKEYTYPE", |t, v| t.proxy_sslkey_type(v)),
    ("CURLOPT_PROXY_KEYPASSWD", |t, v| t.proxy_key_password(v)),
    ("CURLOPT_PROXY_SSL_CIPHER_LIST", |t, v| t.proxy_ssl_cipher_list(v)),
    ("CURLOPT_PROXY_TLS13_CIPHERS", |t, v| t.proxy_tls13_ciphers(v)),
    ("CURLOPT_PROXY_TLSAUTH_TYPE", |t, v| t.proxy_tlsauth_type(v)),
    ("CURLOPT_PROXY_TLSAUTH_USERNAME", |t, v| t.proxy_tlsauth_username(v)),
    ("CURLOPT_PROXY_TLSAUTH_PASSWORD", |t, v| t.proxy_tlsauth_password(v)),
    ("CURLOPT_RESOLVE", |t, v| t.resolve(["ok", v])),
    ("CURLOPT_DNS_SERVERS", |t, v| t.dns_servers(v)),
    ("CURLOPT_DNS_INTERFACE", |t, v| t.dns_interface(v)),
    ("CURLOPT_DNS_LOCAL_IP4", |t, v| t.dns_local_ip4(v)),
    ("CURLOPT_DNS_LOCAL_IP6", |t, v| t.dns_local_ip6(v)),
    ("CURLOPT_DOH_URL", |t, v| t.doh_url(v)),
    ("CURLOPT_SSH_KNOWNHOSTS", |t, v| t.ssh_known_hosts(v)),
    ("CURLOPT_SSH_HOST_PUBLIC_KEY_MD5", |t, v| t.ssh_host_public_key_md5(v)),
    ("CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256", |t, v| t.ssh_host_public_key_sha256(v)),
    ("CURLOPT_SSH_PUBLIC_KEYFILE", |t, v| t.ssh_public_keyfile(v)),
    ("CURLOPT_SSH_PRIVATE_KEYFILE", |t, v| t.ssh_private_keyfile(v)),
    ("CURLOPT_CAINFO", |t, v| t.cainfo(v)),
    ("CURLOPT_CAPATH", |t, v| t.capath(v)),
    ("CURLOPT_CRLFILE", |t, v| t.crlfile(v)),
    ("CURLOPT_ISSUERCERT", |t, v| t.issuer_cert(v)),
    ("CURLOPT_PINNEDPUBLICKEY", |t, v| t.pinned_public_key(v)),
    ("CURLOPT_SSLCERT", |t, v| t.ssl_cert(v)),
    ("CURLOPT_SSLCERTTYPE", |t, v| t.ssl_cert_type(v)),
    ("CURLOPT_SSLKEY", |t, v| t.ssl_key(v)),
    ("CURLOPT_SSLKEYTYPE", |t, v| t.ssl_key_type(v)),
    ("CURLOPT_KEYPASSWD", |t, v| t.key_password(v)),
    ("CURLOPT_SSLENGINE", |t, v| t.ssl_engine(v)),
    ("CURLOPT_SSL_CIPHER_LIST", |t, v| t.ssl_cipher_list(v)),
    ("CURLOPT_TLS13_CIPHERS", |t, v| t.tls13_ciphers(v)),
    ("CURLOPT_SSL_EC_CURVES", |t, v| t.ssl_ec_curves(v)),
    ("CURLOPT_SSL_SIGNATURE_ALGORITHMS", |t, v| t.ssl_signature_algorithms(v)),
    ("CURLOPT_ECH", |t, v| t.ech(v)),
    ("CURLOPT_RANDOM_FILE", |t, v| t.random_file(v)),
    ("CURLOPT_EGDSOCKET", |t, v| t.egdsocket(v)),
    ("CURLOPT_TLSAUTH_TYPE", |t, v| t.tlsauth_type(v)),
    ("CURLOPT_TLSAUTH_USERNAME", |t, v| t.tlsauth_username(v)),
    ("CURLOPT_TLSAUTH_PASSWORD", |t, v| t.tlsauth_password(v)),
];

#[test]
fn nul_is_refused_and_the_former_value_stays() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile").unwrap();
    let sent = request(|t, _| {
        t.useragent("former")?;
        assert_option(t.useragent("lat\0ter"), "CURLOPT_USERAGENT");
        t.cookie_file(file.path())?;
        assert_option(t.cookie_file("no\0file"), "CURLOPT_COOKIEFILE");
        t.http_headers(["X-A: former"])?;
        assert_option(
            t.http_headers(["X-A: latter", "X\0: y"]),
            "CURLOPT_HTTPHEADER",
        );
        assert_option(t.http_headers(["\0"]), "CURLOPT_HTTPHEADER");
        Ok(())
    });
    assert_eq!(sent.header("user-agent"), Some("former"));
    assert_eq!(sent.header("cookie"), Some("from=file"));
    assert_eq!(sent.header("x-a"), Some("former"));
}

#[test]
fn text_that_libcurl_refuses_leaves_the_former_value() {
    let long = "x".repeat(9_000_000);
    let sent = request(|t, _| {
        t.useragent("former")?;
        assert_option(t.useragent(&long), "CURLOPT_USERAGENT");
        Ok(())
    });
    assert_eq!(sent.header("user-agent"), Some("former"));
}

#[test]
fn no_value_smuggles_a_line_into_the_request() {
    let server = Server::ok("");
    let mut t = collecting(&server.url("/"));
    t.useragent("harmless").unwrap();
    assert_option(t.useragent("a\r\nEvil: 1"), "CURLOPT_USERAGENT");
    assert_option(t.referer("a\nEvil: 1"), "CURLOPT_REFERER");
    assert_option(t.cookie("a=b\rEvil: 1"), "CURLOPT_COOKIE");
    assert_option(t.range("0-1\r\nEvil: 1"), "CURLOPT_RANGE");
    assert_option(t.accept_encoding("a\nEvil: 1"), "CURLOPT_ACCEPT_ENCODING");
    assert_option(
        t.custom_request("GET / HTTP/1.1\r\nEvil: 1"),
        "CURLOPT_CUSTOMREQUEST",
    );
    assert_option(
        t.http_headers(["A: b", "C: d\r\nEvil: 1"]),
        "CURLOPT_HTTPHEADER",
    );
    t.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.header("user-agent"), Some("harmless"));
    assert_eq!(sent.header("evil"), None);
}
