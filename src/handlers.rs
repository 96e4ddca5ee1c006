//! Ready-made handlers for common tasks, which can be combined with your own handlers.
//!
//! Most of these handlers have another handler inside: at first
//! [`()`](crate::Callbacks#impl-Callbacks-for-()), and after a call of `and` yours. The outer handler implements the
//! callbacks that it needs, and forwards the others to the inner one. The documentation of each `and` says which calls
//! the inner handler does not get. To write an outer handler of your own, use
//! the attribute [`callbacks`](macro@crate::callbacks#forwarding-to-another-handler).
//!
//! # Examples
//! Uploads a file, shows the progress, and collects the response:
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

/// Makes the methods `inner` and `inner_mut` of a handler that has another handler inside.
macro_rules! lend_inner {
    ($handler:ident<$($parameter:ident),*>) => {
        impl<$($parameter),*> $handler<$($parameter),*> {
            /// Returns the inner handler.
            #[must_use]
            pub fn inner(&self) -> &H {
                &self.inner
            }

            /// Returns the inner handler, mutably.
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
