//! Fetches a URL into memory, and prints status, type, size and text of the response.

mod cli;
mod local_server;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use curlback::Transfer;
use curlback::handlers::Collect;

const USAGE: &str = "\
usage: get_in_memory [URL]

Fetches URL into memory, and prints what the server has answered. Without a
URL, asks a server of its own. The exit status is 1 if the transfer fails.";

/// The largest response that the program accepts, since the server decides how large a response is.
const LIMIT: usize = 16 << 20;

fn fetch(url: &str) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new().limit(LIMIT))?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.accept_encoding("")?; // every encoding that libcurl can decode
    transfer.timeout(Duration::from_secs(60))?;
    transfer.useragent("curlback-example")?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;

    let url = transfer.effective_url()?.unwrap_or_default();
    println!("status {} from {url}", transfer.response_code()?);
    let kind = transfer.content_type()?.unwrap_or("unknown type");
    let body = transfer.handler().body();
    println!("{} bytes of {kind}", body.len());
    match std::str::from_utf8(body) {
        Ok(text) => println!("{text}"),
        Err(_) => println!("(not text)"),
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => {
            let url = local_server::serve(|conn| {
                let fields = "200 OK\r\nContent-Type: text/plain; charset=utf-8";
                conn.reply(fields, format!("you asked for {}", conn.path))
            })?;
            fetch(&format!("{url}/greeting"))
        }
        [url] => fetch(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
