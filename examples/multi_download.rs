//! Downloads several URLs at a time into the current folder: `multi_download URL...`.
//!
//! Each has a progress line of its own. At most four run at once; the result of each
//! is shown as it ends.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use curlback::{Callbacks, Multi, ProgressResult, Transfer, WriteResult, XferInfo, callbacks};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

const AT_ONCE: usize = 4;

struct Download {
    url: String,
    name: String,
    /// Made with the first bytes, so that a failure leaves no file.
    file: Option<File>,
    bar: ProgressBar,
}

impl Download {
    fn store(&mut self, data: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::create_new(&self.name)?),
        };
        file.write_all(data)
    }
}

#[callbacks]
impl Callbacks for Download {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.store(data).into()
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        if progress.download_total > 0 {
            self.bar.set_length(progress.download_total);
        }
        self.bar.set_position(progress.downloaded);
        ProgressResult::Continue
    }
}

fn download(url: String, bars: &MultiProgress) -> Result<Transfer<Download>, Box<dyn Error>> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = match path.rsplit('/').next() {
        Some(name) if !name.is_empty() && path.matches('/').count() > 2 => name.to_owned(),
        _ => "index.html".to_owned(),
    };
    let style = ProgressStyle::with_template("{msg:20} {bar:24} {bytes} of {total_bytes}")?;
    let bar = bars.add(ProgressBar::no_length().with_style(style));
    bar.set_message(name.clone());
    let file = None;
    let mut transfer = Transfer::new(Download {
        url,
        name,
        file,
        bar,
    })?;
    let url = transfer.handler().url.clone();
    transfer.url(&url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    Ok(transfer)
}

fn run() -> Result<bool, Box<dyn Error>> {
    let urls: Vec<String> = std::env::args().skip(1).collect();
    if urls.is_empty() || urls.iter().any(|url| url.starts_with('-')) {
        return Err("usage: multi_download URL...".into());
    }
    let bars = MultiProgress::new();
    let downloads = urls.into_iter().map(|url| download(url, &bars));
    let mut waiting = downloads.collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut multi = Multi::new()?;
    for transfer in waiting.by_ref().take(AT_ONCE) {
        multi.add(transfer)?;
    }
    let mut complete = true;
    multi.run(|multi, _, transfer, result| {
        let Download { url, name, bar, .. } = transfer.handler();
        bar.finish_and_clear();
        let line = match &result {
            Ok(()) => format!("{url}: {} bytes in {name}", transfer.download_size()?),
            Err(error) => format!("{url}: {error:#}"),
        };
        complete &= result.is_ok();
        bars.suspend(|| println!("{line}"));
        if let Some(next) = waiting.next() {
            multi.add(next)?;
        }
        Ok(())
    })?;
    Ok(complete)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("multi_download: {error:#}");
            ExitCode::FAILURE
        }
    }
}
