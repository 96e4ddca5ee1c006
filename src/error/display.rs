//! How an [`Error`](crate::Error) is printed: `{}` on one line, `{:#}` with all its sources.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::{BoxError, ErrorDetails};
use crate::{Callback, Code, Version};

pub(super) fn callback_failed(
    callback: &Callback,
    source: &BoxError,
    _: &Code,
    _: &Option<Box<str>>,
    details: &ErrorDetails,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "the {callback} callback failed{}", At(details))?;
    write_sources(&**source, f)
}

pub(super) fn poll_failed(source: &io::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("waiting for sockets failed")?;
    write_sources(source, f)
}

/// Prints an error and its sources, each after a colon; nothing unless the format is `{:#}`.
fn write_sources(source: &(dyn StdError + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut next = Some(source).filter(|_| f.alternate());
    while let Some(error) = next {
        write!(f, ": {error}")?;
        next = error.source();
    }
    Ok(())
}

/// Prints the URL of an error in parentheses; nothing if there is none.
pub(super) struct At<'a>(pub(super) &'a ErrorDetails);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.url() {
            Some(url) => write!(f, " ({url})"),
            None => Ok(()),
        }
    }
}

/// Prints libcurl's message after a colon; nothing if there is none.
pub(super) struct After<'a>(pub(super) &'a Option<Box<str>>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

/// Prints why the linked libcurl lacks something: it is older than the release that added the thing, or was
/// built without it.
pub(super) struct Lack<'a>(pub(super) &'a Version, pub(super) &'a Version);

impl fmt::Display for Lack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lack(since, linked) = self;
        match linked < since {
            true => write!(f, "needs libcurl {since}, and libcurl {linked} is linked"),
            false => write!(f, "is not built into the linked libcurl {linked}"),
        }
    }
}
