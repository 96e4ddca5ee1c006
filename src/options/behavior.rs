//! Options: how the transfer behaves.

#[rustfmt::skip]
options! { "behaviour";
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Log};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|_| server::ok("body"))?;
    /// let mut transfer = Transfer::new(Log::new(Vec::new()))?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.verbose(true)?;
    /// transfer.perform()?;
    /// let log = String::from_utf8_lossy(transfer.handler().writer());
    /// assert!(log.contains("> GET / HTTP/1.1\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    verbose: flag, "CURLOPT_VERBOSE", 41, "7.1", "Reports everything that happens to [`debug`](crate::Callbacks::debug); off by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.show_header(true)?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().starts_with(b"HTTP/1.1 200 OK\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    show_header: flag, "CURLOPT_HEADER", 42, "7.1", "Gives header lines to [`write`](crate::Callbacks::write) too; off by default.";
    progress: not, "CURLOPT_NOPROGRESS", 43, "7.1", "Calls [`xfer_info`](crate::Callbacks::xfer_info); on by default. [`set_hooks`](Self::set_hooks) turns it on with a callback for it and off without; turned on without one, libcurl 7.68.0 or later prints its own meter.";
    /// # Examples
    /// ```
    /// use curlback::Code;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// transfer.perform()?; // whatever the server answers is a success
    /// transfer.fail_on_error(true)?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR));
    /// assert_eq!(transfer.response_code()?, 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "error_for_status")]
    fail_on_error: flag, "CURLOPT_FAILONERROR", 45, "7.1", "Fails the transfer with [`Code::HTTP_RETURNED_ERROR`](crate::Code::HTTP_RETURNED_ERROR) for a status of 400 and above; off by default.";
    keep_sending_on_error: flag, "CURLOPT_KEEP_SENDING_ON_ERROR", 245, "7.51.0", "Sends the whole body even if the server answers with an error meanwhile; off by default.";
    transfertext: flag, "CURLOPT_TRANSFERTEXT", 53, "7.1.1", "Transfers text instead of bytes where the protocol tells them apart; off by default.";
    crlf: flag, "CURLOPT_CRLF", 27, "7.1", "Sends line feeds as CR and LF; off by default.";
    signal: signal, "CURLOPT_NOSIGNAL", 99, "7.10", "Lets libcurl ignore `SIGPIPE` for the time of the transfer, in the whole process; off by default here, on in libcurl. While the option is off, `SIGPIPE` is blocked on the thread that drives, callbacks included, and a `SIGPIPE` that a broken connection raises is discarded. Turning it on is refused if the linked libcurl would also jump out of signal handlers: one whose resolver is not asynchronous.";
    quick_exit: flag, "CURLOPT_QUICK_EXIT", 322, "7.87.0", "Does not wait for a resolver's thread when the transfer is dropped; off by default. In a `Multi`, [`Multi::quick_exit`](crate::Multi::quick_exit) decides since libcurl 8.20.0.";
    #[cfg(unix)]
    stderr: file, "CURLOPT_STDERR", 37, "7.1", "Writes to this file what libcurl else writes to standard error: the report of a [`verbose`](Self::verbose) transfer without [`Hooks::DEBUG`](crate::Hooks::DEBUG), and the meter of its own. The file is closed with the transfer.";
}
