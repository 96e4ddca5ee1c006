//! The record that is kept beside a partial file, so that a later request can continue the file.

use super::head::number;

/// The first line of a record.
const FORM: &str = "curlback partial file 1";
/// The last line: a record that lacks it was not written to its end.
const END: &str = "end";

/// Identifies the file on the server whose first bytes are in a partial file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The fingerprint of the URL. The URL itself is not kept, since it may contain secrets.
    pub(super) url: u64,
    pub(super) validator: Validator,
    /// The size of the whole file, if it was announced.
    pub(super) size: Option<u64>,
}

/// A header value that a server should change whenever a byte of the file changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Validator {
    ETag(String),
    LastModified(String),
}

impl Validator {
    /// Returns the validator of an `ETag`; `None` if the `ETag` is weak or malformed. A weak one need not change when a
    /// byte changes.
    pub(super) fn from_etag(value: &str) -> Option<Validator> {
        let tag = value.strip_prefix('"')?.strip_suffix('"')?;
        let is_plain = |byte: u8| byte == b'!' || (b'#'..=b'~').contains(&byte);
        let is_tag = tag.bytes().all(is_plain);
        is_tag.then(|| Validator::ETag(value.to_owned()))
    }

    /// Returns the validator of a `Last-Modified`; `None` unless both dates can be parsed and `last_modified` is older
    /// than `date`, the time of the response. If it is not older, the file may change once more in the same second.
    pub(super) fn from_dates(last_modified: &str, date: &str) -> Option<Validator> {
        let is_older = parse_date(last_modified)? < parse_date(date)?;
        is_older.then(|| Validator::LastModified(last_modified.to_owned()))
    }

    /// Returns the value, which a request sends in `If-Range`.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Validator::ETag(value) | Validator::LastModified(value) => value,
        }
    }
}

impl Record {
    pub(super) fn to_text(&self) -> String {
        let Record {
            url,
            validator,
            size,
        } = self;
        let (kind, value) = match validator {
            Validator::ETag(value) => ("etag", value),
            Validator::LastModified(value) => ("last-modified", value),
        };
        let size = size.map_or_else(|| "unknown".to_owned(), |size| size.to_string());
        format!("{FORM}\nurl {url:016x}\nsize {size}\n{kind} {value}\n{END}\n")
    }

    pub(super) fn parse(text: &str) -> Option<Record> {
        let lines: Vec<_> = text.strip_suffix('\n')?.split('\n').collect();
        let [FORM, url, size, validator, END] = lines[..] else {
            return None;
        };
        let size = size.strip_prefix("size ")?;
        let (kind, value) = validator.split_once(' ')?;
        Some(Record {
            url: u64::from_str_radix(url.strip_prefix("url ")?, 16).ok()?,
            size: match size {
                "unknown" => None,
                size => Some(number(size)?),
            },
            validator: match kind {
                "etag" => Validator::from_etag(value)?,
                "last-modified" => {
                    parse_date(value)?;
                    Validator::LastModified(value.to_owned())
                }
                _ => return None,
            },
        })
    }
}

/// Returns a hash of a URL (FNV-1a). Different URLs nearly always have different hashes. The fragment of the URL does
/// not count, since it is not sent.
pub(super) fn fingerprint(url: &str) -> u64 {
    let url = url.split('#').next().unwrap_or_default();
    url.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Parses an `IMF-fixdate`, such as `Sun, 06 Nov 1994 08:49:37 GMT`, into numbers that compare as the dates
/// do. Returns `None` for the obsolete forms of dates, which servers must not send.
fn parse_date(date: &str) -> Option<[u64; 6]> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<_> = date.split(' ').collect();
    let [_, day, month, year, time, "GMT"] = words[..] else {
        return None;
    };
    let time: Vec<_> = time.split(':').collect();
    let [hour, minute, second] = time[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|own| *own == month)?;
    let digits = |text: &str, count| (text.len() == count).then(|| number(text))?;
    Some([
        digits(year, 4)?,
        month as u64,
        digits(day, 2)?,
        digits(hour, 2)?,
        digits(minute, 2)?,
        digits(second, 2)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::{Record, Validator, fingerprint};

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    #[test]
    fn record_that_was_cut_is_none() {
        for (validator, size) in [
            (
                Validator::from_etag("\"a b\"").or(Validator::from_etag("\"ab\"")),
                None,
            ),
            (Some(Validator::LastModified(DATE.to_owned())), Some(7)),
        ] {
            let record = Record {
                url: fingerprint("http://host/"),
                validator: validator.unwrap(),
                size,
            };
            let text = record.to_text();
            assert_eq!(Record::parse(&text), Some(record));
            for end in 0..text.len() {
                assert_eq!(Record::parse(&text[..end]), None);
            }
        }
    }

    #[test]
    fn only_strong_validators_count() {
        for etag in ["W/\"1\"", "1", "\"", "\"1", "\"1\"\r\nX: y", "\"a\"b\""] {
            assert_eq!(Validator::from_etag(etag), None, "{etag}");
        }
        let later = "Sun, 06 Nov 1994 08:49:38 GMT";
        assert!(Validator::from_dates(DATE, later).is_some());
        assert_eq!(Validator::from_dates(DATE, DATE), None);
        assert_eq!(Validator::from_dates("yesterday", later), None);
        assert!(
            Validator::from_dates(
                "Sat, 31 Dec 1994 23:59:59 GMT",
                "Sun, 01 Jan 1995 00:00:00 GMT"
            )
            .is_some()
        );
    }

    #[test]
    fn fingerprint_leaves_the_fragment_out() {
        assert_eq!(fingerprint("http://host/#a"), fingerprint("http://host/"));
        assert_ne!(fingerprint("http://host/?a"), fingerprint("http://host/?b"));
    }
}
