//! A compressed response, decoded while it arrives.

mod server;

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::sync::{Mutex, mpsc};

use curlback::Transfer;
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use server::{LIMIT, Server};

fn each_line(url: &str, mut line: impl FnMut(String)) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.fail_on_error(true)?;
    let response = transfer.open()?;
    for next in BufReader::new(GzDecoder::new(response)).lines() {
        line(next?);
    }
    Ok(())
}

#[test]
fn decodes_the_first_half_before_the_second_is_sent() {
    let (decoded, lines) = mpsc::channel();
    let lines = Mutex::new(lines);
    let server = Server::start(move |_, to| {
        write!(to, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        let mut body = GzEncoder::new(to, Compression::default());
        body.write_all(b"one\n")?;
        body.flush()?;
        let first: String = lines.lock().unwrap().recv_timeout(LIMIT).unwrap();
        writeln!(body, "{first} and two")?;
        body.finish()?;
        Err(io::Error::other(
            "the end of the body is that of the connection",
        ))
    });
    let mut received = Vec::new();
    let result = each_line(&server.url("/lines.gz"), |line| {
        received.push(line.clone());
        // After the first line, the server no longer receives lines.
        let _ = decoded.send(line);
    });
    result.unwrap();
    assert_eq!(received, ["one", "one and two"]);
}
