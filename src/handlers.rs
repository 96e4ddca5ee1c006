//! Handlers for what most transfers do, to be combined with your own.
//!
//! Each takes the callbacks that it is made for and leaves the others to the
//! handler inside it, [`()`](crate::Callbacks#impl-Callbacks-for-()) at first and yours by
//! `and`. A callback that is taken does not reach the handler inside, unless that
//! is said. A handler of yours that holds another forwards by the attribute
//! [`callbacks`](macro@crate::callbacks#forwarding-to-another-handler).
//!
//! # Examples
//! Uploads a file, shows how far it is, and collects the answer:
//! ```no_run
//! use std::fs::File;
//! use curlback::{Callbacks, ProgressResult, Transfer, XferInfo, callbacks};
//! use curlback::handlers::{Collect, ReadFrom};
//!
//! struct Meter;
//!
//! #[callbacks]
//! impl Callbacks for Meter {
//!     fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
//!         eprintln!("{} of {} bytes", p.uploaded, p.upload_total);
//!         ProgressResult::Continue
//!     }
//! }
//!
//! let handler = ReadFrom::new(File::open("Cargo.toml")?).and(Collect::new().and(Meter));
//! let mut transfer = Transfer::new(handler)?;
//! transfer.url("http://127.0.0.1:8080/Cargo.toml")?;
//! transfer.upload(true)?;
//! transfer.perform()?;
//! println!("{}", String::from_utf8_lossy(transfer.handler().inner().body()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Makes the methods that give access to the handler inside another.
macro_rules! lend_inner {
    ($handler:ident<$($parameter:ident),*>) => {
        impl<$($parameter),*> $handler<$($parameter),*> {
            /// Returns the handler inside.
            #[must_use]
            pub fn inner(&self) -> &H {
                &self.inner
            }

            /// Returns the handler inside, to be changed.
            #[must_use]
            pub fn inner_mut(&mut self) -> &mut H {
                &mut self.inner
            }
        }
    };
}

mod address_policy;
mod closures;
mod collect;
mod download;
mod log;
mod read_from;
mod read_once;
mod redact;
mod restricted;
#[cfg(feature = "tracing")]
mod trace;
mod write_to;

pub use address_policy::{AddressPolicy, Refused, Rule};
pub use closures::Closures;
pub use collect::{Collect, LimitExceeded};
pub use download::{Download, DownloadError, Downloaded};
pub use log::Log;
pub use read_from::ReadFrom;
pub use read_once::ReadOnce;
pub use restricted::Restricted;
#[cfg(feature = "tracing")]
pub use trace::Trace;
pub use write_to::WriteTo;
