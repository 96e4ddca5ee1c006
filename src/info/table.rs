//! The macro that makes a method, or two, of each row of a table.

/// Makes a method of `Info` of each row, and with `Info and Transfer` also a method of `Transfer` that is short for it.
///
/// A row has the name of the method, the kind of its value, libcurl's name of the information and of the less exact one
/// that it replaces, the number, the release that added it, and the documentation. The kind determines which C type
/// libcurl writes, and so the class that is added to the number. The lines of documentation above a row come at the end
/// of the documentation of the method of `Transfer`.
macro_rules! infos {
    (Info and Transfer: $($(#[$attr:meta])* $name:ident: $kind:ident $(<$value:ty>)?, $info:literal $(or $twin:literal)?, $number:literal, $since:literal, $text:literal;)*) => {
        infos! { Info: $($name: $kind $(<$value>)?, $info $(or $twin)?, $number, $since, $text;)* }

        /// # Information about the last transfer
        impl<H> crate::Transfer<H> {
            $(
                #[doc = concat!("Short for [`info().", stringify!($name), "()`](crate::Info::", stringify!($name), "): ", $text)]
                ///
                /// # Errors
                /// [`Error::Unsupported`](crate::Error::Unsupported) if the linked libcurl lacks the information. If
                /// this method returns a `str` or `String`s, also [`Error::NotUtf8`](crate::Error::NotUtf8) for bytes
                /// that are not UTF-8.
                ///
                $(#[$attr])*
                #[doc(alias = $info)]
                $(#[doc(alias = $twin)])?
                pub fn $name(&self) -> Result<infos!(@type $kind '_ $(<$value>)?), crate::Error> {
                    self.info().$name()
                }
            )*
        }
    };
    (Info: $($(#[$attr:meta])* $name:ident: $kind:ident $(<$value:ty>)?, $info:literal $(or $twin:literal)?, $number:literal, $since:literal, $text:literal;)*) => {
        impl<'a> crate::Info<'a> {
            $(
                $(#[$attr])*
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $info, ".html).")]
                ///
                /// # Errors
                /// [`Error::Unsupported`](crate::Error::Unsupported) if the linked libcurl lacks the information. If
                /// this method returns a `str` or `String`s, also [`Error::NotUtf8`](crate::Error::NotUtf8) for bytes
                /// that are not UTF-8.
                #[doc(alias = $info)]
                $(#[doc(alias = $twin)])?
                pub fn $name(&self) -> Result<infos!(@type $kind 'a $(<$value>)?), crate::Error> {
                    const ITEM: crate::ffi::item::Item =
                        crate::ffi::item::Item::new(infos!(@class $kind) + $number, $info, $since);
                    infos!(@$kind self, ITEM)
                }
            )*
        }

        #[cfg(test)]
        pub(super) const ROWS: &[crate::info::InfoRow] = &[$(crate::info::InfoRow {
            id: infos!(@class $kind) + $number,
            method: stringify!($name),
            names: &[$info $(, $twin)?],
            c_type: infos!(@c_type $kind),
        },)*];
    };

    (@class text) => { crate::ffi::sys::CURLINFO_STRING };
    (@class entry_path) => { crate::ffi::sys::CURLINFO_STRING };
    (@class size) => { crate::ffi::sys::CURLINFO_OFF_T };
    (@class length) => { crate::ffi::sys::CURLINFO_OFF_T };
    (@class time) => { crate::ffi::sys::CURLINFO_OFF_T };
    (@class date) => { crate::ffi::sys::CURLINFO_OFF_T };
    (@class secs) => { crate::ffi::sys::CURLINFO_OFF_T };
    (@class double) => { crate::ffi::sys::CURLINFO_DOUBLE };
    (@class list) => { crate::ffi::sys::CURLINFO_SLIST };
    (@class lines) => { crate::ffi::sys::CURLINFO_SLIST };
    (@class certificates) => { crate::ffi::sys::CURLINFO_PTR };
    (@class tls) => { crate::ffi::sys::CURLINFO_PTR };
    (@class socket) => { crate::ffi::sys::CURLINFO_SOCKET };
    (@class $other:ident) => { crate::ffi::sys::CURLINFO_LONG };

    (@c_type text) => { "string" };
    (@c_type entry_path) => { "string" };
    (@c_type size) => { "off_t" };
    (@c_type length) => { "off_t" };
    (@c_type time) => { "off_t" };
    (@c_type date) => { "off_t" };
    (@c_type secs) => { "off_t" };
    (@c_type double) => { "double" };
    (@c_type list) => { "slist" };
    (@c_type lines) => { "slist" };
    (@c_type certificates) => { "ptr" };
    (@c_type tls) => { "ptr" };
    (@c_type socket) => { "socket" };
    (@c_type $other:ident) => { "long" };

    (@type text $a:lifetime) => { Option<&$a str> };
    (@type entry_path $a:lifetime) => { Option<&$a str> };
    (@type number $a:lifetime <$value:ty>) => { $value };
    (@type flag $a:lifetime) => { bool };
    (@type auth $a:lifetime) => { crate::Auth };
    (@type version $a:lifetime) => { crate::HttpVersion };
    (@type protocol $a:lifetime) => { crate::Protocols };
    (@type proxy_error $a:lifetime) => { crate::ProxyError };
    (@type raw_socket $a:lifetime) => { Option<i64> };
    (@type size $a:lifetime) => { u64 };
    (@type length $a:lifetime) => { Option<u64> };
    (@type time $a:lifetime) => { std::time::Duration };
    (@type date $a:lifetime) => { Option<std::time::SystemTime> };
    (@type secs $a:lifetime) => { Option<std::time::Duration> };
    (@type double $a:lifetime) => { f64 };
    (@type list $a:lifetime) => { Vec<String> };
    (@type lines $a:lifetime) => { Vec<Vec<u8>> };
    (@type certificates $a:lifetime) => { Vec<crate::Certificate<$a>> };
    (@type tls $a:lifetime) => { Option<crate::TlsSession<$a>> };
    (@type socket $a:lifetime) => { Option<crate::ActiveSocket<$a>> };

    (@text $self:ident, $item:expr) => { $self.text($item) };
    (@entry_path $self:ident, $item:expr) => { $self.entry_path($item) };
    // No number of this kind that becomes an unsigned type has a negative value with a meaning.
    (@number $self:ident, $item:expr) => { Ok($self.long($item)?.try_into().unwrap_or_default()) };
    (@flag $self:ident, $item:expr) => { Ok($self.long($item)? != 0) };
    (@auth $self:ident, $item:expr) => { Ok(crate::Auth::from_bits_retain($self.long($item)? as _)) };
    (@version $self:ident, $item:expr) => { Ok(crate::HttpVersion::from_raw($self.long($item)?)) };
    (@protocol $self:ident, $item:expr) => { Ok(crate::Protocols::from_bits_retain($self.long($item)? as _)) };
    (@proxy_error $self:ident, $item:expr) => { Ok(crate::ProxyError::new($self.long($item)? as _)) };
    (@raw_socket $self:ident, $item:expr) => { Ok(Some(i64::from($self.long($item)?)).filter(|socket| *socket != -1)) };
    (@size $self:ident, $item:expr) => { Ok($self.off_t($item)?.try_into().unwrap_or_default()) };
    // For a length or an id that libcurl does not know, it says -1.
    (@length $self:ident, $item:expr) => { Ok($self.off_t($item)?.try_into().ok()) };
    (@time $self:ident, $item:expr) => {
        Ok(std::time::Duration::from_micros($self.off_t($item)?.try_into().unwrap_or_default()))
    };
    // For a date that libcurl does not know, it says -1.
    (@date $self:ident, $item:expr) => { Ok(crate::ffi::info::values::date($self.off_t($item)?)) };
    // If no wait was asked for, libcurl says 0.
    (@secs $self:ident, $item:expr) => {
        Ok($self.off_t($item)?.try_into().ok().filter(|secs| *secs > 0).map(std::time::Duration::from_secs))
    };
    (@double $self:ident, $item:expr) => { $self.double($item) };
    (@list $self:ident, $item:expr) => { $self.list($item) };
    (@lines $self:ident, $item:expr) => { $self.lines($item) };
    (@certificates $self:ident, $item:expr) => { $self.certificates($item) };
    (@tls $self:ident, $item:expr) => { $self.tls($item) };
    (@socket $self:ident, $item:expr) => { $self.socket($item) };
}
