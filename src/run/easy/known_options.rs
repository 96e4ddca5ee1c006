//! The user's values of those options that this crate has to know.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};

use libc::c_long;

use crate::ffi::info::{HTTP_1_0, HTTP_1_1};
use crate::ffi::sys;
use crate::run::easy::Easy;
use crate::run::easy::answers::AnswerOptions;
use crate::run::easy::buffers::Buffers;
use crate::run::easy::file_url::Schemes;
use crate::run::easy::host_cache::Redirects;
use crate::run::easy::progress::ProgressFunction;
use crate::run::easy::trust;
use crate::run::easy::upload::Upload;

/// Values of `CURLOPT_HTTP_VERSION`. Without TLS, none of these leads to HTTP/2.
const ANY_HTTP: c_long = 0;
const HTTP_2_WITH_TLS: c_long = 4;
/// The value of `CURLOPT_HTTP_VERSION` with which a connection begins with HTTP/2.
pub(super) const HTTP_2_PRIOR_KNOWLEDGE: c_long = 5;

/// The user's values of those options that this crate has to know.
#[derive(Clone)]
#[cfg_attr(test, derive(PartialEq))]
pub(in crate::run) struct KnownOptions {
    /// The user's `CURLOPT_FORBID_REUSE`. To close the connection of one transfer, this crate gives
    /// libcurl another value, at the latest until the next transfer.
    pub(in crate::run) forbid_reuse: c_long,
    pub(in crate::run) connect_only: c_long,
    pub(in crate::run) max_connects: c_long,
    /// Milliseconds; zero is no limit.
    pub(in crate::run) timeout: c_long,
    /// Milliseconds; zero is libcurl's default.
    pub(in crate::run) connect_timeout: c_long,
    /// Milliseconds, or seconds before libcurl 8.6.0; zero is libcurl's default.
    pub(in crate::run) response_timeout: c_long,
    /// `CURLOPT_SSL_SESSIONID_CACHE`.
    pub(super) sessionid_cache: c_long,
    /// Seconds.
    pub(super) ca_cache_timeout: c_long,
    /// Whether the handler's `xfer_info` or `progress` is installed.
    pub(in crate::run) hears_progress: bool,
    /// Which progress function libcurl has.
    pub(super) progress_function: ProgressFunction,
    /// Whether `CURLOPT_WILDCARDMATCH` was on since the last reset. If so, a listing of files may have replaced
    /// callbacks.
    pub(in crate::run) wildcards: bool,
    /// `CURLOPT_WILDCARDMATCH`.
    wildcard_match: bool,
    /// `CURLOPT_WS_OPTIONS`.
    pub(in crate::run) ws_options: c_long,
    /// `CURLOPT_HTTP_VERSION`.
    pub(super) http_version: c_long,
    /// `CURLOPT_FRESH_CONNECT`.
    pub(super) fresh_connect: bool,
    /// `CURLOPT_KEEP_SENDING_ON_ERROR`.
    keep_sending_on_error: bool,
    /// Whether this crate has set the paths of the system's authorities, where the user has set none.
    #[cfg(need_openssl_probe)]
    pub(in crate::run) trusts_system: bool,
    /// The options for authorities that the user has set.
    #[cfg(need_openssl_probe)]
    pub(in crate::run) authorities: Vec<sys::CURLoption>,
    /// The options for directories of authorities that are to have no value.
    #[cfg(need_openssl_probe)]
    pub(in crate::run) without_directory: Vec<sys::CURLoption>,
    /// The files of cookies that were set since libcurl has ended a transfer, and that it may not have read.
    pub(in crate::run) new_cookie_files: Vec<CString>,
    pub(super) has_doh_url: bool,
    pub(super) has_known_hosts: bool,
    /// Whether `CURLOPT_SSL_VERIFYHOST` is on.
    pub(super) verifies_host: bool,
    /// The last accepted string of each option in `refused::is_tried`. For these few options, libcurl stores a
    /// string before it refuses the string. After a refusal, the accepted string is set again.
    pub(super) tried: BTreeMap<sys::CURLoption, CString>,
    /// The options that protect the transfer and whose last value was refused.
    pub(super) refused: Vec<&'static str>,
    pub(in crate::run) hsts: HstsState,
    pub(in crate::run) bodies: Bodies,
    pub(in crate::run) upload: Upload,
    pub(in crate::run) answers: AnswerOptions,
    pub(super) buffers: Buffers,
    pub(super) schemes: Schemes,
    pub(super) redirects: Redirects,
}

/// Which of the HSTS options are set.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::run) enum HstsState {
    /// Neither option.
    #[default]
    Off,
    /// `CURLOPT_HSTS_CTRL`.
    Enabled,
    /// `CURLOPT_HSTS`, with any name, even the empty one.
    Files,
}

/// The bodies that were set, as far as a copy of the handle would point to the data of the original.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(in crate::run) struct Bodies {
    /// The size of the post fields of which libcurl may have a copy; `None` if it has no copy.
    pub(in crate::run) post_fields: Option<i64>,
    /// Whether a body of parts was set.
    pub(in crate::run) mime: bool,
    /// Whether the parts were sent as a mail: they then point to the list of headers set at that time.
    pub(in crate::run) mailed: bool,
}

