//! The transfer whose callback is running on this thread, for callbacks that have no argument with its information.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::Info;
use crate::ffi::sys;

thread_local! {
    static CURRENT: Cell<Option<NonNull<sys::CURL>>> = const { Cell::new(None) };
}

/// While this value lives, its transfer is the current one of this thread.
pub(crate) struct Current {
    former: Option<NonNull<sys::CURL>>,
}

impl Current {
    /// # Safety
    /// C1: the handle must be live, and must not start another transfer, for as long as the value lives. The
    /// value must be dropped on this thread, before any `Current` that was made earlier.
    #[inline(always)]
    pub(crate) unsafe fn new(handle: NonNull<sys::CURL>) -> Current {
        Current {
            former: CURRENT.replace(Some(handle)),
        }
    }
}

impl Drop for Current {
    #[inline(always)]
    fn drop(&mut self) {
        CURRENT.set(self.former);
    }
}

impl Info<'_> {
    /// Passes information about the running transfer to `look`, inside [`write`](crate::Callbacks::write) and
    /// [`seek`](crate::Callbacks::seek), which have no argument with it.
    ///
    /// `current` works in every function that these methods call. If calls of these methods are nested, `look` gets
    /// the transfer of the innermost call. Outside of these methods, or on another thread, `look` is not called, and
    /// the result is `None`.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Callbacks, Info, Transfer, WriteResult, callbacks};
    ///
    /// #[derive(Default)]
    /// struct Part { len: usize, of: Option<u64> }
    ///
    /// #[callbacks]
    /// impl Callbacks for Part {
    ///     fn write(&mut self, data: &[u8]) -> WriteResult {
    ///         self.len += data.len();
    ///         self.of = Info::current(|info| info.content_length_download().ok()).flatten().flatten();
    ///         WriteResult::Continue
    ///     }
    /// }
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Part::default())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// let Part { len, of } = transfer.handler();
    /// assert_eq!(*of, Some(*len as u64));
    /// assert!(Info::current(|_| ()).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn current<R>(look: impl FnOnce(&Info<'_>) -> R) -> Option<R> {
        let handle = CURRENT.get()?;
        // SAFETY: C1: a callback of this transfer is on the stack of this thread, by the promise of `Current`, so
        // the handle is live and starts no other transfer before `look` returns.
        let info = unsafe { Info::new(handle) };
        Some(look(&info))
    }
}
