//! The list of what releases of libcurl get wrong, or do in another way than other releases. Each entry
//! says what this crate does about it.
//!
//! If an older release lacks an option, this is usually no entry: the option's row in its table has the release.

use crate::{Error, Version};

/// A fault or peculiarity of some releases of libcurl, with the range of these releases.
#[derive(Debug)]
pub(crate) struct Quirk {
    since: Version,
    /// The first release that does not have it any more.
    until: Version,
    /// The name of a test. With a release that has the quirk, the test fails if the crate does nothing about the quirk.
    #[cfg(test)]
    test: &'static str,
}

impl Quirk {
    /// Returns whether the linked libcurl has this quirk.
    pub(crate) fn is_present(&self) -> bool {
        self.is_of(Version::linked())
    }

    fn is_of(&self, release: Version) -> bool {
        self.since <= release && release < self.until
    }

    /// Returns the error that says that `what` needs a newer release, which does not have this quirk.
    pub(crate) fn unsupported(&self, what: &'static str) -> Error {
        Error::unsupported(what, self.until)
    }
}

macro_rules! quirks {
    ($($(#[$doc:meta])* $name:ident: $since:literal to $until:literal, $test:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Quirk = Quirk {
                since: Version::parse($since),
                until: Version::parse($until),
                #[cfg(test)]
                test: $test,
            };
        )*

        #[cfg(test)]
        const ALL: &[(&str, Quirk)] = &[$((stringify!($name), $name)),*];
    };
}

