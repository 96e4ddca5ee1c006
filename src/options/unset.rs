//! Taking one option back.

use std::fmt;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Error, Transfer};

/// An option that [`unset`](Transfer::unset) takes back.
///
/// There is a constant for each option that libcurl takes back as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unset(Item);

impl Unset {
    pub(super) const fn new(item: Item) -> Unset {
        Unset(item)
    }
}

impl fmt::Debug for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unset").field(&self.0.name).finish()
    }
}

impl<H> Transfer<H> {
    /// Takes one option back, as if it had never been set; the others stay.
    ///
    /// An empty text does not always: it is no proxy at all, and every encoding. An empty list
    /// takes back a list, [`get`](Transfer::get) a body, [`set_hooks`](Transfer::set_hooks) a
    /// callback, [`unshare`](Transfer::unshare) a share, [`reset`](Transfer::reset) everything.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks the option; also for a file or directory of
    /// authorities before libcurl 7.70.0, which does not say which ones it had at first.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, Unset, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.range("0-8")?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.handler_mut().take_body(), b"[package]");
    ///
    /// transfer.unset(Unset::RANGE)?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().len() > 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "unsetopt")]
    pub fn unset(&mut self, option: Unset) -> Result<(), Error> {
        let Unset(item) = option;
        match item.id {
            sys::CURLOPTTYPE_BLOB.. => self.easy.unset_blob(item),
            // libcurl's word for a size that nobody knows.
            sys::CURLOPTTYPE_OFF_T.. => self.easy.set_off_t(item, -1),
            _ => self.easy.unset_str(item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_can_be_taken_back_at_any_time() {
        let mut transfer = Transfer::new(()).unwrap();
        for option in crate::options::all().filter_map(|row| row.unset) {
            match transfer.unset(option) {
                Ok(()) | Err(Error::Unsupported { .. }) => {}
                Err(error) => panic!("{option:?}: {error}"),
            }
        }
    }
}
