//! libcurl's error codes: `CURLcode` and `CURLMcode`.

use std::fmt;

use crate::ffi::{error_text, sys};

/// libcurl's code for what went wrong with a transfer.
///
/// It can hold any number, also a code that a later libcurl adds. The constants have libcurl's names without
/// `CURLE_`.
///
/// See <https://curl.se/libcurl/c/libcurl-errors.html>.
///
/// # Examples
/// ```
/// use curlback::Code;
///
/// assert_eq!(Code::COULDNT_CONNECT.number(), 7);
/// assert_eq!(format!("{:?}", Code::COULDNT_CONNECT), "CURLE_COULDNT_CONNECT");
/// assert_eq!(format!("{:?}", Code::new(9999)), "CURLcode(9999)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias("CURLcode", "curl_easy_strerror"))]
pub struct Code(u32);

/// libcurl's code for what went wrong with a multi handle, such as that of a [`Multi`](crate::multi::Multi), and
/// not with a single transfer.
///
/// It can hold any number, also a code that a later libcurl adds. The constants have libcurl's names without
/// `CURLM_`.
///
/// See <https://curl.se/libcurl/c/libcurl-errors.html>.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "CURLMcode")]
#[doc(alias = "curl_multi_strerror")]
pub struct MultiCode(i32);

/// Makes a constant of each row. A row has the name of the constant, its number, libcurl's name for it, and
/// further names under which the documentation is searched: names of former releases of libcurl, and names
/// of the `curl` crate.
macro_rules! codes {
    ($type:ident($number:ty), $c_type:literal, $describe:expr, $what:literal; $($name:ident = $value:literal, $alias:literal $(or $former:literal)*;)*) => {
        impl $type {
            $(
                #[doc = concat!("`", $alias, "` (", $value, ").")]
                #[doc(alias = $alias)]
                $(#[doc(alias = $former)])*
                pub const $name: $type = $type($value);
            )*

            /// The names by which the documentation is searched, each with its code.
            #[cfg(test)]
            const ALIASES: &[(&str, $type)] =
                &[$(($alias, $type::$name), $(($former, $type::$name),)*)*];

            /// Makes the code with this number of libcurl's.
            #[must_use]
            pub const fn new(number: $number) -> $type {
                $type(number)
            }

            /// Returns the number that libcurl has for the code.
            #[must_use]
            pub const fn number(self) -> $number {
                self.0
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    $($value => f.write_str($alias),)*
                    other => write!(f, concat!($c_type, "({})"), other),
                }
            }
        }

        /// Prints the number of the code, and libcurl's message for it.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($what, " {} ({})"), self.0, $describe(self.0))
            }
        }
    };
}

codes! { MultiCode(i32), "CURLMcode", error_text::of_multi, "libcurl multi error";
    OK = 0, "CURLM_OK";
    BAD_HANDLE = 1, "CURLM_BAD_HANDLE" or "is_bad_handle";
    BAD_EASY_HANDLE = 2, "CURLM_BAD_EASY_HANDLE" or "is_bad_easy_handle";
    OUT_OF_MEMORY = 3, "CURLM_OUT_OF_MEMORY" or "is_out_of_memory";
    INTERNAL_ERROR = 4, "CURLM_INTERNAL_ERROR" or "is_internal_error";
    BAD_SOCKET = 5, "CURLM_BAD_SOCKET" or "is_bad_socket";
    UNKNOWN_OPTION = 6, "CURLM_UNKNOWN_OPTION" or "is_unknown_option";
    ADDED_ALREADY = 7, "CURLM_ADDED_ALREADY" or "is_added_already";
    RECURSIVE_API_CALL = 8, "CURLM_RECURSIVE_API_CALL";
    WAKEUP_FAILURE = 9, "CURLM_WAKEUP_FAILURE";
    BAD_FUNCTION_ARGUMENT = 10, "CURLM_BAD_FUNCTION_ARGUMENT";
    ABORTED_BY_CALLBACK = 11, "CURLM_ABORTED_BY_CALLBACK";
    UNRECOVERABLE_POLL = 12, "CURLM_UNRECOVERABLE_POLL";
}

