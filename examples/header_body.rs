//! Fetches a URL, and writes its headers to standard error and its body to standard output.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use curlback::{Callbacks, HeaderLine, Transfer, WriteResult, callbacks};

const USAGE: &str = "\
usage: header_body [URL]

Fetches URL. Writes its headers to standard error, its body to standard output.
Without a URL, fetches from a server of its own.";

struct Print;

#[callbacks]
impl Callbacks for Print {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        stderr().write_all(line.as_bytes()).into()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        stdout().write_all(data).into()
    }
}

fn fetch(url: &str) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Print)?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.follow_location(true)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => fetch(&local_server::serve(|conn| {
            conn.reply("200 OK", "the body\n")
        })?),
        [url] => fetch(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
