//! The attribute for implementations of the trait.

/// Installs the callbacks that an `impl Callbacks for …` block has.
///
/// # Examples
/// ```
/// use curlback::{Callbacks, Hooks, Transfer, WriteResult, callbacks};
///
/// struct Count(usize);
///
/// #[callbacks]
/// impl Callbacks for Count {
///     fn write(&mut self, data: &[u8]) -> WriteResult {
///         self.0 += data.len();
///         WriteResult::Continue
///     }
/// }
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(Count(0))?;
/// assert_eq!(transfer.hooks(), Hooks::WRITE);
/// transfer.url(&format!("file://{}", file.display()))?;
/// transfer.perform()?;
/// assert_eq!(transfer.handler().0 as u64, std::fs::metadata(file)?.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// At run time, this crate cannot tell whether a handler implements a method or has the default of the trait. So the
/// attribute reads the names of the methods in the block, and writes the method [`hooks`](crate::Callbacks::hooks),
/// which returns the callbacks to install. Without the attribute, a block that has no `hooks` installs
/// [`Hooks::default`](crate::Hooks::default). libcurl then calls the block's methods for other callbacks only after
/// [`Transfer::set_hooks`](crate::Transfer::set_hooks) has installed them.
///
/// [`Hooks`](crate::Hooks) says for each callback what happens if it is not installed. Without
/// [`write`](crate::Callbacks::write), the body is thrown away. Without
/// [`read`](crate::Callbacks::read), an upload can send only an empty body.
///
/// # Forwarding to another handler
/// `to` is an expression for another handler, and must contain `self`. The methods that the block does not have are
/// forwarded to the other handler, including [`address_filter`](crate::Callbacks::address_filter) and
/// [`has_body`](crate::Callbacks::has_body). The callbacks of both handlers are installed.
///
/// ```
/// use curlback::handlers::Collect;
/// use curlback::{Callbacks, Hooks, ProgressResult, Transfer, XferInfo, callbacks};
///
/// /// Stops a transfer that downloads too much.
/// struct AtMost<H> { bytes: u64, inner: H }
///
/// #[callbacks(to = self.inner)]
/// impl<H: Callbacks> Callbacks for AtMost<H> {
///     fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
///         match progress.downloaded > self.bytes {
///             true => ProgressResult::Abort,
///             false => self.inner.xfer_info(progress),
///         }
///     }
/// }
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(AtMost { bytes: 1 << 20, inner: Collect::new() })?;
/// assert!(transfer.hooks().contains(Hooks::WRITE | Hooks::XFER_INFO));
/// transfer.url(&format!("file://{}", file.display()))?;
/// transfer.perform()?;
/// assert!(transfer.handler().inner.body().starts_with(b"[package]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A method that the block has is not forwarded: if the other handler needs the call, the method
/// must make it. `except(frame, ws_raw)` names methods that are not forwarded, but keep their
/// defaults. For example, the default [`frame`](crate::Callbacks::frame) calls `write`. So if the
/// block has `write` and the other handler has `frame`, the block gets the frames of a WebSocket if `frame` is in
/// `except`; otherwise, the other handler gets them.
///
/// In a block that has `progress` but not [`xfer_info`](crate::Callbacks::xfer_info), `xfer_info`
/// keeps its default, which calls `progress`. In a block that has `ioctl` but not
/// [`seek`](crate::Callbacks::seek), `seek` keeps its default, which calls `ioctl`.
///
/// # Another path of this crate
/// `crate` is the path of this crate, if that is not `::curlback`:
/// ```
/// mod http {
///     pub use curlback::*;
/// }
///
/// struct Ignore;
///
/// #[http::callbacks(crate = crate::http)]
/// impl http::Callbacks for Ignore {
///     fn write(&mut self, _: &[u8]) -> http::WriteResult {
///         http::WriteResult::Continue
///     }
/// }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
///
/// let transfer = http::Transfer::new(Ignore)?;
/// assert_eq!(transfer.hooks(), http::Hooks::WRITE);
/// # Ok(())
/// # }
/// ```
///
/// # What does not compile
/// A block that has the method `hooks` does not compile. A block with a macro call in the place of a method does not
/// compile either, since the attribute reads the block before macros are expanded. But a macro may produce the whole
/// block together with the attribute. A `#[cfg]` on a method is allowed: if its condition is false, the block counts as
/// one without the method.
#[doc(inline)]
pub use curlback_macros::callbacks;
