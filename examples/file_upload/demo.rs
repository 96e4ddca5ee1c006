//! What the example needs beside the upload: its arguments, its output, and a
//! server for the case that the user names none.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::style::TemplateError;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

const USAGE: &str = "\
Usage: file_upload [--cacert FILE] [URL FILE]

Uploads FILE to URL. FILE may be a pipe, such as /dev/stdin. User name and
password may be in the URL. Without arguments, uploads 64 MiB to a server of
its own. The exit status is 1 if the upload fails or the server refuses it.

      --cacert FILE  trust the certificates in FILE instead of the system's
  -h, --help         show this text";

/// What to upload, and where.
pub(crate) struct Job {
    pub(crate) url: String,
    pub(crate) cacert: Option<PathBuf>,
    path: PathBuf,
    demo: Option<Demo>,
}

/// Parses the command line. Returns `None` after it has printed the help.
pub(crate) fn parse_args() -> Result<Option<Job>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let mut cacert = None;
    let mut values: Vec<OsString> = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("cacert") => cacert = Some(parser.value()?.into()),
            Short('h') | Long("help") => {
                println!("{USAGE}");
                return Ok(None);
            }
            Value(value) => values.push(value),
            _ => return Err(format!("{}; see --help", arg.unexpected()).into()),
        }
    }
    let (url, path, demo) = match <[OsString; 2]>::try_from(values) {
        Ok([url, file]) => (url.string()?, file.into(), None),
        Err(none) if none.is_empty() => {
            let demo = Demo::start()?;
            let url = format!("http://{}/upload", demo.address);
            (url, demo.file.path().into(), Some(demo))
        }
        Err(_) => return Err("expected URL and FILE, or neither; see --help".into()),
    };
    Ok(Some(Job {
        url,
        cacert,
        path,
        demo,
    }))
}

impl Job {
    /// Returns whether the server is this example's own, which needs no proxy.
    pub(crate) fn is_demo(&self) -> bool {
        self.demo.is_some()
    }

    /// Opens the file to upload.
    pub(crate) fn open(&self) -> Result<(File, Metadata), String> {
        let named = |error| format!("{}: {error}", self.path.display());
        let file = File::open(&self.path).map_err(named)?;
        let about = file.metadata().map_err(named)?;
        match about.is_dir() {
            true => Err(format!("{}: is a directory", self.path.display())),
            false => Ok((file, about)),
        }
    }

    /// Prints the result. If the example's own server was used, checks what it has received.
    pub(crate) fn report(self, sent: u64, time: Duration) -> Result<(), Box<dyn Error>> {
        let seconds = time.as_secs_f64();
        let rate = sent as f64 / seconds / 1_048_576.0;
        println!("{sent} bytes in {seconds:.3} s, {rate:.1} MiB/s");
        self.demo.map_or(Ok(()), Demo::check)
    }
}

/// Makes a progress bar for this number of bytes, or, with `None`, a counter.
pub(crate) fn bar(size: Option<u64>) -> Result<ProgressBar, TemplateError> {
    Ok(match size {
        Some(size) => ProgressBar::new(size),
        None => {
            let style = ProgressStyle::with_template("{bytes}, {bytes_per_sec}")?;
            ProgressBar::no_length().with_style(style)
        }
    })
}

/// Moves the bar. If no bar can be drawn, prints a line for each tenth of the file, or for each 16 MiB if the size is
/// unknown.
pub(crate) fn show(bar: &ProgressBar, uploaded: u64) {
    let step = |bytes| match bar.length() {
        Some(size) => bytes * 10 / size.max(1),
        None => bytes >> 24,
    };
    if bar.is_hidden() && step(uploaded) > step(bar.position()) {
        match bar.length() {
            Some(size) => eprintln!("{uploaded} of {size} bytes"),
            None => eprintln!("{uploaded} bytes"),
        }
    }
    bar.set_position(uploaded);
}

/// Returns one line with the status and the message of a server that has refused the upload.
pub(crate) fn refusal(status: u32, answer: &[u8]) -> String {
    let answer = String::from_utf8_lossy(answer).replace(char::is_control, " ");
    let words: Vec<&str> = answer.split_whitespace().collect();
    match words.is_empty() {
        true => format!("the server answered with status {status}"),
        false => format!(
            "the server answered with status {status}: {}",
            words.join(" ")
        ),
    }
}

/// Prints in one line why the upload has failed.
pub(crate) fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("file_upload: {error:#}");
    ExitCode::FAILURE
}

/// A server for one upload, and a file to upload to it.
struct Demo {
    address: SocketAddr,
    file: NamedTempFile,
    sent: String,
    server: JoinHandle<io::Result<String>>,
}

impl Demo {
    fn start() -> io::Result<Demo> {
        let mut file = NamedTempFile::new()?;
        let mut hash = Sha256::new();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..64 {
            // xorshift64. The bytes do not repeat, so a byte that is lost or sent twice changes the hash.
            let mut random = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            };
            let mebibyte: Vec<u8> = (0..(1 << 20) / 8).flat_map(|_| random()).collect();
            file.write_all(&mebibyte)?;
            hash.update(&mebibyte);
        }
        let sent = format!("{:x}", hash.finalize());
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        eprintln!("uploading 64 MiB to http://{address}/");
        let server = thread::spawn(move || receive(&listener));
        Ok(Demo {
            address,
            file,
            sent,
            server,
        })
    }

    /// Checks that the server has received exactly the bytes of the file.
    fn check(self) -> Result<(), Box<dyn Error>> {
        let received = self.server.join().map_err(|_| "the server panicked")??;
        if received != self.sent {
            return Err(format!("sent {}, received {received}", self.sent).into());
        }
        println!("the server received the same bytes, SHA-256 {received}");
        Ok(())
    }
}

/// Serves one PUT and returns the SHA-256 of its body.
fn receive(listener: &TcpListener) -> io::Result<String> {
    let mut client = BufReader::with_capacity(256 << 10, listener.accept()?.0);
    let (mut line, mut size) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        client.read_line(&mut line)?;
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => size = value.trim().parse().map_err(io::Error::other)?,
            "expect" => client
                .get_mut()
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
    }
    let mut hash = Sha256::new();
    io::copy(&mut (&mut client).take(size), &mut hash)?;
    client
        .get_mut()
        .write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")?;
    Ok(format!("{:x}", hash.finalize()))
}
