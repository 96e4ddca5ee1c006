//! Bytes of a body on their way between libcurl and a reader or writer.

/// The bytes that one side has put in and the other has not taken out yet.
pub(crate) struct Pipe {
    bytes: Vec<u8>,
    /// How many of the bytes were taken out.
    taken: usize,
    /// How many bytes there may be before the side that puts them in has to wait.
    limit: usize,
    /// Whether libcurl was told to wait for the other side.
    pub(super) holds: bool,
    /// Whether no more bytes are put in.
    has_ended: bool,
}

impl Pipe {
    pub(super) fn new(limit: usize) -> Pipe {
        Pipe {
            bytes: Vec::new(),
            taken: 0,
            limit,
            holds: false,
            has_ended: false,
        }
    }

    /// Returns the bytes that were not taken out yet.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }

    /// Returns whether there is nothing to take out.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Takes the first `count` of the bytes out.
    pub(crate) fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.bytes.len());
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        }
    }

    /// Returns how many more bytes may be put in.
    pub(crate) fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes().len())
    }

    /// Puts bytes in.
    pub(crate) fn append(&mut self, data: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(data);
    }

    /// Notes that no more bytes are put in.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}
