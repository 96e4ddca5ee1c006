//! Uploads a body piece by piece while the program makes it, and prints the answer.

mod cli;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write, copy, stdin, stdout};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use curlback::Transfer;

const USAGE: &str = "\
usage: upload_pieces [URL]

Sends each line of standard input as soon as it is read. Without a URL, sends
lines of its own to a server of its own.";

/// Sends each line, and prints the answer.
fn upload(
    url: &str,
    lines: impl Iterator<Item = std::io::Result<String>>,
) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.upload(true)?;
    transfer.connect_timeout(Duration::from_secs(30))?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let mut upload = transfer.open_upload()?;
    upload.set_timeout(Some(Duration::from_secs(30)));
    for line in lines {
        // If this fails, the server has answered early or the transfer has failed. `finish` returns the response or the
        // error.
        if writeln!(upload, "{}", line?)
            .and_then(|()| upload.flush())
            .is_err()
        {
            break;
        }
    }
    let mut response = upload.finish()?;
    let status = response.status();
    copy(&mut response, &mut stdout())?;
    response.finish()?;
    match status {
        200..=299 => Ok(()),
        _ => Err(format!("the server answered with status {status}").into()),
    }
}

/// Serves one upload: prints each part of the body as it arrives, and answers at the end.
fn serve(socket: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    let mut answer = socket;
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if line.eq_ignore_ascii_case("Expect: 100-continue\r\n") {
            answer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
    }
    let mut total = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
        let mut part = String::new();
        reader.by_ref().take(size).read_to_string(&mut part)?;
        reader.read_line(&mut line)?;
        if size == 0 {
            break;
        }
        print!("arrived: {part}");
        total += size;
    }
    let body = format!("{total} bytes\n");
    write!(
        answer,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    let server = thread::spawn(move || serve(&listener.accept()?.0));
    upload(&url, (1..=3).map(|number| Ok(format!("piece {number}"))))?;
    Ok(server.join().map_err(|_| "the server panicked")??)
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo(),
        [url] => upload(url, stdin().lines()),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
