//! The headers of a request.

use std::error::Error;

use curlback::Transfer;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// Headers that are not simply forwarded: those of one connection, and those that libcurl or the proxy makes itself.
const OWN: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Returns whether a header is always forwarded to the other side.
pub(crate) fn is_forwarded(name: &str) -> bool {
    !OWN.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// A request without its body.
pub(crate) struct Request {
    pub(crate) transfer: Transfer<()>,
    pub(crate) is_head: bool,
    /// The length of the body.
    pub(crate) length: Option<u64>,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(crate) is_waiting: bool,
}

/// Reads the headers of a request, and makes the transfer that forwards it.
pub(crate) async fn read(
    reader: &mut (impl AsyncBufRead + Unpin),
    backend: &str,
) -> Result<Request, Box<dyn Error + Send + Sync>> {
    let mut lines = reader.take(64 << 10).lines();
    let first = lines.next_line().await?.unwrap_or_default();
    let [method, path, _] = first.split(' ').collect::<Vec<_>>()[..] else {
        return Err("this is no request".into());
    };
    let (mut headers, mut length, mut is_waiting) = (Vec::new(), None, false);
    loop {
        let line = lines.next_line().await?.ok_or("the headers do not end")?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or("a header has no colon")?;
        match (name.to_ascii_lowercase().as_str(), value.trim()) {
            ("content-length", value) => length = Some(value.parse()?),
            ("transfer-encoding", _) => {
                return Err("only bodies with a length are supported".into());
            }
            ("expect", _) => is_waiting = true,
            (name, _) if !is_forwarded(name) => {}
            (_, "") => headers.push(format!("{name};")),
            (_, value) => headers.push(format!("{name}: {value}")),
        }
    }
    let path = path.strip_prefix('/').ok_or("this is no path")?;
    let is_head = method == "HEAD";
    let mut transfer = Transfer::new(())?;
    transfer.url(&format!("{backend}/{path}"))?;
    transfer.path_as_is(true)?;
    transfer.proxy("")?;
    transfer.http_headers(headers)?;
    transfer.nobody(is_head)?;
    transfer.custom_request(method)?;
    // A request with HEAD is forwarded without its body: in an upload, libcurl would wait for the body of the response,
    // and there is none.
    let length = length.filter(|_| !is_head);
    if let Some(length) = length {
        transfer.in_filesize(length)?;
    }
    Ok(Request {
        transfer,
        is_head,
        length,
        is_waiting,
    })
}
