//! The options of a transfer: a table for each group, with one line for each option.

use libc::c_long;

use crate::ffi::item::Item;
use crate::options::values::Value;
use crate::{Error, Transfer};

pub use crate::options::unset::Unset;
pub use crate::options::values::auth::{Auth, GssapiDelegation, HttpsigAlgorithm, NetRc, SshAuth};
pub use crate::options::values::ftp::{FtpAuth, FtpCcc, FtpCreateDir, FtpMethod, RtspRequest};
pub use crate::options::values::http::{
    AltSvc, FollowLocation, HeaderOpt, Hsts, HttpVersion, MimeOptions, PostRedirections,
    TimeCondition, WsOptions,
};
pub use crate::options::values::mail::UploadFlags;
pub use crate::options::values::network::{ConnectOnly, IpResolve, Protocols, ProxyType};
pub use crate::options::values::tls::{SslOptions, SslVersion, SslVersions, UseSsl};

mod convert;
#[macro_use]
mod table;
#[macro_use]
pub(crate) mod values;

// The documentation has the groups in this order.
mod network;

mod body;
mod connection;
mod mime;
mod resolver;

mod headers;
mod http;

mod auth;
mod proxy;

mod no_capath;
mod proxy_tls;
mod tls;

mod ftp;
mod mail;
mod rtsp;
mod ssh;

mod behavior;
mod share;
mod unset;

impl<H> Transfer<H> {
    /// Sets an option to one of its choices, or to a set of bits. Returns an error if the option is too new for the
    /// linked libcurl, or if [`Value::check`] or libcurl refuses the value. The option then keeps its former value.
    fn set_value<V: Value>(&mut self, item: Item, value: V) -> Result<(), Error> {
        let checked = item.check_age().and_then(|()| value.check(item));
        let set = checked.and_then(|()| self.set_long(item, value.into_raw()));
        self.easy.note_value(item, set.is_ok());
        set
    }

    fn set_long(&mut self, item: Item, value: c_long) -> Result<(), Error> {
        self.easy.set_long(item, value)
    }
}

/// A row of a table, with the C types that libcurl's own table may state for it.
#[cfg(test)]
pub(crate) struct OptionRow {
    pub(crate) id: crate::ffi::sys::CURLoption,
    pub(crate) method: &'static str,
    /// libcurl's names: of the option that the method sets, and of a narrower option that it replaces.
    pub(crate) names: &'static [&'static str],
    pub(crate) c_types: &'static [&'static str],
    /// The constant that unsets the option, if there is one.
    pub(crate) unset: Option<Unset>,
}

/// Every row.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static OptionRow> {
    [
        auth::ROWS,
        behavior::ROWS,
        body::ROWS,
        connection::ROWS,
        ftp::ROWS,
        http::ROWS,
        mail::ROWS,
        network::ROWS,
        proxy::ROWS,
        proxy_tls::ROWS,
        resolver::ROWS,
        rtsp::ROWS,
        ssh::ROWS,
        tls::ROWS,
    ]
    .into_iter()
    .flatten()
}
