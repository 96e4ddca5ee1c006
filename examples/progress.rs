//! Fetches a URL, throws its body away, and shows how far it is.

use std::error::Error;
use std::process::ExitCode;

use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::{ProgressBar, ProgressStyle};

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

fn run() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).filter(|url| !url.starts_with('-'));
    let url = url.ok_or("usage: progress URL")?;
    let template = "{bar:24} {bytes} of {total_bytes}, {bytes_per_sec}, {eta}";
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(template)?);
    let mut transfer = Transfer::new(Bar(bar))?;
    transfer.url(&url)?;
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

fn main() -> ExitCode {
    if let Err(error) = run() {
        eprintln!("progress: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
