//! The part of a body that waits for its reader.

/// The part of a body that has come and was not read yet.
pub(crate) struct Inbox {
    bytes: Vec<u8>,
    /// How many of the bytes were read.
    read: usize,
    /// How many bytes there may be before libcurl is told to wait.
    limit: usize,
    /// Whether libcurl was told to wait until they are read.
    pub(super) holds: bool,
}

impl Inbox {
    pub(super) fn new(limit: usize) -> Inbox {
        Inbox {
            bytes: Vec::new(),
            read: 0,
            limit,
            holds: false,
        }
    }

    /// Returns the bytes that were not read yet.
    pub(crate) fn unread(&self) -> &[u8] {
        self.bytes.get(self.read..).unwrap_or_default()
    }

    /// Notes that the first `count` of the bytes were read.
    pub(crate) fn consume(&mut self, count: usize) {
        self.read = self.read.saturating_add(count).min(self.bytes.len());
        if self.read == self.bytes.len() {
            self.bytes.clear();
            self.read = 0;
        }
    }

    /// Returns whether libcurl has to wait.
    pub(super) fn is_full(&self) -> bool {
        self.unread().len() >= self.limit
    }

    /// Takes more of the body.
    pub(super) fn append(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }
}
