//! An RTSP server for one test, which sends RTP packets before its answers, except before that to SETUP.

use curlback::{Callbacks, RtspRequest, Transfer};

use crate::support::bodies::pattern;
use crate::support::server::{Conn, Server};

pub(crate) fn packet(channel: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [&[b'$', channel, high, low], payload].concat()
}

pub(crate) fn packets() -> Vec<(u8, Vec<u8>)> {
    vec![
        (0, b"first".to_vec()),
        (1, pattern(65_535)),
        (0, b"last".to_vec()),
    ]
}

/// Answers one request. Sends all packets before the answer, unless the request is SETUP. Returns
/// `false` if the client has closed.
fn answer(conn: &mut Conn) -> bool {
    let Some(request) = conn.head() else {
        return false;
    };
    let cseq = request.header("cseq").unwrap().to_owned();
    let session = "Session: own\r\n";
    if request.line.starts_with("SETUP") {
        let transport = request.header("transport").unwrap();
        conn.send(format!(
            "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n{session}Transport: {transport}\r\n\r\n"
        ));
        return true;
    }
    let packets = packets()
        .into_iter()
        .map(|(channel, data)| packet(channel, &data));
    conn.send(packets.flatten().collect::<Vec<u8>>());
    conn.send(format!("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n{session}\r\n"));
    true
}

pub(crate) fn server() -> Server {
    Server::new(|conn| while answer(conn) {})
}

/// Performs the SETUP of a stream, and sets the options with which the next `perform` plays it.
pub(crate) fn set_up<H: Callbacks>(transfer: &mut Transfer<H>, server: &Server) {
    let url = server.url("/stream").replace("http://", "rtsp://");
    transfer.url(&url).unwrap();
    transfer.rtsp_stream_uri(&url).unwrap();
    // Some releases of libcurl skip packets of channels that no SETUP has named, so this SETUP comes
    // first.
    transfer.rtsp_request(RtspRequest::Setup).unwrap();
    transfer
        .rtsp_transport("RTP/AVP/TCP;interleaved=0-1")
        .unwrap();
    transfer.perform().unwrap();
    transfer.rtsp_request(RtspRequest::Play).unwrap();
}
