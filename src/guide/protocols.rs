//! FTP, mail and the other protocols: what each needs, and which callbacks it calls.
//!
//! ```
//! use curlback::{Transfer, handlers::ReadOnce};
//!
//! # if !curlback::version().has_protocol("smtp") { return Ok(()); } // the bundled libcurl has no mail
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let (sender, mails) = std::sync::mpsc::channel();
//! # let mut mail: Option<String> = None;
//! # let server = server::lines("220 ready\r\n", move |line| match &mut mail {
//! #     Some(text) if line == "." => { let _ = sender.send(std::mem::take(text)); mail = None; "250 ok\r\n".into() }
//! #     Some(text) => { text.push_str(line); text.push('\n'); String::new() }
//! #     None if line == "DATA" => { mail = Some(String::new()); "354 go on\r\n".into() }
//! #     None if line == "QUIT" => "221 bye\r\n".into(),
//! #     None => "250 ok\r\n".into(),
//! # })?;
//! # let url = format!("smtp://{server}");
//! let mail = "From: <me@example.com>\r\nTo: <you@example.com>\r\nSubject: Hello\r\n\r\nIt works.\r\n";
//! let mut transfer = Transfer::new(ReadOnce::new(mail.as_bytes()))?;
//! transfer.url(&url)?; // "smtps://mail.example.com", with `username` and `password`
//! # transfer.proxy("")?;
//! transfer.mail_from("<me@example.com>")?;
//! transfer.mail_rcpt(["<you@example.com>"])?;
//! transfer.upload(true)?;
//! transfer.perform()?;
//! let sent = mails.recv()?; // the mail that the server of this example has received
//! assert!(sent.ends_with("\n\nIt works.\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`version`](fn@version)`().has_protocol("smtp")` says whether the linked libcurl speaks a protocol. The bundled libcurl
//! speaks HTTP, WebSockets, MQTT and `file://`, and FTP by feature: see [`libcurl`](super::libcurl).
//!
//! # Mail
//!
//! - **SMTP** sends a message: [`mail_from`](Transfer::mail_from), [`mail_rcpt`](Transfer::mail_rcpt),
//!   [`upload`](Transfer::upload), and the message from [`read`](Callbacks::read), or from [`mime`](Transfer::mime) with
//!   attachments. Lines end with CR LF. [`http_headers`](Transfer::http_headers) are the headers of a mail from `mime`.
//! - **IMAP and POP3** receive by [`write`](Callbacks::write): the URL names the mailbox and the message, as in
//!   `imap://host/INBOX/;UID=1`. [`custom_request`](Transfer::custom_request) sends another command.
//! - [`use_ssl`](Transfer::use_ssl) with [`UseSsl::All`] turns a connection without TLS into one with TLS, or fails.
//!   `smtps://`, `imaps://` and `pop3s://` begin with TLS.
//! - [`login_options`](Transfer::login_options) and [`xoauth2_bearer`](Transfer::xoauth2_bearer) choose how to log in.
//!
//! # FTP
//!
//! ```
//! use curlback::{Transfer, handlers::Collect};
//!
//! # if !curlback::version().has_protocol("ftp") { return Ok(()); }
//! # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
//! # let server = server::lines("220 ready\r\n", |line| match line.split(' ').next().unwrap_or_default() {
//! #     "USER" => "331 password\r\n".into(),
//! #     "PASS" => "230 welcome\r\n".into(),
//! #     "PWD" => "257 \"/\"\r\n".into(),
//! #     "EPSV" => format!("229 entering (|||{}|)\r\n", server::data("contents").unwrap_or_default()),
//! #     "SIZE" => "213 8\r\n".into(),
//! #     "RETR" => "150 here it comes\r\n226 done\r\n".into(),
//! #     "QUIT" => "221 bye\r\n".into(),
//! #     _ => "200 ok\r\n".into(),
//! # })?;
//! # let url = format!("ftp://{server}/directory/file");
//! let mut transfer = Transfer::new(Collect::new())?;
//! transfer.url(&url)?; // "ftp://ftp.example.com/directory/file"
//! # transfer.proxy("")?;
//! transfer.username("me")?; // "anonymous" by default
//! transfer.password("secret")?;
//! transfer.perform()?;
//! assert_eq!(transfer.handler().body(), b"contents");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A URL that ends with a slash lists the directory. A path begins in the directory in which the session begins; `//`
//!   or `/%2F` at its beginning is the root of the server.
//! - [`upload`](Transfer::upload) writes the file, [`append`](Transfer::append) appends to it, and
//!   [`resume_from(None)`](Transfer::resume_from) continues where the file on the server ends.
//! - [`wildcard_match`](Transfer::wildcard_match) downloads every file that a pattern matches, and calls
//!   [`chunk_begin`](Callbacks::chunk_begin), [`chunk_end`](Callbacks::chunk_end) and [`fnmatch`](Callbacks::fnmatch).
//! - By default, the client opens the data connection. After [`ftp_port`](Transfer::ftp_port), the server does.
//! - [`header`](Callbacks::header) gets the server's answers on the control connection.
//! - Before libcurl 8.14.0, which frees addresses that FTP still uses, an FTP transfer has a DNS cache of its own. It is
//!   refused with a share that has [`DNS`](ShareData::DNS), and in a [`Multi`] or an [`Agent`] with any [`Share`].
//!
//! # The others
//!
//! | protocol | what to know |
//! | --- | --- |
//! | `file://` | reads, or with [`upload`](Transfer::upload) writes, a file; cannot pause; blocks the thread |
//! | SFTP, SCP | see [`ssh`](super::ssh) |
//! | WebSockets | see [`websockets`](super::websockets) |
//! | RTSP | [`rtsp_request`](Transfer::rtsp_request) for each [`perform`](Transfer::perform); packets come to [`interleave`](Callbacks::interleave) |
//! | TFTP | has no login, and goes on with whoever answers first; [`tftp_blksize`](Transfer::tftp_blksize) makes it faster |
//! | Telnet | sends what [`read`](Callbacks::read) gives, and blocks the thread: [`telnet_options`](Transfer::telnet_options) |
//! | MQTT | receives what is published under the topic in the path, or publishes the [`post_fields`](Transfer::post_fields) |
//! | LDAP, DICT, GOPHER, SMB | by the URL alone, where libcurl was built with them |
//!
//! # Traps
//!
//! - **[`response_code`](Transfer::response_code) is the last answer** of an FTP or mail server, such as 226 or 250. It is 0
//!   for protocols without codes. [`fail_on_error`](Transfer::fail_on_error) is for HTTP.
//! - **Redirects may change the protocol** between HTTP and FTP. Limit them with
//!   [`redir_protocols_str`](Transfer::redir_protocols_str).
//! - **Before libcurl 8.14.0, redirects do not lead to FTP** unless
//!   [`redir_protocols_str`](Transfer::redir_protocols_str) names FTP.
//! - **FTP cannot tell that a file is complete** if the server does not say its size.
//! - **A password crosses the network in the clear** with `ftp://`, `smtp://`, `imap://` and `pop3://` without
//!   [`use_ssl`](Transfer::use_ssl).
//! - **The answer at the end of FTP, SMTP and IMAP**: libcurl waits for it in a loop of its own, and a cancel takes effect
//!   within about a second.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::UNSUPPORTED_PROTOCOL`] | the linked libcurl does not speak it, or [`protocols_str`](Transfer::protocols_str) forbids it | link a fuller libcurl, or allow it |
//! | [`Error::Unsupported`] for an option | as above | as above |
//! | [`Code::LOGIN_DENIED`] | user or password | correct them |
//! | [`Code::REMOTE_FILE_NOT_FOUND`], [`Code::REMOTE_ACCESS_DENIED`], [`Code::FTP_COULDNT_RETR_FILE`] | the path, or its permissions | list the directory |
//! | [`Code::USE_SSL_FAILED`] | the server offers no TLS | do not send the password without TLS |
//! | [`Code::PARTIAL_FILE`] | fewer bytes than the announced size | try again, or continue with [`resume_from`](Transfer::resume_from) |
//! | [`Code::QUOTE_ERROR`] | a command of [`quote`](Transfer::quote) was refused | `*` before the command lets it fail |

#[cfg(doc)]
use crate::*;
