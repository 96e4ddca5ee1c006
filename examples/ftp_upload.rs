//! Uploads a file over FTP, with a progress bar, and renames it when it is complete.

mod cli;
mod local_ftp;
mod local_lines;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::sync::PoisonError;
use std::time::Duration;

use curlback::handlers::ReadFrom;
use curlback::{Callbacks, FtpCreateDir, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::ProgressBar;

const USAGE: &str = "\
usage: ftp_upload [URL FILE]

Uploads FILE to ftp://NAME:PASSWORD@HOST/PATH; ftps:// does so over TLS. The
file is called PATH.part until it is complete. Missing directories are made.
Without arguments, uploads 8 MiB to a server of its own.";

struct Bar(ProgressBar);

#[callbacks]
impl Callbacks for Bar {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.0.set_position(progress.uploaded);
        ProgressResult::Continue
    }
}

fn upload(url: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let named = |error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(named)?;
    let size = file.metadata().map_err(named)?.len();
    let bar = ProgressBar::new(size);
    let mut transfer = Transfer::new(ReadFrom::new(file).and(Bar(bar.clone())))?;
    let (_, name) = url.rsplit_once('/').unwrap_or_default();
    if name.is_empty() {
        return Err("the URL ends without the name of a file".into());
    }
    // In the URL, the name is percent-encoded. In the commands, it is not.
    let name = String::from_utf8(curlback::url_decode(name)?)?;
    transfer.url(&format!("{url}.part"))?;
    transfer.upload(true)?;
    transfer.in_filesize(size)?;
    transfer.ftp_create_missing_dirs(FtpCreateDir::Create)?;
    // When libcurl sends these commands, it has already changed to the directory of the file.
    transfer.postquote([format!("RNFR {name}.part"), format!("RNTO {name}")])?;
    transfer.connect_timeout(Duration::from_secs(30))?;
    transfer.low_speed_limit(1)?;
    transfer.low_speed_time(Duration::from_secs(60))?;
    if url.starts_with("ftp://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    bar.finish_and_clear();
    println!("{size} bytes in {:?}", transfer.total_time()?);
    Ok(())
}

fn demo() -> Result<(), Box<dyn Error>> {
    let file = tempfile::NamedTempFile::new()?;
    file.as_file().set_len(8 << 20)?;
    let files = local_ftp::Files::default();
    let url = local_ftp::serve(&files)?;
    upload(&(url + "zeros"), file.path())?;
    let files: &BTreeMap<_, Vec<u8>> = &files.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, contents) in files {
        println!("on the server: {name}, {} bytes", contents.len());
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let values = cli::values(USAGE, [])?;
    if !curlback::version().has_protocol("ftp") {
        return Err("the linked libcurl has no FTP; try --features protocol-ftp".into());
    }
    match &values[..] {
        [] => demo(),
        [url, path] => upload(url, Path::new(path)),
        _ => Err("expected URL and FILE, or neither; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
