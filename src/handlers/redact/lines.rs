//! Puts lines together that arrive in pieces.

use std::fmt;

/// How many bytes of an incomplete line are kept at most; more than the longest line that libcurl accepts from a
/// server.
const LONGEST: usize = 1 << 20;

/// A line, without its end.
pub(super) enum Line {
    Text(String),
    TooLong,
}

impl Line {
    /// Returns the text that is shown for a line that was too long.
    pub(super) fn description(&self) -> String {
        format!("[a line of more than {LONGEST} bytes]")
    }
}

/// Collects bytes until they are a line.
#[derive(Clone, Default)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// How many bytes from the start were searched already and contain no end of line.
    searched: usize,
    /// Whether the first bytes of the current line were thrown away, since the line is too long.
    overflowed: bool,
}

/// Prints only the number of bytes, since a line may contain a secret.
impl fmt::Debug for LineBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

impl LineBuffer {
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn append(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    /// Removes and returns the next complete line; `None` if there is none.
    pub(super) fn next_line(&mut self) -> Option<Line> {
        let rest = &self.bytes[self.searched..];
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.bytes.len();
            if self.searched > LONGEST {
                self.bytes.clear();
                self.searched = 0;
                self.overflowed = true;
            }
            return None;
        };
        let line: Vec<u8> = self.bytes.drain(..=self.searched + end).collect();
        self.searched = 0;
        if std::mem::take(&mut self.overflowed) {
            return Some(Line::TooLong);
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some(Line::Text(String::from_utf8_lossy(line).into_owned()))
    }
}
