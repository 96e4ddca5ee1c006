//! What the example needs beside the upload: its arguments, its output, and a
//! server to upload to when no other is named.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::{self, JoinHandle};

use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

const USAGE: &str = "\
Usage: file_upload [--cacert FILE] [URL FILE]

Uploads FILE to URL. User name and password may stand in the URL.
Without arguments, uploads 64 MiB to a server of its own.

      --cacert FILE  trust the certificates in FILE instead of the system's
  -h, --help         show this text";

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) target: Option<(String, PathBuf)>,
    pub(crate) cacert: Option<PathBuf>,
}

/// Reads the command line; `None` if all it asked for was help.
pub(crate) fn parse_args() -> Result<Option<Args>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let mut args = Args::default();
    let mut values: Vec<OsString> = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("cacert") => args.cacert = Some(parser.value()?.into()),
            Short('h') | Long("help") => {
                println!("{USAGE}");
                return Ok(None);
            }
            Value(value) => values.push(value),
            _ => return Err(arg.unexpected().into()),
        }
    }
    args.target = match <[OsString; 2]>::try_from(values) {
        Ok([url, file]) => Some((url.string()?, file.into())),
        Err(none) if none.is_empty() => None,
        Err(_) => return Err("expected URL and FILE, or neither; see --help".into()),
    };
    Ok(Some(args))
}

/// Moves the bar, or prints a line for each tenth where no bar can be drawn.
pub(crate) fn show(bar: &ProgressBar, uploaded: u64) {
    let size = bar.length().unwrap_or(0).max(1);
    let tenth = |bytes| bytes * 10 / size;
    if bar.is_hidden() && tenth(uploaded) > tenth(bar.position()) {
        eprintln!("{uploaded} of {size} bytes");
    }
    bar.set_position(uploaded);
}

/// Says in one line why the upload failed.
pub(crate) fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("file_upload: {error:#}");
    ExitCode::FAILURE
}

/// A server for one upload, and a file to upload to it.
pub(crate) struct Demo {
    address: SocketAddr,
    file: NamedTempFile,
    sent: String,
    server: JoinHandle<io::Result<String>>,
}

impl Demo {
    pub(crate) fn start() -> io::Result<Demo> {
        let mut file = NamedTempFile::new()?;
        let mut hash = Sha256::new();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..64 {
            // xorshift64: a byte lost or sent twice changes the hash.
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

    pub(crate) fn target(&self) -> (String, PathBuf) {
        (
            format!("http://{}/upload", self.address),
            self.file.path().into(),
        )
    }

    /// Checks that the server got the very bytes of the file.
    pub(crate) fn check(self) -> Result<(), Box<dyn Error>> {
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
