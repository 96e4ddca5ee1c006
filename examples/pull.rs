//! Reads a body line by line while it arrives, and prints each line with its number.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use curlback::{Transfer, handlers::Collect};

const USAGE: &str = "\
usage: pull [URL]

Reads the body of URL while it arrives, and prints each line with its number.
Without a URL, reads from a server of its own.";

fn read(url: &str) -> Result<(), Box<dyn Error>> {
    // `Collect` keeps the headers. The program reads the body itself, below.
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.follow_location(true)?;
    transfer.accept_encoding("")?; // every encoding that libcurl can decode
    transfer.fail_on_error(true)?;

    let mut response = transfer.open()?;
    response.set_read_timeout(Some(Duration::from_secs(30)));
    eprintln!("status {}", response.status());
    for (name, value) in response.transfer().handler().headers() {
        eprintln!("{name}: {}", value.escape_ascii());
    }

    let mut out = std::io::stdout().lock();
    let (mut line, mut number) = (Vec::new(), 0);
    // If the body is cut short, this returns an error, and not the end of the lines.
    while response.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        writeln!(out, "{number}: {}", line.trim_ascii_end().escape_ascii())?;
        line.clear();
    }
    response.finish()?;
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => read(&local_server::serve(|conn| {
            conn.reply("200 OK", "one\ntwo\nthree\n")
        })?),
        [url] => read(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
