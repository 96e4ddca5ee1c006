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
//! [`version`](fn@version)`().has_protocol("smtp")` returns whether the linked libcurl supports SMTP. The bundled libcurl
//! supports HTTP, WebSockets, MQTT and `file://`, and FTP by feature: see [`libcurl`](super::libcurl).
//!
//! # Mail
//!
//! - **SMTP** sends a message. Set [`mail_from`](Transfer::mail_from), [`mail_rcpt`](Transfer::mail_rcpt) and
//!   [`upload`](Transfer::upload); [`read`](Callbacks::read) returns the message, whose lines end with CR LF. Or let
//!   [`mime`](Transfer::mime) make a message with attachments: its headers are those of
//!   [`http_headers`](Transfer::http_headers), and `upload` is not needed.
//! - **IMAP and POP3** receive a message, which [`write`](Callbacks::write) gets. The URL names the mailbox and the message,
//!   as in `imap://host/INBOX/;UID=1`. [`custom_request`](Transfer::custom_request) sends another command.
//! - [`use_ssl`](Transfer::use_ssl) with [`UseSsl::All`] makes libcurl switch the connection to TLS before it logs in, or
//!   fail. With IMAP, POP3 and FTP, a libcurl before 7.79.0 needs the fix of CVE-2021-22946 for that.
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
//! - A URL that ends with a slash lists the directory. A path is relative to the directory in which the session begins. A
//!   path that begins with `//` or `/%2F` is relative to the root of the server.
//! - [`upload`](Transfer::upload) writes the file, [`append`](Transfer::append) appends to it, and
//!   [`resume_from(None)`](Transfer::resume_from) continues where the file on the server ends.
//! - [`wildcard_match`](Transfer::wildcard_match) downloads the files that a pattern matches, and makes libcurl call
//!   [`chunk_begin`](Callbacks::chunk_begin), [`chunk_end`](Callbacks::chunk_end) and [`fnmatch`](Callbacks::fnmatch).
//! - By default, libcurl opens the data connection. If [`ftp_port`](Transfer::ftp_port) is set, the server opens it.
//! - [`header`](Callbacks::header) gets the server's answers on the control connection.
//! - libcurl before 8.14.0 frees addresses that FTP still uses. So with these releases, an FTP transfer in a [`Multi`]
//!   or an [`Agent`] has a DNS cache of its own, and is refused with any [`Share`]. Elsewhere, an FTP transfer is
//!   refused with a share that has [`DNS`](ShareData::DNS).
//!
//! # Other protocols
//!
//! | protocol | what to know |
//! | --- | --- |
//! | `file://` | reads a file, or writes it with [`upload`](Transfer::upload); cannot pause; blocks the thread |
//! | SFTP, SCP | see [`ssh`](super::ssh) |
//! | WebSockets | see [`websockets`](super::websockets) |
//! | RTSP | set [`rtsp_request`](Transfer::rtsp_request) before each [`perform`](Transfer::perform); [`interleave`](Callbacks::interleave) gets the RTP packets |
//! | TFTP | has no login, and accepts data from the first host that answers; [`tftp_blksize`](Transfer::tftp_blksize) makes it faster |
//! | Telnet | sends what [`read`](Callbacks::read) returns, and blocks the thread; [`telnet_options`](Transfer::telnet_options) sets its options |
//! | MQTT | subscribes to the topic in the path of the URL; with [`post_fields`](Transfer::post_fields), publishes these bytes under the topic |
//! | LDAP, DICT, GOPHER, SMB | need only the URL (SMB also user name and password), if libcurl was built with the protocol |
//!
//! # Traps
//!
//! - **[`response_code`](Transfer::response_code) is the code of the last answer** of an FTP or SMTP server, such as 226 or
//!   250. For protocols without codes, it returns 0. [`fail_on_error`](Transfer::fail_on_error) only affects HTTP and
//!   RTSP.
//! - **With libcurl 8.14.0 and later, a redirect may lead from HTTP to FTP** by default.
//!   [`redir_protocols_str`](Transfer::redir_protocols_str) limits the protocols of redirects. Before 8.14.0, redirects lead to FTP
//!   only if you have set the schemes of redirects and FTP is among them.
//! - **If an FTP server does not announce the size of a file**, only its last answer says whether the download is
//!   complete.
//! - **`ftp://`, `smtp://`, `imap://` and `pop3://` do not encrypt the connection** by default, and most logins send the
//!   password as it is. Set [`use_ssl`](Transfer::use_ssl) to [`UseSsl::All`].
//! - **A cancel may take about a second** while libcurl waits for the last answer of FTP, SMTP or IMAP, since libcurl
//!   waits in a loop of its own.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Code::UNSUPPORTED_PROTOCOL`] | the linked libcurl lacks the protocol, or [`protocols_str`](Transfer::protocols_str) forbids it | link a libcurl that has the protocol, or allow the protocol |
//! | [`Error::Unsupported`] for an option | the linked libcurl lacks the option or the protocol | link a libcurl that has it |
//! | [`Code::LOGIN_DENIED`] | the server refuses user or password | correct them |
//! | [`Code::REMOTE_FILE_NOT_FOUND`], [`Code::REMOTE_ACCESS_DENIED`], [`Code::FTP_COULDNT_RETR_FILE`] | the path does not exist, or may not be read | list the directory |
//! | [`Code::USE_SSL_FAILED`] | the server offers no TLS | use a server that offers TLS; do not send the password without it |
//! | [`Code::PARTIAL_FILE`] | fewer bytes arrived than were announced | try again, or continue with [`resume_from`](Transfer::resume_from) |
//! | [`Code::QUOTE_ERROR`] | the server has refused a command of [`quote`](Transfer::quote) | put `*` before the command, and libcurl ignores its failure |

#[cfg(doc)]
use crate::*;
