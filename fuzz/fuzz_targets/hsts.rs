//! The entries of an HSTS cache: one callback gives them to libcurl, and another gets them back.
#![no_main]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use curlback::fuzzing::hsts_entry;
use curlback::{
    CallbackResult, Callbacks, Error, Hooks, Hsts, HstsEntry, HstsHostError, HstsIndex,
    HstsReadResult, Transfer,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    hosts: Vec<Host<'a>>,
    /// A name and a date that libcurl might hand over.
    name: &'a [u8],
    date: &'a [u8],
}

#[derive(Arbitrary, Debug)]
struct Host<'a> {
    name: &'a str,
    times: u16,
    /// Seconds from 1970.
    expires: Option<i64>,
    include_subdomains: bool,
}

impl Host<'_> {
    fn entry(&self) -> HstsEntry {
        let distance = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
        let time = |seconds: i64| match seconds < 0 {
            true => SystemTime::UNIX_EPOCH.checked_sub(distance(seconds)),
            false => SystemTime::UNIX_EPOCH.checked_add(distance(seconds)),
        };
        HstsEntry {
            host: self.name.repeat(usize::from(self.times % 300) + 1),
            expires: self.expires.and_then(time),
            include_subdomains: self.include_subdomains,
        }
    }
}

#[derive(Default)]
struct Handler {
    entries: std::vec::IntoIter<HstsEntry>,
    read: Vec<HstsEntry>,
    written: Rc<RefCell<Vec<HstsEntry>>>,
}

impl Callbacks for Handler {
    fn hooks(&self) -> Hooks {
        Hooks::default() | Hooks::HSTS_READ | Hooks::HSTS_WRITE
    }

    fn hsts_read(&mut self) -> HstsReadResult {
        let next = self.entries.next();
        self.read.extend(next.clone());
        next.into()
    }

    fn hsts_write(&mut self, entry: HstsEntry, place: HstsIndex) -> CallbackResult {
        let mut written = self.written.borrow_mut();
        assert_eq!(place.index, written.len());
        assert!(place.index < place.total);
        written.push(entry);
        CallbackResult::Continue
    }
}

/// Returns why `host` cannot be given to libcurl, or `None` if it can. Dots around it are taken off.
fn fault(host: &str) -> Option<HstsHostError> {
    let host = host.trim_matches('.');
    let invalid = host.is_empty() || host.bytes().any(|byte| byte <= b' ' || byte == 0x7F);
    match invalid {
        true => Some(HstsHostError::Invalid),
        false if host.len() > 2048 => Some(HstsHostError::TooLong { limit: 2048 }),
        false => None,
    }
}

/// From this time on, the bundled libcurl takes a time for never: it has only 32 bits for times.
const YEAR_2038: i64 = i32::MAX as i64;
const YEAR_10000: i64 = 253_402_300_800;

fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_secs().try_into().unwrap_or(i64::MAX),
        Err(_) => 0,
    }
}

/// Compares the entries that libcurl has written with the entries that libcurl was given.
fn check(given: &[HstsEntry], written: &[HstsEntry]) {
    let name = |entry: &HstsEntry| entry.host.trim_matches('.').to_owned();
    for own in written {
        let same = given
            .iter()
            .filter(|entry| name(entry).eq_ignore_ascii_case(&own.host));
        let same = Vec::from_iter(same);
        assert!(!same.is_empty(), "{own:?} was not given");
        // libcurl keeps one of the times of a host.
        let fits = |entry: &&HstsEntry| match (entry.expires.map(seconds), own.expires) {
            (None | Some(YEAR_2038..), expires) => expires.is_none(),
            (Some(own_seconds), Some(expires)) => seconds(expires) == own_seconds,
            (Some(_), None) => false,
        };
        assert!(same.iter().any(fits), "{own:?} of {same:?}");
        assert!(!own.include_subdomains || same.iter().any(|entry| entry.include_subdomains));
    }
}

fuzz_target!(|input: Input<'_>| {
    let entries: Vec<_> = input.hosts.iter().map(Host::entry).collect();
    let written = Rc::default();
    let handler = Handler {
        entries: entries.clone().into_iter(),
        written: Rc::clone(&written),
        ..Handler::default()
    };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.hsts_ctrl(Hsts::ENABLE).unwrap();
    transfer.url("file:///dev/null").unwrap();
    let result = transfer.perform();
    let bad = entries
        .iter()
        .position(|entry| fault(&entry.host).is_some());
    let read = std::mem::take(&mut transfer.handler_mut().read);
    match bad {
        None => {
            result.unwrap();
            assert_eq!(read, entries);
        }
        Some(bad) => {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Callback { .. }), "{error:?}");
            assert_eq!(error.downcast_ref(), fault(&entries[bad].host).as_ref());
            assert_eq!(read, entries[..=bad]);
        }
    }
    drop(transfer);
    check(&read, &written.borrow());

    // Whatever libcurl hands over, the time is one that libcurl could write, or `None`.
    let entry = hsts_entry(input.name, input.date);
    assert_eq!(entry.host, String::from_utf8_lossy(input.name));
    if let Some(expires) = entry.expires {
        assert_eq!(input.date.len(), 17);
        assert!(seconds(expires) < YEAR_10000 + 100 * 86_400);
    }
});
