//! Every information, before, during and after a transfer.
#![allow(deprecated, reason = "the deprecated ones are information too")]

use std::collections::BTreeSet;

use curlback::{Callbacks, Error, Info, ProgressResult, Transfer, XferInfo};

use crate::support::server::Server;

type Ask = fn(&Info<'_>) -> Result<(), Error>;

/// Asks for every information, and returns how many the linked libcurl supports.
fn ask_for_all(info: &Info<'_>) -> usize {
    let mut known = 0;
    for (names, ask) in INFOS {
        match ask(info) {
            Ok(()) => known += 1,
            Err(Error::Unsupported { what, .. }) => assert_eq!(what, names[0]),
            Err(error) => panic!("{names:?}: {error:?}"),
        }
    }
    known
}

#[derive(Default)]
struct Curious(BTreeSet<usize>);

impl Callbacks for Curious {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.0.insert(ask_for_all(progress.info()));
        ProgressResult::Continue
    }
}

#[test]
fn every_information_can_be_had_at_any_time() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Curious::default()).unwrap();
    let before = ask_for_all(&transfer.info());
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    let after = ask_for_all(&transfer.info());
    assert_eq!(transfer.handler().0, BTreeSet::from([after]));
    assert_eq!(before, after);
    assert!(after > 60, "{after}");
    eprintln!("{after} of {} are known", INFOS.len());
    transfer.reset().unwrap();
    assert_eq!(ask_for_all(&transfer.info()), after);
}

#[test]
fn complete_list_of_infos_is_asked_for_here() {
    let listed = include_str!("../../libcurl-8.22/infos.txt");
    let mut missing: BTreeSet<_> = listed
        .lines()
        .map(|line| format!("CURLINFO_{}", line.split(' ').nth(2).unwrap()))
        .collect();
    for name in INFOS.iter().flat_map(|(names, _)| *names) {
        assert!(missing.remove(*name), "{name}");
    }
    // The crate has no method for this information. The handler takes its place.
    assert_eq!(Vec::from_iter(missing), ["CURLINFO_PRIVATE"]);
}

