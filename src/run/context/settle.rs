//! How a transfer ends: with success, an error or a panic.

use std::ffi::CStr;
use std::io;

use super::Owner;
use crate::error::Stop;
use crate::ffi::info::Info;
use crate::ffi::url::public::{public_text, public_url};
use crate::quirks::CONNECTION_KEPT_IN_USE;
use crate::run::guard::{Circumstances, Failure, discard};
use crate::run::host_name;
use crate::{Callback, Code, Error, ErrorDetails};

/// The error with which `open_socket` has refused an address.
pub(in crate::run) struct Refusal {
    pub(in crate::run) error: io::Error,
    /// The status of a proxy's last answer to CONNECT before the refusal; 0 if there was none.
    pub(in crate::run) connected: u32,
}

impl<H> Owner<H> {
    /// Returns whether the last call has left nothing behind: no failure, no refused address and no
    /// deferred message.
    #[inline]
    pub(in crate::run) fn is_settled(&mut self) -> bool {
        let context = self.context();
        let is_refused = context.refusal.is_some();
        !is_refused && !context.guard.head.has_failed() && context.deferred_messages.is_none()
    }

    /// Resumes the panic or returns the failure of a callback, if there is one. If there is none, and no
    /// connection could be made, returns the error with which `open_socket` refused the last address.
    /// Otherwise returns `code`.
    #[inline]
    pub(in crate::run) fn settle(&mut self, code: Code) -> Result<Code, Error> {
        let context = self.context();
        match context.guard.head.has_failed() || context.refusal.is_some() {
            true => self.settle_failed(code),
            false => Ok(code),
        }
    }

    #[cold]
    fn settle_failed(&mut self, code: Code) -> Result<Code, Error> {
        match self.head().take_failure() {
            None => self.settle_refusal(code),
            Some(failure) => Err(self.failed(failure, code)),
        }
    }

    /// Returns the error with which `open_socket` refused the last address, if `code` says that no
    /// connection could be made. Otherwise returns `code`.
    fn settle_refusal(&mut self, code: Code) -> Result<Code, Error> {
        match self.context().refusal.take() {
            None => Ok(code),
            Some(refusal) => self.settle_refused(code, refusal),
        }
    }

    #[cold]
    fn settle_refused(&mut self, code: Code, refusal: Refusal) -> Result<Code, Error> {
        let raw = self.context().raw;
        // libcurl 8.14.0 to 8.17.0 return `FAILED_INIT` for an active FTP connection.
        let codes = [
            Code::COULDNT_CONNECT,
            Code::FTP_PORT_FAILED,
            Code::FAILED_INIT,
        ];
        // SAFETY: C1: the handle is live, and `self` stays borrowed while `info` is used.
        let info = unsafe { Info::new(raw) };
        // If a proxy has answered since, there was a connection, so the refusal is probably not the cause: newer
        // releases return `COULDNT_CONNECT` also when the proxy refuses.
        let connected = info.http_connectcode().unwrap_or_default();
        if !codes.contains(&code) || connected != refusal.connected {
            discard(refusal);
            return Ok(code);
        }
        let error = refusal.error;
        let failure = Failure::Callback(Callback::OpenSocket, Stop::Error(error.into()));
        Err(self.failed(failure, code))
    }

    /// Makes the error of a failure, or resumes its panic. libcurl has ended the transfer with `code`.
    fn failed(&mut self, failure: Failure, code: Code) -> Error {
        failure.into_error(|cause| {
            let code = cause.err().unwrap_or(code);
            match cause {
                Ok(Callback::XferInfo | Callback::Progress)
                    if CONNECTION_KEPT_IN_USE.is_present() =>
                {
                    // With these releases, the progress function has not stopped libcurl itself, as `stop.rs`
                    // explains. The code and the message are those of newer releases.
                    let code = Code::ABORTED_BY_CALLBACK;
                    Circumstances {
                        code,
                        text: Some("Callback aborted".into()),
                        details: self.details(code),
                    }
                }
                Ok(_) => Circumstances {
                    code,
                    text: self.text(),
                    details: self.details(code),
                },
                Err(code) => self.circumstances(code),
            }
        })
    }

    /// Makes the error for the code with which libcurl has failed.
    pub(in crate::run) fn error(&mut self, code: Code) -> Error {
        self.circumstances(code).into_error()
    }

    fn circumstances(&mut self, code: Code) -> Circumstances {
        let details = self.details(code);
        Circumstances {
            code,
            text: host_name::explain(code, self.text(), &details),
            details,
        }
    }

    /// Returns the URL of the transfer that has failed, and the system's error number if that explains
    /// `code`.
    fn details(&mut self, code: Code) -> ErrorDetails {
        // SAFETY: C1: the handle is live, and `self` stays borrowed while `info` is used.
        let info = unsafe { Info::new(self.context().raw) };
        let os_error = info.os_errno().ok().filter(|number| *number != 0);
        let os_error = os_error.filter(|number| explains(code, *number));
        ErrorDetails::new(
            info.effective_url().ok().flatten().and_then(public_url),
            os_error,
        )
    }

    /// Returns libcurl's message about the last error, without credentials, or `None` if there is none.
    pub(in crate::run) fn text(&mut self) -> Option<Box<str>> {
        let bytes = self.context().text.map(|byte| byte as u8);
        let text = CStr::from_bytes_until_nul(&bytes).ok()?.to_string_lossy();
        let text = public_text(text.trim_end(), text.len() + 1 >= bytes.len());
        (!text.is_empty()).then(|| text.into())
    }
}

/// Returns whether the system's error number may be the cause of libcurl's code: releases before
/// 8.8.0 also return the number of an earlier transfer's failure.
fn explains(code: Code, os_error: i32) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut};
    let broken = [BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut];
    match code {
        Code::COULDNT_CONNECT => true,
        Code::SEND_ERROR | Code::RECV_ERROR => {
            broken.contains(&io::Error::from_raw_os_error(os_error).kind())
        }
        _ => false,
    }
}
