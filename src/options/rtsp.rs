//! Options: RTSP, TFTP and Telnet.

use crate::options::values::ftp::RtspRequest;

#[rustfmt::skip]
options! { "other protocols";
    rtsp_request: value<RtspRequest>, "CURLOPT_RTSP_REQUEST", 189, "7.20.0", "Sets which RTSP request is sent; OPTIONS by default.";
    rtsp_session_id: line, "CURLOPT_RTSP_SESSION_ID", 190, "7.20.0", "Sets the RTSP session id; by default it is the id that the server sends.";
    rtsp_stream_uri: line, "CURLOPT_RTSP_STREAM_URI", 191, "7.20.0", "Sets the URI of the RTSP stream; by default it is `*`, which stands for the server as a whole.";
    rtsp_transport: line, "CURLOPT_RTSP_TRANSPORT", 192, "7.20.0", "Sets the RTSP header `Transport`, which [`RtspRequest::Setup`] needs.";
    rtsp_client_cseq: number<u32>, "CURLOPT_RTSP_CLIENT_CSEQ", 193, "7.20.0", "Sets the sequence number (`CSeq`) of the next RTSP request.";
    rtsp_server_cseq: number<u32>, "CURLOPT_RTSP_SERVER_CSEQ", 194, "7.20.0", "Sets the sequence number (`CSeq`) that the next RTSP request from the server should have. No effect: libcurl does not handle requests from a server.";
    tftp_blksize: number<u16>, "CURLOPT_TFTP_BLKSIZE", 178, "7.19.4", "Sets the size of TFTP's blocks, from 8 to 65,464 bytes; 512 by default.";
    tftp_no_options: flag, "CURLOPT_TFTP_NO_OPTIONS", 242, "7.48.0", "Sends no TFTP options, since some servers do not understand them; off by default.";
    telnet_options: lines, "CURLOPT_TELNETOPTIONS", 70, "7.7", "Sets values for the Telnet negotiation, such as `TTYPE=`, `XDISPLOC=` and `NEW_ENV=`.";
}
