//! Converts Rust values to libcurl's: rounds durations up, and refuses values that do not fit.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libc::c_long;

use crate::ffi::c_text::CText;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::options::values::Value;
use crate::options::values::network::Protocols;
use crate::{Error, Version};

pub(super) fn too_large(item: Item) -> Error {
    item.unsuitable("the value is too large")
}

pub(super) fn round_up(item: Item, value: Duration, unit: Duration) -> Result<c_long, Error> {
    let count = value.as_nanos().div_ceil(unit.as_nanos());
    c_long::try_from(count).map_err(|_| too_large(item))
}

/// Returns the whole seconds since 1970, rounded down; a negative number for a time before 1970.
pub(super) fn seconds(item: Item, value: SystemTime) -> Result<i64, Error> {
    match value.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).ok(),
        Err(before) => {
            let whole = before.duration().as_nanos().div_ceil(1_000_000_000);
            i64::try_from(whole).ok().map(|whole| -whole)
        }
    }
    .ok_or_else(|| too_large(item))
}

/// Refuses a value that is too long. libcurl 7.65.0 and newer would refuse it too, but most of these releases only
/// after freeing the former value.
fn within_limit(item: Item, value: &[u8]) -> Result<(), Error> {
    match value.len() <= sys::CURL_MAX_INPUT_LENGTH {
        true => Ok(()),
        false => Err(too_large(item)),
    }
}

/// For an option that takes a list of schemes, returns the older option that takes bits, if
/// the linked libcurl has only that one; `None` otherwise.
pub(super) fn numbered(item: Item) -> Option<Item> {
    if Version::linked() >= item.since {
        return None;
    }
    match item.id - sys::CURLOPTTYPE_OBJECTPOINT {
        318 => Some(Item::new(181, "CURLOPT_PROTOCOLS", "7.19.4")),
        319 => Some(Item::new(182, "CURLOPT_REDIR_PROTOCOLS", "7.19.4")),
        _ => None,
    }
}

/// Returns the bits for a list of schemes, for an option that takes bits.
///
/// The caller has checked that the linked libcurl has each scheme.
pub(super) fn protocols(item: Item, names: &str) -> Result<c_long, Error> {
    let named = |name: &str| Protocols::from_name(&name.to_ascii_uppercase());
    let protocols: Protocols = match names.eq_ignore_ascii_case("all") {
        true => Protocols::ALL,
        false => names.split(',').filter_map(named).collect(),
    };
    // An empty set would forbid all schemes.
    if protocols.is_empty() {
        return Err(item.unsuitable("no scheme is named"));
    }
    Ok(protocols.into_raw())
}

/// Calls `call` with the value as a C string.
pub(super) fn with_text<R>(
    item: Item,
    value: impl AsRef<[u8]>,
    call: impl FnOnce(&CStr) -> Result<R, Error>,
) -> Result<R, Error> {
    let value = value.as_ref();
    match CText::new().copy::<false>(value) {
        Some(text) => call(text),
        None => call(&c_string(item, value)?),
    }
}

/// Calls `call` as [`with_text`] does, but refuses a value with an end of line, which could add
/// lines to a request.
pub(super) fn with_line<R>(
    item: Item,
    value: impl AsRef<[u8]>,
    call: impl FnOnce(&CStr) -> Result<R, Error>,
) -> Result<R, Error> {
    let value = value.as_ref();
    match CText::new().copy::<true>(value) {
        Some(text) => call(text),
        None => call(&one_line(item, value)?),
    }
}

#[cold]
fn c_string(item: Item, value: &[u8]) -> Result<CString, Error> {
    within_limit(item, value)?;
    CString::new(value).map_err(|_| item.unsuitable("the value contains a NUL"))
}

#[cold]
fn one_line(item: Item, value: &[u8]) -> Result<CString, Error> {
    within_limit(item, value)?;
    if value.contains(&b'\r') || value.contains(&b'\n') {
        return Err(item.unsuitable("the value contains an end of line"));
    }
    c_string(item, value)
}

/// Calls `call` as [`with_line`] does, but refuses a header that libcurl would silently leave out
/// of a request. A header needs a name with a colon, or consists of a name and a semicolon.
pub(super) fn with_header<R>(
    item: Item,
    value: impl AsRef<[u8]>,
    call: impl FnOnce(&CStr) -> Result<R, Error>,
) -> Result<R, Error> {
    let value = value.as_ref();
    let find = |wanted| value.iter().position(|byte| *byte == wanted);
    let name = find(b':').or_else(|| find(b';').filter(|at| at + 1 == value.len()));
    match name {
        Some(1..) => with_line(item, value, call),
        _ => Err(item.unsuitable("a header is `Name: value`, `Name:` or `Name;`")),
    }
}

#[cfg(unix)]
pub(super) fn with_path<R>(
    item: Item,
    path: &Path,
    call: impl FnOnce(&CStr) -> Result<R, Error>,
) -> Result<R, Error> {
    let path = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    with_text(item, path, call)
}

#[cfg(not(unix))]
pub(super) fn with_path<R>(
    item: Item,
    path: &Path,
    call: impl FnOnce(&CStr) -> Result<R, Error>,
) -> Result<R, Error> {
    let path = path
        .to_str()
        .ok_or_else(|| item.unsuitable("the path is not Unicode"))?;
    with_text(item, path, call)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: Item = Item::new(1, "CURLOPT_TEST", "7.1");

    #[test]
    fn times_round_up_and_never_to_zero() {
        let millis = |time| round_up(ITEM, time, Duration::from_millis(1)).unwrap();
        assert_eq!(millis(Duration::ZERO), 0);
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::from_millis(1)), 1);
        assert_eq!(millis(Duration::from_nanos(1_000_001)), 2);
        let most = c_long::MAX as u64;
        let secs = |secs| round_up(ITEM, Duration::from_secs(secs), Duration::from_secs(1));
        assert_eq!(secs(most).unwrap(), c_long::MAX);
        assert!(secs(most + 1).is_err());
    }

    #[test]
    fn strings_of_any_length_are_copied_whole() {
        for len in [0, 1, 127, 128, 129, 1000] {
            let value = vec![b'x'; len];
            let copy = with_text(ITEM, &value, |text| Ok(text.to_bytes().to_vec()));
            assert_eq!(copy.unwrap(), value);
            for bad in [b'\0', b'\r', b'\n'] {
                let value = [&value[..], &[bad], &value[..]].concat();
                assert!(with_line(ITEM, value, |_| Ok(())).is_err(), "{len}");
            }
        }
        assert!(with_text(ITEM, "two\r\nlines", |_| Ok(())).is_ok());
    }

    #[test]
    fn dates_round_down() {
        let at = |time| seconds(ITEM, time).unwrap();
        assert_eq!(at(UNIX_EPOCH), 0);
        assert_eq!(at(UNIX_EPOCH + Duration::from_millis(1999)), 1);
        assert_eq!(at(UNIX_EPOCH - Duration::from_millis(1)), -1);
        assert_eq!(at(UNIX_EPOCH - Duration::from_secs(2)), -2);
    }
}
