//! The methods of a transfer that perform a download.

use super::head::Head;
use super::partial::Partial;
use super::{Download, DownloadError, Downloaded, Phase, Running};
use crate::ffi::list::value_of;
use crate::{Callbacks, Code, Error, Transfer, Unset};

/// The name of the request header that makes a server send the whole file if the partial file is part of another file.
const IF_RANGE: &str = "If-Range:";

/// # Downloads to a file
impl<H: Callbacks> Transfer<Download<H>> {
    /// Downloads to the file that the [`Download`] names, or continues an earlier download of it.
    ///
    /// To continue a download, this method sets [`range`](Transfer::range) and a header `If-Range`. After the transfer,
    /// unless a callback has panicked, it unsets both, even if you have set them. Do not set a header `Range` of your
    /// own. This method also turns off, permanently, [`fail_on_error`](Transfer::fail_on_error),
    /// [`show_header`](Transfer::show_header), [`resume_from`](Transfer::resume_from) and
    /// [`accept_encoding`](Transfer::accept_encoding): a part of an encoded body cannot be decoded. If the partial file
    /// turns out to be part of another file, the download starts anew: with the body of the response if that is the
    /// whole file, else with a second request.
    ///
    /// # Errors
    /// [`DownloadError`] says what happened. Call this method again to continue the download.
    ///
    /// # Panics
    /// Resumes the panic of a callback. The partial file stays.
    pub fn download(&mut self) -> Result<Downloaded, DownloadError> {
        match self.attempt() {
            Err(DownloadError::Changed) => self.attempt(),
            result => result,
        }
    }

    fn attempt(&mut self) -> Result<Downloaded, DownloadError> {
        self.begin_download()?;
        let result = self.perform();
        self.finish_download(result)
    }

