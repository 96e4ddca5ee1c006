//! Downloads a file over FTP, with a progress bar.

mod cli;
mod local_ftp;
mod local_lines;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use curlback::handlers::Download;
use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::ProgressBar;

const USAGE: &str = "\
usage: ftp_get [URL [FILE]]

Downloads ftp://NAME:PASSWORD@HOST/PATH to FILE, which appears when it is
complete; ftps:// does so over TLS. Without a name, the login is anonymous.
Without FILE, writes to the current directory, by the file's name on the server.
Without a URL, downloads from a server of its own.";

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

fn download(url: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::no_length();
    let mut transfer = Transfer::new(Download::to(path).and(Bar(bar.clone())))?;
    transfer.url(url)?;
    transfer.connect_timeout(Duration::from_secs(30))?;
    transfer.low_speed_limit(1)?;
    transfer.low_speed_time(Duration::from_secs(60))?;
    if url.starts_with("ftp://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let done = transfer.download()?;
    bar.finish_and_clear();
    println!("{}: {} bytes", path.display(), done.len());
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let values = cli::values(USAGE, [])?;
    if !curlback::version().has_protocol("ftp") {
        return Err("the linked libcurl has no FTP; try --features protocol-ftp".into());
    }
    match &values[..] {
        [] => {
            let file = ("numbers".to_owned(), b"12345678\n".repeat(1 << 20));
            let files = Arc::new(Mutex::new(BTreeMap::from([file])));
            let url = local_ftp::serve(&files)? + "numbers";
            let directory = tempfile::tempdir()?;
            download(&url, &directory.path().join("numbers"))
        }
        [url] => match url.rsplit_once('/') {
            Some((_, name)) if !name.is_empty() => download(url, Path::new(name)),
            _ => Err("the URL ends without the name of a file".into()),
        },
        [url, path] => download(url, Path::new(path)),
        _ => Err("expected URL and FILE; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
