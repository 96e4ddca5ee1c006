//! What releases of libcurl get wrong, or do in another way than the newest one: **the** list, one
//! entry each, with what this crate does about it.
//!
//! An option that is only too new for a release is no entry: its row in the tables has its release.

use crate::{Error, Version};

/// What some releases of libcurl do.
#[derive(Debug)]
pub(crate) struct Quirk {
    since: Version,
    /// The first release that does not do it any more.
    until: Version,
    /// A test that fails without what the crate does about it, on a release that has it.
    #[cfg(test)]
    test: &'static str,
}

impl Quirk {
    /// Returns whether the linked libcurl does this.
    pub(crate) fn is_present(&self) -> bool {
        self.is_of(Version::linked())
    }

    fn is_of(&self, release: Version) -> bool {
        self.since <= release && release < self.until
    }

    /// Returns the error of what only a release without this can do.
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

// Each entry: what libcurl does; what the crate does, and where. The range ends before the second
// release. 0.0.0 means the oldest release, and 255.0.0 that no release is mended.
quirks! {
    /// libcurl does not say which authorities it trusts at first: `run::tls` refuses to unset them.
    AUTHORITIES_UNKNOWN: "0.0.0" to "7.70.0", "authorities_are_those_of_the_system_again";

    /// An option for authorities that is set to NULL stays empty: `run::tls` sets the path that libcurl
    /// was built with.
    AUTHORITIES_STAY_UNSET: "0.0.0" to "8.17.0", "authorities_are_those_of_the_system_again";

    /// libcurl hands over several header lines in one call for `file://` and after a pause. `header`
    /// gets them one by one: `callbacks::header`.
    HEADER_LINES_TOGETHER: "0.0.0" to "8.22.0", "pseudo_headers_of_a_file_come_one_per_call";

    /// libcurl closes a socket that is already connected: `sockopt` cannot say that it is.
    CONNECTED_SOCKET_CLOSED: "7.87.0" to "8.0.0", "stream_that_is_connected_already_is_used";

    /// The data connection of an FTP transfer uses an address that another transfer with the same cache of
    /// addresses may free. The crate gives the transfer a cache of its own: `run::easy::host_cache`.
    ADDRESS_FREED_IN_USE: "0.0.0" to "8.14.0", "ftp_has_addresses_of_its_own";

    /// If a transfer with `CURLOPT_DOH_URL` is reset, performed again or dropped before the DNS
    /// answer, libcurl frees the handles of the DNS queries while they are still in the engine. The
    /// option is refused.
    DOH_FREED_EARLY: "8.5.0" to "8.9.0", "doh_in_a_multi_that_is_dropped";

    /// `CURLOPT_STREAM_DEPENDS` ties two transfers: either handle writes to the other when it is
    /// cleaned up, on whatever thread. The option is refused.
    DEPENDENCY_TIES_HANDLES: "0.0.0" to "8.21.0", "transfer_is_never_tied_to_another";

    /// `CURLOPT_HSTS_CTRL` without `CURLHSTS_ENABLE` frees a cache that libcurl goes on to use. The
    /// crate empties the cache in another way.
    HSTS_FREED_IN_USE: "0.0.0" to "8.22.0", "cache_that_was_emptied_is_filled_again";

    /// The hosts of an HSTS file stay when the file is unset. The crate turns the cache off too.
    HSTS_OUTLIVES_ITS_FILE: "0.0.0" to "7.88.0", "cache_that_was_emptied_is_filled_again";

    /// A copy of a handle has the names of the HSTS files in common with its original, and both free
    /// them. Such a handle is not copied.
    HSTS_NAMES_FREED_TWICE: "0.0.0" to "8.21.0",
        "copy_is_refused_where_it_would_free_the_names_of_files_twice";

    /// libcurl keeps a host twice that `CURLOPT_HSTSREADFUNCTION` gives twice. The crate gives each
    /// once. Which release was the first to look is not known.
    HSTS_KEPT_TWICE: "0.0.0" to "8.22.0", "entries_are_given_at_each_start_and_kept_once";

    /// A file that `CURLOPT_CONNECT_ONLY` opens stays open. The crate closes its connection.
    FILE_LEFT_OPEN: "0.0.0" to "8.9.0",
        "descriptor_of_others_is_left_alone_after_a_file_was_connected_to";

    /// A connection that `CURLOPT_CONNECT_ONLY` has left open is closed only together with the
    /// engine. The crate drops the engine.
    CONNECTION_KEPT_BY_ENGINE: "0.0.0" to "7.85.0",
        "connection_that_was_left_open_is_closed_whatever_is_set_afterwards";

    /// libcurl looks for the connection of a handle with a share in the engine, which may have
    /// another one with the same number. `send` and `recv` with shared connections are refused.
    SHARED_CONNECTION_NOT_FOUND: "0.0.0" to "7.83.0", "send_recv_upkeep_and_info_beside_a_drive";

    /// libcurl unlocks shared cookies before it writes them into the request. Threads take turns.
    COOKIES_UNLOCKED: "8.11.0" to "8.16.0",
        "a_thread_does_not_free_the_cookies_that_another_sends";

    /// The reference counts of peers and credentials, which handles and connections have in common,
    /// are not atomic. Each pool of connections has a lock, and a handle that moves to another pool is
    /// replaced by its copy: `ffi::pool`, `run::easy::renew`.
    REFERENCES_COUNTED: "8.21.0" to "255.0.0", "dropped";

    /// `CURLINFO_FTP_ENTRY_PATH` belongs to the connection, and is freed with it. The crate keeps a
    /// copy.
    ENTRY_PATH_OF_CONNECTION: "0.0.0" to "8.10.0", "path_outlives_the_connection_and_the_multi";

    /// As above, and the connection may be closed by another handle than the one that has used it.
    /// The information is refused.
    ENTRY_PATH_OF_NOBODY: "8.10.0" to "8.14.0",
        "callback_never_reads_the_path_of_a_former_connection";

    /// A limit of the speed is checked once per buffer. The crate makes the buffers smaller.
    SPEED_CHECKED_PER_BUFFER: "0.0.0" to "8.7.0", "download_keeps_to_its_speed_with_every_buffer";

    /// As above, once per hundred buffers.
    SPEED_CHECKED_SELDOM: "7.87.0" to "8.5.0", "download_keeps_to_its_speed_with_every_buffer";

    /// Each transfer that has a connection has a receive buffer of its own. The default is smaller in a
    /// `Multi`: `run::easy::buffers`.
    BUFFER_PER_TRANSFER: "0.0.0" to "8.7.0", "transfers_of_a_multi_receive_into_small_buffers";

    /// A reset restores the size of the receive buffer, and keeps the buffer, which may be smaller. The
    /// crate makes libcurl allocate it again: `run::easy::buffers`.
    BUFFER_KEPT_BY_RESET: "0.0.0" to "7.73.0", "small_buffer_is_never_written_past_its_end_after_a_reset_that_failed";

    /// When receiving is paused or resumed, libcurl takes the state of any connection for that of
    /// HTTP/2, and writes to memory that is not its own. With other protocols, both are refused.
    PAUSE_TAKES_ALL_FOR_HTTP: "7.69.0" to "7.77.0", "resume_of_another_protocol_is_refused_or_exact";

    /// libcurl takes the answer with which the reader of a part asks to be called again later for a
    /// number of bytes. The reader answers with a pause instead: `run::mime`.
    STOP_FILLING_UNKNOWN: "0.0.0" to "7.69.1", "readers_pause_and_progress_resumes_them";

    /// There is no `CURLOPT_SERVER_RESPONSE_TIMEOUT_MS`. To stop a transfer at once, the crate limits
    /// all of it.
    NO_REPLY_LIMIT_IN_MILLISECONDS: "0.0.0" to "8.6.0",
        "ftp_reply_that_comes_early_does_not_cost_a_second";

    /// If a progress function ends a transfer that has just been completed, libcurl forgets the
    /// connection without closing it: nothing uses it again, it counts among the connections of the
    /// engine, and stays open. The crate shuts the socket down, and libcurl closes it later:
    /// `run::stop`.
    CONNECTION_LEFT_BY_PROGRESS: "0.0.0" to "255.0.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// As above, and the socket of that connection cannot be found. A transfer that performs alone gets
    /// another engine; in a `Multi`, the connection stays open until the `Multi` is dropped.
    CONNECTION_LEFT_UNKNOWN: "0.0.0" to "8.22.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// As above, and libcurl takes that connection for one in use, for which the cleanup of the engine
    /// waits for ever. Progress functions end no transfer: `run::stop`.
    CONNECTION_KEPT_IN_USE: "0.0.0" to "7.64.0",
        "transfer_that_progress_ends_at_any_moment_keeps_no_connection";

    /// If `CURLOPT_SSL_CTX_FUNCTION` fails, libcurl forgets the connection as above.
    REFUSED_TLS_LEFT_OPEN: "0.0.0" to "7.62.0",
        "failure_keeps_its_cause_and_the_transfer_works_again";

    /// libcurl names no socket or time for some of what a transfer waits for, such as an FTP reply
    /// that comes early. A `Multi` looks after all transfers now and then: `run::watchdog`. 7.88.1
    /// does this and 8.22.0 does not; which release between them was the first is not known.
    SOCKETS_FORGOTTEN: "0.0.0" to "8.22.0", "ftp_reply_that_comes_early_does_not_cost_a_second";

    /// libcurl sends the body of a `POST` of unknown size without a length and not in chunks, so that
    /// the server does not see its end. The crate refuses such a transfer.
    POST_WITHOUT_LENGTH: "0.0.0" to "7.66.0", "post_of_unknown_size_is_sent_in_chunks_or_refused";

    /// libcurl takes any number as `CURLOPT_HTTP_VERSION`. The crate refuses those without a name.
    HTTP_VERSION_UNCHECKED: "0.0.0" to "7.88.0", "bits_that_no_libcurl_has_are_refused";

    /// In raw mode, `curl_ws_send` in a callback sends everything and says that it has sent nothing.
    /// `WsReply` counts everything.
    RAW_REPLY_UNCOUNTED: "0.0.0" to "8.20.0", "callback_answers_in_raw_mode";

    /// libcurl decodes further frames of a WebSocket during a pause, and then describes all of them
    /// as parts of the last one. A pause between frames is refused.
    FRAMES_MIXED_BY_PAUSES: "0.0.0" to "8.22.0", "frames_are_not_mixed_by_pauses";
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
