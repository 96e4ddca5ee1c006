//! Short strings as C has them, without an allocation.

use std::ffi::CStr;

/// The strings that fit are shorter than this.
const SIZE: usize = 128;
const WORD: usize = size_of::<u64>();

/// Room for one short string.
pub(crate) struct CText([u8; SIZE]);

impl CText {
    #[inline]
    pub(crate) fn new() -> CText {
        // `copy` checks whole words, so the room is filled with a byte that `copy` accepts.
        CText([b'x'; SIZE])
    }

    /// Copies a value, and puts a NUL behind it. Returns `None` if the value is too long or contains a
    /// NUL. With `ONE_LINE`, also returns `None` for a value that contains a CR or LF. `copy` must be
    /// called only once: it leaves bytes behind that a second call might refuse.
    #[inline]
    pub(crate) fn copy<const ONE_LINE: bool>(&mut self, value: &[u8]) -> Option<&CStr> {
        let CText(bytes) = self;
        bytes.get_mut(..value.len())?.copy_from_slice(value);
        // The last word may reach behind the value, where only accepted bytes are.
        let mut words = bytes
            .get(..value.len().next_multiple_of(WORD))?
            .chunks_exact(WORD);
        let is_refused = words.any(|word| {
            let word = word.try_into().map_or(0, u64::from_ne_bytes);
            has(word, 0) || ONE_LINE && (has(word, b'\r') || has(word, b'\n'))
        });
        *bytes.get_mut(value.len())? = 0;
        let text = bytes.get(..=value.len()).filter(|_| !is_refused)?;
        // SAFETY: the last byte is 0, and no other is, as was checked above.
        Some(unsafe { CStr::from_bytes_with_nul_unchecked(text) })
    }
}

/// Returns whether one of the eight bytes in `word` is `byte`.
#[inline(always)]
fn has(word: u64, byte: u8) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    let word = word ^ (ONES * u64::from(byte));
    // The expression keeps the highest bit of each zero byte. Because of a borrow, it may also keep the
    // highest bit of a byte above a zero byte. Without a zero byte, it is 0. So the result is exact.
    word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_anywhere_refuses_a_value() {
        for len in 0..SIZE {
            let value = vec![0xff; len];
            let (mut text, mut line) = (CText::new(), CText::new());
            assert_eq!(text.copy::<false>(&value).unwrap().to_bytes(), value);
            assert_eq!(line.copy::<true>(&value).unwrap().to_bytes(), value);
            for place in 0..len {
                for byte in 0..=0xff {
                    let mut value = value.clone();
                    value[place] = byte;
                    let is_text = CText::new().copy::<false>(&value).is_some();
                    let is_line = CText::new().copy::<true>(&value).is_some();
                    assert_eq!(is_text, byte != 0, "{byte} at {place} of {len}");
                    assert_eq!(
                        is_line,
                        !b"\0\r\n".contains(&byte),
                        "{byte} at {place} of {len}"
                    );
                }
            }
        }
        assert!(CText::new().copy::<false>(&[b'x'; SIZE]).is_none());
    }
}
