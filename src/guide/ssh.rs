//! SSH: how to use SFTP and SCP, and who checks the key of the server.
//!
//! ```no_run
//! use curlback::{Callbacks, KhKey, KhMatch, KhStat, Transfer, WriteResult, callbacks};
//!
//! /// Trusts the key that a server has at its first use, and no other key of that server.
//! struct FirstUse { file: Vec<u8> }
//!
//! #[callbacks]
//! impl Callbacks for FirstUse {
//!     fn write(&mut self, data: &[u8]) -> WriteResult {
//!         self.file.extend_from_slice(data);
//!         WriteResult::Continue
//!     }
//!     fn ssh_key(&mut self, _: Option<KhKey<'_>>, _: KhKey<'_>, matching: KhMatch) -> KhStat {
//!         match matching {
//!             KhMatch::Ok => KhStat::Fine,
//!             KhMatch::Missing => KhStat::FineAddToFile,
//!             _ => KhStat::Reject, // the server has another key, or somebody is in between
//!         }
//!     }
//! }
//!
//! let mut transfer = Transfer::new(FirstUse { file: Vec::new() })?;
//! transfer.url("sftp://me@example.com/~/report.txt")?; // `/~/` is the home directory on the server
//! transfer.ssh_known_hosts("/home/me/.ssh/known_hosts")?;
//! transfer.ssh_private_keyfile("/home/me/.ssh/id_ed25519")?;
//! transfer.perform()?;
//! assert!(!transfer.handler().file.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The example [`known_hosts`](https://docs.rs/crate/curlback/latest/source/examples/known_hosts.rs) shows the fingerprint of
//! the key to the user, and asks whether to trust it.
//!
//! # Who checks the key of the server
//!
//! libcurl uses the first of these checks that is set:
//!
//! | the key is compared with | set | since |
//! | --- | --- | --- |
//! | one fingerprint | [`ssh_host_public_key_sha256`](Transfer::ssh_host_public_key_sha256) (libssh2; libssh since 8.21.0), [`ssh_host_public_key_md5`](Transfer::ssh_host_public_key_md5) | 7.80.0, 7.17.1 |
//! | nothing: your callback decides | [`ssh_hostkey`](Callbacks::ssh_hostkey) (libssh2) | 7.84.0 |
//! | the known-hosts file, then your callback decides | [`ssh_key`](Callbacks::ssh_key) and [`ssh_known_hosts`](Transfer::ssh_known_hosts) | 7.19.6 |
//! | the known-hosts file | [`ssh_known_hosts`](Transfer::ssh_known_hosts) | 7.19.6 |
//!
//! **Without any of them, libcurl trusts every server.** A libcurl before 8.9.0 that uses libssh differs: without any of
//! them, it checks the user's own known-hosts file, and [`ssl_verify_host(false)`](Transfer::ssl_verify_host) turns all
//! checks of a known-hosts file off. So `perform` refuses [`ssh_known_hosts`](Transfer::ssh_known_hosts) together with
//! `ssl_verify_host(false)` then. [`version`](fn@version)`().libssh()` names the SSH library.
//!
//! Without [`ssh_known_hosts`](Transfer::ssh_known_hosts), libcurl with libssh2 would never call `ssh_key`. So
//! [`perform`](Transfer::perform) refuses a transfer that has `ssh_key` and no such file:
//!
//! ```
//! use curlback::{Callbacks, Error, KhKey, KhMatch, KhStat, Transfer, callbacks};
//!
//! struct Known;
//!
//! #[callbacks]
//! impl Callbacks for Known {
//!     fn ssh_key(&mut self, _: Option<KhKey<'_>>, _: KhKey<'_>, matching: KhMatch) -> KhStat {
//!         match matching {
//!             KhMatch::Ok => KhStat::Fine,
//!             _ => KhStat::Fail("this server is not known".into()),
//!         }
//!     }
//! }
//!
//! let mut transfer = match Transfer::new(Known) {
//!     Ok(transfer) => transfer,
//!     Err(Error::Unsupported { .. }) => return Ok(()), // libcurl has no SSH, as the bundled libcurl
//!     Err(error) => return Err(error.into()),
//! };
//! transfer.url("sftp://127.0.0.1/")?;
//! let error = transfer.perform().unwrap_err();
//! assert!(matches!(error, Error::Option { option: "CURLOPT_SSH_KNOWNHOSTS", .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who checks the client
//!
//! The client logs in by one of these methods. [`ssh_auth_types`](Transfer::ssh_auth_types) limits them; by default, libcurl
//! may use any.
//!
//! - a key: [`ssh_private_keyfile`](Transfer::ssh_private_keyfile), with [`key_password`](Transfer::key_password) if the file
//!   is encrypted. The public key is derived from the private key, unless
//!   [`ssh_public_keyfile`](Transfer::ssh_public_keyfile) names its file. A libssh2 that was built with libgcrypt cannot
//!   derive it.
//! - an SSH agent: [`SshAuth::AGENT`]. The environment variable `SSH_AUTH_SOCK` names the socket of the agent.
//! - a password: [`username`](Transfer::username) and [`password`](Transfer::password).
//!
//! # Files and directories
//!
//! - A path begins at the root of the server, unless it begins with `/~/`, which is the home directory.
//! - With SFTP, a URL that ends with a slash lists the directory; [`dirlistonly`](Transfer::dirlistonly) lists only the names.
//! - [`upload`](Transfer::upload) writes the file. SCP needs [`in_filesize`](Transfer::in_filesize).
//!   [`ftp_create_missing_dirs`](Transfer::ftp_create_missing_dirs), [`new_file_perms`](Transfer::new_file_perms) and
//!   [`resume_from`](Transfer::resume_from) work with SFTP.
//! - With SFTP, [`quote`](Transfer::quote) and [`postquote`](Transfer::postquote) send commands such as `rename`, `rm` and
//!   `mkdir`.
//!
//! # Traps
//!
//! - **The key is checked once per connection.** If a transfer reuses a connection, the key is not checked again. Set
//!   [`fresh_connect`](Transfer::fresh_connect) to make a new connection.
//! - **With libssh2, [`KhStat::FineAddToFile`] rewrites the known-hosts file** from what libcurl has read of it. Comments
//!   on their own lines are lost. Everything from the first line on that libcurl cannot read is lost, too. Give the program
//!   a file of its own.
//! - **A known host whose key is of another kind**: with libssh2, libcurl insists on the kind of key that the file has, and
//!   fails without calling a callback. It takes the kind from the first line whose host name is hashed, whichever host that
//!   line is for, unless a line with the plain name of this host comes earlier. So it may also refuse a server whose key is
//!   in the file: give the program a file with plain names.
//! - **A callback that trusts new hosts may trust a false server.** If the file has only a key of another kind for the
//!   host, libcurl 7.61.1 and 7.68.0 with libssh2, and 7.69.0 to 8.20.0 with libssh, pass [`KhMatch::Missing`] to
//!   `ssh_key`.
//! - **Do not use SSH with a libcurl before 7.74.0**, also because a server that does not answer at the end of a session
//!   may block the thread. The crate does not refuse SSH with these releases.
//! - **The bundled libcurl has no SSH.** Debian's libcurl has SSH, and so has the libcurl that
//!   [`.ci/full-libcurl`](super::libcurl) builds.
//! - **A cancel may have to wait** while libcurl ends the SSH session: about a second with libssh2, and without a limit
//!   with libssh or before libcurl 7.71.0.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Unsupported`] from [`Transfer::new`] | the linked libcurl has no SSH, or its SSH library does not support the callback | link another libcurl |
//! | [`Error::Option`] for `CURLOPT_SSH_KNOWNHOSTS` | the handler has `ssh_key`, and no known-hosts file is set | set [`ssh_known_hosts`](Transfer::ssh_known_hosts); the file need not exist |
//! | [`Error::Aborted`] or [`Error::Callback`] from `ssh_key` or `ssh_hostkey` | your callback has refused the key | tell the user; do not connect without the check |
//! | [`Code::PEER_FAILED_VERIFICATION`] | the server's key is not in the known-hosts file, or differs from that file or from the fingerprint | tell the user; do not connect without the check |
//! | [`Code::LOGIN_DENIED`] | the server accepts none of the login methods | check user, key and password |
//! | [`Code::REMOTE_FILE_NOT_FOUND`], [`Code::REMOTE_ACCESS_DENIED`] | the path does not exist, or may not be read | check the path: it begins at the root of the server |
//! | [`Code::SSH`] | another error of the SSH library | [`text`](Error::text) has its message |

#[cfg(doc)]
use crate::*;
