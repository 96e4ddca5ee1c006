//! Fetches a URL, throws its body away, and shows how far the transfer is.

mod cli;
mod local_server;

use std::error::Error;
use std::process::ExitCode;

use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::{ProgressBar, ProgressStyle};

const USAGE: &str = "\
usage: progress [URL]

Fetches URL, throws its body away, and shows how far the transfer is. Without a
URL, fetches 64 MiB from a server of its own.";

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

fn fetch(url: &str) -> Result<(), Box<dyn Error>> {
    let template = "{bar:24} {bytes} of {total_bytes}, {bytes_per_sec}, {eta}";
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(template)?);
    let mut transfer = Transfer::new(Bar(bar))?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.follow_location(true)?;
    transfer.perform()?;
    transfer.handler().0.finish();
    println!(
        "{} bytes in {:?}",
        transfer.download_size()?,
        transfer.total_time()?
    );
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => fetch(&local_server::serve(|conn| {
            conn.reply("200 OK", vec![0; 64 << 20])
        })?),
        [url] => fetch(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
