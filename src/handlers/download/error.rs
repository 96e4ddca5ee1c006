//! Why a file was not downloaded.

use std::io;
use std::path::{Path, PathBuf};

use crate::Error;

/// The error of a [`Download`](super::Download). Unless a variant says otherwise, a partial file that is not empty
/// stays, and the next download continues it if it can.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The transfer failed. The [`Error`] says why. To continue the file, download again.
    #[error(transparent)]
    Transfer(#[from] Error),
    /// The server answered with this status instead of the file. If the transfer's
    /// [`time_condition`](crate::Transfer::time_condition) is not met, the status is 304 with any protocol. After 429
    /// or 503, try again later; the server may have said [how long to wait](crate::Info::retry_after).
    #[error("the server answered with status {0}")]
    Status(u32),
    /// An operation of the system on the file, its directory or one of the partial files failed. Make room, or correct
    /// the path or its permissions, and download again.
    #[error("{}", path.display())]
    File {
        /// The path of that file or directory.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The partial file is not part of the file that the server has now, or the server does not send the requested
    /// range. The partial file is deleted, and the next download starts anew.
    #[error("the partial file is not part of what the server has")]
    Changed,
    /// The transfer succeeded, but the partial file does not have the size that the server had announced:
    /// normally, it has fewer bytes. Download again to continue.
    #[error("{received} of {size} bytes have come")]
    Incomplete {
        /// The size of the partial file, in bytes.
        received: u64,
        /// The size that was announced.
        size: u64,
    },
    /// No download was begun for the transfer: for example, it was performed by another method than
    /// [`download`](crate::Transfer::download), without [`begin_download`](crate::Transfer::begin_download). Correct
    /// the program.
    #[error("a `Download` is performed by `Transfer::download`")]
    NotBegun,
}

impl DownloadError {
    /// Makes the error of a file.
    pub(super) fn of(path: &Path) -> impl FnOnce(io::Error) -> DownloadError + use<> {
        let path = path.to_owned();
        |source| DownloadError::File { path, source }
    }

    /// Returns the error of the handler if it is the source of the transfer's error, else [`DownloadError::Transfer`].
    pub(super) fn of_transfer(error: Error) -> DownloadError {
        match error.downcast_source() {
            Ok(own) => *own,
            Err(error) => DownloadError::Transfer(error),
        }
    }
}
