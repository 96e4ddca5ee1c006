//! Versions and `Unsupported`: what happens if the linked libcurl is too old, or was built without a feature.
//!
//! ```
//! use curlback::{Error, Transfer, Version};
//!
//! let mut transfer = Transfer::new(())?;
//! match transfer.tcp_keepcnt(3) { // libcurl has it since 8.9.0
//!     Ok(()) => assert!(Version::linked() >= Version::new(8, 9, 0)),
//!     Err(Error::Unsupported { what, since, linked }) => {
//!         assert_eq!((what, since), ("CURLOPT_TCP_KEEPCNT", Version::new(8, 9, 0)));
//!         assert_eq!(linked, Version::linked());
//!         // The program goes on without the option.
//!     }
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rule
//!
//! The crate checks the linked libcurl at run time; no feature of Cargo selects a release of libcurl. The oldest
//! supported release is 7.61.1; the newest tested release is 8.22.0. The documentation of each option, information and
//! callback names the release of libcurl that added it.
//!
//! [`Error::Unsupported`] means that the linked libcurl lacks an option, a value of an option, a callback, a function or an
//! information. Its message says why:
//!
//! | message | cause |
//! | --- | --- |
//! | `… needs libcurl 8.9.0, and libcurl 7.88.1 is linked` | the linked libcurl is too old |
//! | `… is not built into the linked libcurl 8.22.0` | the linked libcurl was built without it |
//!
//! If a setter returns this error, the option keeps its former value.
//!
//! # What is checked, and when
//!
//! - **Options and information**, when the method is called.
//! - **Values**: a value that the linked libcurl does not know, such as [`ProxyType::Https2`] or [`Auth::HTTPSIG`], is
//!   refused, and never sent as something else.
//! - **Opt-in callbacks**, when [`Transfer::new`] or [`set_hooks`](Transfer::set_hooks) installs them.
//! - **Functions**, such as [`headers`](Transfer::headers) (7.83.0), [`Url`] (7.62.0) and those of WebSockets (8.16.0), when
//!   the method is called. The libcurl that the program was *compiled* with must have the function, too.
//!
//! # How to write for several releases
//!
//! | the program | does |
//! | --- | --- |
//! | can do without the feature | ignores `Error::Unsupported`, as the example below |
//! | cannot do without the feature | returns the error: its message says what is missing |
//! | can do the same in another way | compares [`Version::linked`], or asks [`version`](fn@version)`()` for a protocol or a feature |
//!
//! ```
//! use std::time::Duration;
//! use curlback::{Error, Transfer};
//!
//! /// Ignores the error if libcurl lacks the option.
//! fn if_supported(result: Result<(), Error>) -> Result<(), Error> {
//!     match result {
//!         Err(Error::Unsupported { .. }) => Ok(()),
//!         other => other,
//!     }
//! }
//!
//! let mut transfer = Transfer::new(())?;
//! if_supported(transfer.maxlifetime_conn(Duration::from_secs(600)))?; // libcurl has it since 7.80.0
//! assert!(transfer.hooks().contains(curlback::Hooks::WRITE));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Do not ignore this error for an option that protects the transfer, such as [`ssl_version`](Transfer::ssl_version),
//! [`protocols_str`](Transfer::protocols_str) or [`pinned_public_key`](Transfer::pinned_public_key). If a value of
//! [`http_auth`](Transfer::http_auth), [`proxy_type`](Transfer::proxy_type), [`ssl_version`](Transfer::ssl_version) and
//! some others was refused, [`perform`](Transfer::perform) returns [`Error::Option`] until another value is accepted.
//!
//! # Releases with faults
//!
//! The crate works around most known faults of the releases from 7.61.1 to 8.22.0. Where that is impossible, a method
//! usually returns an error instead. For example, these parts need a newer release than libcurl's manual says:
//!
//! | | added to libcurl in | this crate needs |
//! | --- | --- | --- |
//! | [`trailer`](Callbacks::trailer) | 7.64.0 | 8.7.0 |
//! | WebSockets | 7.86.0 | 8.16.0 |
//! | a pause of [`frame`](Callbacks::frame) | 7.86.0 | 8.22.0 |
//! | [`upkeep`](Transfer::upkeep) | 7.62.0 | 8.10.0 |
//! | [`doh_url`](Transfer::doh_url) | 7.62.0 | 7.62.0, but not 8.5.0 to 8.8.0 |
//! | [`ftp_entry_path`](Transfer::ftp_entry_path) | 7.15.4 | 7.15.4, but not 8.10.0 to 8.13.0 |
//! | [`Multi::accept_pushes`] | 7.44.0 | 8.22.0 |
//! | SSH | 7.16.1 | 7.74.0; the crate does not refuse SSH with earlier releases: see [`ssh`](super::ssh) |
//!
//! # Traps
//!
//! - **The tests of a program** run with the libcurl of the machine that tests. Test with the oldest libcurl of the machines
//!   that will run the program.
//! - **[`Version::linked`] is the libcurl of the running program**, which may differ from the libcurl of the build. Do not use
//!   it in a build script.
//! - **A distribution may patch its libcurl** without a new version number, so some faults of a release may be fixed there.
//! - **HTTP/2 with libcurl 8.1.0, 8.2.0 and 8.2.1**: uploads may stop for ever, or fail with [`Code::HTTP2_STREAM`]. With
//!   7.88.0, transfers without TLS may fail with [`Code::HTTP2`]. The crate does not mend this.
//! - **A method for the newest libcurl compiles with every libcurl.** Only its call returns the error.
//!
//! # What to do on an error
//!
//! | error | remedy |
//! | --- | --- |
//! | "needs libcurl …" | link a newer libcurl: [`libcurl`](super::libcurl) |
//! | "is not built into …" | link a libcurl that was built with it: use a feature such as `http2`, or `.ci/full-libcurl` |
//! | [`Error::Option`]: "its last value was refused" | set a value that the linked libcurl supports |

#[cfg(doc)]
use crate::*;
