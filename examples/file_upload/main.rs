//! Uploads a file with a progress bar: to a server of its own, or to yours.

mod demo;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::process::ExitCode;
use std::time::Duration;

use curlback::{
    Auth, Callbacks, ProgressResult, ReadBuf, ReadResult, SeekResult, Transfer, XferInfo, callbacks,
};
use indicatif::ProgressBar;

struct Upload {
    file: File,
    sent: u64,
    bar: ProgressBar,
}

#[callbacks]
impl Callbacks for Upload {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let result = buffer.fill_from(&mut self.file);
        self.sent += buffer.filled().len() as u64;
        result.into()
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        let place = self.file.seek(to);
        self.sent = *place.as_ref().unwrap_or(&0);
        place.into()
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        demo::show(&self.bar, progress.uploaded);
        ProgressResult::Continue
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(job) = demo::parse_args()? else {
        return Ok(());
    };
    let (file, about) = job.open()?;
    let bar = ProgressBar::new(about.len());
    let mut transfer = Transfer::new(Upload { file, sent: 0, bar })?;
    transfer.url(&job.url)?;
    transfer.upload(true)?;
    // A pipe has no size, and goes in chunks.
    if about.is_file() {
        transfer.in_filesize(about.len())?;
    }
    transfer.low_speed_limit(1)?;
    transfer.low_speed_time(Duration::from_secs(60))?;
    transfer.http_auth(Auth::ANY)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    if let Some(cacert) = &job.cacert {
        transfer.cainfo(cacert)?;
    }
    if job.is_demo() {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    transfer.handler().bar.finish_and_clear();
    job.report(transfer.handler().sent, transfer.total_time()?)
}

fn main() -> ExitCode {
    run().map_or_else(|error| demo::fail(&*error), |()| ExitCode::SUCCESS)
}
