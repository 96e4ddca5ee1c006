//! What a transfer knows: **the** table of information, one line each.

use std::time::Duration;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::options::{Auth, HttpVersion};
use crate::{Error, Info, Transfer};

/// Makes a method of `Info` of each row, and for short one of `Transfer`: its
/// name, the kind of its value, the information with its number, the release
/// that added it, and what it returns. The kind says which C type libcurl
/// writes, and with it the high digits of the number.
macro_rules! infos {
    (Info and Transfer: $($name:ident: $kind:ident $(<$value:ty>)?, $info:literal, $number:literal, $since:literal, $text:literal;)*) => {
        infos! { Info: $($name: $kind $(<$value>)?, $info, $number, $since, $text;)* }

        /// # Information about the last transfer
        impl<H> Transfer<H> {
            $(
                #[doc = concat!("Short for [`info().", stringify!($name), "()`](Info::", stringify!($name), "): ", $text)]
                ///
                /// # Errors
                /// [`Error::Unsupported`] if the linked libcurl lacks the information.
                #[doc(alias = $info)]
                pub fn $name(&self) -> Result<infos!(@type $kind '_ $(<$value>)?), Error> {
                    self.info().$name()
                }
            )*
        }
    };
    (Info: $($name:ident: $kind:ident $(<$value:ty>)?, $info:literal, $number:literal, $since:literal, $text:literal;)*) => {
        impl<'a> Info<'a> {
            $(
                #[doc = $text]
                ///
                #[doc = concat!("Since libcurl ", $since, ". ")]
                #[doc = concat!("[libcurl's page](https://curl.se/libcurl/c/", $info, ".html).")]
                ///
                /// # Errors
                /// [`Error::Unsupported`] if the linked libcurl lacks the information.
                #[doc(alias = $info)]
                pub fn $name(&self) -> Result<infos!(@type $kind 'a $(<$value>)?), Error> {
                    const ITEM: Item = Item::new(infos!(@class $kind) + $number, $info, $since);
                    infos!(@$kind self, ITEM)
                }
            )*
        }
    };
    (@class text) => { sys::CURLINFO_STRING };
    (@class size) => { sys::CURLINFO_OFF_T };
    (@class length) => { sys::CURLINFO_OFF_T };
    (@class time) => { sys::CURLINFO_OFF_T };
    (@class $other:ident) => { sys::CURLINFO_LONG };
    (@type text $a:lifetime) => { Option<&$a str> };
    (@type number $a:lifetime <$value:ty>) => { $value };
    (@type auth $a:lifetime) => { Auth };
    (@type version $a:lifetime) => { HttpVersion };
    (@type size $a:lifetime) => { u64 };
    (@type length $a:lifetime) => { Option<u64> };
    (@type time $a:lifetime) => { Duration };
    (@text $self:ident, $item:expr) => { $self.text($item) };
    // libcurl has no negative value here that would mean anything.
    (@number $self:ident, $item:expr) => { Ok($self.long($item)?.try_into().unwrap_or_default()) };
    (@auth $self:ident, $item:expr) => { Ok(Auth::from_bits_retain($self.long($item)? as _)) };
    (@version $self:ident, $item:expr) => { Ok(HttpVersion::from_raw($self.long($item)?)) };
    (@size $self:ident, $item:expr) => { Ok($self.off_t($item)?.try_into().unwrap_or_default()) };
    // libcurl says -1 for a length that it does not know.
    (@length $self:ident, $item:expr) => { Ok($self.off_t($item)?.try_into().ok()) };
    (@time $self:ident, $item:expr) => {
        Ok(Duration::from_micros($self.off_t($item)?.try_into().unwrap_or_default()))
    };
}

