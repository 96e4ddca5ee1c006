//! Downloads several URLs, four at a time, each with a progress line of its own.

mod cli;
mod local_server;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use curlback::{Callbacks, Multi, ProgressResult, Transfer, WriteResult, XferInfo, callbacks};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

const USAGE: &str = "\
usage: multi_download [URL...]

Downloads the URLs into the current directory, and prints the result of each as
it ends. At most four transfers run at once. Without a URL, downloads from a
server of its own. The exit status is 1 if a download fails.";

const AT_ONCE: usize = 4;

struct Download {
    url: String,
    path: PathBuf,
    /// `None` until the first bytes arrive, so that a transfer without a body leaves no file.
    file: Option<File>,
    bar: ProgressBar,
}

impl Download {
    fn store(&mut self, data: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::create_new(&self.path)?),
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

fn download(
    url: &str,
    directory: &Path,
    bars: &MultiProgress,
) -> Result<Transfer<Download>, Box<dyn Error>> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = match path.rsplit('/').next() {
        Some(name) if !name.is_empty() && path.matches('/').count() > 2 => name,
        _ => "index.html",
    };
    let style = ProgressStyle::with_template("{msg:20} {bar:24} {bytes} of {total_bytes}")?;
    let bar = bars.add(ProgressBar::no_length().with_style(style));
    bar.set_message(name.to_owned());
    let mut transfer = Transfer::new(Download {
        url: url.to_owned(),
        path: directory.join(name),
        file: None,
        bar,
    })?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    Ok(transfer)
}

fn download_all(urls: &[String], directory: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let bars = MultiProgress::new();
    let downloads = urls.iter().map(|url| download(url, directory, &bars));
    let mut waiting = downloads.collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut multi = Multi::new()?;
    for transfer in waiting.by_ref().take(AT_ONCE) {
        multi.add(transfer)?;
    }
    let mut complete = true;
    multi.run(|multi, _, transfer, result| {
        let Download { url, path, bar, .. } = transfer.handler();
        bar.finish_and_clear();
        let line = match &result {
            Ok(()) => format!(
                "{url}: {} bytes in {}",
                transfer.download_size()?,
                path.display()
            ),
            Err(error) => format!("{url}: {error:#}"),
        };
        complete &= result.is_ok();
        bars.suspend(|| println!("{line}"));
        if let Some(next) = waiting.next() {
            multi.add(next)?;
        }
        Ok(())
    })?;
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let urls = cli::values(USAGE, [])?;
    if !urls.is_empty() {
        return download_all(&urls, Path::new(""));
    }
    let server = local_server::serve(|conn| conn.reply("200 OK", conn.path.repeat(1 << 20)))?;
    let urls = ["a", "b", "c", "d", "e", "f"].map(|name| format!("{server}/{name}"));
    download_all(&urls, tempfile::tempdir()?.path())
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
