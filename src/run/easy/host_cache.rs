//! The cache of addresses, from which libcurl before 8.14.0 may free addresses that a connection still uses.
//!
//! The data connection of an FTP transfer points to an entry of the cache. These releases may free the entry
//! when another transfer uses the same cache: for example, if the entry is older than
//! `CURLOPT_DNS_CACHE_TIMEOUT` when that transfer ends. The transfers of an engine use one cache, except those
//! with a share that has `ShareData::DNS`: all transfers with such a share use the cache of the share. With
//! these releases:
//!
//! - An FTP transfer of a `Multi` has a share of its own, and thus a cache of its own.
//! - FTP is refused with a share of the user's that has `ShareData::DNS`. In a `Multi`, FTP is refused with any
//!   share of the user's, since a transfer can have only one share.
//! - A redirect leads to FTP only if the user has allowed that; a transfer that may be redirected to FTP
//!   counts as one of FTP.

use std::ffi::CStr;
use std::sync::Arc;

use libc::c_long;

use crate::Error;
use crate::ffi::item::Item;
use crate::ffi::share::SHARE;
use crate::ffi::share::data::ShareData;
use crate::ffi::sys;
use crate::quirks::ADDRESS_FREED_IN_USE;
use crate::run::easy::Easy;
use crate::run::trampolines::share;

pub(super) const REDIR_PROTOCOLS: sys::CURLoption = 182;
pub(super) const REDIR_PROTOCOLS_STR: sys::CURLoption = sys::CURLOPTTYPE_OBJECTPOINT + 319;

const HTTP_AND_HTTPS: c_long = 1 << 0 | 1 << 1;
const FTP_OR_FTPS: c_long = 1 << 2 | 1 << 3;

/// The schemes to which redirects may lead.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Redirects {
    /// The schemes of libcurl's default.
    #[default]
    Default,
    /// HTTP and HTTPS, to which this crate has restricted redirects.
    Restricted,
    /// The schemes that the user has set, with FTP or without.
    Set { ftp: bool },
}

impl Redirects {
    /// Notes `CURLOPT_REDIR_PROTOCOLS`.
    pub(super) fn note_long(&mut self, option: sys::CURLoption, value: c_long) {
        if option == REDIR_PROTOCOLS {
            *self = Redirects::Set {
                ftp: value & FTP_OR_FTPS != 0,
            };
        }
    }

    /// Notes `CURLOPT_REDIR_PROTOCOLS_STR`.
    pub(super) fn note_text(&mut self, option: sys::CURLoption, value: Option<&CStr>) {
        if option == REDIR_PROTOCOLS_STR {
            *self = value.map_or(Redirects::Default, |schemes| {
                let mut names = schemes.to_bytes().split(|byte| *byte == b',');
                let is_ftp = |name: &[u8]| {
                    let name = name.trim_ascii();
                    [&b"ftp"[..], b"ftps", b"all"]
                        .iter()
                        .any(|ftp| name.eq_ignore_ascii_case(ftp))
                };
                Redirects::Set {
                    ftp: names.any(is_ftp),
                }
            });
        }
    }
}

impl<H> Easy<H> {
    /// Returns whether the next transfer must not have a cache of addresses in common with others.
    pub(crate) fn needs_own_addresses(&self) -> bool {
        ADDRESS_FREED_IN_USE.is_present() && self.known.may_use_ftp()
    }

    /// Applies the rules of this module to the next transfer. `is_lone` says whether that transfer performs
    /// alone, not in a `Multi`.
    pub(in crate::run) fn separate_addresses(&mut self, is_lone: bool) -> Result<(), Error> {
        if !ADDRESS_FREED_IN_USE.is_present() {
            return Ok(());
        }
        if self.known.answers.follows() && self.known.redirects == Redirects::Default {
            let option = Item::new(REDIR_PROTOCOLS, "CURLOPT_REDIR_PROTOCOLS", "7.19.4");
            // SAFETY: the option takes a long.
            unsafe { self.set(option, HTTP_AND_HTTPS) }?;
            self.known.redirects = Redirects::Restricted;
        }
        if !self.known.may_use_ftp() {
            return Ok(());
        }
        match &self.handle.share {
            Some(share) if share.is_own() => Ok(()),
            Some(share) if !is_lone || share.data().contains(ShareData::DNS) => {
                Err(SHARE.unsuitable(
                    "before libcurl 8.14.0, FTP needs addresses of its own: use no share, or one without `ShareData::DNS` outside of a `Multi`",
                ))
            }
            None if !is_lone => self.set_share(Some(Arc::new(share::of_one()?))),
            _ => Ok(()),
        }
    }
}
