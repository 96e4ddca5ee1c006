//! Downloads a URL to standard output while the keyboard controls it.

mod cli;
mod local_server;

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use curlback::handlers::WriteTo;
use curlback::{Direction, Error, Remote, Transfer};

const USAGE: &str = "\
usage: remote_control [URL] > FILE

Downloads URL to standard output. Meanwhile p and Enter pauses, r and Enter
resumes, q and Enter or Ctrl-C cancels. Without a URL, downloads 64 MiB from a
server of its own. The exit status is 1 if the transfer fails or is cancelled.";

fn obey_keyboard(remote: &Remote) {
    for line in io::stdin().lines() {
        let there = match line.as_deref().map(str::trim) {
            Ok("p") => remote.pause(Direction::Receive),
            Ok("r") => remote.resume(Direction::Receive),
            Ok("q") => remote.cancel(),
            _ => true,
        };
        if !there {
            return;
        }
    }
}

fn download(url: &str) -> Result<ExitCode, Box<dyn StdError>> {
    let mut transfer = Transfer::new(WriteTo::new(io::stdout()))?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;

    let remote = transfer.remote();
    let interrupt = remote.clone();
    ctrlc::set_handler(move || {
        interrupt.cancel();
    })?;
    // This thread may wait for a key for ever, so the program does not join it.
    thread::spawn(move || obey_keyboard(&remote));

    if let Err(error) = transfer.perform() {
        return match error {
            Error::Cancelled => {
                eprintln!("cancelled");
                Ok(ExitCode::FAILURE)
            }
            error => Err(error.into()),
        };
    }
    io::stdout().flush()?;
    eprintln!("{} bytes", transfer.download_size()?);
    Ok(ExitCode::SUCCESS)
}

fn run() -> Result<ExitCode, Box<dyn StdError>> {
    match &cli::values(USAGE, [])?[..] {
        [] => download(&local_server::serve(|conn| {
            conn.reply("200 OK", vec![b'.'; 64 << 20])
        })?),
        [url] => download(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