impl KnownOptions {
    /// Returns the values for a handle that is new or was reset.
    pub(super) fn new() -> KnownOptions {
        KnownOptions {
            forbid_reuse: 0,
            connect_only: 0,
            max_connects: 5,
            timeout: 0,
            connect_timeout: 0,
            response_timeout: 0,
            sessionid_cache: 1,
            ca_cache_timeout: 24 * 60 * 60,
            hears_progress: false,
            progress_function: ProgressFunction::default(),
            wildcards: false,
            wildcard_match: false,
            ws_options: 0,
            http_version: ANY_HTTP,
            fresh_connect: false,
            keep_sending_on_error: false,
            #[cfg(need_openssl_probe)]
            trusts_system: false,
            #[cfg(need_openssl_probe)]
            authorities: Vec::new(),
            #[cfg(need_openssl_probe)]
            without_directory: Vec::new(),
            new_cookie_files: Vec::new(),
            has_doh_url: false,
            has_known_hosts: false,
            verifies_host: true,
            tried: BTreeMap::new(),
            refused: Vec::new(),
            hsts: HstsState::Off,
            bodies: Bodies::default(),
            upload: Upload::default(),
            answers: AnswerOptions::default(),
            buffers: Buffers::default(),
            schemes: Schemes::default(),
            redirects: Redirects::default(),
        }
    }

    /// Returns whether all connections of the next transfer are for HTTP or HTTPS.
    pub(in crate::run) fn is_http_only(&self) -> bool {
        self.schemes.name_http() && !self.answers.follows()
    }

    /// Returns whether the next transfer may use HTTP/2 with a server. HTTP/2 with a proxy does not count.
    pub(super) fn may_use_http2(&self) -> bool {
        match self.http_version {
            _ if self.schemes.name_other() => false,
            HTTP_1_0 | HTTP_1_1 => false,
            ANY_HTTP | HTTP_2_WITH_TLS => !self.schemes.name_plain_http() || self.answers.follows(),
            _ => true,
        }
    }

    /// Returns whether the next transfer may have a connection of FTP. Redirects count only if the user has
    /// allowed them to lead to FTP: otherwise, `separate_addresses` restricts them.
    pub(super) fn may_use_ftp(&self) -> bool {
        let leads_there = self.redirects == Redirects::Set { ftp: true };
        self.schemes.may_name_ftp() || self.answers.follows() && leads_there
    }

    /// Returns whether libcurl sends no more of a body after a response with this status, if the connection
    /// stays open and no authentication is in progress.
    pub(super) fn ends_sending(&self, status: u32) -> bool {
        status >= 300 && !self.keep_sending_on_error
    }

    fn note_wildcard_match(&mut self, value: c_long) {
        self.wildcard_match = value != 0;
        // Stays true, since a listing may have replaced callbacks.
        self.wildcards |= self.wildcard_match;
    }

    /// Returns whether the next transfer may list files: one that only connects must not, since
    /// libcurl would connect for ever.
    pub(in crate::run) fn lists_files(&self) -> bool {
        self.wildcard_match && self.connect_only == 0
    }

    pub(super) fn note_long(&mut self, option: sys::CURLoption, value: c_long) {
        match option {
            sys::CURLOPT_TIMEOUT_MS => self.timeout = value,
            sys::CURLOPT_CONNECTTIMEOUT_MS => self.connect_timeout = value,
            sys::CURLOPT_SERVER_RESPONSE_TIMEOUT | sys::CURLOPT_SERVER_RESPONSE_TIMEOUT_MS => {
                self.response_timeout = value;
            }
            trust::SSL_VERIFY_HOST => self.verifies_host = value != 0,
            trust::SESSIONID_CACHE => self.sessionid_cache = value,
            trust::CA_CACHE_TIMEOUT => self.ca_cache_timeout = value,
            sys::CURLOPT_WS_OPTIONS => self.ws_options = value,
            sys::CURLOPT_HTTP_VERSION => self.http_version = value,
            sys::CURLOPT_FRESH_CONNECT => self.fresh_connect = value != 0,
            sys::CURLOPT_KEEP_SENDING_ON_ERROR => self.keep_sending_on_error = value != 0,
            sys::CURLOPT_FORBID_REUSE => self.forbid_reuse = value,
            sys::CURLOPT_CONNECT_ONLY => self.connect_only = value,
            sys::CURLOPT_MAXCONNECTS => self.max_connects = value,
            sys::CURLOPT_WILDCARDMATCH => self.note_wildcard_match(value),
            _ => {}
        }
        self.answers.note_long(option, value);
        self.upload.note_method(option, value);
        self.buffers.note_long(option, value);
        self.redirects.note_long(option, value);
    }

    pub(super) fn note_cookie_file(&mut self, file: Option<&CStr>) {
        match file {
            Some(file) => self.new_cookie_files.push(file.to_owned()),
            None => self.new_cookie_files.clear(),
        }
    }

    pub(super) fn note_size(&mut self, option: sys::CURLoption, value: i64) {
        self.upload.note_size(option, value);
        self.buffers.note_size(option, value);
    }
}

impl<H> Easy<H> {
    /// Notes a value of type long that libcurl has accepted, and updates the options that depend on it.
    pub(super) fn note_long(&mut self, option: sys::CURLoption, value: c_long) {
        if option == sys::CURLOPT_QUICK_EXIT {
            self.handle.quick_exit = value;
            return;
        }
        self.known.note_long(option, value);
        match option {
            sys::CURLOPT_BUFFERSIZE | sys::CURLOPT_UPLOAD_BUFFERSIZE => {
                self.handle.buffers.set = None;
            }
            sys::CURLOPT_FORBID_REUSE | sys::CURLOPT_FRESH_CONNECT | sys::CURLOPT_HTTP_VERSION => {
                self.connect_afresh();
            }
            _ => {}
        }
    }
}
