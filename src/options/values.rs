//! The values of options that take a set of bits or one of a few choices.
//!
//! An older libcurl may silently ignore a value that it does not know, or take it for another value.
//! So the tables have the release of each value that has a name. A value is checked before an option is set to it.

use libc::c_long;

use crate::ffi::item::Item;
use crate::{Error, Version};

/// A type of values that the row of an option can name.
pub(crate) trait Value {
    fn into_raw(self) -> c_long;

    /// Returns an error for a value that the linked libcurl would ignore or take for another value.
    fn check(&self, item: Item) -> Result<(), Error>;
}

/// A value that has a name in libcurl, with the first release that has the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    name: &'static str,
    since: Version,
    /// The feature or protocol with which libcurl has to be built; `None` if every build has the value.
    with: Option<&'static str>,
}

impl Known {
    pub(crate) const fn new(name: &'static str, since: &str) -> Known {
        Known {
            name,
            since: Version::parse(since),
            with: None,
        }
    }

    pub(crate) const fn with(self, feature: &'static str) -> Known {
        Known {
            with: Some(feature),
            ..self
        }
    }

    /// Returns an error if the linked libcurl lacks this value.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let libcurl = crate::version();
        let is_built_in = |name| libcurl.has_feature(name) || libcurl.has_protocol(name);
        match Version::linked() >= self.since && self.with.is_none_or(is_built_in) {
            true => Ok(()),
            false => Err(Error::unsupported(self.name, self.since)),
        }
    }
}

/// The newest release for which the tables have all values.
const NEWEST: Version = Version::new(8, 22, 0);

/// Returns the set of all bits that have a name.
fn named(known: &[(u32, Known)]) -> u32 {
    known.iter().fold(0, |named, (bit, _)| named | bit)
}

/// Returns whether a set means "all except some": then it contains every bit without a name.
///
/// A set that means "all except some" only excludes values. Of all other values, libcurl uses those that it has.
fn is_all_but(bits: u32, known: &[(u32, Known)]) -> bool {
    bits | named(known) == u32::MAX
}

/// Converts a set of bits to libcurl's number.
pub(crate) fn raw_bits(bits: u32, known: &[(u32, Known)]) -> c_long {
    match is_all_but(bits, known) {
        // Gives all bits of the `long` above these 32 the value of bit 31, since libcurl may use them, for example for
        // newer protocols.
        true => c_long::from(bits as i32),
        false => bits as c_long,
    }
}

/// Returns an error if the linked libcurl lacks a named bit of a set. Returns an error for a bit without a name, too,
/// unless the linked libcurl is newer than these tables. Never refuses a set that means "all except some".
pub(crate) fn check_bits(item: Item, bits: u32, known: &[(u32, Known)]) -> Result<(), Error> {
    if is_all_but(bits, known) {
        return Ok(());
    }
    if bits & !named(known) != 0 && Version::linked() <= NEWEST {
        return Err(item.unsuitable("some of these bits have no meaning in libcurl"));
    }
    let set = known.iter().filter(|(bit, _)| bits & bit != 0);
    set.map(|(_, known)| known).try_for_each(Known::check)
}

