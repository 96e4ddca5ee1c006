//! The values of options that take a set of bits or a choice. The linked libcurl has the value, or the
//! error names it.
#![allow(deprecated, reason = "the deprecated ones are options too")]

use bitflags::Flags;
use curlback::multi::{NetworkChange, Pipelining};
use curlback::*;

use crate::support::server::Server;
use crate::support::skip::{is_before, is_between, skip, skip_case};
use crate::support::transfers::{collecting, request};

type Call = fn(&mut Transfer<()>) -> Result<(), Error>;
type Set<V> = fn(&mut Transfer<()>, V) -> Result<(), Error>;

/// A value: its name in libcurl, the release that added it, the feature or protocol that it needs,
/// and the call that sets it.
struct Row {
    name: &'static str,
    since: &'static str,
    with: Option<&'static str>,
    call: Call,
}

/// Makes a row for each value of a method.
macro_rules! rows {
    ($($method:ident($type:ident): $($value:ident = $name:literal $since:literal $(with $feature:literal)?,)*;)*) => {
        &[$($(Row {
            name: $name,
            since: $since,
            with: [$(Some($feature),)? None][0],
            call: |t| t.$method($type::$value),
        },)*)*]
    };
}

fn version(text: &str) -> Version {
    let numbers: Vec<u8> = text.split('.').map(|n| n.parse().unwrap()).collect();
    Version::new(numbers[0], numbers[1], numbers.get(2).copied().unwrap_or(0))
}

fn has(name: &str) -> bool {
    curlback::version().has_feature(name) || curlback::version().has_protocol(name)
}

#[test]
fn each_value_is_taken_or_named_with_its_release() {
    let linked = Version::linked();
    let mut taken = 0;
    for row in ROWS {
        let mut transfer = Transfer::new(()).unwrap();
        let is_there = linked >= version(row.since) && row.with.is_none_or(has);
        match (row.call)(&mut transfer) {
            Ok(()) => {
                assert!(is_there, "{} was taken", row.name);
                taken += 1;
            }
            // The option is newer than the linked libcurl, or is not built in.
            Err(Error::Unsupported { what, .. }) if what.starts_with("CURLOPT_") => {
                skip_case!("{what} is not there for {}", row.name);
            }
            Err(Error::Unsupported {
                what,
                since,
                linked: stated,
            }) => {
                assert_eq!(what, row.name);
                assert_eq!(since, version(row.since), "{what}");
                assert_eq!(stated, linked);
                assert!(!is_there, "{what} was refused");
            }
            Err(error) => panic!("{}: {error:?}", row.name),
        }
    }
    assert!(taken > 80, "{taken} of {}", ROWS.len());
}

