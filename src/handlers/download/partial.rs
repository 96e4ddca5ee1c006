//! The partial file of a download, and the record that is kept beside it.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::Record;
use super::{DownloadError, with_suffix};

/// A partial file that is open.
pub(super) struct Partial {
    path: PathBuf,
    meta: PathBuf,
    file: File,
    /// Identifies the file on the server from which the bytes in the partial file come; `None` if these
    /// bytes cannot be continued.
    record: Option<Record>,
}

impl Partial {
    /// Opens the partial file beside `target`, or creates an empty one.
    pub(super) fn open(target: &Path) -> Result<Partial, DownloadError> {
        let path = with_suffix(target, ".part");
        let meta = with_suffix(target, ".part.meta");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let mut file = options.open(&path).map_err(DownloadError::of(&path))?;
        let seek = file.seek(SeekFrom::End(0));
        let len = seek.map_err(DownloadError::of(&path))?;
        // A record that cannot be read or parsed counts as missing.
        let text = fs::read_to_string(&meta).ok();
        let record = text.and_then(|text| Record::parse(&text));
        Ok(Partial {
            path,
            meta,
            file,
            record: record.filter(|_| len > 0),
        })
    }

    /// Returns the record of the server's file from which the bytes come; `None` if they cannot be continued.
    pub(super) fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    pub(super) fn len(&self) -> Result<u64, DownloadError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(DownloadError::of(&self.path))?.len())
    }

    /// Empties the file, and writes the record for the bytes that will be written to it. Without a record, deletes the
    /// former one.
    pub(super) fn start_anew(&mut self, record: Option<&Record>) -> Result<(), DownloadError> {
        // The file is emptied before the record is written: a record must never be beside the bytes of another file.
        if self.len()? > 0 {
            let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
            emptied.map_err(DownloadError::of(&self.path))?;
        }
        self.record = record.cloned();
        match record {
            Some(record) => {
                fs::write(&self.meta, record.to_text()).map_err(DownloadError::of(&self.meta))
            }
            None => self.forget(),
        }
    }

    /// Deletes the record.
    fn forget(&self) -> Result<(), DownloadError> {
        match fs::remove_file(&self.meta) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(DownloadError::of(&self.meta)(error))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), DownloadError> {
        let written = self.file.write_all(data);
        written.map_err(DownloadError::of(&self.path))
    }

    /// Closes the file after an error. If the file is empty, deletes it and the record.
    pub(super) fn close(self) {
        if self.len().is_ok_and(|len| len == 0) {
            self.discard();
        }
    }

    /// Deletes the record, empties the file, and deletes it. Each of these steps alone keeps the next download from
    /// continuing the file.
    pub(super) fn discard(self) {
        let _ = self.forget();
        let _ = self.file.set_len(0);
        drop(self.file);
        let _ = fs::remove_file(&self.path);
    }

    /// Renames the partial file to `target`, and deletes the record.
    pub(super) fn complete(self, target: &Path, sync: bool) -> Result<(), DownloadError> {
        if sync {
            self.file
                .sync_all()
                .map_err(DownloadError::of(&self.path))?;
        }
        let Partial {
            path, meta, file, ..
        } = self;
        drop(file);
        fs::rename(&path, target).map_err(DownloadError::of(target))?;
        // If the record cannot be deleted, it is ignored, since its partial file does not exist any more.
        let _ = fs::remove_file(meta);
        match sync {
            true => sync_directory(target),
            false => Ok(()),
        }
    }
}

/// Waits until the storage device has the entries of the directory in which the file `of` is.
#[cfg(unix)]
fn sync_directory(of: &Path) -> Result<(), DownloadError> {
    let directory = match of.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(DownloadError::of(directory))
}

/// Does nothing: on Windows, `File::open` does not open a directory.
#[cfg(not(unix))]
fn sync_directory(_of: &Path) -> Result<(), DownloadError> {
    Ok(())
}
