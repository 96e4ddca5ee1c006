//! Every libcurl callback as a method of one trait.

pub use crate::callbacks::Callbacks;
pub use crate::callbacks::body::{IoctlCommand, IoctlResult, ReadResult, SeekResult, WriteResult};
pub use crate::callbacks::debug::{DebugKind, DebugResult};
pub use crate::callbacks::header::HeaderLine;
pub use crate::callbacks::hooks::{Callback, Hooks};
pub use crate::callbacks::progress::{Direction, Progress, ProgressResult, XferInfo};
pub use crate::code::Code;
pub use crate::error::{BoxError, Error};
pub use crate::ffi::info::Info;
pub use crate::ffi::read_buf::ReadBuf;
pub use crate::options::{Auth, HttpVersion, IpResolve, PostRedirections};
pub use crate::transfer::Transfer;
pub use crate::version::Version;

mod callbacks;
mod code;
mod error;
mod ffi;
pub mod handlers;
mod info;
mod options;
mod transfer;
mod version;
