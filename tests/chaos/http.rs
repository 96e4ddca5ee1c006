//! What the HTTP server answers. The path of a request is `/kind/length/seed`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::server::{Conn, Request};
use crate::stream::Stream;

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "HEAD", "CONNECT"];

/// The body of the answers 401, 403 and 404.
pub(crate) const NOTICE: &[u8] = b"";

/// Answers requests until the client or an answer ends the connection.
pub(crate) fn serve(conn: &mut Conn) {
    while let Some(mut request) = conn.head() {
        let line = request.line.clone();
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        // The beginning of a method will do.
        if !METHODS.iter().any(|known| known.starts_with(method)) {
            panic!("no request, but the rest of another's body: {line:?}");
        }
        let mut parts = path.trim_start_matches('/').split('/');
        let kind = parts.next().unwrap_or("").to_owned();
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        let (len, seed) = (number().unwrap_or(0), number().unwrap_or(0));
        let stream = Stream::new(len, seed as u64);
        if kind == "early" {
            // Answers before the body has arrived.
            conn.reply("403 Forbidden", "Connection: close\r\n", NOTICE);
            conn.drain();
            return;
        }
        if conn.body(&mut request).is_err() {
            return;
        }
        let is_head = method == "HEAD";
        let goes_on = match kind.as_str() {
            "put" | "form" => stored(conn, &kind, &request, stream),
            _ if is_head => {
                conn.send(head(stream.len, ""));
                true
            }
            _ => answer(conn, &kind, &request, stream),
        };
        if !goes_on {
            return;
        }
    }
}

fn head(len: usize, headers: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n{headers}\r\n")
}

/// Checks the body of the request, and answers with a body that has the same seed.
fn stored(conn: &mut Conn, kind: &str, request: &Request, stream: Stream) -> bool {
    let body = &request.body;
    // An upload has exactly the promised body; a form contains it in a part.
    if kind == "put" {
        assert_eq!(body.len(), stream.len, "whole body of {}", request.line);
        if let Err(wrong) = stream.check(0, body) {
            panic!("{}: {wrong}", request.line);
        }
    } else {
        let part = stream.all();
        let is_there = part.is_empty() || body.windows(part.len()).any(|found| found == part);
        assert!(is_there, "the form of {} has its part", request.line);
    }
    let answer = Stream::new(100, stream.seed);
    conn.reply("200 OK", "", answer.all());
    true
}

/// Answers a request. Returns whether the connection stays open.
fn answer(conn: &mut Conn, kind: &str, request: &Request, stream: Stream) -> bool {
    let Stream { len, seed } = stream;
    let body = stream.all();
    match kind {
        "ok" => conn.reply("200 OK", "X-Kind: ok\r\nSet-Cookie: a=b\r\n", body),
        "drip" => {
            conn.send(head(len, ""));
            for piece in body.chunks(1 + len / 50) {
                conn.send(piece);
                std::thread::yield_now();
            }
        }
        "hints" => {
            conn.send("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
            conn.reply("200 OK", "", body);
        }
        "many" => {
            let headers: String = (0..100).map(|at| format!("X-{at}: {seed}\r\n")).collect();
            conn.reply("200 OK", &headers, body);
        }
        "chunked" => {
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n");
            for chunk in body.chunks(1 + len / 100 + usize::try_from(seed).unwrap() * 40) {
                conn.send(format!("{:x}\r\n", chunk.len()));
                conn.send([chunk, b"\r\n"].concat());
            }
            conn.send("0\r\nT: 1\r\n\r\n");
        }
        "close" => {
            conn.send("HTTP/1.0 200 OK\r\n\r\n");
            conn.send(body);
            return false;
        }
        "redirect" => {
            let status = ["301 Go", "302 Go", "303 Go", "307 Go", "308 Go"];
            let status = status[usize::try_from(seed).unwrap() % status.len()];
            let place = format!("Location: /ok/{len}/{seed}\r\n");
            conn.reply(status, &place, "moved");
        }
        "basic" | "digest" | "ntlm" => return challenge(conn, kind, request, stream),
        "surplus" => {
            let surplus = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nwrong!";
            conn.send([head(len, "").as_bytes(), &body, surplus.as_bytes()].concat());
        }
        "missing" => conn.reply("404 Not Found", "", NOTICE),
        // The answers from here on are faulty, except the last one.
        "short" => {
            conn.send(head(len + 10, ""));
            conn.send(body);
            return false;
        }
        "torn" => {
            conn.send(head(len + 10, ""));
            conn.send(body);
            conn.reset();
            return false;
        }
        "chunk" => {
            conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            conn.send(format!("{:x}\r\n", len + 5));
            conn.send(body);
            return false;
        }
        "head" => {
            conn.send("HTTP/1.1 200 OK\r\nContent-Le");
            return false;
        }
        "noise" => {
            conn.send(b"\x00\xff\r\n\r\n");
            return false;
        }
        "stall" => {
            conn.send(head(len + 10, ""));
            conn.send(body);
            conn.drain();
            return false;
        }
        "mute" => {
            conn.drain();
            return false;
        }
        "gone" => {
            conn.reset();
            return false;
        }
        _ => conn.reply("404 Not Found", "", NOTICE),
    }
    true
}

/// Sends the body if the client has answered the challenge of this kind; otherwise sends the
/// challenge.
fn challenge(conn: &mut Conn, kind: &str, request: &Request, stream: Stream) -> bool {
    let given = request.header("authorization").unwrap_or("");
    let wanted = match kind {
        "basic" => "Basic realm=\"r\"".to_owned(),
        "digest" => {
            // Without `stale`, a handle that has seen another nonce before gives up. It does so
            // even if its request had only a Basic password.
            let nonce = stream.seed;
            format!(
                "Digest realm=\"r\", nonce=\"n{nonce}\", stale=true, qop=\"auth\", algorithm=MD5"
            )
        }
        _ if given.starts_with("NTLM TlRMTVNTUAAB") => format!("NTLM {}", ntlm_challenge()),
        _ => "NTLM".to_owned(),
    };
    let is_answered = match kind {
        "basic" => given.starts_with("Basic "),
        "digest" => given.starts_with("Digest "),
        _ => given.starts_with("NTLM TlRMTVNTUAAD"),
    };
    match is_answered {
        true => conn.reply("200 OK", "", stream.all()),
        false => {
            let header = format!("WWW-Authenticate: {wanted}\r\n");
            conn.reply("401 Unauthorized", &header, NOTICE);
        }
    }
    true
}

/// Returns the second message of NTLM, in base64. It has the flags for Unicode, NTLM and signing, and a
/// challenge, but no target.
fn ntlm_challenge() -> String {
    let mut message = b"NTLMSSP\0\x02\0\0\0".to_vec();
    message.extend([0, 0, 0, 0, 48, 0, 0, 0]);
    message.extend(0x0000_8201_u32.to_le_bytes());
    message.extend(b"chaos!!!");
    message.extend([0; 16]);
    STANDARD.encode(message)
}
