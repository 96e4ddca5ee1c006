//! Downloads a URL to standard output while the keyboard controls it:
//! `remote_control URL > FILE`.
//!
//! `p` and Enter pauses, `r` and Enter resumes, `q` and Enter or Ctrl-C cancels.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use curlback::handlers::WriteTo;
use curlback::{Direction, Error, Remote, Transfer};

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

fn run() -> Result<u64, Box<dyn StdError>> {
    let url = std::env::args().nth(1).filter(|url| !url.starts_with('-'));
    let url = url.ok_or("usage: remote_control URL > FILE")?;
    let mut transfer = Transfer::new(WriteTo::new(io::stdout()))?;
    transfer.url(&url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;

    let remote = transfer.remote();
    let interrupt = remote.clone();
    ctrlc::set_handler(move || {
        interrupt.cancel();
    })?;
    // It may wait for a key for ever, so nobody waits for it.
    thread::spawn(move || obey_keyboard(&remote));

    transfer.perform()?;
    io::stdout().flush()?;
    Ok(transfer.download_size()?)
}

fn main() -> ExitCode {
    match run() {
        Ok(bytes) => {
            eprintln!("{bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(error) => {
            match error.downcast_ref() {
                Some(Error::Cancelled) => eprintln!("cancelled"),
                _ => eprintln!("remote_control: {error:#}"),
            }
            ExitCode::FAILURE
        }
    }
}
