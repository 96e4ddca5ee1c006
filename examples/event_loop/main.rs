//! Fetches URLs in an event loop of the program's own.

#[path = "../cli/mod.rs"]
mod cli;
#[path = "../local_server/mod.rs"]
mod local_server;
#[cfg(unix)]
mod mio_loop;

use std::error::Error;
use std::process::ExitCode;

const USAGE: &str = "\
usage: event_loop [URL...]

Fetches the URLs at the same time, and prints their sizes. Without a URL,
fetches from a server of its own. The exit status is 1 if a transfer fails.";

#[cfg(not(unix))]
mod mio_loop {
    pub(crate) fn fetch(_: &[String]) -> Result<bool, Box<dyn super::Error>> {
        Err("mio watches sockets of others on Unix only".into())
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let mut urls = cli::values(USAGE, [])?;
    if urls.is_empty() {
        let server = local_server::serve(|conn| conn.reply("200 OK", conn.path.repeat(1000)))?;
        urls = ["/a", "/bb", "/ccc"]
            .map(|path| server.clone() + path)
            .into();
    }
    Ok(if mio_loop::fetch(&urls)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
