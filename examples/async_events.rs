//! Prints server-sent events as they arrive, in a task of tokio.
//!
//! The example `event_stream` does the same without an agent, on a thread that blocks.

mod cli;
mod events;

use std::error::Error;
use std::process::ExitCode;

use curlback::{Agent, Code, Transfer};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use tokio::time::sleep;

use events::Events;

const USAGE: &str = "\
usage: async_events [URL]

Prints the events of URL as they arrive. When the stream ends or breaks, it
connects again, after the time that the server has chosen, and tells the server
which event was the last. After status 204, it ends. Without a URL, reads from
a server of its own.";

/// Prints the events of one connection.
async fn print(events: &mut Events, body: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<()> {
    let mut line = Vec::new();
    while body.read_until(b'\n', &mut line).await? > 0 {
        if let Some(event) = events.line(&line) {
            println!("{event}");
        }
        line.clear();
    }
    Ok(())
}

async fn listen(url: &str, local: bool) -> Result<(), Box<dyn Error>> {
    let agent = Agent::new()?;
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
        let mut response = match agent.open(transfer).await {
            Ok(response) => response,
            // Once a request has succeeded, tries again, since the server may be back soon, unless it has refused the
            // request.
            Err(error) if is_known && error.error().code() != Some(Code::HTTP_RETURNED_ERROR) => {
                eprintln!("async_events: {error}");
                transfer = error.into_parts().1;
                sleep(events.retry).await;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        is_known = true;
        if response.status() == 204 {
            return Ok(());
        }
        if let Err(error) = print(&mut events, &mut response).await {
            eprintln!("async_events: {error}");
        }
        // The stream has ended. If the stream has failed, the error was printed above.
        (transfer, _) = response.finish().await;
        sleep(events.retry).await;
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => listen(&events::serve()?, true).await,
        [url] => listen(url, false).await,
        _ => Err("expected one URL or none; see --help".into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    cli::exit_code(run().await)
}
