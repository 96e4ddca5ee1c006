//! Options: RTSP, TFTP and Telnet.

use crate::options::values::ftp::RtspRequest;

#[rustfmt::skip]
options! { "other protocols";
    rtsp_request: value<RtspRequest>, "CURLOPT_RTSP_REQUEST", 189, "7.20.0", "Sets the request of RTSP; OPTIONS by default.";
    rtsp_session_id: line, "CURLOPT_RTSP_SESSION_ID", 190, "7.20.0", "Sets the session of RTSP; by default the one that the server names.";
    rtsp_stream_uri: line, "CURLOPT_RTSP_STREAM_URI", 191, "7.20.0", "Sets the stream of RTSP; the URL by default.";
    rtsp_transport: line, "CURLOPT_RTSP_TRANSPORT", 192, "7.20.0", "Sets the `Transport` header of RTSP, which [`RtspRequest::Setup`] needs.";
    rtsp_client_cseq: number<u32>, "CURLOPT_RTSP_CLIENT_CSEQ", 193, "7.20.0", "Sets the number of the next request.";
    rtsp_server_cseq: number<u32>, "CURLOPT_RTSP_SERVER_CSEQ", 194, "7.20.0", "Sets the number of the server's next request; libcurl expects none.";
    tftp_blksize: number<u16>, "CURLOPT_TFTP_BLKSIZE", 178, "7.19.4", "Sets the size of TFTP's blocks, from 8 to 65,464 bytes; 512 by default.";
    tftp_no_options: flag, "CURLOPT_TFTP_NO_OPTIONS", 242, "7.48.0", "Sends a TFTP server no options, which some do not understand; off by default.";
    telnet_options: lines, "CURLOPT_TELNETOPTIONS", 70, "7.7", "Sets what Telnet negotiates: `TTYPE=`, `XDISPLOC=`, `NEW_ENV=`.";
}
