//! A download with a progress bar, which continues where an earlier one was cut off.

mod server;

use std::io::{Error, Write};
use std::path::Path;

use curlback::handlers::{Download, DownloadError, Downloaded};
use curlback::{Callbacks, Code, ProgressResult, Transfer, XferInfo, callbacks};
use indicatif::ProgressBar;
use server::{Server, respond};

struct Bar {
    bar: ProgressBar,
    /// The size of the partial file before this download.
    before: u64,
}

#[callbacks]
impl Callbacks for Bar {
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        // The counters are for this response alone. With status 206, this response is only the rest of
        // the file.
        let rest = matches!(progress.info().response_code(), Ok(206));
        let before = if rest { self.before } else { 0 };
        if progress.download_total > 0 {
            self.bar.set_length(before + progress.download_total);
        }
        self.bar.set_position(before + progress.downloaded);
        ProgressResult::Continue
    }
}

fn download(url: &str, to: &Path, bar: &ProgressBar) -> Result<Downloaded, DownloadError> {
    let handler = Download::to(to);
    let before = std::fs::metadata(handler.partial()).map_or(0, |partial| partial.len());
    let mut transfer = Transfer::new(handler.and(Bar {
        bar: bar.clone(),
        before,
    }))?;
    transfer.url(url)?;
    transfer.download()
}

#[test]
fn continues_a_download_that_was_cut_off() {
    let body: Vec<u8> = (0..100_000_u32).map(|byte| byte as u8).collect();
    let sent = body.clone();
    let server = Server::start(move |request, to| match request.header("Range") {
        None => {
            write!(
                to,
                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: \"one\"\r\n\r\n"
            )?;
            to.write_all(&sent[..50_000])?;
            Err(Error::other("the connection is cut"))
        }
        Some(range) => {
            assert_eq!(
                (range, request.header("If-Range")),
                ("bytes=50000-", Some("\"one\""))
            );
            let headers = ["Content-Range: bytes 50000-99999/100000", "ETag: \"one\""];
            respond(to, "206 Partial Content", &headers, &sent[50_000..])
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");

    let bar = ProgressBar::hidden();
    match download(&server.url("/file"), &path, &bar).unwrap_err() {
        DownloadError::Transfer(error) => assert_eq!(error.code(), Some(Code::PARTIAL_FILE)),
        other => panic!("{other}"),
    }
    assert!(!path.exists());
    assert_eq!((bar.position(), bar.length()), (50_000, Some(100_000)));

    let bar = ProgressBar::hidden();
    let done = download(&server.url("/file"), &path, &bar).unwrap();
    assert_eq!((done.continued_at(), done.len()), (50_000, 100_000));
    assert!(std::fs::read(&path).unwrap() == body);
    assert_eq!((bar.position(), bar.length()), (100_000, Some(100_000)));
    assert_eq!(server.requests().len(), 2);
}
