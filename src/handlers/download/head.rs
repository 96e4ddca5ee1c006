//! The headers of a response that a download needs.

use super::DownloadError;
use super::record::{Record, Validator, fingerprint};
use crate::HeaderLine;

/// The value of a header field that a response should have at most once.
#[derive(Default)]
enum Field {
    #[default]
    None,
    One(String),
    /// The field came twice, or its value is not ASCII.
    Unclear,
}

impl Field {
    fn note(&mut self, value: &[u8]) {
        *self = match (&*self, std::str::from_utf8(value)) {
            (Field::None, Ok(value)) if value.is_ascii() => Field::One(value.to_owned()),
            _ => Field::Unclear,
        };
    }

    fn get(&self) -> Option<&str> {
        match self {
            Field::One(value) => Some(value),
            _ => None,
        }
    }

    fn differs(&self, from: &str) -> bool {
        match self {
            Field::None => false,
            Field::One(value) => value != from,
            Field::Unclear => true,
        }
    }
}

/// The headers of the last response.
#[derive(Default)]
pub(super) struct Head {
    /// The fingerprint of the first URL of the transfer.
    url: Option<u64>,
    etag: Field,
    last_modified: Field,
    date: Field,
    content_range: Field,
}

impl Head {
    /// Notes a header line. At a status line, forgets the headers of the former response.
    pub(super) fn note(&mut self, line: &HeaderLine<'_>) {
        if line.is_status_line() {
            *self = Head {
                url: self.url.or_else(|| {
                    // The first URL identifies the file, since a redirect may lead to another URL each time.
                    let url = line.info().effective_url().ok().flatten()?;
                    Some(fingerprint(url))
                }),
                ..Head::default()
            };
            return;
        }
        let field = match line.name() {
            _ if line.is_trailer() => return,
            Some(name) if name.eq_ignore_ascii_case("etag") => &mut self.etag,
            Some(name) if name.eq_ignore_ascii_case("last-modified") => &mut self.last_modified,
            Some(name) if name.eq_ignore_ascii_case("date") => &mut self.date,
            Some(name) if name.eq_ignore_ascii_case("content-range") => &mut self.content_range,
            _ => return,
        };
        field.note(line.value().unwrap_or_default());
    }

    /// Returns what a later request needs to continue the body of this response; `None` if it cannot be continued.
    pub(super) fn record(&self, size: Option<u64>) -> Option<Record> {
        let by_etag = self.etag.get().and_then(Validator::from_etag);
        let by_date = || Validator::from_dates(self.last_modified.get()?, self.date.get()?);
        Some(Record {
            url: self.url?,
            validator: by_etag.or_else(by_date)?,
            size,
        })
    }

    /// Returns the size of the whole file if this response, a 206, continues a partial file of `from` bytes.
    pub(super) fn check_range(
        &self,
        from: u64,
        asked: Option<&Record>,
    ) -> Result<u64, DownloadError> {
        let range = self.content_range.get().and_then(ContentRange::parse);
        match range {
            Some(ContentRange::Part { first, last, size })
                if first == from && first <= last && last < size && self.fits(asked, size) =>
            {
                Ok(size)
            }
            _ => Err(DownloadError::Changed),
        }
    }

    /// Returns an error unless this response, a 416, says that the whole file has `len` bytes.
    pub(super) fn check_complete(
        &self,
        len: u64,
        asked: Option<&Record>,
    ) -> Result<(), DownloadError> {
        let range = self.content_range.get().and_then(ContentRange::parse);
        match range {
            Some(ContentRange::Unsatisfied { size }) if size == len && self.fits(asked, size) => {
                Ok(())
            }
            _ => Err(DownloadError::Changed),
        }
    }

    /// Returns whether this response may be for the file of the record `asked`: validator, URL and size do not
    /// differ. Without a record, returns `true`.
    fn fits(&self, asked: Option<&Record>, size: u64) -> bool {
        let Some(asked) = asked else { return true };
        let differs = match &asked.validator {
            Validator::ETag(etag) => self.etag.differs(etag),
            Validator::LastModified(date) => self.last_modified.differs(date),
        };
        !differs && self.url == Some(asked.url) && asked.size.is_none_or(|own| own == size)
    }
}

/// The value of a `Content-Range`, whose size is known.
#[derive(Debug, PartialEq, Eq)]
enum ContentRange {
    Part { first: u64, last: u64, size: u64 },
    Unsatisfied { size: u64 },
}

impl ContentRange {
    fn parse(value: &str) -> Option<ContentRange> {
        let (unit, range) = value.split_once(' ')?;
        let (range, size) = range.trim_start().split_once('/')?;
        let size = number(size)?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        if range == "*" {
            return Some(ContentRange::Unsatisfied { size });
        }
        let (first, last) = range.split_once('-')?;
        Some(ContentRange::Part {
            first: number(first)?,
            last: number(last)?,
            size,
        })
    }
}

/// Parses a number; returns `None` for anything but digits, and for a number beyond `u64`.
pub(super) fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::ContentRange::{self, Part, Unsatisfied};

    #[test]
    fn content_range_needs_a_size() {
        let part = Part {
            first: 5,
            last: 9,
            size: 10,
        };
        assert_eq!(ContentRange::parse("bytes 5-9/10"), Some(part));
        let unsatisfied = Unsatisfied { size: 10 };
        assert_eq!(ContentRange::parse("Bytes */10"), Some(unsatisfied));
        for value in [
            "bytes 5-9/*",
            "bytes 5-9",
            "bytes -9/10",
            "bytes 5-/10",
            "bytes +5-9/10",
            "lines 5-9/10",
            "bytes=5-9/10",
            "bytes 5-9/99999999999999999999",
            "bytes 5-9, 5-9/10",
            "",
        ] {
            assert_eq!(ContentRange::parse(value), None, "{value}");
        }
    }
}
