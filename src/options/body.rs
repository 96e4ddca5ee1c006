//! Options: the body.

use crate::options::values::http::TimeCondition;

#[rustfmt::skip]
options! { "the body";
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::{Collect, ReadFrom}};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let url = server::http(|request| server::ok(request))?;
    /// let body = std::io::Cursor::new("body");
    /// let mut transfer = Transfer::new(ReadFrom::new(body).and(Collect::new()))?;
    /// transfer.url(&url)?;
    /// # transfer.noproxy("*")?;
    /// transfer.upload(true)?;
    /// transfer.in_filesize(4)?;
    /// transfer.perform()?;
    /// # let request = String::from_utf8_lossy(transfer.handler().inner().body());
    /// assert!(request.starts_with("PUT ") && request.ends_with("\r\n\r\nbody"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    upload: flag, "CURLOPT_UPLOAD", 46, "7.1", "Uploads the body that [`read`](crate::Callbacks::read) provides, with HTTP by PUT; off by default.";
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::ReadOnce};
    ///
    /// # let file = std::env::temp_dir().join(format!("curlback-in-filesize-{}", std::process::id()));
    /// # let url = format!("file://{}", file.display());
    /// let mut transfer = Transfer::new(ReadOnce::new(&b"body"[..]))?;
    /// transfer.url(&url)?;
    /// transfer.upload(true)?;
    /// transfer.in_filesize(4)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.upload_size()?, 4);
    /// # std::fs::remove_file(file)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    in_filesize: size unset IN_FILESIZE, "CURLOPT_INFILESIZE_LARGE" or "CURLOPT_INFILESIZE", 115, "7.11.0", "Announces the size of an upload in bytes, including the bytes that [`resume_from`](Self::resume_from) leaves out. [`read`](crate::Callbacks::read) is not called for bytes beyond that size. If the body ends before it, the transfer fails. Without an announced size, HTTP/1.1 sends the body in chunks.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.range("0-499")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Range: bytes=0-499\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    range: range unset RANGE, "CURLOPT_RANGE", 7, "7.1", "Asks for a part of the body: `0-499`, `500-`, `-500`. libcurl writes the `bytes=` of HTTP itself, so a value that begins with `bytes` is an error.";
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.resume_from(1)?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().starts_with(b"package]"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    resume_from: offset, "CURLOPT_RESUME_FROM_LARGE" or "CURLOPT_RESUME_FROM", 116, "7.11.0", "Starts the transfer at this offset: the bytes before it are not requested, or not sent. `None` makes an upload with FTP, SFTP or `file://` continue where the file on the server ends; an upload with HTTP then sends the whole body.";
    /// # Examples
    /// ```
    /// use curlback::Code;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.max_filesize(3)?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::FILESIZE_EXCEEDED));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    max_filesize: size, "CURLOPT_MAXFILESIZE_LARGE" or "CURLOPT_MAXFILESIZE", 117, "7.11.0", "Fails the transfer with [`Code::FILESIZE_EXCEEDED`](crate::Code::FILESIZE_EXCEEDED) if the received body is larger. Zero, the default, means no limit. Before libcurl 8.4.0, it applies only if an HTTP or FTP server announces the size of the body. Before libcurl 8.20.0, it does not count the size after decoding. [`Collect::limit`](crate::handlers::Collect::limit) has neither restriction.";
    /// # Examples
    /// ```
    /// use curlback::Transfer;
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.fetch_filetime(true)?;
    /// transfer.perform()?;
    /// assert!(transfer.filetime()?.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fetch_filetime: flag, "CURLOPT_FILETIME", 69, "7.5", "Makes [`filetime`](Self::filetime) return the document's time of modification: libcurl asks an FTP or SFTP server for it, and takes it from the response of an HTTP server. Off by default.";
    time_condition: value<TimeCondition>, "CURLOPT_TIMECONDITION", 33, "7.1", "With HTTP, FTP and `file://`, transfers the document only if it is newer than [`time_value`](Self::time_value), or only if it is older; always by default.";
    time_value: time, "CURLOPT_TIMEVALUE_LARGE" or "CURLOPT_TIMEVALUE", 270, "7.59.0", "Sets the time for [`time_condition`](Self::time_condition), in whole seconds.";
}