#[rustfmt::skip]
const INFOS: &[(&[&str], Ask)] = &[
    (&["CURLINFO_EFFECTIVE_URL"], |i| i.effective_url().map(drop)),
    (&["CURLINFO_EFFECTIVE_METHOD"], |i| i.effective_method().map(drop)),
    (&["CURLINFO_RESPONSE_CODE"], |i| i.response_code().map(drop)),
    (&["CURLINFO_HTTP_CONNECTCODE"], |i| i.http_connectcode().map(drop)),
    (&["CURLINFO_CONTENT_TYPE"], |i| i.content_type().map(drop)),
    (&["CURLINFO_FILETIME_T", "CURLINFO_FILETIME"], |i| i.filetime().map(drop)),
    (&["CURLINFO_RETRY_AFTER"], |i| i.retry_after().map(drop)),
    (&["CURLINFO_CONDITION_UNMET"], |i| i.time_condition_unmet().map(drop)),
    (&["CURLINFO_REDIRECT_COUNT"], |i| i.redirect_count().map(drop)),
    (&["CURLINFO_REDIRECT_URL"], |i| i.redirect_url().map(drop)),
    (&["CURLINFO_HTTPAUTH_AVAIL"], |i| i.http_auth_avail().map(drop)),
    (&["CURLINFO_HTTPAUTH_USED"], |i| i.http_auth_used().map(drop)),
    (&["CURLINFO_PROXYAUTH_AVAIL"], |i| i.proxy_auth_avail().map(drop)),
    (&["CURLINFO_PROXYAUTH_USED"], |i| i.proxy_auth_used().map(drop)),
    (&["CURLINFO_HEADER_SIZE"], |i| i.header_size().map(drop)),
    (&["CURLINFO_REQUEST_SIZE"], |i| i.request_size().map(drop)),
    (&["CURLINFO_COOKIELIST"], |i| i.cookies().map(drop)),
    (&["CURLINFO_FTP_ENTRY_PATH"], |i| i.ftp_entry_path().map(drop)),
    (&["CURLINFO_RTSP_CSEQ_RECV"], |i| i.rtsp_cseq_recv().map(drop)),
    (&["CURLINFO_SIZE_UPLOAD_T"], |i| i.upload_size().map(drop)),
    (&["CURLINFO_SIZE_DOWNLOAD_T"], |i| i.download_size().map(drop)),
    (&["CURLINFO_SIZE_DELIVERED"], |i| i.size_delivered().map(drop)),
    (&["CURLINFO_SPEED_UPLOAD_T"], |i| i.upload_speed().map(drop)),
    (&["CURLINFO_SPEED_DOWNLOAD_T"], |i| i.download_speed().map(drop)),
    (&["CURLINFO_CONTENT_LENGTH_UPLOAD_T"], |i| i.content_length_upload().map(drop)),
    (&["CURLINFO_CONTENT_LENGTH_DOWNLOAD_T"], |i| i.content_length_download().map(drop)),
    (&["CURLINFO_EARLYDATA_SENT_T"], |i| i.early_data_sent().map(drop)),
    (&["CURLINFO_PRIMARY_IP"], |i| i.primary_ip().map(drop)),
    (&["CURLINFO_PRIMARY_PORT"], |i| i.primary_port().map(drop)),
    (&["CURLINFO_LOCAL_IP"], |i| i.local_ip().map(drop)),
    (&["CURLINFO_LOCAL_PORT"], |i| i.local_port().map(drop)),
    (&["CURLINFO_NUM_CONNECTS"], |i| i.num_connects().map(drop)),
    (&["CURLINFO_OS_ERRNO"], |i| i.os_errno().map(drop)),
    (&["CURLINFO_SCHEME"], |i| i.scheme().map(drop)),
    (&["CURLINFO_USED_PROXY"], |i| i.used_proxy().map(drop)),
    (&["CURLINFO_PROXY_ERROR"], |i| i.proxy_error().map(drop)),
    (&["CURLINFO_CONN_ID"], |i| i.conn_id().map(drop)),
    (&["CURLINFO_XFER_ID"], |i| i.xfer_id().map(drop)),
    (&["CURLINFO_ACTIVESOCKET"], |i| i.active_socket().map(drop)),
    (&["CURLINFO_SSL_VERIFYRESULT"], |i| i.ssl_verify_result().map(drop)),
    (&["CURLINFO_PROXY_SSL_VERIFYRESULT"], |i| i.proxy_ssl_verify_result().map(drop)),
    (&["CURLINFO_SSL_ENGINES"], |i| i.ssl_engines().map(drop)),
    (&["CURLINFO_TOTAL_TIME_T"], |i| i.total_time().map(drop)),
    (&["CURLINFO_QUEUE_TIME_T"], |i| i.queue_time().map(drop)),
    (&["CURLINFO_NAMELOOKUP_TIME_T"], |i| i.namelookup_time().map(drop)),
    (&["CURLINFO_CONNECT_TIME_T"], |i| i.connect_time().map(drop)),
    (&["CURLINFO_APPCONNECT_TIME_T"], |i| i.appconnect_time().map(drop)),
    (&["CURLINFO_PRETRANSFER_TIME_T"], |i| i.pretransfer_time().map(drop)),
    (&["CURLINFO_POSTTRANSFER_TIME_T"], |i| i.posttransfer_time().map(drop)),
    (&["CURLINFO_STARTTRANSFER_TIME_T"], |i| i.starttransfer_time().map(drop)),
    (&["CURLINFO_REDIRECT_TIME_T"], |i| i.redirect_time().map(drop)),
    (&["CURLINFO_HTTP_VERSION"], |i| i.http_version().map(drop)),
    (&["CURLINFO_CERTINFO"], |i| i.certinfo().map(drop)),
    (&["CURLINFO_TLS_SSL_PTR"], |i| i.tls_ssl_ptr().map(drop)),
    (&["CURLINFO_REFERER"], |i| i.referer().map(drop)),
    (&["CURLINFO_CAINFO"], |i| i.cainfo().map(drop)),
    (&["CURLINFO_CAPATH"], |i| i.capath().map(drop)),
    (&["CURLINFO_RTSP_SESSION_ID"], |i| i.rtsp_session_id().map(drop)),
    (&["CURLINFO_RTSP_CLIENT_CSEQ"], |i| i.rtsp_client_cseq().map(drop)),
    (&["CURLINFO_RTSP_SERVER_CSEQ"], |i| i.rtsp_server_cseq().map(drop)),
    (&["CURLINFO_TOTAL_TIME"], |i| i.total_time_f64().map(drop)),
    (&["CURLINFO_NAMELOOKUP_TIME"], |i| i.namelookup_time_f64().map(drop)),
    (&["CURLINFO_CONNECT_TIME"], |i| i.connect_time_f64().map(drop)),
    (&["CURLINFO_PRETRANSFER_TIME"], |i| i.pretransfer_time_f64().map(drop)),
    (&["CURLINFO_SIZE_UPLOAD"], |i| i.upload_size_f64().map(drop)),
    (&["CURLINFO_SIZE_DOWNLOAD"], |i| i.download_size_f64().map(drop)),
    (&["CURLINFO_SPEED_DOWNLOAD"], |i| i.download_speed_f64().map(drop)),
    (&["CURLINFO_SPEED_UPLOAD"], |i| i.upload_speed_f64().map(drop)),
    (&["CURLINFO_CONTENT_LENGTH_DOWNLOAD"], |i| i.content_length_download_f64().map(drop)),
    (&["CURLINFO_CONTENT_LENGTH_UPLOAD"], |i| i.content_length_upload_f64().map(drop)),
    (&["CURLINFO_STARTTRANSFER_TIME"], |i| i.starttransfer_time_f64().map(drop)),
    (&["CURLINFO_REDIRECT_TIME"], |i| i.redirect_time_f64().map(drop)),
    (&["CURLINFO_APPCONNECT_TIME"], |i| i.appconnect_time_f64().map(drop)),
    (&["CURLINFO_LASTSOCKET"], |i| i.last_socket().map(drop)),
    (&["CURLINFO_TLS_SESSION"], |i| i.tls_session().map(drop)),
    (&["CURLINFO_PROTOCOL"], |i| i.protocol().map(drop)),
];
