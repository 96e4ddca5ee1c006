//! Fetches a URL to standard output: the smallest useful download.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use curlback::Transfer;
use curlback::handlers::WriteTo;

const USAGE: &str = "\
usage: simple [--cacert FILE] [URL]

Fetches URL to standard output. Without a URL, fetches from a server of its own.

  --cacert FILE  trust the certificates in FILE instead of the system's";

fn fetch(url: &str, cacert: Option<String>) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(WriteTo::new(stdout()))?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?; // else a 404 is a success
    transfer.connect_timeout(Duration::from_secs(30))?;
    if let Some(cacert) = cacert {
        transfer.cainfo(cacert)?;
    }
    if url.starts_with("http://127.0.0.1:") {
        // Uses no proxy, since a proxy on another machine could not connect to this machine's own address.
        transfer.proxy("")?;
    }
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut cacert = None;
    match &cli::values(USAGE, [("cacert", &mut cacert)])?[..] {
        [] => {
            let url = local_server::serve(|conn| conn.reply("200 OK", "hello\n"))?;
            fetch(&url, cacert)
        }
        [url] => fetch(url, cacert),
        _ => Err(USAGE.into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
