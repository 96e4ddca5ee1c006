//! Cancels transfers by dropping their futures.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{Write, copy, sink};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use curlback::agent::Opened;
use curlback::{Agent, Transfer};
use tokio::io::AsyncBufReadExt;
use tokio::time::timeout;

const USAGE: &str = "\
usage: select_timeout [MILLISECONDS URL URL]

Reads the body of the URL that answers first, and gives up the other one. No
wait takes longer than MILLISECONDS. Without arguments, asks a server of its
own, and prints which requests were given up.";

type Failure = Box<dyn Error>;

async fn open(agent: &Agent, url: &str) -> Result<Opened<()>, Failure> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.fail_on_error(true)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let response = agent.open(transfer).await;
    Ok(response.inspect_err(|error| eprintln!("{url}: {error:#}"))?)
}

/// Returns the first response that arrives. `select` drops the future of the other transfer, which cancels it.
async fn first(agent: &Agent, [one, other]: [&str; 2]) -> Result<Opened<()>, Failure> {
    tokio::select! {
        Ok(response) = open(agent, one) => Ok(response),
        Ok(response) = open(agent, other) => Ok(response),
        else => Err("both have failed".into()),
    }
}

/// Prints the size of the body of the first response. Fails if a wait takes longer than `limit`.
async fn race(agent: &Agent, limit: Duration, urls: [&str; 2]) -> Result<(), Failure> {
    let mut response = timeout(limit, first(agent, urls)).await??;
    let url = response.effective_url().unwrap_or_default().to_owned();
    let mut size = 0;
    loop {
        // If this returns an error, `response` is dropped, which cancels the transfer.
        let part = timeout(limit, response.fill_buf()).await;
        let part = part.map_err(|_| format!("{url}: {size} bytes, then nothing in time"))??;
        let count = part.len();
        if count == 0 {
            println!("{url}: {size} bytes");
            return Ok(());
        }
        size += count;
        response.consume(count);
    }
}

/// Starts a server that answers pairs of requests. Returns its URL, and a channel. The channel gets the path of each
/// request without a complete answer, when its client has closed the connection.
fn serve() -> std::io::Result<(String, Receiver<String>)> {
    let (tell, gone) = channel();
    let pair = Arc::new(Barrier::new(2));
    let server = local_server::serve(move |conn| {
        // Waits until both requests of the pair have arrived.
        pair.wait();
        match conn.path.as_str() {
            "/fast" => return conn.reply("200 OK", "fast"),
            "/stalled" => {
                let mut socket = conn.reader.get_ref();
                socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")?;
            }
            _ => {}
        }
        let _ = copy(&mut conn.reader, &mut sink());
        let _ = tell.send(conn.path.clone());
        Ok(())
    })?;
    Ok((server, gone))
}

async fn demo() -> Result<(), Failure> {
    let agent = Agent::new()?;
    let (server, gone) = serve()?;
    let [silent, fast, stalled] =
        ["/silent", "/fast", "/stalled"].map(|path| server.clone() + path);
    race(&agent, Duration::from_secs(30), [&silent, &fast]).await?;
    // `recv` blocks this task, but not the agent's thread.
    println!("given up: {}", gone.recv()?);
    match race(&agent, Duration::from_millis(500), [&silent, &stalled]).await {
        Ok(()) => return Err("it was stalled".into()),
        Err(error) => println!("{error}"),
    }
    println!("given up: {}", gone.recv()?);
    println!("given up: {}", gone.recv()?);
    Ok(())
}

async fn run() -> Result<(), Failure> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo().await,
        [limit, one, other] => {
            let limit = Duration::from_millis(limit.parse()?);
            race(&Agent::new()?, limit, [one, other]).await
        }
        _ => Err("expected MILLISECONDS and two URLs, or nothing; see --help".into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    cli::exit_code(run().await)
}