/// Makes a type for a set of bits. Each row has the bit, its number, libcurl's name for the bit, the release that
/// added the bit, and the feature or protocol with which libcurl has to be built. `sets` has constants for sets of
/// several bits.
macro_rules! bits {
    (
        $(#[$($doc:tt)*])*
        pub struct $name:ident {
            $($(#[$($bit_doc:tt)*])* $bit:ident = $number:expr, $symbol:literal, $since:literal $(with $feature:literal)?;)*
        }
        $(sets { $($(#[$($set_doc:tt)*])* $set:ident = $bits:expr, $set_symbol:literal;)* })?
    ) => {
        bitflags::bitflags! {
            $(#[$($doc)*])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub struct $name: u32 {
                $(
                    $(#[$($bit_doc)*])*
                    ///
                    #[doc = concat!("Since libcurl ", $since, $(", if built with ", $feature,)? ".")]
                    #[doc(alias = $symbol)]
                    const $bit = $number;
                )*
                $($($(#[$($set_doc)*])* #[doc(alias = $set_symbol)] const $set = $bits;)*)?
            }
        }

        impl $name {
            /// Each bit that has a name, with its release.
            const KNOWN: &[(u32, crate::options::values::Known)] = &[$((
                $number,
                crate::options::values::Known::new($symbol, $since)$(.with($feature))?,
            ),)*];
        }

        impl crate::options::values::Value for $name {
            fn into_raw(self) -> libc::c_long {
                crate::options::values::raw_bits(self.bits(), Self::KNOWN)
            }

            fn check(&self, item: crate::ffi::item::Item) -> Result<(), crate::Error> {
                crate::options::values::check_bits(item, self.bits(), Self::KNOWN)
            }
        }
    };
}

/// Makes an enum of libcurl's choices. Each row has the variant, its number, libcurl's name for the choice,
/// the release that added the choice, and the feature or protocol with which libcurl has to be built.
macro_rules! choices {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $symbol:literal, $since:literal $(with $feature:literal)?;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                ///
                #[doc = concat!("Since libcurl ", $since, $(", if built with ", $feature,)? ".")]
                #[doc(alias = $symbol)]
                $variant,
            )*
        }

        impl $name {
            fn known(self) -> crate::options::values::Known {
                match self {
                    $($name::$variant => crate::options::values::Known::new($symbol, $since)$(.with($feature))?,)*
                }
            }
        }

        impl crate::options::values::Value for $name {
            fn into_raw(self) -> libc::c_long {
                match self {
                    $($name::$variant => $number,)*
                }
            }

            fn check(&self, _: crate::ffi::item::Item) -> Result<(), crate::Error> {
                self.known().check()
            }
        }
    };
}

pub(crate) use bits;

pub(crate) mod auth;
pub(crate) mod ftp;
pub(crate) mod http;
pub(crate) mod mail;
pub(crate) mod network;
pub(crate) mod tls;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multi::NetworkChange;
    use crate::{Auth, Protocols, SshAuth};

    const BITS: &[(u32, Known)] = &[
        (1, Known::new("OLD", "7.1")),
        (2, Known::new("NEW", "99.0.0")),
        (4, Known::new("ELSEWHERE", "7.1").with("no such feature")),
    ];
    const ITEM: Item = Item::new(1, "CURLOPT_TEST", "7.1");

    fn missing(bits: u32) -> &'static str {
        match check_bits(ITEM, bits, BITS) {
            Ok(()) => "",
            Err(Error::Unsupported { what, .. }) => what,
            Err(Error::Option { option, .. }) => option,
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn first_bit_that_is_missing_is_named() {
        assert_eq!([0, 1].map(missing), ["", ""]);
        assert_eq!([2, 3, 6, 7].map(missing), ["NEW"; 4]);
        assert_eq!([4, 5].map(missing), ["ELSEWHERE"; 2]);
        assert_eq!([8, 9, 1 << 31].map(missing), ["CURLOPT_TEST"; 3]);
        // These sets mean "all except some".
        assert_eq!([!0, !1, !2, !7].map(missing), [""; 4]);
    }

    #[test]
    fn set_of_all_has_every_bit_of_a_long() {
        assert_eq!(Protocols::ALL.into_raw(), -1);
        assert_eq!((!Protocols::HTTP).into_raw(), -2);
        assert_eq!(SshAuth::ANY.into_raw(), -1);
        assert_eq!(Auth::ANY.into_raw(), !0x110);
        assert_eq!((Auth::ONLY | Auth::BASIC).into_raw() as u32, 0x8000_0001);
        assert_eq!((Protocols::FILE | Protocols::FTP).into_raw(), 0x404);
        assert_eq!(NetworkChange::all().into_raw(), 7);
    }
}
