//! The hosts that are reached by HTTPS only, for `hsts_read` and `hsts_write`.

use std::ffi::CString;
use std::time::{Duration, SystemTime};

use crate::error::{BoxError, Stop};

/// A host that libcurl has to reach by HTTPS only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HstsEntry {
    /// The name of the host.
    pub host: String,
    /// When the entry expires, in whole seconds; `None` means never.
    ///
    /// An entry with a time before 1970 has expired. An entry with a time after the year 9999 never expires.
    pub expires: Option<SystemTime>,
    /// Whether the entry also applies to all subdomains of the host.
    pub include_subdomains: bool,
}

/// The length of a time in libcurl's form, such as `20300101 00:00:00`.
pub(crate) const DATE_LEN: usize = 17;

/// An entry in libcurl's form. `date` is the time of expiry as text, and a NUL. If the entry never expires,
/// all bytes of `date` are NUL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    pub(crate) host: CString,
    pub(crate) date: [u8; DATE_LEN + 1],
    pub(crate) include_subdomains: bool,
}

impl HstsEntry {
    /// Converts an entry from libcurl's form.
    pub(crate) fn from_raw(host: &[u8], date: &[u8], include_subdomains: bool) -> HstsEntry {
        HstsEntry {
            host: String::from_utf8_lossy(host).into_owned(),
            expires: parse(date),
            include_subdomains,
        }
    }

    /// Converts the entry to libcurl's form. Returns an error if the host name has more than `capacity` bytes, is
    /// empty, or has a space or a control character.
    fn into_written(self, capacity: usize) -> Result<Written, HstsHostError> {
        // Removes dots at both ends of the name, since only some releases do so.
        let host = self.host.trim_matches('.');
        if host.is_empty() || host.bytes().any(|b| b <= b' ' || b == 0x7F) {
            return Err(HstsHostError::Invalid);
        }
        if host.len() > capacity {
            return Err(HstsHostError::TooLong { limit: capacity });
        }
        Ok(Written {
            host: CString::new(host).map_err(|_| HstsHostError::Invalid)?,
            date: self.expires.map_or([0; DATE_LEN + 1], format),
            include_subdomains: self.include_subdomains,
        })
    }
}

/// The days from the first of March of the year 0 to the first of January 1970.
const EPOCH: i64 = 719_468;
/// The number of days in 400 years.
const ERA: i64 = 146_097;

/// Converts a time to libcurl's form, in UTC. A time after the year 9999 becomes the empty string, which means never.
fn format(time: SystemTime) -> [u8; DATE_LEN + 1] {
    let mut text = [0; DATE_LEN + 1];
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    // Years are counted from March, so that a leap day is the last of its year.
    let days = i64::try_from(seconds / 86_400).unwrap_or(i64::MAX - EPOCH) + EPOCH;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = 400 * era + year + next;
    if year > 9999 {
        return text;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let date = format!("{year:04}{month:02}{day:02} {hour:02}:{minute:02}:{second:02}");
    text[..DATE_LEN].copy_from_slice(date.as_bytes());
    text
}

/// Parses a time in libcurl's form. Returns `None`, which means never, for libcurl's word `unlimited`, and also for
/// any other text that does not have this form: an entry must not get lost because of its time.
fn parse(text: &[u8]) -> Option<SystemTime> {
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        let all = digits.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(digits)
            .ok()
            .filter(|_| all)?
            .parse()
            .ok()
    };
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(9, 11)?, number(12, 14)?, number(15, 17)?);
    if text.len() != DATE_LEN || text[8] != b' ' || !(1..=12).contains(&month) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    let seconds = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    SystemTime::UNIX_EPOCH.checked_add(seconds)
}

/// What [`hsts_read`](crate::Callbacks::hsts_read) answers.
///
/// An `Option<HstsEntry>` converts, so the next item of an iterator is an answer: `None` becomes
/// [`Done`](HstsReadResult::Done).
///
/// # Examples
/// ```
/// use curlback::{CallbackResult, Callbacks, HstsEntry, HstsIndex, HstsReadResult, callbacks};
///
/// /// Keeps hosts from one transfer to the next.
/// #[derive(Default)]
/// struct Hosts { known: Vec<HstsEntry>, given: usize }
///
/// #[callbacks]
/// impl Callbacks for Hosts {
///     fn hsts_read(&mut self) -> HstsReadResult {
///         let next = self.known.get(self.given).cloned();
///         self.given = if next.is_some() { self.given + 1 } else { 0 };
///         next.into()
///     }
///     fn hsts_write(&mut self, entry: HstsEntry, place: HstsIndex) -> CallbackResult {
///         if place.index == 0 {
///             self.known.clear();
///         }
///         self.known.push(entry);
///         CallbackResult::Continue
///     }
/// }
///
/// let entry = HstsEntry { host: "a.test".into(), expires: None, include_subdomains: true };
/// let mut hosts = Hosts { known: vec![entry], given: 0 };
/// assert!(matches!(hosts.hsts_read(), HstsReadResult::Entry(_)));
/// assert!(matches!(hosts.hsts_read(), HstsReadResult::Done));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum HstsReadResult {
    /// The next entry. libcurl then calls `hsts_read` again.
    #[doc(alias = "CURLSTS_OK")]
    Entry(HstsEntry),
    /// There are no more entries.
    #[doc(alias = "CURLSTS_DONE")]
    Done,
    /// Stops the transfer with [`Error::Aborted`](crate::Error::Aborted).
    Abort,
    /// Stops the transfer with [`Error::Callback`](crate::Error::Callback), which keeps this error.
    #[doc(alias = "CURLSTS_FAIL")]
    Fail(BoxError),
}

