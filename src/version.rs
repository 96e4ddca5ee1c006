//! Which libcurl is linked.

use std::fmt;
use std::sync::OnceLock;

/// A release of libcurl.
///
/// # Examples
/// ```
/// use curlback::Version;
///
/// let linked = Version::linked();
/// assert!(linked >= Version::new(7, 80, 0), "libcurl {linked} is too old");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u8,
    /// The second number.
    pub minor: u8,
    /// The third number.
    pub patch: u8,
}

impl Version {
    /// Makes a version of three numbers.
    #[must_use]
    pub const fn new(major: u8, minor: u8, patch: u8) -> Version {
        Version {
            major,
            minor,
            patch,
        }
    }

    /// Returns the version of the libcurl that this process is linked to.
    ///
    /// It is asked at run time: a shared libcurl may be another one than that
    /// which the program was built with.
    #[must_use]
    #[doc(alias = "curl_version_info")]
    pub fn linked() -> Version {
        static LINKED: OnceLock<Version> = OnceLock::new();
        *LINKED.get_or_init(|| {
            let [_, major, minor, patch] = curl::Version::get().version_num().to_be_bytes();
            Version {
                major,
                minor,
                patch,
            }
        })
    }

    /// Reads "7.61.0" from a table, at compile time.
    pub(crate) const fn parse(text: &str) -> Version {
        let text = text.as_bytes();
        let (mut numbers, mut at, mut i) = ([0_u8; 3], 0, 0);
        while i < text.len() {
            match text[i] {
                b'.' => at += 1,
                digit => numbers[at] = numbers[at] * 10 + (digit - b'0'),
            }
            i += 1;
        }
        Version::new(numbers[0], numbers[1], numbers[2])
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn tables_state_versions_as_text() {
        assert_eq!(Version::parse("7.61.0"), Version::new(7, 61, 0));
        assert_eq!(Version::parse("8.7"), Version::new(8, 7, 0));
    }
}
