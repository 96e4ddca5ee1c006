//! Values that libcurl passes to callbacks, made from any bytes, for the targets in `fuzz/`.

use std::mem::MaybeUninit;

use crate::{HstsEntry, KhKey, ReadBuf};

/// Makes the key that a callback gets for these bytes, since the bundled libcurl has no SSH.
pub fn host_key(kind: u32, key: &[u8]) -> KhKey<'_> {
    KhKey::new(kind, key)
}

/// Makes the entry that `hsts_write` gets for a name and a date, since libcurl passes only valid ones.
pub fn hsts_entry(host: &[u8], date: &[u8]) -> HstsEntry {
    HstsEntry::from_raw(host, date, false)
}

/// Makes a buffer over `memory`, like the one over libcurl's memory that `read` gets. The sanitizer finds
/// accesses behind `memory`, but not all accesses behind the part of libcurl's memory that `read` gets.
pub fn read_buf(memory: &mut [MaybeUninit<u8>]) -> ReadBuf<'_> {
    ReadBuf::over(memory)
}

/// Makes the buffer smaller, as the beginning of a WebSocket frame does.
pub fn truncate(buffer: &mut ReadBuf<'_>, len: u64) {
    buffer.truncate(len);
}
