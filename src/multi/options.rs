//! The options and statistics of a `Multi`: tables with one row for each.

use libc::c_long;

use crate::Error;
use crate::callbacks::event_loop::EventLoop;
use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::multi::Multi;
use crate::options::values::{Value, bits};
use crate::quirks::{NETWORK_CHANGES_ALIKE, mixed_streams};
use crate::run::multi::Core;

/// Makes a method of each row. The columns: the name of the method, the kind and the type of its value, the
/// option, its number, the release that added it, and what it does.
macro_rules! options {
    ($(#[$doc:meta])* $all:ident: $($(#[$meta:meta])* $name:ident: $kind:ident<$value:ty>, $option:literal, $number:literal, $since:literal, $text:literal;)*) => {
        $(#[$doc])*
        impl<H, L: EventLoop> Multi<H, L> {
            $(
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $option, ".html).")]
                ///
                /// # Errors
                /// [`Error::Option`] for a value that does not suit, or inside a callback, while a
                /// [`Share`](crate::Share) of a transfer of this `Multi` is in use. [`Error::Unsupported`] if
                /// the linked libcurl lacks the option.
                #[doc(alias = $option)]
                $(#[$meta])*
                pub fn $name(&mut self, value: $value) -> Result<(), Error> {
                    const ITEM: Item = Item::new(options!(@class $kind) + $number, $option, $since);
                    options!(@$kind self, ITEM, value)
                }
            )*
        }

        /// The rows, for the test of completeness.
        #[cfg(test)]
        const $all: &[(&str, sys::CURLMoption)] =
            &[$(($option, options!(@class $kind) + $number),)*];
    };
    (@class size) => { sys::CURLOPTTYPE_OFF_T };
    (@class list) => { sys::CURLOPTTYPE_OBJECTPOINT };
    (@class $other:ident) => { sys::CURLOPTTYPE_LONG };
    (@size $self:ident, $item:expr, $value:ident) => {
        $self.group.core.set_off_t($item, i64::try_from($value).map_err(|_| $item.unsuitable("the value is too large"))?)
    };
    (@list $self:ident, $item:expr, $value:ident) => { $self.group.core.set_texts($item, $value) };
    (@$long:ident $self:ident, $item:expr, $value:ident) => {
        Setting::$long($item, $value)?.apply(&mut $self.group.core)
    };
}

/// An option with a value that was checked, which can be set on several multi handles.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    item: Item,
    value: c_long,
}

impl Setting {
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "a `c_long` has 32 bits on some systems"
    )]
    pub(crate) fn number(item: Item, value: u32) -> Result<Setting, Error> {
        match c_long::try_from(value) {
            Ok(value) => Ok(Setting { item, value }),
            Err(_) => Err(item.unsuitable("the value is too large")),
        }
    }

    pub(crate) fn flag(item: Item, value: bool) -> Result<Setting, Error> {
        let value = value.into();
        Ok(Setting { item, value })
    }

    pub(crate) fn bits(item: Item, value: impl Value) -> Result<Setting, Error> {
        item.check_age()?;
        value.check(item)?;
        let value = value.into_raw();
        Ok(Setting { item, value })
    }

    pub(crate) fn pipelining(item: Item, value: Pipelining) -> Result<Setting, Error> {
        match mixed_streams() {
            Some(fault) if value.contains(Pipelining::MULTIPLEX) => {
                Err(fault.unsupported("CURLPIPE_MULTIPLEX"))
            }
            _ => Setting::bits(item, value),
        }
    }

    pub(crate) fn apply<L: EventLoop>(self, core: &mut Core<L>) -> Result<(), Error> {
        core.set_long(self.item, self.value)
    }
}

