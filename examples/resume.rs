//! Downloads a file, and continues when the connection breaks.

mod cli;

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use curlback::Transfer;
use curlback::handlers::{Download, DownloadError};

const USAGE: &str = "\
usage: resume [URL FILE]

Downloads URL to FILE. Run it again to continue after an interruption. Without
arguments, downloads from a server of its own, which breaks each connection.";

/// The program gives up after this number of attempts in a row that receive nothing.
const TRIES: u32 = 5;

fn download(url: &str, path: &Path, pause: Duration) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Download::to(path))?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.low_speed_limit(1)?;
    transfer.low_speed_time(Duration::from_secs(30))?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let mut tries = 0;
    loop {
        match transfer.download() {
            Ok(done) => {
                let (from, len) = (done.continued_at(), done.len());
                println!("{}: {len} bytes, continued at {from}", path.display());
                return Ok(());
            }
            Err(DownloadError::Transfer(error)) => {
                let received = transfer.download_size()?;
                println!("{received} bytes, then {error}");
                tries = if received > 0 { 0 } else { tries + 1 };
                if tries >= TRIES {
                    return Err(error.into());
                }
                thread::sleep(pause);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Downloads a file of 10,000 bytes from a server that sends at most 4,000 bytes on each connection.
fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || -> std::io::Result<()> {
        for socket in listener.incoming() {
            let mut socket = socket?;
            let mut from = 0;
            for line in BufReader::new(&socket).lines().map_while(Result::ok) {
                let range = line.strip_prefix("Range: bytes=");
                from = range.map_or(from, |range| {
                    range.trim_end_matches('-').parse().unwrap_or(0)
                });
                if line.is_empty() {
                    break;
                }
            }
            let status = if from == 0 {
                "200 OK"
            } else {
                "206 Partial Content"
            };
            let left = 10_000 - from;
            write!(
                socket,
                "HTTP/1.1 {status}\r\nETag: \"1\"\r\nContent-Length: {left}\r\n\
                 Content-Range: bytes {from}-9999/10000\r\n\r\n{}",
                "x".repeat(left.min(4000))
            )?;
        }
        Ok(())
    });
    let directory = tempfile::tempdir()?;
    download(&url, &directory.path().join("file"), Duration::ZERO)
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo(),
        [url, path] => download(url, Path::new(path), Duration::from_secs(1)),
        _ => Err("expected URL and FILE, or neither; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
