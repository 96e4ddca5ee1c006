//! Downloads several URLs in tasks of tokio, four at a time, each with a progress bar.

mod cli;
mod local_server;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use curlback::{Agent, Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, copy_buf};
use tokio::task::JoinSet;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "\
usage: async_downloads [DIRECTORY URL...]

Downloads the URLs into DIRECTORY, and prints the result of each as it ends. A
file appears when it is complete. At most four transfers run at once. Without
arguments, downloads from a server of its own into a directory that it removes.
The exit status is 1 if a download fails.";

const AT_ONCE: usize = 4;

/// Moves the progress bar of a transfer. The agent's thread calls `xfer_info`, while a task reads the body.
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

/// Downloads one URL, and returns the size and the path of the file.
async fn download(
    agent: &Agent,
    url: &str,
    to: &Path,
    bar: &ProgressBar,
) -> Result<(u64, PathBuf), Failure> {
    let mut transfer = Transfer::new(Bar(bar.clone()))?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let mut response = agent.open(transfer).await?;
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = match path.rsplit('/').next() {
        Some(name) if !name.is_empty() && path.matches('/').count() > 2 => name,
        _ => "index.html",
    };
    let part = NamedTempFile::new_in(to)?;
    let mut file = File::from_std(part.reopen()?);
    // If the body arrives faster than the file is written, the transfer pauses. If the body is cut short, the copy
    // returns an error.
    let size = copy_buf(&mut response, &mut file).await?;
    file.flush().await?;
    part.persist_noclobber(to.join(name))?;
    Ok((size, to.join(name)))
}

/// Downloads all URLs, and returns whether all downloads were complete.
async fn download_all(to: &Path, urls: &[String]) -> Result<bool, Box<dyn Error>> {
    let agent = Agent::new()?;
    let bars = MultiProgress::new();
    let style = ProgressStyle::with_template("{msg:40} {bar:24} {bytes} of {total_bytes}")?;
    let (mut tasks, mut waiting) = (JoinSet::new(), urls.iter());
    let mut complete = true;
    loop {
        for url in waiting.by_ref().take(AT_ONCE - tasks.len()) {
            let bar = bars.add(ProgressBar::no_length().with_style(style.clone()));
            bar.set_message(url.clone());
            let (agent, to, url) = (agent.clone(), to.to_owned(), url.clone());
            tasks.spawn(async move {
                let result = download(&agent, &url, &to, &bar).await;
                bar.finish_and_clear();
                (url, result)
            });
        }
        let Some(ended) = tasks.join_next().await else {
            return Ok(complete);
        };
        let (url, result) = ended?;
        complete &= result.is_ok();
        let line = match &result {
            Ok((size, path)) => format!("{url}: {size} bytes in {}", path.display()),
            Err(error) => format!("{url}: {error:#}"),
        };
        bars.suspend(|| println!("{line}"));
    }
}

async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let complete = match &cli::values(USAGE, [])?[..] {
        [] => {
            let server = local_server::serve(|conn| {
                let body = conn.path.repeat(100_000);
                conn.reply("200 OK", body)
            })?;
            let urls: Vec<_> = (1..=9)
                .map(|number| format!("{server}/file-{number}"))
                .collect();
            download_all(tempfile::tempdir()?.path(), &urls).await?
        }
        [to, urls @ ..] if !urls.is_empty() => download_all(Path::new(to), urls).await?,
        _ => return Err("expected DIRECTORY and URLs, or nothing; see --help".into()),
    };
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(run().await)
}