#[test]
fn each_bit_of_a_set_is_asked_for() {
    let mut transfer = Transfer::new(()).unwrap();
    for (bit, feature, name) in [
        (Auth::NTLM, "NTLM", "CURLAUTH_NTLM"),
        (Auth::NTLM_WB, "NTLM_WB", "CURLAUTH_NTLM_WB"),
        (Auth::NEGOTIATE, "SPNEGO", "CURLAUTH_NEGOTIATE"),
        (Auth::HTTPSIG, "HTTPSIG", "CURLAUTH_HTTPSIG"),
    ] {
        let calls: [Set<Auth>; 2] = [|t, v| t.http_auth(v), |t, v| t.proxy_auth(v)];
        for call in calls {
            match call(&mut transfer, Auth::BASIC | bit) {
                Ok(()) => assert!(has(feature), "{name}"),
                Err(Error::Unsupported { what, .. }) => {
                    assert_eq!(what, name);
                    assert!(!has(feature), "{name}");
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

#[test]
fn method_that_is_not_there_is_no_reason_to_send_the_password_in_clear() {
    let without = [(Auth::NTLM, "NTLM"), (Auth::HTTPSIG, "HTTPSIG")];
    let sent = request(|t, _| {
        t.userpwd("me:secret")?;
        for (bit, feature) in without {
            if !has(feature) {
                let error = t.http_auth(Auth::BASIC | bit).unwrap_err();
                assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
                assert!(matches!(t.perform(), Err(Error::Option { .. })));
            }
        }
        t.http_auth(Auth::DIGEST | Auth::ONLY)
    });
    assert_eq!(sent.header("authorization"), None);
}

#[test]
fn sets_of_all_but_some_are_taken_on_every_libcurl() {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer.http_auth(Auth::ANY_SAFE).unwrap();
    transfer.http_auth(Auth::ANY - Auth::NTLM).unwrap();
    transfer.http_auth(Auth::empty()).unwrap();
    transfer.protocols(Protocols::ALL).unwrap();
    transfer.protocols(!Protocols::FILE).unwrap();
    match transfer.ssh_auth_types(SshAuth::ANY - SshAuth::PASSWORD) {
        Err(Error::Unsupported { what, .. }) => assert_eq!(what, "CURLOPT_SSH_AUTH_TYPES"),
        result => result.unwrap(),
    }
}

#[test]
fn bits_that_no_libcurl_has_are_refused() {
    if Version::linked() > Version::new(8, 22, 0) {
        return skip!("this libcurl may have more bits");
    }
    let mut transfer = Transfer::new(()).unwrap();
    let refused = |result: Result<(), Error>, name| match result {
        Err(Error::Option { option, .. }) => assert_eq!(option, name),
        // The linked libcurl lacks the option itself.
        Err(Error::Unsupported { what, .. }) => assert_eq!(what, name),
        other => panic!("{name}: {other:?}"),
    };
    #[rustfmt::skip]
    let () = {
        refused(transfer.http_auth(Auth::from_bits_retain(1 << 20)), "CURLOPT_HTTPAUTH");
        refused(transfer.http_auth(Auth::from_bits_retain(1 << 20) | Auth::BASIC), "CURLOPT_HTTPAUTH");
        refused(transfer.ssl_options(SslOptions::from_bits_retain(1 << 8)), "CURLOPT_SSL_OPTIONS");
        refused(transfer.ws_options(WsOptions::from_bits_retain(1 << 5)), "CURLOPT_WS_OPTIONS");
        refused(transfer.altsvc_ctrl(AltSvc::from_bits_retain(1 << 0)), "CURLOPT_ALTSVC_CTRL");
        refused(transfer.post_redirections(PostRedirections::from_bits_retain(8)), "CURLOPT_POSTREDIR");
        refused(transfer.http_version(HttpVersion::Other(6)), "CURLOPT_HTTP_VERSION");
        refused(transfer.http_version(HttpVersion::Other(29)), "CURLOPT_HTTP_VERSION");
        refused(transfer.http_version(HttpVersion::Other(u32::MAX)), "CURLOPT_HTTP_VERSION");
    };
}

#[test]
fn other_number_of_a_known_version_is_that_version() {
    let mut transfer = Transfer::new(()).unwrap();
    let own = transfer.http_version(HttpVersion::V3Only);
    let other = transfer.http_version(HttpVersion::Other(31));
    assert_eq!(format!("{own:?}"), format!("{other:?}"));
    transfer.http_version(HttpVersion::Other(2)).unwrap();
}

#[test]
fn proxy_type_that_is_not_there_leaves_the_one_that_was_set() {
    let proxy = Server::ok("by proxy");
    let mut transfer = collecting("http://host.invalid/");
    transfer.noproxy("").unwrap();
    transfer
        .proxy(&proxy.url("").replace("http://", ""))
        .unwrap();
    transfer.proxy_userpwd("me:secret").unwrap();
    let has_tls = has("HTTPS-proxy");
    match transfer.proxy_type(ProxyType::Https) {
        Ok(()) => assert!(has_tls),
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "CURLPROXY_HTTPS");
            assert!(!has_tls);
            return;
        }
        Err(error) => panic!("{error:?}"),
    }
    for newer in [ProxyType::Https2, ProxyType::Https3] {
        if let Err(error) = transfer.proxy_type(newer) {
            assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
            // libcurl still speaks TLS with the proxy, which this server does not understand.
            transfer.perform().unwrap_err();
        }
    }
    assert_eq!(proxy.requests().len(), 0);
}

#[test]
fn scheme_of_a_proxy_that_libcurl_does_not_know_fails_before_anything_is_sent() {
    let proxy = Server::ok("by proxy");
    for scheme in ["https2", "https3", "quic", "socks6"] {
        let mut transfer = collecting("http://host.invalid/");
        transfer.noproxy("").unwrap();
        let proxied = proxy.url("").replace("http", scheme);
        transfer.proxy(&proxied).unwrap();
        transfer.proxy_userpwd("me:secret").unwrap();
        transfer.perform().unwrap_err();
    }
    assert_eq!(proxy.requests().len(), 0);
}

#[test]
fn range_of_tls_versions_is_a_limit_or_refused() {
    use SslVersion::*;
    const ALL: [SslVersion; 8] = [Default, Tls1, Ssl2, Ssl3, Tls1_0, Tls1_1, Tls1_2, Tls1_3];
    let calls: [(&str, Set<SslVersions>); 2] = [
        ("CURLOPT_SSLVERSION", |t, v| t.ssl_version(v)),
        ("CURLOPT_PROXY_SSLVERSION", |t, v| t.proxy_ssl_version(v)),
    ];
    if !has("SSL") {
        return skip!("the linked libcurl has no TLS");
    }
    let order = |version| ALL.iter().position(|own| *own == version);
    for (min, max) in ALL.iter().flat_map(|min| ALL.map(|max| (*min, max))) {
        let is_ssl = |version| matches!(version, Ssl2 | Ssl3);
        let is_empty = min != Default && max != Default && order(min) > order(max);
        let refused = is_ssl(min) || is_ssl(max) || max == Tls1 || is_empty;
        for (name, call) in calls {
            let mut transfer = Transfer::new(()).unwrap();
            match call(&mut transfer, SslVersions { min, max }) {
                Ok(()) => assert!(!refused, "{min:?}..={max:?}"),
                Err(Error::Option { option, .. }) => {
                    assert_eq!(option, name);
                    assert!(refused, "{min:?}..={max:?}");
                }
                Err(error) => panic!("{min:?}..={max:?}: {error:?}"),
            }
        }
    }
}

#[test]
fn each_value_of_a_multi_is_taken_or_named_with_its_release() {
    let mut multi = Multi::<()>::new().unwrap();
    multi.pipelining(Pipelining::NOTHING).unwrap();
    let mixes = is_before((7, 88, 0)) || is_between((8, 0, 0), (8, 1, 0));
    match multi.pipelining(Pipelining::MULTIPLEX) {
        Err(Error::Unsupported { what, since, .. }) if mixes => {
            assert_eq!(what, "CURLPIPE_MULTIPLEX");
            assert!(since > Version::linked(), "{since}");
        }
        result => assert!(result.is_ok() && !mixes, "{result:?}"),
    }
    for (_, what) in NetworkChange::all().iter_names() {
        match multi.network_changed(what) {
            Ok(()) => assert!(Version::linked() >= Version::new(8, 16, 0)),
            Err(Error::Unsupported { what, since, .. }) => {
                assert_eq!(what, "CURLMOPT_NETWORK_CHANGED");
                assert_eq!(since, Version::new(8, 16, 0));
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    if Version::linked() <= Version::new(8, 22, 0) {
        let unknown = Pipelining::from_bits_retain(1 << 7);
        let error = multi.pipelining(unknown).unwrap_err();
        assert!(matches!(error, Error::Option { .. }), "{error:?}");
    }
}

#[test]
fn each_kind_of_shared_data_is_taken_or_named_with_its_release() {
    for (kind, name, since) in [
        (ShareData::COOKIES, "CURL_LOCK_DATA_COOKIE", "7.10.3"),
        (ShareData::DNS, "CURL_LOCK_DATA_DNS", "7.10.3"),
        (
            ShareData::SSL_SESSIONS,
            "CURL_LOCK_DATA_SSL_SESSION",
            "7.23.0",
        ),
        (ShareData::CONNECTIONS, "CURL_LOCK_DATA_CONNECT", "7.57.0"),
        (ShareData::PSL, "CURL_LOCK_DATA_PSL", "7.61.0"),
        (ShareData::HSTS, "CURL_LOCK_DATA_HSTS", "7.88.0"),
    ] {
        for data in [kind, kind | ShareData::DNS] {
            match Share::new(data) {
                Ok(_) => assert!(Version::linked() >= version(since), "{name}"),
                Err(Error::Unsupported {
                    what,
                    since: stated,
                    ..
                }) => assert_eq!((what, stated), (name, version(since))),
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

#[test]
fn no_bit_is_missing_here() {
    let rows = |prefix: &str| {
        ROWS.iter()
            .filter(|row| row.name.starts_with(prefix))
            .count()
    };
    // The rows are those of `http_auth` and of `proxy_auth`. `ONLY` and two sets of methods are no
    // methods.
    assert_eq!(rows("CURLAUTH_"), 2 * (Auth::FLAGS.len() - 3));
    assert_eq!(rows("CURLSSH_AUTH_"), SshAuth::FLAGS.len() - 1);
    assert_eq!(rows("CURLPROTO_"), Protocols::FLAGS.len() - 1);
    assert_eq!(rows("CURLSSLOPT_"), 2 * SslOptions::FLAGS.len());
    assert_eq!(rows("CURLGSSAPI_"), GssapiDelegation::FLAGS.len());
    assert_eq!(rows("CURL_REDIR_POST_"), PostRedirections::FLAGS.len());
    assert_eq!(rows("CURLALTSVC_"), AltSvc::FLAGS.len());
    assert_eq!(rows("CURLHSTS_"), Hsts::FLAGS.len());
    assert_eq!(rows("CURLWS_"), WsOptions::FLAGS.len());
    assert_eq!(rows("CURLULFLAG_"), UploadFlags::FLAGS.len());
}

#[rustfmt::skip]
const ROWS: &[Row] = rows! {
    http_auth(Auth):
        BASIC = "CURLAUTH_BASIC" "7.10.6", DIGEST = "CURLAUTH_DIGEST" "7.10.6",
        DIGEST_IE = "CURLAUTH_DIGEST_IE" "7.19.3",
        NEGOTIATE = "CURLAUTH_NEGOTIATE" "7.38.0" with "SPNEGO",
        NTLM = "CURLAUTH_NTLM" "7.10.6" with "NTLM",
        NTLM_WB = "CURLAUTH_NTLM_WB" "7.22.0" with "NTLM_WB",
        BEARER = "CURLAUTH_BEARER" "7.61.0", AWS_SIGV4 = "CURLAUTH_AWS_SIGV4" "7.75.0",
        HTTPSIG = "CURLAUTH_HTTPSIG" "8.22.0" with "HTTPSIG",;
    proxy_auth(Auth):
        BASIC = "CURLAUTH_BASIC" "7.10.6", DIGEST = "CURLAUTH_DIGEST" "7.10.6",
        DIGEST_IE = "CURLAUTH_DIGEST_IE" "7.19.3",
        NEGOTIATE = "CURLAUTH_NEGOTIATE" "7.38.0" with "SPNEGO",
        NTLM = "CURLAUTH_NTLM" "7.10.6" with "NTLM",
        NTLM_WB = "CURLAUTH_NTLM_WB" "7.22.0" with "NTLM_WB",
        BEARER = "CURLAUTH_BEARER" "7.61.0", AWS_SIGV4 = "CURLAUTH_AWS_SIGV4" "7.75.0",
        HTTPSIG = "CURLAUTH_HTTPSIG" "8.22.0" with "HTTPSIG",;
    ssh_auth_types(SshAuth):
        PUBLIC_KEY = "CURLSSH_AUTH_PUBLICKEY" "7.16.1", PASSWORD = "CURLSSH_AUTH_PASSWORD" "7.16.1",
        HOST = "CURLSSH_AUTH_HOST" "7.16.1", KEYBOARD = "CURLSSH_AUTH_KEYBOARD" "7.16.1",
        AGENT = "CURLSSH_AUTH_AGENT" "7.28.0", GSSAPI = "CURLSSH_AUTH_GSSAPI" "7.58.0",;
    gssapi_delegation(GssapiDelegation):
        POLICY = "CURLGSSAPI_DELEGATION_POLICY_FLAG" "7.22.0",
        ALWAYS = "CURLGSSAPI_DELEGATION_FLAG" "7.22.0",;
    netrc(NetRc):
        Ignored = "CURL_NETRC_IGNORED" "7.9.8", Optional = "CURL_NETRC_OPTIONAL" "7.9.8",
        Required = "CURL_NETRC_REQUIRED" "7.9.8",;
    httpsig_algorithm(HttpsigAlgorithm):
        None = "CURLHTTPSIG_NONE" "8.22.0", Ed25519 = "CURLHTTPSIG_ED25519" "8.22.0",
        HmacSha256 = "CURLHTTPSIG_HMAC_SHA256" "8.22.0",;
    ftpsslauth(FtpAuth):
        Default = "CURLFTPAUTH_DEFAULT" "7.12.2", Ssl = "CURLFTPAUTH_SSL" "7.12.2",
        Tls = "CURLFTPAUTH_TLS" "7.12.2",;
    ftp_ssl_ccc(FtpCcc):
        None = "CURLFTPSSL_CCC_NONE" "7.16.1", Passive = "CURLFTPSSL_CCC_PASSIVE" "7.16.1",
        Active = "CURLFTPSSL_CCC_ACTIVE" "7.16.1",;
    ftp_create_missing_dirs(FtpCreateDir):
        None = "CURLFTP_CREATE_DIR_NONE" "7.19.4", Create = "CURLFTP_CREATE_DIR" "7.19.4",
        Retry = "CURLFTP_CREATE_DIR_RETRY" "7.19.4",;
    ftp_filemethod(FtpMethod):
        Default = "CURLFTPMETHOD_DEFAULT" "7.15.3", MultiCwd = "CURLFTPMETHOD_MULTICWD" "7.15.3",
        NoCwd = "CURLFTPMETHOD_NOCWD" "7.15.3", SingleCwd = "CURLFTPMETHOD_SINGLECWD" "7.15.3",;
    rtsp_request(RtspRequest):
        Options = "CURL_RTSPREQ_OPTIONS" "7.20.0", Describe = "CURL_RTSPREQ_DESCRIBE" "7.20.0",
        Announce = "CURL_RTSPREQ_ANNOUNCE" "7.20.0", Setup = "CURL_RTSPREQ_SETUP" "7.20.0",
        Play = "CURL_RTSPREQ_PLAY" "7.20.0", Pause = "CURL_RTSPREQ_PAUSE" "7.20.0",
        Teardown = "CURL_RTSPREQ_TEARDOWN" "7.20.0",
        GetParameter = "CURL_RTSPREQ_GET_PARAMETER" "7.20.0",
        SetParameter = "CURL_RTSPREQ_SET_PARAMETER" "7.20.0",
        Record = "CURL_RTSPREQ_RECORD" "7.20.0", Receive = "CURL_RTSPREQ_RECEIVE" "7.20.0",;
    post_redirections(PostRedirections):
        MOVED_PERMANENTLY = "CURL_REDIR_POST_301" "7.19.1", FOUND = "CURL_REDIR_POST_302" "7.19.1",
        SEE_OTHER = "CURL_REDIR_POST_303" "7.26.0",;
    http_version(HttpVersion):
        Any = "CURL_HTTP_VERSION_NONE" "7.9.1", V1_0 = "CURL_HTTP_VERSION_1_0" "7.9.1",
        V1_1 = "CURL_HTTP_VERSION_1_1" "7.9.1",
        V2 = "CURL_HTTP_VERSION_2_0" "7.33.0" with "HTTP2",
        V2Tls = "CURL_HTTP_VERSION_2TLS" "7.47.0" with "HTTP2",
        V2PriorKnowledge = "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE" "7.49.0" with "HTTP2",
        V3 = "CURL_HTTP_VERSION_3" "7.66.0" with "HTTP3",
        V3Only = "CURL_HTTP_VERSION_3ONLY" "7.88.0" with "HTTP3",;
    follow_location(FollowLocation):
        Never = "CURLOPT_FOLLOWLOCATION" "7.1", All = "CURLFOLLOW_ALL" "7.1",
        ObeyCode = "CURLFOLLOW_OBEYCODE" "8.13.0", FirstOnly = "CURLFOLLOW_FIRSTONLY" "8.13.0",;
    time_condition(TimeCondition):
        None = "CURL_TIMECOND_NONE" "7.9.7", IfModifiedSince = "CURL_TIMECOND_IFMODSINCE" "7.9.7",
        IfUnmodifiedSince = "CURL_TIMECOND_IFUNMODSINCE" "7.9.7",
        LastModified = "CURL_TIMECOND_LASTMOD" "7.9.7",;
    altsvc_ctrl(AltSvc):
        READ_ONLY_FILE = "CURLALTSVC_READONLYFILE" "7.64.1", H1 = "CURLALTSVC_H1" "7.64.1",
        H2 = "CURLALTSVC_H2" "7.64.1", H3 = "CURLALTSVC_H3" "7.64.1",;
    hsts_ctrl(Hsts):
        ENABLE = "CURLHSTS_ENABLE" "7.74.0", READ_ONLY_FILE = "CURLHSTS_READONLYFILE" "7.74.0",;
    headeropt(HeaderOpt): SEPARATE = "CURLHEADER_SEPARATE" "7.37.0",;
    mime_options(MimeOptions): FORM_ESCAPE = "CURLMIMEOPT_FORMESCAPE" "7.81.0",;
    ws_options(WsOptions):
        RAW_MODE = "CURLWS_RAW_MODE" "7.86.0", NO_AUTO_PONG = "CURLWS_NOAUTOPONG" "8.14.0",;
    upload_flags(UploadFlags):
        ANSWERED = "CURLULFLAG_ANSWERED" "8.13.0", DELETED = "CURLULFLAG_DELETED" "8.13.0",
        DRAFT = "CURLULFLAG_DRAFT" "8.13.0", FLAGGED = "CURLULFLAG_FLAGGED" "8.13.0",
        SEEN = "CURLULFLAG_SEEN" "8.13.0",;
    ip_resolve(IpResolve):
        Any = "CURL_IPRESOLVE_WHATEVER" "7.10.8", V4 = "CURL_IPRESOLVE_V4" "7.10.8",
        V6 = "CURL_IPRESOLVE_V6" "7.10.8" with "IPv6",;
    proxy_type(ProxyType):
        Http = "CURLPROXY_HTTP" "7.10", Http1 = "CURLPROXY_HTTP_1_0" "7.19.4",
        Https = "CURLPROXY_HTTPS" "7.52.0" with "HTTPS-proxy",
        Https2 = "CURLPROXY_HTTPS2" "8.1.0" with "HTTPS-proxy",
        Socks4 = "CURLPROXY_SOCKS4" "7.10", Socks5 = "CURLPROXY_SOCKS5" "7.10",
        Socks4a = "CURLPROXY_SOCKS4A" "7.18.0",
        Socks5Hostname = "CURLPROXY_SOCKS5_HOSTNAME" "7.18.0",
        Https3 = "CURLPROXY_HTTPS3" "8.21.0" with "proxy-HTTP3",;
    connect_only(ConnectOnly):
        No = "CURLOPT_CONNECT_ONLY" "7.15.2", Yes = "CURLOPT_CONNECT_ONLY" "7.15.2",
        WebSocket = "CURLOPT_CONNECT_ONLY" "7.86.0" with "ws",;
    protocols(Protocols):
        HTTP = "CURLPROTO_HTTP" "7.19.4", HTTPS = "CURLPROTO_HTTPS" "7.19.4",
        FTP = "CURLPROTO_FTP" "7.19.4", FTPS = "CURLPROTO_FTPS" "7.19.4",
        SCP = "CURLPROTO_SCP" "7.19.4", SFTP = "CURLPROTO_SFTP" "7.19.4",
        TELNET = "CURLPROTO_TELNET" "7.19.4", LDAP = "CURLPROTO_LDAP" "7.19.4",
        LDAPS = "CURLPROTO_LDAPS" "7.19.4", DICT = "CURLPROTO_DICT" "7.19.4",
        FILE = "CURLPROTO_FILE" "7.19.4", TFTP = "CURLPROTO_TFTP" "7.19.4",
        IMAP = "CURLPROTO_IMAP" "7.20.0", IMAPS = "CURLPROTO_IMAPS" "7.20.0",
        POP3 = "CURLPROTO_POP3" "7.20.0", POP3S = "CURLPROTO_POP3S" "7.20.0",
        SMTP = "CURLPROTO_SMTP" "7.20.0", SMTPS = "CURLPROTO_SMTPS" "7.20.0",
        RTSP = "CURLPROTO_RTSP" "7.20.0", RTMP = "CURLPROTO_RTMP" "7.21.0",
        RTMPT = "CURLPROTO_RTMPT" "7.21.0", RTMPE = "CURLPROTO_RTMPE" "7.21.0",
        RTMPTE = "CURLPROTO_RTMPTE" "7.21.0", RTMPS = "CURLPROTO_RTMPS" "7.21.0",
        RTMPTS = "CURLPROTO_RTMPTS" "7.21.0", GOPHER = "CURLPROTO_GOPHER" "7.21.2",
        SMB = "CURLPROTO_SMB" "7.40.0", SMBS = "CURLPROTO_SMBS" "7.40.0",
        MQTT = "CURLPROTO_MQTT" "7.71.0", GOPHERS = "CURLPROTO_GOPHERS" "7.75.0",;
    use_ssl(UseSsl):
        None = "CURLUSESSL_NONE" "7.17.0", Try = "CURLUSESSL_TRY" "7.17.0",
        Control = "CURLUSESSL_CONTROL" "7.17.0", All = "CURLUSESSL_ALL" "7.17.0",;
    ssl_version(SslVersion):
        Default = "CURL_SSLVERSION_DEFAULT" "7.9.2", Tls1 = "CURL_SSLVERSION_TLSv1" "7.9.2",
        Tls1_0 = "CURL_SSLVERSION_TLSv1_0" "7.34.0", Tls1_1 = "CURL_SSLVERSION_TLSv1_1" "7.34.0",
        Tls1_2 = "CURL_SSLVERSION_TLSv1_2" "7.34.0", Tls1_3 = "CURL_SSLVERSION_TLSv1_3" "7.52.0",;
    ssl_options(SslOptions):
        ALLOW_BEAST = "CURLSSLOPT_ALLOW_BEAST" "7.25.0", NO_REVOKE = "CURLSSLOPT_NO_REVOKE" "7.44.0",
        NO_PARTIAL_CHAIN = "CURLSSLOPT_NO_PARTIALCHAIN" "7.68.0",
        REVOKE_BEST_EFFORT = "CURLSSLOPT_REVOKE_BEST_EFFORT" "7.70.0",
        NATIVE_CA = "CURLSSLOPT_NATIVE_CA" "7.71.0",
        AUTO_CLIENT_CERT = "CURLSSLOPT_AUTO_CLIENT_CERT" "7.77.0",
        EARLY_DATA = "CURLSSLOPT_EARLYDATA" "8.11.0",;
    proxy_ssl_options(SslOptions):
        ALLOW_BEAST = "CURLSSLOPT_ALLOW_BEAST" "7.25.0", NO_REVOKE = "CURLSSLOPT_NO_REVOKE" "7.44.0",
        NO_PARTIAL_CHAIN = "CURLSSLOPT_NO_PARTIALCHAIN" "7.68.0",
        REVOKE_BEST_EFFORT = "CURLSSLOPT_REVOKE_BEST_EFFORT" "7.70.0",
        NATIVE_CA = "CURLSSLOPT_NATIVE_CA" "7.71.0",
        AUTO_CLIENT_CERT = "CURLSSLOPT_AUTO_CLIENT_CERT" "7.77.0",
        EARLY_DATA = "CURLSSLOPT_EARLYDATA" "8.11.0",;
};