codes! { Code(u32), "CURLcode", error_text::of_easy, "libcurl error";
    OK = 0, "CURLE_OK";
    UNSUPPORTED_PROTOCOL = 1, "CURLE_UNSUPPORTED_PROTOCOL" or "is_unsupported_protocol";
    FAILED_INIT = 2, "CURLE_FAILED_INIT" or "is_failed_init";
    URL_MALFORMAT = 3, "CURLE_URL_MALFORMAT" or "is_url_malformed";
    NOT_BUILT_IN = 4, "CURLE_NOT_BUILT_IN" or "CURLE_URL_MALFORMAT_USER" or "is_not_built_in";
    COULDNT_RESOLVE_PROXY = 5, "CURLE_COULDNT_RESOLVE_PROXY" or "is_couldnt_resolve_proxy";
    COULDNT_RESOLVE_HOST = 6, "CURLE_COULDNT_RESOLVE_HOST" or "is_couldnt_resolve_host";
    COULDNT_CONNECT = 7, "CURLE_COULDNT_CONNECT" or "is_couldnt_connect";
    WEIRD_SERVER_REPLY = 8, "CURLE_WEIRD_SERVER_REPLY" or "CURLE_FTP_WEIRD_SERVER_REPLY";
    REMOTE_ACCESS_DENIED = 9, "CURLE_REMOTE_ACCESS_DENIED" or "CURLE_FTP_ACCESS_DENIED" or "is_remote_access_denied";
    FTP_ACCEPT_FAILED = 10, "CURLE_FTP_ACCEPT_FAILED";
    FTP_WEIRD_PASS_REPLY = 11, "CURLE_FTP_WEIRD_PASS_REPLY";
    FTP_ACCEPT_TIMEOUT = 12, "CURLE_FTP_ACCEPT_TIMEOUT";
    FTP_WEIRD_PASV_REPLY = 13, "CURLE_FTP_WEIRD_PASV_REPLY";
    FTP_WEIRD_227_FORMAT = 14, "CURLE_FTP_WEIRD_227_FORMAT";
    FTP_CANT_GET_HOST = 15, "CURLE_FTP_CANT_GET_HOST";
    HTTP2 = 16, "CURLE_HTTP2" or "is_http2_error";
    FTP_COULDNT_SET_TYPE = 17, "CURLE_FTP_COULDNT_SET_TYPE" or "CURLE_FTP_COULDNT_SET_BINARY";
    PARTIAL_FILE = 18, "CURLE_PARTIAL_FILE" or "CURLE_FTP_PARTIAL_FILE" or "is_partial_file";
    FTP_COULDNT_RETR_FILE = 19, "CURLE_FTP_COULDNT_RETR_FILE";
    QUOTE_ERROR = 21, "CURLE_QUOTE_ERROR" or "CURLE_FTP_QUOTE_ERROR" or "is_quote_error";
    HTTP_RETURNED_ERROR = 22, "CURLE_HTTP_RETURNED_ERROR" or "CURLE_HTTP_NOT_FOUND" or "is_http_returned_error";
    WRITE_ERROR = 23, "CURLE_WRITE_ERROR" or "is_write_error";
    UPLOAD_FAILED = 25, "CURLE_UPLOAD_FAILED" or "CURLE_FTP_COULDNT_STOR_FILE" or "is_upload_failed";
    READ_ERROR = 26, "CURLE_READ_ERROR" or "is_read_error";
    OUT_OF_MEMORY = 27, "CURLE_OUT_OF_MEMORY" or "is_out_of_memory";
    OPERATION_TIMEDOUT = 28, "CURLE_OPERATION_TIMEDOUT" or "CURLE_OPERATION_TIMEOUTED" or "is_operation_timedout";
    FTP_PORT_FAILED = 30, "CURLE_FTP_PORT_FAILED";
    FTP_COULDNT_USE_REST = 31, "CURLE_FTP_COULDNT_USE_REST";
    RANGE_ERROR = 33, "CURLE_RANGE_ERROR" or "CURLE_HTTP_RANGE_ERROR" or "is_range_error";
    SSL_CONNECT_ERROR = 35, "CURLE_SSL_CONNECT_ERROR" or "is_ssl_connect_error";
    BAD_DOWNLOAD_RESUME = 36, "CURLE_BAD_DOWNLOAD_RESUME" or "CURLE_FTP_BAD_DOWNLOAD_RESUME" or "is_bad_download_resume";
    FILE_COULDNT_READ_FILE = 37, "CURLE_FILE_COULDNT_READ_FILE" or "is_file_couldnt_read_file";
    LDAP_CANNOT_BIND = 38, "CURLE_LDAP_CANNOT_BIND";
    LDAP_SEARCH_FAILED = 39, "CURLE_LDAP_SEARCH_FAILED";
    ABORTED_BY_CALLBACK = 42, "CURLE_ABORTED_BY_CALLBACK" or "is_aborted_by_callback";
    BAD_FUNCTION_ARGUMENT = 43, "CURLE_BAD_FUNCTION_ARGUMENT" or "is_bad_function_argument";
    INTERFACE_FAILED = 45, "CURLE_INTERFACE_FAILED" or "CURLE_HTTP_PORT_FAILED" or "is_interface_failed";
    TOO_MANY_REDIRECTS = 47, "CURLE_TOO_MANY_REDIRECTS" or "is_too_many_redirects";
    UNKNOWN_OPTION = 48, "CURLE_UNKNOWN_OPTION" or "CURLE_UNKNOWN_TELNET_OPTION" or "is_unknown_option";
    SETOPT_OPTION_SYNTAX = 49, "CURLE_SETOPT_OPTION_SYNTAX" or "CURLE_TELNET_OPTION_SYNTAX";
    GOT_NOTHING = 52, "CURLE_GOT_NOTHING" or "is_got_nothing";
    SSL_ENGINE_NOTFOUND = 53, "CURLE_SSL_ENGINE_NOTFOUND" or "is_ssl_engine_notfound";
    SSL_ENGINE_SETFAILED = 54, "CURLE_SSL_ENGINE_SETFAILED" or "is_ssl_engine_setfailed";
    SEND_ERROR = 55, "CURLE_SEND_ERROR" or "is_send_error";
    RECV_ERROR = 56, "CURLE_RECV_ERROR" or "is_recv_error";
    SSL_CERTPROBLEM = 58, "CURLE_SSL_CERTPROBLEM" or "is_ssl_certproblem";
    SSL_CIPHER = 59, "CURLE_SSL_CIPHER" or "is_ssl_cipher";
    PEER_FAILED_VERIFICATION = 60, "CURLE_PEER_FAILED_VERIFICATION" or "CURLE_SSL_CACERT" or "CURLE_SSL_PEER_CERTIFICATE" or "is_peer_failed_verification" or "is_ssl_cacert";
    BAD_CONTENT_ENCODING = 61, "CURLE_BAD_CONTENT_ENCODING" or "is_bad_content_encoding";
    FILESIZE_EXCEEDED = 63, "CURLE_FILESIZE_EXCEEDED" or "is_filesize_exceeded";
    USE_SSL_FAILED = 64, "CURLE_USE_SSL_FAILED" or "CURLE_FTP_SSL_FAILED" or "is_use_ssl_failed";
    SEND_FAIL_REWIND = 65, "CURLE_SEND_FAIL_REWIND" or "is_send_fail_rewind";
    SSL_ENGINE_INITFAILED = 66, "CURLE_SSL_ENGINE_INITFAILED" or "is_ssl_engine_initfailed";
    LOGIN_DENIED = 67, "CURLE_LOGIN_DENIED" or "is_login_denied";
    TFTP_NOTFOUND = 68, "CURLE_TFTP_NOTFOUND";
    TFTP_PERM = 69, "CURLE_TFTP_PERM";
    REMOTE_DISK_FULL = 70, "CURLE_REMOTE_DISK_FULL" or "CURLE_TFTP_DISKFULL";
    TFTP_ILLEGAL = 71, "CURLE_TFTP_ILLEGAL";
    TFTP_UNKNOWNID = 72, "CURLE_TFTP_UNKNOWNID";
    REMOTE_FILE_EXISTS = 73, "CURLE_REMOTE_FILE_EXISTS" or "CURLE_TFTP_EXISTS";
    TFTP_NOSUCHUSER = 74, "CURLE_TFTP_NOSUCHUSER";
    SSL_CACERT_BADFILE = 77, "CURLE_SSL_CACERT_BADFILE" or "is_ssl_cacert_badfile";
    REMOTE_FILE_NOT_FOUND = 78, "CURLE_REMOTE_FILE_NOT_FOUND";
    SSH = 79, "CURLE_SSH";
    SSL_SHUTDOWN_FAILED = 80, "CURLE_SSL_SHUTDOWN_FAILED" or "is_ssl_shutdown_failed";
    AGAIN = 81, "CURLE_AGAIN" or "is_again";
    SSL_CRL_BADFILE = 82, "CURLE_SSL_CRL_BADFILE" or "is_ssl_crl_badfile";
    SSL_ISSUER_ERROR = 83, "CURLE_SSL_ISSUER_ERROR" or "is_ssl_issuer_error";
    FTP_PRET_FAILED = 84, "CURLE_FTP_PRET_FAILED";
    RTSP_CSEQ_ERROR = 85, "CURLE_RTSP_CSEQ_ERROR";
    RTSP_SESSION_ERROR = 86, "CURLE_RTSP_SESSION_ERROR";
    FTP_BAD_FILE_LIST = 87, "CURLE_FTP_BAD_FILE_LIST";
    CHUNK_FAILED = 88, "CURLE_CHUNK_FAILED" or "is_chunk_failed";
    NO_CONNECTION_AVAILABLE = 89, "CURLE_NO_CONNECTION_AVAILABLE" or "is_no_connection_available";
    SSL_PINNEDPUBKEYNOTMATCH = 90, "CURLE_SSL_PINNEDPUBKEYNOTMATCH";
    SSL_INVALIDCERTSTATUS = 91, "CURLE_SSL_INVALIDCERTSTATUS";
    HTTP2_STREAM = 92, "CURLE_HTTP2_STREAM" or "is_http2_stream_error";
    RECURSIVE_API_CALL = 93, "CURLE_RECURSIVE_API_CALL";
    AUTH_ERROR = 94, "CURLE_AUTH_ERROR";
    HTTP3 = 95, "CURLE_HTTP3";
    QUIC_CONNECT_ERROR = 96, "CURLE_QUIC_CONNECT_ERROR";
    PROXY = 97, "CURLE_PROXY";
    SSL_CLIENTCERT = 98, "CURLE_SSL_CLIENTCERT";
    UNRECOVERABLE_POLL = 99, "CURLE_UNRECOVERABLE_POLL";
    TOO_LARGE = 100, "CURLE_TOO_LARGE";
    ECH_REQUIRED = 101, "CURLE_ECH_REQUIRED";
}