impl HstsReadResult {
    /// Returns the entry in libcurl's form; `None` for [`HstsReadResult::Done`].
    pub(crate) fn into_written(self, capacity: usize) -> Result<Option<Written>, Stop> {
        match self {
            HstsReadResult::Entry(entry) => match entry.into_written(capacity) {
                Ok(written) => Ok(Some(written)),
                Err(error) => Err(Stop::Error(error.into())),
            },
            HstsReadResult::Done => Ok(None),
            HstsReadResult::Abort => Err(Stop::Abort),
            HstsReadResult::Fail(error) => Err(Stop::Error(error)),
        }
    }
}

impl From<Option<HstsEntry>> for HstsReadResult {
    fn from(entry: Option<HstsEntry>) -> HstsReadResult {
        entry.map_or(HstsReadResult::Done, HstsReadResult::Entry)
    }
}

impl<E: Into<BoxError>> From<Result<Option<HstsEntry>, E>> for HstsReadResult {
    fn from(result: Result<Option<HstsEntry>, E>) -> HstsReadResult {
        match result {
            Ok(entry) => entry.into(),
            Err(error) => HstsReadResult::Fail(error.into()),
        }
    }
}

/// The position of the entry that [`hsts_write`](crate::Callbacks::hsts_write) gets among all entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HstsIndex {
    /// The number of entries before this one.
    pub index: usize,
    /// The number of all entries.
    pub total: usize,
}

/// Why libcurl cannot take the host of an [`HstsEntry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HstsHostError {
    /// The host is empty, or has a space or a control character. Leave the entry out: no URL can have such a host.
    #[error("the HSTS entry has no valid host name")]
    Invalid,
    /// The host is longer than the linked libcurl allows. Leave the entry out.
    #[error("the host of the HSTS entry is longer than {limit} bytes")]
    TooLong {
        /// How many bytes the linked libcurl allows: 256 in libcurl 7.88, 2048 in 8.22.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn times_go_both_ways() {
        for (seconds, text) in [
            (0, "19700101 00:00:00"),
            (68_169_599, "19720228 23:59:59"),
            (68_169_600, "19720229 00:00:00"),
            (68_256_000, "19720301 00:00:00"),
            (951_868_799, "20000229 23:59:59"),
            (1_609_459_199, "20201231 23:59:59"),
            (4_107_542_400, "21000301 00:00:00"),
            (253_402_300_799, "99991231 23:59:59"),
        ] {
            let written = format(at(seconds));
            assert_eq!(std::str::from_utf8(&written), Ok(&*format!("{text}\0")));
            assert_eq!(parse(text.as_bytes()), Some(at(seconds)));
        }
        for seconds in (0..253_402_300_799).step_by(86_400 * 13 + 3607) {
            assert_eq!(parse(&format(at(seconds))[..DATE_LEN]), Some(at(seconds)));
        }
    }

    #[test]
    fn never_is_the_empty_text_and_the_word() {
        assert_eq!(format(at(253_402_300_800)), [0; 18]);
        assert_eq!(format(at(i64::MAX as u64)), [0; 18]);
        for text in [
            "",
            "unlimited",
            "123450101 00:00:0",
            "20201301 00:00:00",
            "20200101",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(format(before), format(at(0)));
    }

    #[test]
    fn host_is_what_libcurl_takes() {
        let entry = |host: &str| HstsEntry {
            host: host.into(),
            expires: None,
            include_subdomains: true,
        };
        let written = entry(".a.test.").into_written(6).unwrap();
        assert_eq!(written.host, c"a.test".to_owned());
        let error = entry("aa.test").into_written(6).unwrap_err();
        assert_eq!(error, HstsHostError::TooLong { limit: 6 });
        for host in ["", ".", "a b", "a\0", "a\n"] {
            let error = entry(host).into_written(6).unwrap_err();
            assert_eq!(error, HstsHostError::Invalid, "{host}");
        }
    }
}