// Each entry says what libcurl does, then what the crate does, and where. The second release is the first one without
// the quirk. 0.0.0 means the oldest release, and 255.0.0 that all newer releases have the quirk.
quirks! {
    /// libcurl does not say which certificate authorities it trusts by default. So `run::tls` refuses to unset
    /// `CURLOPT_CAINFO` and `CURLOPT_CAPATH`, and the same options for proxies.
    AUTHORITIES_UNKNOWN: "0.0.0" to "7.70.0", "authorities_are_those_of_the_system_again";

    /// If an option for certificate authorities is set to NULL, libcurl does not go back to its default. So `run::tls`
    /// sets the path that libcurl was built with.
    AUTHORITIES_STAY_UNSET: "0.0.0" to "8.17.0", "authorities_are_those_of_the_system_again";

    /// For `file://` and after a pause, libcurl may hand over several header lines in one call. The crate passes them
    /// to the handler's `header` one by one: `callbacks::header`.
    HEADER_LINES_TOGETHER: "0.0.0" to "8.22.0", "pseudo_headers_of_a_file_come_one_per_call";

    /// If `sockopt` answers that the socket is already connected, libcurl closes the socket. The crate fails the
    /// transfer after this answer: `callbacks::socket`.
    CONNECTED_SOCKET_CLOSED: "7.87.0" to "8.0.0", "stream_that_is_connected_already_is_used";

    /// The data connection of an FTP transfer uses an address that another transfer with the same cache of
    /// addresses may free. In a `Multi`, the crate gives an FTP transfer a cache of its own. The crate refuses FTP with
    /// a share of addresses or, in a `Multi`, with any share. It also refuses FTP after a redirect, unless the user has
    /// allowed that: `run::easy::host_cache`.
    ADDRESS_FREED_IN_USE: "0.0.0" to "8.14.0", "ftp_has_addresses_of_its_own";

    /// If a transfer with `CURLOPT_DOH_URL` is reset, performed again or dropped before the DNS answer, libcurl frees
    /// the handles of the DNS queries while they are still in the engine. The crate refuses the option.
    DOH_FREED_EARLY: "8.5.0" to "8.9.0", "doh_in_a_multi_that_is_dropped";

    /// `CURLOPT_STREAM_DEPENDS` ties two handles: the cleanup of either handle writes to the other handle, even if
    /// another thread uses that. The crate refuses the option.
    DEPENDENCY_TIES_HANDLES: "0.0.0" to "8.21.0", "transfer_is_never_tied_to_another";

    /// `CURLOPT_HSTS_CTRL` without `CURLHSTS_ENABLE` frees the HSTS cache, which libcurl uses afterwards. To empty
    /// the cache, the crate unsets the names of the HSTS files instead: `run::easy::hsts`. 8.21.0 does not have this
    /// fault, but the crate does the same with it.
    HSTS_FREED_IN_USE: "0.0.0" to "8.22.0", "cache_that_was_emptied_is_filled_again";

    /// When the HSTS file is unset, its hosts stay in the cache. The crate also turns the cache off.
    HSTS_OUTLIVES_ITS_FILE: "0.0.0" to "7.88.0", "cache_that_was_emptied_is_filled_again";

    /// A copy of a handle and its original share the names of the HSTS files, and both free
    /// them. The crate refuses to copy a handle for which an HSTS file is set.
    HSTS_NAMES_FREED_TWICE: "0.0.0" to "8.21.0",
        "copy_is_refused_where_it_would_free_the_names_of_files_twice";

    /// If `CURLOPT_HSTSREADFUNCTION` returns a host twice, libcurl keeps it twice. The crate passes each
    /// host on once.
    HSTS_KEPT_TWICE: "0.0.0" to "8.20.0", "entries_are_given_at_each_start_and_kept_once";

    /// After `CURLOPT_CONNECT_ONLY` with `file://`, libcurl leaves the file open. The crate makes libcurl close
    /// libcurl's connection for the file at the end of the transfer: `run::easy::file_url`.
    FILE_LEFT_OPEN: "0.0.0" to "8.9.0",
        "descriptor_of_others_is_left_alone_after_a_file_was_connected_to";

    /// libcurl closes a connection that `CURLOPT_CONNECT_ONLY` has left open only together with the
    /// engine. To close the connection, the crate drops the engine.
    CONNECTION_KEPT_BY_ENGINE: "0.0.0" to "7.85.0",
        "connection_that_was_left_open_is_closed_whatever_is_set_afterwards";

    /// If a handle uses the connections of a share, libcurl nevertheless looks for its connection in the engine, which
    /// may have another connection with the same number. The crate refuses `send` and `recv` with shared connections.
    SHARED_CONNECTION_NOT_FOUND: "0.0.0" to "7.83.0", "send_recv_upkeep_and_info_beside_a_drive";

    /// libcurl unlocks shared cookies before it writes them into the request. The crate makes the threads that use the
    /// share take turns.
    COOKIES_UNLOCKED: "8.11.0" to "8.16.0",
        "a_thread_does_not_free_the_cookies_that_another_sends";

    /// Handles and connections share peers and credentials, whose reference counts are not atomic. So the crate has a
    /// lock for each pool of connections, and replaces a handle that moves to another pool by a copy of the handle:
    /// `ffi::pool`, `run::easy::renew`.
    REFERENCES_COUNTED: "8.21.0" to "255.0.0", "dropped";

    /// The string of `CURLINFO_FTP_ENTRY_PATH` belongs to the connection, and is freed with the connection. The crate
    /// keeps a copy.
    ENTRY_PATH_OF_CONNECTION: "0.0.0" to "8.10.0", "path_outlives_the_connection_and_the_multi";

    /// The string of `CURLINFO_FTP_ENTRY_PATH` belongs to the connection, which another handle than the one that has
    /// used it may close. The crate refuses this information.
    ENTRY_PATH_OF_NOBODY: "8.10.0" to "8.13.0",
        "callback_never_reads_the_path_of_a_former_connection";

    /// A transfer with `CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE` that reuses an HTTP/2 connection sends no request. The crate
    /// makes libcurl use a new connection for each such transfer, even for `https://`, which does not need it:
    /// `run::easy::fresh_connect`.
    PRIOR_KNOWLEDGE_ONCE: "7.88.0" to "8.0.0", "each_transfer_that_begins_with_http_2_gets_its_response";

    /// If a body of HTTP/2 comes fast enough, libcurl receives all of it before it returns to the driver. So the
    /// progress function has to end the transfer if a remote cancels it: `run::easy::progress`.
    BODY_IN_ONE_STEP: "0.0.0" to "7.69.0", "cancel_ends_a_fast_body_of_http_2";

    /// If several transfers use one connection of HTTP/2 and one of them is paused, a transfer may get wrong bytes, or no
    /// more bytes. So the crate makes `CURLPIPE_NOTHING` the default (`run::engine`), and refuses `CURLPIPE_MULTIPLEX`.
    PAUSED_STREAMS_MIXED: "0.0.0" to "7.88.0", "random_streams_lose_no_byte_and_leave_nothing_behind";

    /// The same as `PAUSED_STREAMS_MIXED`, by another fault. 7.88, which is between the two, has neither.
    PAUSED_STREAMS_MIXED_AGAIN: "8.0.0" to "8.1.0", "random_streams_lose_no_byte_and_leave_nothing_behind";

    /// libcurl checks a speed limit only once per buffer. While a limit is set, the crate makes the buffers smaller:
    /// `run::easy::buffers`.
    SPEED_CHECKED_PER_BUFFER: "0.0.0" to "8.7.0", "download_keeps_to_its_speed_with_every_buffer";

    /// libcurl checks a speed limit for receiving only once per hundred buffers, or, since 8.2.0, per second of the
    /// limit. While a limit is set, the crate makes the receive buffer even smaller: `run::easy::buffers`. Older
    /// releases have this quirk over HTTP/2, SCP and SFTP, where the crate does not do this.
    SPEED_CHECKED_SELDOM: "7.87.0" to "8.5.0", "download_keeps_to_its_speed_with_every_buffer";

    /// Each transfer that has a connection has a receive buffer of its own. In a `Multi`, the crate makes the default
    /// size of the buffer smaller, except for transfers that may use HTTP/2: `run::easy::buffers`.
    BUFFER_PER_TRANSFER: "0.0.0" to "8.7.0", "transfers_of_a_multi_receive_into_small_buffers";

    /// A reset restores the option for the size of the receive buffer, but keeps the buffer, which may be smaller than
    /// that. The crate makes libcurl allocate the buffer again: `run::easy::buffers`.
    BUFFER_KEPT_BY_RESET: "0.0.0" to "7.73.0", "small_buffer_is_never_written_past_its_end_after_a_reset_that_failed";

    /// When receiving is paused or resumed, libcurl treats the state of every connection as that of HTTP, and so
    /// may overwrite memory with other protocols. With another protocol than HTTP and `file://`, the crate ends the
    /// transfer with an error if `write` or `header` answers with a pause, or if a resume would make libcurl receive
    /// again.
    PAUSE_TAKES_ALL_FOR_HTTP: "7.69.0" to "7.77.0", "resume_of_another_protocol_is_refused_or_exact";

    /// After a pause of a download over SCP or SFTP, libcurl waits for the socket, although it may have received the next
    /// bytes before the pause. So the transfer may never go on. The crate ends it with an error if libcurl hands over data
    /// and the answer is a pause: `run::trampolines`. With 7.69.0, `PAUSE_TAKES_ALL_FOR_HTTP` does the same. TLS has the
    /// same fault, but the receive buffer, which takes a whole TLS record, hides it.
    RECEIVED_FORGOTTEN_BY_PAUSE: "7.63.0" to "7.69.0",
        "pause_of_a_download_by_sftp_is_refused_or_exact";

    /// libcurl goes on watching the socket of a paused transfer, and an event at this socket makes libcurl receive,
    /// although the transfer is paused. So the crate does not tell libcurl for what a socket is ready (`run::multi`), and
    /// does not watch the socket meanwhile (`run::multi::muted`).
    PAUSE_OVERRULED: "8.5.0" to "8.6.0", "reader_that_does_not_read_bounds_what_is_received";

    /// If the reader of a part answers `STOP_FILLING`, to be called again later, libcurl takes this answer for a
    /// number of bytes. So the crate's reader answers with a pause instead: `run::mime`.
    STOP_FILLING_UNKNOWN: "0.0.0" to "7.69.1", "readers_pause_and_progress_resumes_them";

    /// `CURLINFO_REQUEST_SIZE` is always zero. So the crate tells the requests of a transfer apart by
    /// `CURLINFO_PRETRANSFER_TIME_T`, which grows with each: `callbacks::facts`.
    REQUESTS_UNCOUNTED: "8.7.0" to "8.8.0", "response_after_a_challenge_is_none_of_trailers";

    /// `CURLINFO_CONTENT_LENGTH_DOWNLOAD_T` is known only after the header callback for the last line of the headers. So
    /// the crate looks at the headers of the response: `callbacks::facts`.
    SIZE_KNOWN_LATE: "8.7.0" to "8.9.0", "head_request_brings_no_file";

    /// libcurl has no `CURLOPT_SERVER_RESPONSE_TIMEOUT_MS`. To stop a transfer at once, the crate sets the time limit of
    /// the whole transfer instead: `run::stop`.
    NO_REPLY_LIMIT_IN_MILLISECONDS: "0.0.0" to "8.6.0",
        "ftp_reply_that_comes_early_does_not_cost_a_second";

    /// If a progress function ends a transfer that has just been completed, libcurl forgets the connection without
    /// closing it. The connection stays open and counts among the connections of the engine, but no transfer uses it
    /// again. If the crate can find the socket, it shuts the socket down, and libcurl closes it later: `run::stop`.
    CONNECTION_LEFT_BY_PROGRESS: "0.0.0" to "255.0.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// If a TLS handshake fails in its first step, as may happen with a server on the same machine, libcurl forgets the
    /// connection without closing it. A transfer that performs alone then gets another engine; in a `Multi`, the
    /// connection stays open.
    CONNECTION_LEFT_BY_HANDSHAKE: "0.0.0" to "7.62.0",
        "connection_that_was_distrusted_is_closed";

    /// The socket of a connection that libcurl has forgotten, as in `CONNECTION_LEFT_BY_PROGRESS`, cannot be found. A
    /// transfer that performs alone gets another engine. In a `Multi`, the connection stays open until the `Multi` is
    /// dropped.
    CONNECTION_LEFT_UNKNOWN: "0.0.0" to "8.22.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// libcurl takes a connection that it has forgotten, as in `CONNECTION_LEFT_BY_PROGRESS`, for one in use, and the
    /// cleanup of the engine waits for ever for the end of its transfer. So the crate lets no progress function end a
    /// transfer: `run::stop`.
    CONNECTION_KEPT_IN_USE: "0.0.0" to "7.64.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// If `CURLOPT_SSL_CTX_FUNCTION` fails, libcurl forgets the connection without closing it. The crate treats this
    /// connection as one of `CONNECTION_LEFT_BY_PROGRESS`.
    REFUSED_TLS_LEFT_OPEN: "0.0.0" to "7.62.0",
        "failure_keeps_its_cause_and_the_transfer_works_again";

    /// A transfer may wait for something for which libcurl sets neither a socket nor a timer, such as an FTP reply
    /// that has come early. So soon after an event, the crate drives all transfers: `run::watchdog`. 7.88.1 has
    /// this fault, and 8.22.0 does not; it is not known which release was the first without it.
    SOCKETS_FORGOTTEN: "0.0.0" to "8.22.0", "ftp_reply_that_comes_early_does_not_cost_a_second";

    /// Over HTTP/1, libcurl sends the body of a `POST` of unknown size without a length and not in chunks, so that
    /// the server does not see the end of the body. The crate refuses a `POST` of unknown size without chunks, whatever
    /// the version of HTTP.
    POST_WITHOUT_LENGTH: "0.0.0" to "7.66.0", "post_of_unknown_size_is_sent_in_chunks_or_refused";

    /// With libssh, `CURLOPT_SSL_VERIFYHOST` of 0 also turns off the check of SSH keys. The crate refuses such a transfer
    /// if a known-hosts file is set.
    SSH_KEYS_UNCHECKED: "0.0.0" to "8.9.0", "names_in_certificates_have_nothing_to_do_with_keys";

    /// With libssh, libcurl accepts `CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256`, and ignores it. The crate refuses it.
    FINGERPRINT_IGNORED: "7.80.0" to "7.88.0", "server_with_another_fingerprint_is_refused";

    /// If `read` ends a body before its announced size, libcurl does not notice this itself. If a server answers early
    /// and will close the connection without saying so, the crate ends the body. Later releases would fail then.
    SHORT_BODY_UNNOTICED: "0.0.0" to "8.7.0", "answer_of_a_server_that_closes_early_is_whole";

    /// Of a part that is larger than libcurl's buffer, the encoders for `binary` and `8bit` send some bytes twice, and
    /// others not at all. The crate sets the header that names the encoding, and no encoder.
    ENCODER_REPEATS_BYTES: "0.0.0" to "7.69.1", "large_parts_are_encoded_whole";

    /// `CURLOPT_PROXYUSERPWD` keeps the parts that the new value lacks: with NULL both, and without a colon the former
    /// password. The crate unsets both parts first.
    PROXY_LOGIN_KEPT: "8.8.0" to "8.21.0", "login_for_the_proxy_is_unset_whole";

    /// Some of these releases accept a number that names no version as `CURLOPT_HTTP_VERSION`. The crate refuses each
    /// number that it has no name for.
    HTTP_VERSION_UNCHECKED: "0.0.0" to "7.88.1", "bits_that_no_libcurl_has_are_refused";

    /// The values of `CURLMOPT_NETWORK_CHANGED` are one bit, which means all that the option can discard. The crate
    /// sets this bit for each value that is not empty.
    NETWORK_CHANGES_ALIKE: "8.16.0" to "8.20.0", "changed_network_forgets_connections";

    /// If a callback calls `curl_ws_send` in raw mode, libcurl sends all bytes, but reports that it has sent none. So
    /// `WsReply` takes all bytes as sent.
    RAW_REPLY_UNCOUNTED: "0.0.0" to "8.20.0", "callback_answers_in_raw_mode";

    /// During a pause, libcurl decodes further frames of a WebSocket, and after the pause describes all of them
    /// as parts of the last one. If `frame` answers with a pause, the crate fails the transfer.
    FRAMES_MIXED_BY_PAUSES: "0.0.0" to "8.22.0", "frames_are_not_mixed_by_pauses";
}

/// Returns the quirk by which the linked libcurl may harm other transfers on a connection of HTTP/2 if one is paused.
pub(crate) fn mixed_streams() -> Option<&'static Quirk> {
    const FAULTS: &[Quirk] = &[PAUSED_STREAMS_MIXED, PAUSED_STREAMS_MIXED_AGAIN];
    FAULTS.iter().find(|fault| fault.is_present())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => sources(&path, text),
                false => text.push_str(&fs::read_to_string(path).unwrap()),
            }
        }
    }

    #[test]
    fn each_has_a_range_and_a_test() {
        let mut tests = String::new();
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"),
            &mut tests,
        );
        for (name, quirk) in ALL {
            assert!(quirk.since < quirk.until, "{name}");
            let test = format!("fn {}(", quirk.test);
            assert!(tests.contains(&test), "{name}: there is no {test}");
        }
    }

    #[test]
    fn range_ends_before_the_release_that_is_mended() {
        for (release, present) in [
            (Version::new(8, 4, 0), false),
            (Version::new(8, 5, 0), true),
            (Version::new(8, 8, 0), true),
            (Version::new(8, 9, 0), false),
        ] {
            assert_eq!(DOH_FREED_EARLY.is_of(release), present, "{release}");
        }
    }
}
