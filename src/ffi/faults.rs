//! Options that some releases of libcurl crash with.

use std::ops::Range;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Error, Version};

/// Options, and the releases that crash with them: from the first one until the one that was fixed.
const FAULTS: [(sys::CURLoption, Range<Version>); 1] = [
    // If the transfer is reset, performed again or dropped before the DNS answer, these releases free
    // the handles of the DNS queries while these handles are still in the engine.
    (
        sys::CURLOPT_DOH_URL,
        Version::new(8, 5, 0)..Version::new(8, 9, 0),
    ),
];

/// Refuses an option with which the linked libcurl crashes.
pub(crate) fn check(option: Item) -> Result<(), Error> {
    check_for(option, Version::linked())
}

fn check_for(option: Item, linked: Version) -> Result<(), Error> {
    let fault =
        |(id, at): &&(sys::CURLoption, Range<Version>)| *id == option.id && at.contains(&linked);
    match FAULTS.iter().find(fault) {
        Some((_, at)) => Err(option.unsupported_before(at.end)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_refused_from_the_first_to_the_last_release_with_its_fault() {
        let doh = Item::new(sys::CURLOPT_DOH_URL, "CURLOPT_DOH_URL", "7.62.0");
        for (linked, refused) in [
            (Version::new(8, 4, 0), false),
            (Version::new(8, 5, 0), true),
            (Version::new(8, 8, 0), true),
            (Version::new(8, 9, 0), false),
        ] {
            assert_eq!(check_for(doh, linked).is_err(), refused, "{linked}");
        }
        let other = Item::new(sys::CURLOPT_URL, "CURLOPT_URL", "7.1");
        assert!(check_for(other, Version::new(8, 5, 0)).is_ok());
    }
}
