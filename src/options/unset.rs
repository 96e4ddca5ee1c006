//! Unsetting one option.

use std::fmt;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::{Error, Transfer};

/// Names an option that [`unset`](Transfer::unset) can put back to its default.
///
/// The constants name options that libcurl can unset one by one. [`unset`](Transfer::unset) says how to unset others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unset(Item);

impl Unset {
    pub(super) const fn new(item: Item) -> Unset {
        Unset(item)
    }

    pub(super) const fn item(self) -> Item {
        self.0
    }
}

impl fmt::Debug for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unset").field(&self.0.name).finish()
    }
}

impl<H> Transfer<H> {
    /// Puts one option back to its default. Other options stay. But [`userpwd`](Transfer::userpwd) sets the same two
    /// values as [`username`](Transfer::username) and [`password`](Transfer::password), so unsetting `userpwd` unsets
    /// these two. In the same way, unsetting [`proxy_userpwd`](Transfer::proxy_userpwd) unsets the user name and the
    /// password of the proxy.
    ///
    /// An empty string does not always unset an option: for [`proxy`](Transfer::proxy) it means no proxy, and for
    /// [`accept_encoding`](Transfer::accept_encoding) all encodings. Some options are unset in another way: a list by an
    /// empty list, a body by [`get`](Transfer::get), a callback by [`set_hooks`](Transfer::set_hooks), a share by
    /// [`unshare`](Transfer::unshare), and everything except the share by [`reset`](Transfer::reset).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks the option. libcurl before 7.70.0 does not say which file and
    /// directory of certificate authorities it uses by default, so unsetting these options is `Unsupported` there, too.
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
        let item = option.item();
        match item.id {
            sys::CURLOPTTYPE_BLOB.. => self.easy.unset_blob(item),
            // For libcurl, -1 means that the size is not known.
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
