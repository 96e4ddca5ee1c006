//! Bodies whose bytes all follow from a seed.

/// A body: its length, and the seed of its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) len: usize,
    pub(crate) seed: u64,
}

impl Stream {
    pub(crate) fn new(len: usize, seed: u64) -> Stream {
        Stream { len, seed }
    }

    /// Returns the byte at this position. Two sequences of bytes that begin at positions near each other
    /// differ.
    pub(crate) fn byte(self, at: usize) -> u8 {
        let at = at as u64;
        let mixed = (at ^ (self.seed << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 56) as u8
    }

    /// Returns the bytes from `from` up to `to`, or up to the end of the body.
    pub(crate) fn bytes(self, from: usize, to: usize) -> Vec<u8> {
        (from..to.min(self.len)).map(|at| self.byte(at)).collect()
    }

    pub(crate) fn all(self) -> Vec<u8> {
        self.bytes(0, self.len)
    }

    /// Compares `data` with the bytes from this position on. The error names the first difference.
    pub(crate) fn check(self, from: usize, data: &[u8]) -> Result<(), String> {
        let wrong = (from..)
            .zip(data)
            .find(|(at, byte)| *at >= self.len || self.byte(*at) != **byte);
        match wrong {
            None => Ok(()),
            Some((at, byte)) => Err(format!(
                "byte {at} of {self:?} is {byte:#04x}, not {:#04x}",
                self.byte(at)
            )),
        }
    }
}
