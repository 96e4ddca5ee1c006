//! Prints server-sent events as they arrive.

mod cli;
mod events;

use std::error::Error;
use std::io::BufRead;
use std::process::ExitCode;
use std::thread;

use curlback::{Code, Transfer};

use events::Events;

const USAGE: &str = "\
usage: event_stream [URL]

Prints the events of URL as they arrive. When the stream ends or breaks, it
connects again, after the time that the server has chosen, and tells the server
which event was the last. After status 204, it ends. Without a URL, reads from
a server of its own.";

/// Prints the events of one connection.
fn print(events: &mut Events, body: &mut impl BufRead) -> std::io::Result<()> {
    let mut line = Vec::new();
    while body.read_until(b'\n', &mut line)? > 0 {
        if let Some(event) = events.line(&line) {
            println!("{event}");
        }
        line.clear();
    }
    Ok(())
}

fn listen(url: &str, local: bool) -> Result<(), Box<dyn Error>> {
    let mut events = Events::new();
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if local {
        transfer.proxy("")?;
    }
    let mut is_known = false;
    loop {
        transfer.http_headers(events.connect())?;
        let mut response = match transfer.open() {
            Ok(response) => response,
            // Once a request has succeeded, tries again, since the server may be back soon, unless it has refused the
            // request.
            Err(error) if is_known && error.error().code() != Some(Code::HTTP_RETURNED_ERROR) => {
                eprintln!("event_stream: {error}");
                transfer = error.into_parts().1;
                thread::sleep(events.retry);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        is_known = true;
        if response.status() == 204 {
            return Ok(());
        }
        if let Err(error) = print(&mut events, &mut response) {
            eprintln!("event_stream: {error}");
        }
        transfer = response.cancel();
        thread::sleep(events.retry);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => listen(&events::serve()?, true),
        [url] => listen(url, false),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
