//! SSH: SFTP and SCP, and how the keys of servers are checked.
//!
//! ```no_run
//! use curlback::{Callbacks, KhKey, KhMatch, KhStat, Transfer, WriteResult, callbacks};
//!
//! /// Trusts a server at its first use, and never another key.
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
//! The example [`known_hosts`](https://docs.rs/crate/curlback/latest/source/examples/known_hosts.rs) asks the user, with the
//! fingerprint of the key.
//!
//! # Who checks the key of the server
//!
//! libcurl uses the first of these that is set:
//!
//! | check | set | since |
//! | --- | --- | --- |
//! | a fingerprint | [`ssh_host_public_key_sha256`](Transfer::ssh_host_public_key_sha256) (libssh2), [`ssh_host_public_key_md5`](Transfer::ssh_host_public_key_md5) | 7.80.0, 7.17.1 |
//! | your decision, without a file | [`ssh_hostkey`](Callbacks::ssh_hostkey) (libssh2) | 7.84.0 |
//! | your decision, after a look into the file | [`ssh_key`](Callbacks::ssh_key) and [`ssh_known_hosts`](Transfer::ssh_known_hosts) | 7.19.6 |
//! | the file alone | [`ssh_known_hosts`](Transfer::ssh_known_hosts) | 7.19.6 |
//!
//! **Without any of them, libcurl trusts every server.** A handler with `ssh_key` but without a known-hosts file would
//! never be asked, so [`perform`](Transfer::perform) refuses it:
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
//!     Err(Error::Unsupported { .. }) => return Ok(()), // a libcurl without SSH, such as the bundled one
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
//! [`ssh_auth_types`](Transfer::ssh_auth_types) limits the methods; any method is allowed by default.
//!
//! - a key: [`ssh_private_keyfile`](Transfer::ssh_private_keyfile), with [`key_password`](Transfer::key_password) if the file
//!   is encrypted. libcurl makes the public key from the private one, or reads
//!   [`ssh_public_keyfile`](Transfer::ssh_public_keyfile).
//! - an agent: [`SshAuth::AGENT`], by the environment variable `SSH_AUTH_SOCK`.
//! - a password: [`username`](Transfer::username) and [`password`](Transfer::password).
//!
//! # Files and directories
//!
//! - A path begins at the root of the server. `/~/` at its beginning is the home directory.
//! - A URL that ends with a slash lists the directory, with SFTP; [`dirlistonly`](Transfer::dirlistonly) lists the names alone.
//! - [`upload`](Transfer::upload) writes the file. SCP needs [`in_filesize`](Transfer::in_filesize).
//!   [`ftp_create_missing_dirs`](Transfer::ftp_create_missing_dirs), [`new_file_perms`](Transfer::new_file_perms) and
//!   [`resume_from`](Transfer::resume_from) work with SFTP.
//! - [`quote`](Transfer::quote) and [`postquote`](Transfer::postquote) send commands such as `rename`, `rm` and `mkdir`.
//!
//! # Traps
//!
//! - **The key is checked once per connection.** A connection that is kept is used without another question, unless
//!   [`fresh_connect`](Transfer::fresh_connect) is set.
//! - **[`KhStat::FineAddToFile`] rewrites the known-hosts file** from what libcurl has read of it. Comments on their own
//!   lines are lost, and so is everything after the first line that libcurl cannot read. Give the program a file of its own.
//! - **A known host with a key of another kind**: if the file does not hash its hosts, libcurl insists on the kind of key
//!   in the file, and fails before any callback is asked.
//! - **Do not use SSH with a libcurl before 7.74.0.** libcurl 7.61.1 and 7.68.0 accept a server although its known key is of
//!   another kind. The crate does not refuse that.
//! - **The bundled libcurl has no SSH.** The libcurl of Debian has it; so has one that
//!   [`.ci/full-libcurl`](super::libcurl) builds.
//! - **A cancel may have to wait** while libcurl ends the session.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | [`Error::Unsupported`] of [`Transfer::new`] | the linked libcurl has no SSH, or another SSH library | link another libcurl |
//! | [`Error::Option`] for `CURLOPT_SSH_KNOWNHOSTS` | `ssh_key` without a file | set [`ssh_known_hosts`](Transfer::ssh_known_hosts); the file need not exist |
//! | [`Error::Aborted`] or [`Error::Callback`] of `ssh_key` or `ssh_hostkey` | your callback has refused the key | tell the user; do not connect without the check |
//! | [`Code::PEER_FAILED_VERIFICATION`] | the file or the fingerprint has another key | as above |
//! | [`Code::LOGIN_DENIED`] | the server accepts none of the methods | check user, key and password |
//! | [`Code::REMOTE_FILE_NOT_FOUND`], [`Code::REMOTE_ACCESS_DENIED`] | the path | remember that it begins at the root |
//! | [`Code::SSH`] | anything else of the SSH library | [`text`](Error::text) says what |

#[cfg(doc)]
use crate::*;
