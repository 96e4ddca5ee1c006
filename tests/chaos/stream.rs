//! Bodies whose every byte follows from the URL.

/// A body: its length, and the number that its bytes follow from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) len: usize,
    pub(crate) seed: u64,
}

impl Stream {
    pub(crate) fn new(len: usize, seed: u64) -> Stream {
        Stream { len, seed }
    }

    /// Returns the byte at this place. No two places nearby have the same bytes after them.
    pub(crate) fn byte(self, at: usize) -> u8 {
        let at = at as u64;
        let mixed = (at ^ (self.seed << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 56) as u8
    }

    /// Returns the bytes between these places, as far as there are any.
    pub(crate) fn bytes(self, from: usize, to: usize) -> Vec<u8> {
        (from..to.min(self.len)).map(|at| self.byte(at)).collect()
    }

    pub(crate) fn all(self) -> Vec<u8> {
        self.bytes(0, self.len)
    }

    /// Says what is wrong with `data`, which starts at this place.
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
