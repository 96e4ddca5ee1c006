//! Posts a form: fields, files, and a part that is made while it is sent.

mod cli;

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;

use curlback::handlers::Collect;
use curlback::{Mime, Part, ReadBuf, ReadResult, Transfer};

const USAGE: &str = "\
usage: multipart [URL NAME=VALUE|NAME=@FILE...]

Posts the fields and the files to URL as multipart/form-data, and prints the
answer. Without arguments, posts to a server of its own.";

fn main() -> ExitCode {
    cli::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    match cli::values(USAGE, [])?.split_first() {
        None => demo(),
        Some((url, fields)) if url.contains("://") => {
            let parts: Option<Vec<Part>> = fields.iter().map(|field| part(field)).collect();
            let parts = parts.ok_or("a field is NAME=VALUE or NAME=@FILE")?;
            post(url, parts.into_iter().collect(), false)
        }
        Some(_) => Err("expected URL and fields, or nothing; see --help".into()),
    }
}

fn part(field: &str) -> Option<Part> {
    let (name, value) = field.split_once('=')?;
    let part = match value.strip_prefix('@') {
        Some(path) => Part::file(path),
        None => Part::data(value),
    };
    Some(part.name(name))
}

/// Posts a form, and prints the answer.
fn post(url: &str, form: Mime, own_server: bool) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    transfer.mime(form)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if own_server {
        // Uses no proxy, since a proxy on another machine could not connect to this machine's own address.
        transfer.proxy("")?;
    }
    transfer.perform()?;
    io::stdout().write_all(transfer.handler().body())?;
    Ok(())
}

fn demo() -> Result<(), Box<dyn Error>> {
    let mut file = tempfile::NamedTempFile::with_suffix(".txt")?;
    file.write_all(b"what stands in a file\n")?;

    // The whole part is never in memory, and its size is not known before its end.
    let mut squares = (1..=100_000_u64).map(|n| format!("{}\n", n * n));
    let mut line = String::new();
    let squares = move |buffer: &mut ReadBuf<'_>| {
        loop {
            let taken = buffer.append(line.as_bytes());
            line.drain(..taken);
            if !line.is_empty() {
                return ReadResult::Continue;
            }
            match squares.next() {
                Some(next) => line = next,
                None => return ReadResult::Continue,
            }
        }
    };

    let form = Mime::new()
        .part(Part::data("a form").name("title"))
        .part(Part::file(file.path()).name("note").filename("note.txt"))
        .part(
            Part::reader(squares)
                .name("squares")
                .content_type("text/csv"),
        );
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/form", listener.local_addr()?);
    let server = thread::spawn(move || serve(&listener));
    post(&url, form, true)?;
    server.join().map_err(|_| "the server panicked")??;
    Ok(())
}

/// Receives one form, and answers with what it has found in the form.
fn serve(listener: &TcpListener) -> io::Result<()> {
    let mut client = BufReader::new(listener.accept()?.0);
    let mut boundary = String::new();
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        client.read_line(&mut line)?;
        if let Some((_, after)) = line.split_once("boundary=") {
            boundary = format!("\r\n--{}", after.trim_end());
        }
        if line.to_ascii_lowercase().starts_with("expect:") {
            client
                .get_mut()
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
    }
    // The body arrives in chunks. Each chunk is a line with its length, and then as many bytes.
    let mut body = b"\r\n".to_vec();
    loop {
        line.clear();
        client.read_line(&mut line)?;
        let len = u64::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        (&mut client).take(len).read_to_end(&mut body)?;
        client.read_line(&mut line)?;
        if len == 0 {
            break;
        }
    }
    let body = String::from_utf8_lossy(&body);
    let mut answer = String::new();
    for part in body.split(&boundary).skip(1) {
        if let Some((head, content)) = part.split_once("\r\n\r\n") {
            let name = head
                .split("name=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let name = name.unwrap_or("?");
            answer.push_str(&format!("{name}: {} bytes\n", content.len()));
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    );
    client.get_mut().write_all((head + &answer).as_bytes())
}