#[rustfmt::skip]
infos! { Info and Transfer:
    // The request and the response
    effective_url: text, "CURLINFO_EFFECTIVE_URL", 1, "7.4", "Returns the URL that was used last, after redirects.";
    response_code: number<u32>, "CURLINFO_RESPONSE_CODE", 2, "7.4.1", "Returns the status of the last response; 0 if there was none.";
    http_connectcode: number<u32>, "CURLINFO_HTTP_CONNECTCODE", 22, "7.10.7", "Returns the status of a proxy's last answer to CONNECT; 0 if there was none.";
    content_type: text, "CURLINFO_CONTENT_TYPE", 18, "7.9.4", "Returns the `Content-Type` of the response, if it had one.";
    redirect_count: number<u32>, "CURLINFO_REDIRECT_COUNT", 20, "7.9.7", "Returns how many redirects were followed.";
    redirect_url: text, "CURLINFO_REDIRECT_URL", 31, "7.18.2", "Returns where a redirect leads that was not followed.";
    http_auth_avail: auth, "CURLINFO_HTTPAUTH_AVAIL", 23, "7.10.8", "Returns the methods of authentication that the server offered.";
    header_size: number<u64>, "CURLINFO_HEADER_SIZE", 11, "7.4.1", "Returns how many bytes of headers came.";
    request_size: number<u64>, "CURLINFO_REQUEST_SIZE", 12, "7.4.1", "Returns how many bytes the requests had; some releases count their bodies too.";

    // The body
    upload_size: size, "CURLINFO_SIZE_UPLOAD_T", 7, "7.55.0", "Returns how many bytes were uploaded.";
    download_size: size, "CURLINFO_SIZE_DOWNLOAD_T", 8, "7.55.0", "Returns how many bytes of the body were downloaded.";
    upload_speed: size, "CURLINFO_SPEED_UPLOAD_T", 10, "7.55.0", "Returns the average speed of the upload, in bytes per second.";
    download_speed: size, "CURLINFO_SPEED_DOWNLOAD_T", 9, "7.55.0", "Returns the average speed of the download, in bytes per second.";
    content_length_upload: length, "CURLINFO_CONTENT_LENGTH_UPLOAD_T", 16, "7.55.0", "Returns the announced size of the upload.";
    content_length_download: length, "CURLINFO_CONTENT_LENGTH_DOWNLOAD_T", 15, "7.55.0", "Returns the announced size of the download.";

    // The connection
    primary_ip: text, "CURLINFO_PRIMARY_IP", 32, "7.19.0", "Returns the address of the other end of the last connection.";
    primary_port: number<u16>, "CURLINFO_PRIMARY_PORT", 40, "7.21.0", "Returns the port at the other end of the last connection.";
    local_ip: text, "CURLINFO_LOCAL_IP", 41, "7.21.0", "Returns the address of this end of the last connection.";
    local_port: number<u16>, "CURLINFO_LOCAL_PORT", 42, "7.21.0", "Returns the port at this end of the last connection.";
    num_connects: number<u32>, "CURLINFO_NUM_CONNECTS", 26, "7.12.3", "Returns how many connections had to be made.";
    os_errno: number<i32>, "CURLINFO_OS_ERRNO", 25, "7.12.2", "Returns the system's error number of a connection that failed.";

    // Times, each counted from the start of the transfer
    total_time: time, "CURLINFO_TOTAL_TIME_T", 50, "7.61.0", "Returns how long the whole transfer took.";
    namelookup_time: time, "CURLINFO_NAMELOOKUP_TIME_T", 51, "7.61.0", "Returns the time until the host name was resolved.";
    connect_time: time, "CURLINFO_CONNECT_TIME_T", 52, "7.61.0", "Returns the time until connected.";
    appconnect_time: time, "CURLINFO_APPCONNECT_TIME_T", 56, "7.61.0", "Returns the time until the TLS handshake was done.";
    pretransfer_time: time, "CURLINFO_PRETRANSFER_TIME_T", 53, "7.61.0", "Returns the time until the transfer was about to begin.";
    starttransfer_time: time, "CURLINFO_STARTTRANSFER_TIME_T", 54, "7.61.0", "Returns the time until the first byte came.";
    redirect_time: time, "CURLINFO_REDIRECT_TIME_T", 55, "7.61.0", "Returns how long the redirects took before the last transfer.";
}

// An option of `Transfer` has the name of each of these.
#[rustfmt::skip]
infos! { Info:
    http_version: version, "CURLINFO_HTTP_VERSION", 46, "7.50.0", "Returns the version of HTTP that was used.";
}
