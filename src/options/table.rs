//! The macro that makes a method of each row of a table.

/// Makes a method of each row, and a constant of `Unset` if the row names one.
///
/// A row has the name of the method, the kind of its value, the constant of `Unset`, libcurl's name of the option and
/// of a narrower option that it replaces, the option's number, the release that added it, and the documentation. The
/// kind determines which C type libcurl takes, and so the class that is added to the number. The lines of documentation
/// above a row, such as an example, come at the end of the method's documentation.
macro_rules! options {
    ($section:literal; $($(#[$attr:meta])* $name:ident: $kind:ident $(<$value:ty>)? $(unset $unset:ident)?, $option:literal $(or $twin:literal)?, $number:literal, $since:literal, $text:literal;)*) => {
        #[doc = concat!("# Options: ", $section)]
        ///
        /// Options stay set until they are changed or the transfer is reset.
        impl<H> crate::Transfer<H> {
            $(options! {
                @$kind $(<$value>)?
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $option, ".html).")]
                ///
                /// # Errors
                /// Those of [every option](crate::Transfer#errors-of-an-option).
                ///
                $(#[$attr])*
                #[doc(alias = $option)]
                $(#[doc(alias = $twin)])?
                , $name, const { crate::ffi::item::Item::new(options!(@class $kind) + $number, $option, $since) }
            })*
        }

        impl crate::Unset {
            $($(
                #[doc = concat!("The option that [`", stringify!($name), "`](crate::Transfer::", stringify!($name), ") sets.")]
                #[doc(alias = $option)]
                pub const $unset: crate::Unset = crate::Unset::new(
                    crate::ffi::item::Item::new(options!(@class $kind) + $number, $option, $since),
                );
            )?)*
        }

        #[cfg(test)]
        pub(super) const ROWS: &[crate::options::OptionRow] = &[$(crate::options::OptionRow {
            id: options!(@class $kind) + $number,
            method: stringify!($name),
            names: &[$option $(, $twin)?],
            c_types: options!(@c_types $kind),
            unset: options!(@unset $($unset)?),
        },)*];
    };

    (@unset) => { None };
    (@unset $unset:ident) => { Some(crate::Unset::$unset) };

    (@class text) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class line) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class range) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class decoded) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class path) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class list) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class lines) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class headers) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class copied) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class body) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class form) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class schemes) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class url) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class handle) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class file) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class stream) => { crate::ffi::sys::CURLOPTTYPE_OBJECTPOINT };
    (@class size) => { crate::ffi::sys::CURLOPTTYPE_OFF_T };
    (@class offset) => { crate::ffi::sys::CURLOPTTYPE_OFF_T };
    (@class posted) => { crate::ffi::sys::CURLOPTTYPE_OFF_T };
    (@class time) => { crate::ffi::sys::CURLOPTTYPE_OFF_T };
    (@class blob) => { crate::ffi::sys::CURLOPTTYPE_BLOB };
    (@class $other:ident) => { crate::ffi::sys::CURLOPTTYPE_LONG };

    (@c_types text) => { &["string"] };
    (@c_types line) => { &["string"] };
    (@c_types range) => { &["string"] };
    (@c_types decoded) => { &["string"] };
    (@c_types path) => { &["string"] };
    (@c_types schemes) => { &["string"] };
    (@c_types url) => { &["string"] };
    (@c_types list) => { &["slist"] };
    (@c_types lines) => { &["slist"] };
    (@c_types headers) => { &["slist"] };
    (@c_types copied) => { &["object"] };
    (@c_types body) => { &["object"] };
    (@c_types form) => { &["object"] };
    (@c_types handle) => { &["object"] };
    (@c_types file) => { &["object"] };
    (@c_types stream) => { &["object"] };
    (@c_types size) => { &["off_t"] };
    (@c_types offset) => { &["off_t"] };
    (@c_types posted) => { &["off_t"] };
    (@c_types time) => { &["off_t"] };
    (@c_types blob) => { &["blob"] };
    (@c_types $other:ident) => { &["long", "values"] };

    (@flag $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), crate::Error> {
            self.set_long($item, enable.into())
        }
    };
    // libcurl's option turns off what the method turns on.
    (@not $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), crate::Error> {
            self.set_long($item, (!enable).into())
        }
    };
    // libcurl's number for checking the name in a certificate is 2.
    (@verify_host $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), crate::Error> {
            self.set_long($item, if enable { 2 } else { 0 })
        }
    };
    // An option without a value: libcurl ignores the number.
    (@unit $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self) -> Result<(), crate::Error> {
            self.set_long($item, 1)
        }
    };
    (@signal $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, enable: bool) -> Result<(), crate::Error> {
            if enable && !crate::version().features().contains(crate::Features::ASYNCH_DNS) {
                let reason = "this libcurl would jump out of signal handlers";
                return Err($item.unsuitable(reason));
            }
            self.set_long($item, (!enable).into())
        }
    };
    (@number<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: $value) -> Result<(), crate::Error> {
            let value = libc::c_long::try_from(value)
                .map_err(|_| crate::options::convert::too_large($item))?;
            self.set_long($item, value)
        }
    };
    // libcurl ignores a weight that is not from 1 to 256.
    (@weight $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: u16) -> Result<(), crate::Error> {
            if !(1..=256).contains(&value) {
                return Err($item.unsuitable("the value is not from 1 to 256"));
            }
            self.set_long($item, value.into())
        }
    };
    // Raises a size below 16,384 bytes to that. Before 8.7.0, libcurl may keep a receive buffer after a transfer, but a
    // reset restores the option to 16,384 bytes: the next transfer would write past the end of a smaller buffer.
    (@buffer $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: usize) -> Result<(), crate::Error> {
            let value = libc::c_long::try_from(value)
                .map_err(|_| crate::options::convert::too_large($item))?;
            self.set_long($item, value.max(16 << 10))
        }
    };
    (@value<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: $value) -> Result<(), crate::Error> {
            self.set_value($item, value)
        }
    };
    // Refuses a method that SOCKS 5 does not have, since older releases store it before they refuse it.
    (@socks5 $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: crate::Auth) -> Result<(), crate::Error> {
            let spoken = crate::Auth::BASIC | crate::Auth::NEGOTIATE;
            match spoken.contains(value) {
                true => self.set_value($item, value),
                false => Err($item.unsuitable("SOCKS 5 has only `BASIC` and `NEGOTIATE`")),
            }
        }
    };
    // Refuses an empty set: older releases return an error for it, but turn alternative services on all the same.
    (@altsvc $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: crate::AltSvc) -> Result<(), crate::Error> {
            match value.is_empty() {
                true => Err($item.unsuitable("the set is empty")),
                false => self.set_value($item, value),
            }
        }
    };
    (@hsts $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: crate::Hsts) -> Result<(), crate::Error> {
            let frees = crate::quirks::HSTS_FREED_IN_USE.is_present();
            match frees && !value.contains(crate::Hsts::ENABLE) {
                true => self.easy.forget_hsts($item),
                false => self.set_value($item, value),
            }
        }
    };
    (@choice<$value:ty> $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl Into<$value>) -> Result<(), crate::Error> {
            self.set_value::<$value>($item, value.into())
        }
    };
    (@millis $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: std::time::Duration) -> Result<(), crate::Error> {
            let unit = std::time::Duration::from_millis(1);
            let value = crate::options::convert::round_up($item, value, unit)?;
            self.set_long($item, value)
        }
    };
    (@secs $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: std::time::Duration) -> Result<(), crate::Error> {
            let unit = std::time::Duration::from_secs(1);
            let value = crate::options::convert::round_up($item, value, unit)?;
            self.set_long($item, value)
        }
    };
    // Seconds, where -1 means forever.
    (@forever $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(
            &mut self,
            value: impl Into<Option<std::time::Duration>>,
        ) -> Result<(), crate::Error> {
            let unit = std::time::Duration::from_secs(1);
            let value = match value.into() {
                Some(value) => crate::options::convert::round_up($item, value, unit)?,
                None => -1,
            };
            self.set_long($item, value)
        }
    };
    // Milliseconds. Before 8.6.0, libcurl has only an option in seconds.
    (@response $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: std::time::Duration) -> Result<(), crate::Error> {
            const SECONDS: crate::ffi::item::Item =
                crate::ffi::item::Item::new(112, "CURLOPT_SERVER_RESPONSE_TIMEOUT", "7.20.0");
            let unit = std::time::Duration::from_millis(1);
            let millis = crate::options::convert::round_up($item, value, unit)?;
            match self.set_long($item, millis) {
                Err(crate::Error::Unsupported { .. }) => {
                    let unit = std::time::Duration::from_secs(1);
                    let value = crate::options::convert::round_up(SECONDS, value, unit)?;
                    self.set_long(SECONDS, value)
                }
                result => result,
            }
        }
    };
    (@size $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: u64) -> Result<(), crate::Error> {
            let value = i64::try_from(value)
                .map_err(|_| crate::options::convert::too_large($item))?;
            self.easy.set_off_t($item, value)
        }
    };
    // An offset, where -1 stands for the size of the file on the server.
    (@offset $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl Into<Option<u64>>) -> Result<(), crate::Error> {
            let value = match value.into() {
                Some(value) => i64::try_from(value)
                    .map_err(|_| crate::options::convert::too_large($item))?,
                None => -1,
            };
            self.easy.set_off_t($item, value)
        }
    };
    (@posted $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: u64) -> Result<(), crate::Error> {
            let value = i64::try_from(value)
                .map_err(|_| crate::options::convert::too_large($item))?;
            self.easy.set_post_size($item, value)
        }
    };
    (@time $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: std::time::SystemTime) -> Result<(), crate::Error> {
            let value = crate::options::convert::seconds($item, value)?;
            self.easy.set_off_t($item, value)
        }
    };
    (@text $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &str) -> Result<(), crate::Error> {
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_text($item, value, set)
        }
    };
    (@url $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &str) -> Result<(), crate::Error> {
            let set = |value: &std::ffi::CStr| self.easy.set_url($item, value);
            crate::options::convert::with_text($item, value, set)
        }
    };
    // Checks the list before libcurl does. If a list has an unknown protocol, some releases store the protocols before
    // it and then refuse the list. After these releases have refused an empty list, they allow no protocol at all.
    (@schemes $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: &str) -> Result<(), crate::Error> {
            if value.split(',').all(str::is_empty) {
                return Err($item.unsuitable("the list names no protocol"));
            }
            let known = |name: &str| name.is_empty() || crate::version().has_protocol(name);
            if !value.eq_ignore_ascii_case("all") && !value.split(',').all(known) {
                return Err($item.unsupported());
            }
            // Older releases have only an option that takes bits.
            if let Some(older) = crate::options::convert::numbered($item) {
                let value = crate::options::convert::protocols($item, value)?;
                return self.easy.set_long(older, value);
            }
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_text($item, value, set)
        }
    };
    // A name and a password. Refuses an encoded NUL: newer releases percent-decode the value when it is set, and if
    // that fails, they have already freed the former value.
    (@decoded $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<[u8]>) -> Result<(), crate::Error> {
            let value = value.as_ref();
            if value.windows(3).any(|digits| digits == b"%00") {
                return Err($item.unsuitable("the value contains an encoded NUL"));
            }
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_line($item, value, set)
        }
    };
    // A value that is sent as part of a line. It must not contain an end of line. It need not be UTF-8, since HTTP and
    // other protocols allow other bytes.
    (@line $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<[u8]>) -> Result<(), crate::Error> {
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_line($item, value, set)
        }
    };
    // Refuses a value that begins with `bytes`: for `bytes=0-4`, libcurl would send `Range: bytes=bytes=0-4`, which a
    // server ignores.
    (@range $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<[u8]>) -> Result<(), crate::Error> {
            let value = value.as_ref();
            let unit = value.trim_ascii_start().get(..5);
            if unit.is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes")) {
                return Err($item.unsuitable("libcurl writes `bytes=` itself: `0-499`, `500-`, `-500`"));
            }
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_line($item, value, set)
        }
    };
    (@path $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<std::path::Path>) -> Result<(), crate::Error> {
            let set = |value: &std::ffi::CStr| self.easy.set_str($item, value);
            crate::options::convert::with_path($item, value.as_ref(), set)
        }
    };
    (@list $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<I>(&mut self, values: I) -> Result<(), crate::Error>
        where
            I: IntoIterator,
            I::Item: AsRef<str>,
        {
            let mut list = crate::ffi::list::ListBuilder::default();
            for value in values {
                let append = |value: &std::ffi::CStr| Ok(list.append(value));
                crate::options::convert::with_text($item, value.as_ref(), append)?;
            }
            self.easy.set_list($item, list.build())
        }
    };
    // A list in which each value becomes a line of a request.
    (@lines $(#[$doc:meta])*, $name:ident, $item:expr) => {
        options! { @lines_by with_line $(#[$doc])*, $name, $item }
    };
    (@headers $(#[$doc:meta])*, $name:ident, $item:expr) => {
        options! { @lines_by with_header $(#[$doc])*, $name, $item }
    };
    (@lines_by $with:ident $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<I>(&mut self, values: I) -> Result<(), crate::Error>
        where
            I: IntoIterator,
            I::Item: AsRef<[u8]>,
        {
            let mut list = crate::ffi::list::ListBuilder::default();
            for value in values {
                let append = |value: &std::ffi::CStr| Ok(list.append(value));
                crate::options::convert::$with($item, value.as_ref(), append)?;
            }
            self.easy.set_list($item, list.build())
        }
    };
    (@blob $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<'v>(
            &mut self,
            value: impl Into<crate::Blob<'v>>,
        ) -> Result<(), crate::Error> {
            self.easy.set_blob($item, value.into())
        }
    };
    (@copied $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl AsRef<[u8]>) -> Result<(), crate::Error> {
            let size = crate::ffi::item::Item {
                id: crate::ffi::sys::CURLOPT_POSTFIELDSIZE_LARGE,
                ..$item
            };
            self.easy.set_copied($item, size, value.as_ref())
        }
    };
    (@body $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: impl Into<Vec<u8>>) -> Result<(), crate::Error> {
            self.easy.set_body($item, value.into())
        }
    };
    (@form $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<I, N, V>(&mut self, fields: I) -> Result<(), crate::Error>
        where
            I: IntoIterator<Item = (N, V)>,
            N: AsRef<str>,
            V: AsRef<[u8]>,
        {
            let mut form = crate::ffi::form::Form::new();
            for (name, contents) in fields {
                let add = |name: &std::ffi::CStr| form.add($item, name, contents.as_ref());
                crate::options::convert::with_line($item, name.as_ref(), add)?;
            }
            self.easy.set_form($item, form)
        }
    };
    (@handle $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(&mut self, value: crate::Url) -> Result<(), crate::Error> {
            self.easy.set_url_handle($item, value)
        }
    };
    (@file $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name(
            &mut self,
            file: impl Into<std::os::fd::OwnedFd>,
        ) -> Result<(), crate::Error> {
            self.easy.set_file($item, file.into())
        }
    };
    (@stream $(#[$doc:meta])*, $name:ident, $item:expr) => {
        $(#[$doc])*
        pub fn $name<G>(&mut self, on: &crate::Transfer<G>) -> Result<(), crate::Error> {
            self.easy.set_dependency($item, &on.easy)
        }
    };
}
