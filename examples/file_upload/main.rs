//! Uploads a file with a progress bar, to your server or to a server of its own.

mod demo;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::process::ExitCode;
use std::time::Duration;

use curlback::{
    Auth, Callbacks, ProgressResult, ReadBuf, ReadResult, SeekResult, Transfer, WriteResult,
    XferInfo, callbacks,
};
use indicatif::ProgressBar;

struct Upload {
    file: File,
    sent: u64,
    /// The beginning of the body of the server's response.
    answer: Vec<u8>,
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

    fn write(&mut self, data: &[u8]) -> WriteResult {
        let room = 4096 - self.answer.len();
        self.answer.extend_from_slice(&data[..data.len().min(room)]);
        WriteResult::Continue
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
    // A pipe has no size, so HTTP/1.1 sends it in chunks.
    let size = about.is_file().then_some(about.len());
    let mut transfer = Transfer::new(Upload {
        file,
        sent: 0,
        answer: Vec::new(),
        bar: demo::bar(size)?,
    })?;
    transfer.url(&job.url)?;
    transfer.upload(true)?;
    if let Some(size) = size {
        transfer.in_filesize(size)?;
    }
    transfer.low_speed_limit(1)?;
    transfer.low_speed_time(Duration::from_secs(60))?;
    transfer.http_auth(Auth::ANY)?;
    transfer.follow_location(true)?;
    if let Some(cacert) = &job.cacert {
        transfer.cainfo(cacert)?;
    }
    if job.is_demo() {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    transfer.handler().bar.finish_and_clear();
    // Not `fail_on_error`: with it, libcurl would throw away the body that says why the server refuses.
    let status = transfer.response_code()?;
    if status >= 400 {
        return Err(demo::refusal(status, &transfer.handler().answer).into());
    }
    job.report(transfer.handler().sent, transfer.total_time()?)
}

fn main() -> ExitCode {
    run().map_or_else(|error| demo::fail(&*error), |()| ExitCode::SUCCESS)
}