/// Calls a macro with the rows of the options that stay set. A `Multi` and the builder of an agent have
/// these options.
macro_rules! lasting_options {
    ($make:ident! { $($before:tt)* }) => {
        $make! {
            $($before)*
            #[doc(alias = "set_max_connects")]
            max_connects: number<u32>, "CURLMOPT_MAXCONNECTS", 6, "7.16.3", "Limits how many connections are kept open for reuse; by default, as many as libcurl decides: a few for each running transfer, so that fewer are kept when transfers end. Connections in use count too. [The guide](crate::guide::sharing#how-many-connections-are-kept) says which limit suits.";
            #[doc(alias = "set_max_total_connections")]
            max_total_connections: number<u32>, "CURLMOPT_MAX_TOTAL_CONNECTIONS", 13, "7.30.0", "Limits how many connections are open at a time; zero, the default, is no limit. Further transfers wait for their turn, until their [`timeout`](crate::Transfer::timeout) or [`connect_timeout`](crate::Transfer::connect_timeout) is over.";
            #[doc(alias = "set_max_host_connections")]
            max_host_connections: number<u32>, "CURLMOPT_MAX_HOST_CONNECTIONS", 7, "7.30.0", "Limits how many connections to one host are open at a time; zero, the default, is no limit. Further transfers wait for their turn, until their [`timeout`](crate::Transfer::timeout) or [`connect_timeout`](crate::Transfer::connect_timeout) is over.";
            #[doc(alias = "set_max_concurrent_streams")]
            max_concurrent_streams: number<u32>, "CURLMOPT_MAX_CONCURRENT_STREAMS", 16, "7.67.0", "Limits how many transfers go over one HTTP/2 connection at a time: 100 by default.";
            pipelining: pipelining<crate::multi::Pipelining>, "CURLMOPT_PIPELINING", 3, "7.16.0", "Sets whether several transfers may use one HTTP/2 connection at a time; by default, they may. [`MULTIPLEX`](crate::multi::Pipelining::MULTIPLEX) is [`Error::Unsupported`] with libcurl before 7.88.0 and with 8.0.0 and 8.0.1, and `NOTHING` is the default there: with these releases, a pause of one transfer may give others on its connection wrong bytes, or stop them.";
            resolve_threads_max: number<u32>, "CURLMOPT_RESOLVE_THREADS_MAX", 20, "8.20.0", "Limits how many threads resolve names, if libcurl was built to resolve by threads: 20 by default.";
            quick_exit: flag<bool>, "CURLMOPT_QUICK_EXIT", 21, "8.20.0", "Sets whether threads that still resolve names are left alone when the `Multi` is dropped or the agent ends, instead of waited for: for a process that ends anyway. Off by default. A transfer that is cancelled, removed or dropped while it runs turns it on. Before libcurl 8.20.0, [`Transfer::quick_exit`](crate::Transfer::quick_exit) of each transfer decides.";
        }
    };
}
pub(crate) use lasting_options;

lasting_options! {
    options! {
        /// # Options
        ///
        /// These options stay set until they are changed or the `Multi` is dropped.
        LASTING:
    }
}

#[rustfmt::skip]
options! {
    /// # Options without an effect
    OBSOLETE:
    #[deprecated(note = "libcurl no longer pipelines, and ignores it")]
    #[doc(alias = "set_pipeline_length")]
    max_pipeline_length: number<u32>, "CURLMOPT_MAX_PIPELINE_LENGTH", 8, "7.30.0", "Limited how many requests went into a pipeline.";
    #[deprecated(note = "libcurl no longer pipelines, and ignores it")]
    content_length_penalty_size: size<u64>, "CURLMOPT_CONTENT_LENGTH_PENALTY_SIZE", 9, "7.30.0", "Kept requests off a pipeline with a response this large.";
    #[deprecated(note = "libcurl no longer pipelines, and ignores it")]
    chunk_length_penalty_size: size<u64>, "CURLMOPT_CHUNK_LENGTH_PENALTY_SIZE", 10, "7.30.0", "Kept requests off a pipeline with a chunk this large.";
    #[deprecated(note = "libcurl no longer pipelines, and ignores it")]
    pipelining_site_bl: list<&[&str]>, "CURLMOPT_PIPELINING_SITE_BL", 11, "7.30.0", "Kept hosts from being sent pipelines.";
    #[deprecated(note = "libcurl no longer pipelines, and ignores it")]
    pipelining_server_bl: list<&[&str]>, "CURLMOPT_PIPELINING_SERVER_BL", 12, "7.30.0", "Kept kinds of servers from being sent pipelines.";
}

/// Setting this option acts once, and the value does not stay. So the option is a method of an agent, and not
/// of its builder.
const NETWORK_CHANGED: Item = Item::new(
    sys::CURLOPTTYPE_LONG + 17,
    "CURLMOPT_NETWORK_CHANGED",
    "8.16.0",
);

