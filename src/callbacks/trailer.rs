//! The header fields that are sent after a body.

use std::ffi::CString;

use crate::error::Stop;

/// Collects the header fields to send after a body. The callback [`trailer`](crate::Callbacks::trailer) fills it.
///
/// # Examples
/// ```
/// use curlback::{CallbackResult, Callbacks, TrailerError, Trailers, callbacks};
///
/// struct Sums(u32);
///
/// #[callbacks]
/// impl Callbacks for Sums {
///     fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
///         trailers.append("x-sum", &self.0.to_string()).into()
///     }
/// }
///
/// let mut trailers = Trailers::default();
/// assert!(matches!(Sums(7).trailer(&mut trailers), CallbackResult::Continue));
/// assert_eq!(trailers.append("x", "two\nlines"), Err(TrailerError::Value));
/// ```
#[derive(Debug, Default)]
pub struct Trailers {
    lines: Vec<CString>,
    refused: Option<TrailerError>,
}

impl Trailers {
    /// Appends a field. The value need not be UTF-8.
    ///
    /// # Errors
    /// [`TrailerError`] for a name that HTTP does not allow, or a value with an end of line or a NUL. The error also
    /// fails the transfer, so that no trailer is sent even if the handler ignores the error.
    pub fn append(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), TrailerError> {
        let result = line(name, value.as_ref()).map(|line| self.lines.push(line));
        self.refused = self.refused.or(result.err());
        result
    }

    /// Returns the lines, or an error if one of the fields was refused.
    pub(crate) fn into_lines(self) -> Result<Vec<CString>, Stop> {
        match self.refused {
            Some(error) => Err(Stop::Error(error.into())),
            None => Ok(self.lines),
        }
    }
}

fn line(name: &str, value: &[u8]) -> Result<CString, TrailerError> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(TrailerError::Name);
    }
    if value.contains(&b'\r') || value.contains(&b'\n') {
        return Err(TrailerError::Value);
    }
    // libcurl leaves out a line that does not have this form.
    let line = [name.as_bytes(), b": ", value].concat();
    CString::new(line).map_err(|_| TrailerError::Value)
}

/// Returns whether HTTP allows this byte in the name of a field.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Why [`Trailers::append`] refused a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrailerError {
    /// The name is empty, or has a character that HTTP does not allow in a name, such as a colon, a
    /// space or an end of line. Correct the program; if the name comes from a user, reject it.
    #[error("the name of a trailer has a character that HTTP forbids")]
    Name,
    /// The value contains an end of line or a NUL. Encode such a value, for example in base64.
    #[error("the value of a trailer contains an end of line or a NUL")]
    Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_one_line_each() {
        let mut trailers = Trailers::default();
        trailers.append("X-Sum", "1 2: 3").unwrap();
        trailers.append("empty", "").unwrap();
        let lines = trailers.into_lines().unwrap();
        assert_eq!(lines, [c"X-Sum: 1 2: 3".to_owned(), c"empty: ".to_owned()]);
    }

    #[test]
    fn refusal_lasts_even_if_ignored() {
        for name in ["", "a:b", "a b", "a\r\nb", "a\0", "ä"] {
            let mut trailers = Trailers::default();
            assert_eq!(
                trailers.append(name, "v"),
                Err(TrailerError::Name),
                "{name}"
            );
            trailers.append("good", "v").unwrap();
            assert!(trailers.into_lines().is_err());
        }
        for value in ["\n", "a\rb", "a\0b"] {
            let mut trailers = Trailers::default();
            assert_eq!(trailers.append("n", value), Err(TrailerError::Value));
            assert!(trailers.into_lines().is_err());
        }
    }
}