impl Code {
    #[allow(clippy::unnecessary_cast, reason = "a C enum is an int with MSVC")]
    pub(crate) fn from_raw(raw: sys::CURLcode) -> Code {
        match raw as u32 {
            // libcurl before 7.62.0 has two codes for this: 51 and 60.
            51 => Code::PEER_FAILED_VERIFICATION,
            number => Code::new(number),
        }
    }
}

impl MultiCode {
    pub(crate) fn from_raw(raw: sys::CURLMcode) -> MultiCode {
        MultiCode::new(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of libcurl 8.22, which `tests/libcurl-8.22/extract.py` has extracted.
    const LISTED: &str = include_str!("../tests/libcurl-8.22/codes.txt");

    fn assert_found<T: PartialEq + fmt::Debug>(
        aliases: &[(&str, T)],
        prefix: &str,
        new: fn(i32) -> T,
    ) {
        let mut listed = 0;
        for line in LISTED.lines().filter(|line| line.contains(prefix)) {
            let (number, name) = line.split_once(' ').unwrap();
            let found = aliases.iter().find(|(alias, _)| *alias == name);
            let (_, code) = found.unwrap_or_else(|| panic!("no search finds {name}"));
            assert_eq!(*code, new(number.parse().unwrap()), "{name}");
            listed += 1;
        }
        assert!(listed > 10);
    }

    #[test]
    fn each_code_is_found_by_the_name_of_libcurl() {
        assert_found(Code::ALIASES, "CURLE_", |number| Code::new(number as u32));
        assert_found(MultiCode::ALIASES, "CURLM_", MultiCode::new);
    }
}
