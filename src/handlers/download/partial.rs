//! The file that grows while a download goes on, and the record beside it.

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
    /// Where the bytes in the file are from.
    record: Option<Record>,
}

impl Partial {
    /// Opens the partial file beside `target`, or makes an empty one.
    pub(super) fn open(target: &Path) -> Result<Partial, DownloadError> {
        let path = with_suffix(target, ".part");
        let meta = with_suffix(target, ".part.meta");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let mut file = options.open(&path).map_err(DownloadError::of(&path))?;
        let seek = file.seek(SeekFrom::End(0));
        let len = seek.map_err(DownloadError::of(&path))?;
        // A record that cannot be read is as good as none.
        let text = fs::read_to_string(&meta).ok();
        let record = text.and_then(|text| Record::parse(&text));
        Ok(Partial {
            path,
            meta,
            file,
            record: record.filter(|_| len > 0),
        })
    }

    /// Returns where the bytes in the file are from, if they can be continued.
    pub(super) fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    pub(super) fn len(&self) -> Result<u64, DownloadError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(DownloadError::of(&self.path))?.len())
    }

    /// Empties the file, and keeps the record of the bytes that are written from now on.
    pub(super) fn start_anew(&mut self, record: Option<&Record>) -> Result<(), DownloadError> {
        // Empties the file before it writes the record: a record must never be beside the bytes of another file.
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

    /// Closes the file after an error. A file without bytes is of no use.
    pub(super) fn close(self) {
        if self.len().is_ok_and(|len| len == 0) {
            self.discard();
        }
    }

    /// Deletes the record and then the file. Without its record, a file that cannot be deleted is not
    /// continued either.
    pub(super) fn discard(self) {
        let _ = self.forget();
        let _ = self.file.set_len(0);
        drop(self.file);
        let _ = fs::remove_file(&self.path);
    }

    /// Gives the file its name.
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
        // Without the file that it describes, a record is ignored.
        let _ = fs::remove_file(meta);
        match sync {
            true => sync_directory(target),
            false => Ok(()),
        }
    }
}

/// Waits until the storage device has the names in the directory of a file.
#[cfg(unix)]
fn sync_directory(of: &Path) -> Result<(), DownloadError> {
    let directory = match of.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(DownloadError::of(directory))
}

/// Does nothing: elsewhere, directories cannot be opened, and the system writes their entries itself.
#[cfg(not(unix))]
fn sync_directory(_of: &Path) -> Result<(), DownloadError> {
    Ok(())
}
