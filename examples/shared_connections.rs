//! Fetches a URL again and again on several threads, whose transfers share connections.

mod cli;
mod local_server;

use std::collections::BTreeSet;
use std::error::Error;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use curlback::{Share, ShareData, Transfer};

const USAGE: &str = "\
usage: shared_connections [URL]

Fetches URL 20 times on four threads, each time by a new transfer. The transfers
share connections, TLS sessions and addresses. Prints how many connections were
made. Without a URL, asks a server of its own, which counts them too.";

const THREADS: u32 = 4;
const TRANSFERS: u32 = 5;

/// Performs one transfer, and returns how many connections libcurl has made for it.
fn fetch(url: &str, share: &Share) -> Result<u32, curlback::Error> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.share(share)?;
    // All threads together keep so many connections: the default of 5 is too few for more threads.
    transfer.max_connects(THREADS)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    transfer.num_connects()
}

fn fetch_all(url: &str) -> Result<(), Box<dyn Error>> {
    let data = ShareData::CONNECTIONS | ShareData::SSL_SESSIONS | ShareData::DNS;
    let share = &Share::new(data & Share::supported())?;
    let made = thread::scope(|scope| {
        let one = move || (0..TRANSFERS).map(|_| fetch(url, share)).sum();
        let threads = [(); THREADS as usize].map(|()| scope.spawn(one));
        let mut made = 0;
        for thread in threads {
            let result: Result<u32, curlback::Error> = thread.join().map_err(|_| "a panic")?;
            made += result?;
        }
        Ok::<u32, Box<dyn Error>>(made)
    })?;
    println!("{} transfers made {made} connections", THREADS * TRANSFERS);
    Ok(())
}

fn demo() -> Result<(), Box<dyn Error>> {
    let clients = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = clients.clone();
    let url = local_server::serve(move |conn| {
        let client = conn.reader.get_ref().peer_addr()?;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(client);
        drop(seen);
        conn.reply("200 OK", "hello")
    })?;
    fetch_all(&url)?;
    let count = clients.lock().unwrap_or_else(PoisonError::into_inner).len();
    println!("the server has seen {count}");
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo(),
        [url] => fetch_all(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
