//! Versions and `Unsupported`: what happens if the linked libcurl is too old, or was built without something.
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
//! The crate asks the linked libcurl at run time, and no feature of Cargo carries a release of libcurl. The oldest
//! supported release is 7.61.1; the newest tested one is 8.22.0. The documentation of each method names the release of
//! libcurl that added it.
//!
//! [`Error::Unsupported`] means: the linked libcurl lacks an option, a value of an option, a callback, a function or an
//! information. Its message tells the two causes apart:
//!
//! | message | cause |
//! | --- | --- |
//! | `… needs libcurl 8.9.0, and libcurl 7.88.1 is linked` | too old |
//! | `… is not built into the linked libcurl 8.22.0` | built without it |
//!
//! Nothing changes when a method returns this error: the former value of the option stays, and nothing is sent.
//!
//! # What is asked
//!
//! - **Options and information**, when the method is called.
//! - **Values**: a value that the linked libcurl does not know, such as [`ProxyType::Https2`] or [`Auth::HTTPSIG`], is
//!   refused, and never sent as something else.
//! - **Callbacks**, by [`Transfer::new`] and [`set_hooks`](Transfer::set_hooks), for the opt-in ones that a build may lack.
//! - **Functions**, such as [`headers`](Transfer::headers) (7.83.0), [`Url`] (7.62.0) and the WebSockets (8.16.0). Here, the
//!   libcurl that the program was *compiled* with counts, too.
//!
//! # How to write for several releases
//!
//! | the program | does |
//! | --- | --- |
//! | can do without | ignores `Error::Unsupported`, as below |
//! | cannot do without | passes the error on: its message says what is missing |
//! | has another way | compares [`Version::linked`], or asks [`version`](fn@version)`()` for a protocol or a feature |
//!
//! ```
//! use std::time::Duration;
//! use curlback::{Error, Transfer};
//!
//! /// Turns the lack of an option into nothing.
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
//! [`protocols_str`](Transfer::protocols_str) or [`pinned_public_key`](Transfer::pinned_public_key). After a refused value of
//! [`http_auth`](Transfer::http_auth), [`proxy_type`](Transfer::proxy_type), [`ssl_version`](Transfer::ssl_version) and
//! some others, [`perform`](Transfer::perform) returns [`Error::Option`] until another value is accepted.
//!
//! # Releases with faults
//!
//! The crate works around the faults of the releases between 7.61.1 and 8.22.0 that it knows. Where that is impossible, the
//! method refuses what would go wrong. These parts need a newer release than libcurl's manual says:
//!
//! | | since, in libcurl | here |
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
//! - **The tests of a program** run with the libcurl of the machine that tests. Test with the oldest one that you deploy to.
//! - **[`Version::linked`] is not the release of the build.** Do not use it in a build script.
//! - **A distribution patches its libcurl** without a new number: some faults of a release may be mended there.
//! - **A method of the newest libcurl compiles with every libcurl.** Only its call tells.
//!
//! # What to do on an error
//!
//! | error | remedy |
//! | --- | --- |
//! | "needs libcurl …" | link a newer libcurl: [`libcurl`](super::libcurl) |
//! | "is not built into …" | link a libcurl that was built with it, by a feature such as `http2`, or by `.ci/full-libcurl` |
//! | [`Error::Option`]: "its last value was refused" | set a value that the linked libcurl has |

#[cfg(doc)]
use crate::*;