    /// Prepares a download for a [`Multi`](crate::Multi) or an [`Agent`](crate::Agent): opens the partial file and sets
    /// the options that [`download`](Transfer::download) names.
    ///
    /// After the transfer, call [`finish_download`](Transfer::finish_download). If that returns
    /// [`DownloadError::Changed`], call this method and perform the transfer again, which starts anew.
    ///
    /// # Errors
    /// [`DownloadError::File`] if the partial file cannot be opened or measured, [`DownloadError::Transfer`] if an
    /// option cannot be set.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Multi, Transfer, handlers::Download};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("copy");
    /// let from = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Download::to(&path))?;
    /// transfer.url(&format!("file://{}", from.display()))?;
    /// transfer.begin_download()?;
    /// let mut multi = Multi::new()?;
    /// multi.add(transfer)?;
    /// multi.run(|_, _, mut transfer, result| {
    ///     let done = transfer.finish_download(result).unwrap();
    ///     assert_eq!(done.continued_at(), 0);
    ///     Ok(())
    /// })?;
    /// assert_eq!(std::fs::read(path)?, std::fs::read(from)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin_download(&mut self) -> Result<(), DownloadError> {
        self.handler_mut().running = None;
        let partial = Partial::open(&self.handler().target)?;
        let len = partial.len()?;
        // A request with a body does not continue the file: libcurl would take the range for a range of
        // that body. Another protocol than HTTP has no condition for the range.
        let may_continue = !self.easy.sends_body() && !self.easy.names_other_than_http();
        let asked = partial.record().filter(|_| may_continue);
        let from = if asked.is_some() { len } else { 0 };
        let if_range = asked.map(|record| format!("{IF_RANGE} {}", record.validator.as_str()));
        let options = self.set_download_options(from, if_range);
        let handler = self.handler_mut();
        handler.head = Head::default();
        handler.running = Some(Running {
            partial,
            phase: Phase::Begun,
            from,
        });
        if options.is_err() {
            self.close_partial();
        }
        Ok(options?)
    }

    fn set_download_options(&mut self, from: u64, if_range: Option<String>) -> Result<(), Error> {
        self.unset(Unset::ACCEPT_ENCODING)?;
        self.fail_on_error(false)?;
        self.show_header(false)?;
        self.resume_from(Some(0))?;
        match if_range {
            Some(header) => {
                self.range(format!("{from}-"))?;
                self.set_if_range(Some(header))
            }
            None => self.unset_range(),
        }
    }

    fn unset_range(&mut self) -> Result<(), Error> {
        self.unset(Unset::RANGE)?;
        self.set_if_range(None)
    }

    /// Replaces the header `If-Range` in the user's list of headers, or removes it if `header` is `None`.
    fn set_if_range(&mut self, header: Option<String>) -> Result<(), Error> {
        let is_own = |line: &&[u8]| value_of(line, IF_RANGE.as_bytes()).is_some();
        if header.is_none() && !self.easy.request_headers().any(|line| is_own(&line)) {
            return Ok(());
        }
        let others = self.easy.request_headers().filter(|line| !is_own(line));
        let mut lines: Vec<_> = others.map(<[u8]>::to_vec).collect();
        lines.extend(header.map(String::into_bytes));
        self.http_headers(lines)
    }

    /// Ends a download that [`begin_download`](Transfer::begin_download) has begun. `result` is the result of the
    /// transfer. If the partial file is complete, this method renames it to its target.
    ///
    /// # Errors
    /// [`DownloadError`] says what happened. If the source of the error in `result` is a [`DownloadError`], it is
    /// returned; any other error in `result` is returned as [`DownloadError::Transfer`].
    pub fn finish_download(
        &mut self,
        result: Result<(), Error>,
    ) -> Result<Downloaded, DownloadError> {
        let unset = self.unset_range();
        match result.map_err(DownloadError::of_transfer) {
            // If a time condition of the user is not met, libcurl reports success, but there is no body.
            // This counts as a status of 304.
            Ok(()) if self.time_condition_unmet().unwrap_or(false) => {
                self.close_partial();
                Err(DownloadError::Status(304))
            }
            Ok(()) => {
                let downloaded = self.handler_mut().complete()?;
                unset?;
                Ok(downloaded)
            }
            Err(error) if self.handler().cannot_continue(&error) => {
                if let Some(running) = self.handler_mut().running.take() {
                    running.partial.discard();
                }
                Err(DownloadError::Changed)
            }
            Err(error) => {
                self.close_partial();
                Err(error)
            }
        }
    }

    fn close_partial(&mut self) {
        if let Some(running) = self.handler_mut().running.take() {
            running.partial.close();
        }
    }
}

impl<H> Download<H> {
    /// Returns whether the rest of the file cannot be had, so that a download has to start anew.
    fn cannot_continue(&self, error: &DownloadError) -> bool {
        // A server, or a file, has refused the offset before any headers have come.
        const REFUSED: [Code; 3] = [
            Code::BAD_DOWNLOAD_RESUME,
            Code::FTP_COULDNT_USE_REST,
            Code::RANGE_ERROR,
        ];
        let continued = self
            .running
            .as_ref()
            .is_some_and(|running| running.from > 0);
        match error {
            DownloadError::Changed => true,
            DownloadError::Transfer(error) => {
                continued && error.code().is_some_and(|code| REFUSED.contains(&code))
            }
            _ => false,
        }
    }

    /// Renames the partial file to its target. Returns an error if the file does not have the announced
    /// size, or if no final headers have come.
    fn complete(&mut self) -> Result<Downloaded, DownloadError> {
        let Running {
            partial,
            phase,
            from,
        } = self.running.take().ok_or(DownloadError::NotBegun)?;
        let len = partial.len()?;
        match phase {
            Phase::Begun => {
                partial.close();
                return Err(DownloadError::NotBegun);
            }
            Phase::Receiving(Some(size)) if size != len => {
                partial.close();
                return Err(DownloadError::Incomplete {
                    received: len,
                    size,
                });
            }
            Phase::Receiving(_) | Phase::Complete => {}
        }
        partial.complete(&self.target, self.sync)?;
        Ok(Downloaded {
            len,
            continued_at: from,
        })
    }
}
