//! Downloads a URL, throws its body away, and prints how long each step took.

mod cli;
mod local_server;

use std::error::Error;
use std::process::ExitCode;

use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::ProgressBar;

const USAGE: &str = "\
usage: check_speed [URL]

Downloads URL, and prints the speed, and the time from the start to the end of
each step. Without a URL, downloads 64 MiB from a server of its own.";

struct Bar(ProgressBar);

#[callbacks]
impl Callbacks for Bar {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        if progress.download_total > 0 {
            self.0.set_length(progress.download_total);
        }
        self.0.set_position(progress.downloaded);
        ProgressResult::Continue
    }
}

fn check(url: &str) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Bar(ProgressBar::no_length()))?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    transfer.handler().0.finish_and_clear();

    for (name, time) in [
        ("redirects", transfer.redirect_time()?),
        ("name found", transfer.namelookup_time()?),
        ("connected", transfer.connect_time()?),
        ("TLS", transfer.appconnect_time()?),
        ("first byte", transfer.starttransfer_time()?),
        ("last byte", transfer.total_time()?),
    ] {
        // If a step was not needed, its time is zero, and it is not printed.
        if !time.is_zero() {
            println!("{name:10} {:9.3} ms", time.as_secs_f64() * 1e3);
        }
    }
    let speed = transfer.download_speed()? as f64 / 1_048_576.0;
    println!("{} bytes, {speed:.1} MiB/s", transfer.download_size()?);
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => check(&local_server::serve(|conn| {
            conn.reply("200 OK", vec![0; 64 << 20])
        })?),
        [url] => check(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
