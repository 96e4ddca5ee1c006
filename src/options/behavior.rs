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
    verbose: flag, "CURLOPT_VERBOSE", 41, "7.1", "Reports to [`debug`](crate::Callbacks::debug) what libcurl does, sends and receives; off by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.show_header(true)?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().starts_with(b"HTTP/1.1 200 OK\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    show_header: flag, "CURLOPT_HEADER", 42, "7.1", "Passes header lines to [`write`](crate::Callbacks::write) too; off by default.";
    progress: not, "CURLOPT_NOPROGRESS", 43, "7.1", "Sets whether libcurl reports progress to [`xfer_info`](crate::Callbacks::xfer_info). [`set_hooks`](Self::set_hooks) turns it on if a callback for progress is installed, and off otherwise. If it is turned on without such a callback, libcurl 7.68.0 or newer prints its own meter.";
    /// # Examples
    /// ```
    /// use curlback::Code;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned())?;
    /// transfer.perform()?; // a status of 404 is no error
    /// transfer.fail_on_error(true)?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR));
    /// assert_eq!(transfer.response_code()?, 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "error_for_status")]
    fail_on_error: flag, "CURLOPT_FAILONERROR", 45, "7.1", "Fails the transfer with [`Code::HTTP_RETURNED_ERROR`](crate::Code::HTTP_RETURNED_ERROR) for a status of 400 and above, unless libcurl answers it with credentials (401 and 407), or since libcurl 7.76.0 a download is resumed (416). Off by default.";
    keep_sending_on_error: flag, "CURLOPT_KEEP_SENDING_ON_ERROR", 245, "7.51.0", "Sends the whole body even if the server answers with an error meanwhile; off by default.";
    transfertext: flag, "CURLOPT_TRANSFERTEXT", 53, "7.1.1", "Transfers text instead of bytes, if the protocol distinguishes them; off by default.";
    crlf: flag, "CURLOPT_CRLF", 27, "7.1", "Sends each LF in the body as CR LF, since libcurl 8.10.1 only if no CR precedes it; off by default.";
    signal: signal, "CURLOPT_NOSIGNAL", 99, "7.10", "Allows libcurl to ignore `SIGPIPE` in the whole process during the transfer; off by default here, on in libcurl. While the option is off, this crate blocks `SIGPIPE` on the thread that drives the transfer, also during callbacks, and discards a `SIGPIPE` that a broken connection raises. The option cannot be turned on if the linked libcurl would also jump out of signal handlers, as it does if its resolver is not asynchronous.";
    quick_exit: flag, "CURLOPT_QUICK_EXIT", 322, "7.87.0", "Makes libcurl not wait for the thread of a name resolution when the transfer is dropped; off by default. In a `Multi` with libcurl 8.20.0 or newer, [`Multi::quick_exit`](crate::Multi::quick_exit) applies instead.";
    #[cfg(unix)]
    stderr: file, "CURLOPT_STDERR", 37, "7.1", "Writes to this file what libcurl would otherwise write to standard error: the report of a [`verbose`](Self::verbose) transfer without [`Hooks::DEBUG`](crate::Hooks::DEBUG), and libcurl's own meter. The file is closed when the transfer is dropped, at the latest.";
}
