//! The values of options that take a set of bits or one of a few choices.

use libc::c_long;

use crate::Version;

/// Lets an option's row name the type of its value.
pub(crate) trait Value {
    fn into_raw(self) -> c_long;

    /// Returns the release that added the value, where older ones take it for another.
    fn since(&self) -> Version {
        Version::new(0, 0, 0)
    }

    /// Refuses what libcurl would take for something else.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

/// Gives sets of bits to libcurl; a bit that older releases ignore with the release
/// that added it.
macro_rules! bits {
    ($name:ident, $bit:ident since $major:literal, $minor:literal, $patch:literal) => {
        impl crate::options::values::Value for $name {
            fn into_raw(self) -> libc::c_long {
                self.bits() as libc::c_long
            }

            fn since(&self) -> crate::Version {
                match self.contains($name::$bit) {
                    true => crate::Version::new($major, $minor, $patch),
                    false => crate::Version::new(0, 0, 0),
                }
            }
        }
    };
    ($($name:ident)*) => {
        $(impl crate::options::values::Value for $name {
            fn into_raw(self) -> libc::c_long {
                // libcurl wants the bits in a long, whatever its width.
                self.bits() as libc::c_long
            }
        })*
    };
}

/// Makes an enum of libcurl's choices: the variant, its number, libcurl's name of it.
macro_rules! choices {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $alias:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[doc(alias = $alias)] $variant,)*
        }

        impl $name {
            pub(crate) const fn number(self) -> libc::c_long {
                match self {
                    $($name::$variant => $number,)*
                }
            }
        }
    };
}

/// Gives choices to libcurl.
macro_rules! choice_values {
    ($($name:ident)*) => {
        $(impl crate::options::values::Value for $name {
            fn into_raw(self) -> libc::c_long {
                self.number()
            }
        })*
    };
}

pub(crate) mod auth;
pub(crate) mod ftp;
pub(crate) mod http;
pub(crate) mod mail;
pub(crate) mod network;
pub(crate) mod tls;