impl<H, L: EventLoop> Multi<H, L> {
    /// Tells libcurl that the network has changed: libcurl discards those connections and addresses of the
    /// `Multi` that `value` names. libcurl keeps what is in a [`Share`](crate::Share). Running transfers go
    /// on.
    ///
    /// Since libcurl 8.16.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLMOPT_NETWORK_CHANGED.html).
    ///
    /// # Errors
    /// [`Error::Option`] for a value that does not suit, or inside a callback, while a [`Share`](crate::Share) of a
    /// transfer of this `Multi` is in use. [`Error::Unsupported`] if the linked libcurl lacks the option.
    #[doc(alias = "CURLMOPT_NETWORK_CHANGED")]
    pub fn network_changed(&mut self, value: NetworkChange) -> Result<(), Error> {
        NetworkChange::setting(value)?.apply(&mut self.group.core)
    }
}

impl NetworkChange {
    /// Makes the setting with which libcurl discards what this value names.
    pub(crate) fn setting(self) -> Result<Setting, Error> {
        let all = NETWORK_CHANGES_ALIKE.is_present() && !self.is_empty();
        let value = if all { NetworkChange::CLEAR_ALL } else { self };
        Setting::bits(NETWORK_CHANGED, value)
    }
}

bits! {
    /// How several transfers use a connection.
    pub struct Pipelining {
        /// One transfer after the other.
        NOTHING = 0, "CURLPIPE_NOTHING", "7.43.0";
        /// At the same time, as streams of HTTP/2.
        MULTIPLEX = 2, "CURLPIPE_MULTIPLEX", "7.43.0";
    }
}

bits! {
    /// What libcurl discards when the network has changed.
    pub struct NetworkChange {
        /// Connections and addresses.
        CLEAR_ALL = 1 << 0, "CURLMNWC_CLEAR_ALL", "8.16.0";
        /// Connections: libcurl closes idle ones, and does not reuse those in use. Before libcurl 8.20.0, also
        /// the addresses.
        CLEAR_CONNECTIONS = 1 << 1, "CURLMNWC_CLEAR_CONNS", "8.16.0";
        /// The addresses of host names. Before libcurl 8.20.0, also the connections.
        CLEAR_DNS = 1 << 2, "CURLMNWC_CLEAR_DNS", "8.16.0";
    }
}

macro_rules! statistics {
    ($($name:ident, $info:literal, $number:literal, $text:literal;)*) => {
        /// # Statistics
        ///
        /// These counts include libcurl's own internal transfers.
        impl<H, L: EventLoop> Multi<H, L> {
            $(
                #[doc = $text]
                ///
                /// Since libcurl 8.16.0.
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $info, ".html).")]
                ///
                /// # Errors
                /// [`Error::Unsupported`] before libcurl 8.16.0.
                #[doc(alias($info, "curl_multi_get_offt"))]
                pub fn $name(&self) -> Result<u64, Error> {
                    const ITEM: Item = Item::new($number, $info, "8.16.0");
                    let count = self.group.core.get_off_t(ITEM)?;
                    Ok(count.try_into().unwrap_or_default())
                }
            )*
        }
    };
}

statistics! {
    transfers_current, "CURLMINFO_XFERS_CURRENT", 1, "Returns how many transfers are added and not removed.";
    transfers_running, "CURLMINFO_XFERS_RUNNING", 2, "Returns how many transfers have begun and not ended.";
    transfers_pending, "CURLMINFO_XFERS_PENDING", 3, "Returns how many transfers wait for their turn, because of a limit.";
    transfers_done, "CURLMINFO_XFERS_DONE", 4, "Returns how many transfers have ended inside libcurl, and are not removed yet.";
    transfers_added, "CURLMINFO_XFERS_ADDED", 5, "Returns how many transfers were ever added.";
}

impl Item {
    /// Turns libcurl's code for an option of a `Multi` into a result.
    pub(crate) fn check_multi(self, code: crate::multi::MultiCode) -> Result<(), Error> {
        use crate::multi::MultiCode;
        match code {
            MultiCode::OK => Ok(()),
            MultiCode::UNKNOWN_OPTION => Err(self.unsupported()),
            MultiCode::BAD_FUNCTION_ARGUMENT => Err(self.unsuitable("libcurl refuses this value")),
            code => Err(code.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LASTING, NETWORK_CHANGED, OBSOLETE};

    #[test]
    fn every_plain_option_of_a_multi_has_a_method() {
        const NUMBERS: [u32; 13] = [
            3, 6, 7, 8, 13, 16, 17, 20, 21, 10_011, 10_012, 30_009, 30_010,
        ];
        let mut own: Vec<u32> = LASTING.iter().chain(OBSOLETE).map(|(_, id)| *id).collect();
        own.push(NETWORK_CHANGED.id);
        own.sort_unstable();
        assert_eq!(own, NUMBERS);
    }
}
