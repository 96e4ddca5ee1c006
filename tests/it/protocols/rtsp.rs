//! Options of RTSP, as a server sees them.

use curlback::{Error, RtspRequest};

use crate::support::built_in::speaks;
use crate::support::server::Server;
use crate::support::transfers::collecting;

#[test]
fn rtsp_requests_are_as_said() {
    if !speaks("rtsp") {
        return;
    }
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let number = request.header("cseq").unwrap();
            conn.send(format!(
                "RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: mine\r\n\r\n"
            ));
        }
    });
    let url = server.url("/stream").replace("http:", "rtsp:");
    let mut transfer = collecting(&url);
    transfer.rtsp_request(RtspRequest::Setup).unwrap();
    transfer.rtsp_stream_uri(format!("{url}/track")).unwrap();
    transfer.rtsp_transport("RTP/AVP;unicast").unwrap();
    transfer.rtsp_client_cseq(41).unwrap();
    transfer.perform().unwrap();
    let sent = &server.requests()[0];
    assert_eq!(sent.line, format!("SETUP {url}/track RTSP/1.0"));
    assert_eq!(sent.header("transport"), Some("RTP/AVP;unicast"));
    assert_eq!(sent.header("cseq"), Some("41"));
    let info = transfer.info();
    assert_eq!(info.rtsp_session_id().unwrap(), Some("mine"));
    assert_eq!(info.rtsp_client_cseq().unwrap(), 42);
    assert_eq!(info.rtsp_cseq_recv().unwrap(), 41);
    transfer.rtsp_request(RtspRequest::Teardown).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[1].header("session"), Some("mine"));
    let error = transfer.rtsp_stream_uri("rtsp://a\r\nX: y").unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}
