//! Uploads a file with a progress bar: to a server of its own, or to yours.

mod demo;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::process::ExitCode;

use curlback::{
    Auth, Callbacks, ProgressResult, ReadBuf, ReadResult, SeekResult, Transfer, XferInfo,
};
use indicatif::ProgressBar;

struct Upload {
    file: File,
    bar: ProgressBar,
}

impl Callbacks for Upload {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        buffer.fill_from(&mut self.file).into()
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.file.seek(to).into()
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        demo::show(&self.bar, progress.uploaded);
        ProgressResult::Continue
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(args) = demo::parse_args()? else {
        return Ok(());
    };
    let demo = if args.target.is_none() {
        Some(demo::Demo::start()?)
    } else {
        None
    };
    let (url, path) = args
        .target
        .or_else(|| demo.as_ref().map(demo::Demo::target))
        .unwrap();
    let named = |error| format!("{}: {error}", path.display());
    let file = File::open(&path).map_err(named)?;
    let size = file.metadata().map_err(named)?.len();

    let mut transfer = Transfer::new(Upload {
        file,
        bar: ProgressBar::new(size),
    })?;
    transfer.url(&url)?;
    transfer.upload(true)?;
    transfer.in_filesize(size)?;
    transfer.http_auth(Auth::ANY)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if let Some(cacert) = args.cacert {
        transfer.cainfo(cacert)?;
    }
    transfer.perform()?;

    let (sent, seconds) = (
        transfer.upload_size()?,
        transfer.total_time()?.as_secs_f64(),
    );
    transfer.handler().bar.finish_and_clear();
    println!(
        "{sent} bytes in {seconds:.3} s, {:.1} MiB/s",
        sent as f64 / seconds / 1_048_576.0
    );
    demo.map_or(Ok(()), demo::Demo::check)
}

fn main() -> ExitCode {
    run().map_or_else(|error| demo::fail(&*error), |()| ExitCode::SUCCESS)
}
