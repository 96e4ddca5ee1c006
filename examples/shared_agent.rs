//! Serves HTTP on several threads, which fetch from a backend by an agent that they share.
//!
//! Each connection has a thread, which waits for its own transfers. The agent has at most four connections to the
//! backend.

mod cli;
mod local_server;

use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{Agent, Transfer};

const USAGE: &str = "\
usage: shared_agent [BACKEND_URL]

Starts an HTTP server, prints its URL, and serves the pages of BACKEND_URL until
it is killed. Without a URL, has a backend and clients of its own.";

const CONNECTIONS: u32 = 4;

fn get(agent: &Agent, url: &str) -> Result<(u32, Vec<u8>), curlback::Error> {
    let mut transfer = Transfer::new(Collect::new().limit(1 << 20))?;
    transfer.url(url)?;
    transfer.timeout(Duration::from_secs(30))?;
    transfer.proxy("")?;
    let (mut transfer, result) = agent.start(transfer).wait();
    result?;
    Ok((
        transfer.response_code()?,
        transfer.handler_mut().take_body(),
    ))
}

/// Starts a server that fetches each page from the backend, and returns its URL.
fn serve(backend: &str) -> Result<String, Box<dyn Error>> {
    let builder = Agent::builder().max_host_connections(CONNECTIONS);
    let agent = builder.build()?;
    let backend = backend.trim_end_matches('/').to_owned();
    // Each thread has a clone of the agent: all clones use the same connections.
    Ok(local_server::serve(move |conn| {
        match get(&agent, &format!("{backend}{}", conn.path)) {
            Ok((status, body)) => conn.reply(&format!("{status} "), body),
            Err(error) => conn.reply("502 Bad Gateway", format!("{error:#}\n")),
        }
    })?)
}

/// Starts a backend, and returns its URL, and the addresses of its clients.
fn backend() -> io::Result<(String, Arc<Mutex<BTreeSet<String>>>)> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let addresses = seen.clone();
    let url = local_server::serve(move |conn| {
        let address = conn.reader.get_ref().peer_addr()?.to_string();
        let mut addresses = addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.insert(address);
        drop(addresses);
        conn.reply("200 OK", format!("this is {}", conn.path))
    })?;
    Ok((url, seen))
}

/// Requests a page again and again, on a connection of its own.
fn ask(url: &str, name: &str) -> Result<(), curlback::Error> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(&format!("{url}/{name}"))?;
    transfer.proxy("")?;
    for _ in 0..10 {
        transfer.handler_mut().clear();
        transfer.perform()?;
        assert_eq!(
            transfer.handler().body(),
            format!("this is /{name}").as_bytes()
        );
    }
    Ok(())
}

fn demo() -> Result<(), Box<dyn Error>> {
    let (backend, seen) = backend()?;
    let url = &serve(&backend)?;
    thread::scope(|scope| {
        let clients = ["a", "b", "c", "d", "e", "f", "g", "h"]
            .map(|name| scope.spawn(move || ask(url, name)));
        for client in clients {
            client.join().map_err(|_| "a client panicked")??;
        }
        Ok::<(), Box<dyn Error>>(())
    })?;
    let count = seen.lock().map_err(|_| "the backend panicked")?.len();
    println!("80 requests of 8 clients came on {count} connections to the backend");
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo(),
        [url] => {
            println!("{}", serve(url)?);
            loop {
                thread::park();
            }
        }
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
