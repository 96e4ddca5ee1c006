//! The trait for handlers of several types behind one pointer, which can be converted back to their own types.

use std::any::Any;
use std::fmt;

use crate::Callbacks;

/// A handler that can be converted back to its own type.
///
/// Every handler that borrows nothing implements this trait; do not implement it yourself.
/// `Box<dyn AnyCallbacks + Send>` is a handler too, so that one [`Multi`](crate::Multi) can have handlers of several
/// types. A `Box<dyn AnyCallbacks>`, without `+ Send`, cannot be the handler of a transfer on an
/// [`Agent`](crate::Agent), and `?` does not convert its [`TransferError`](crate::TransferError) into a
/// `Box<dyn Error + Send + Sync>`.
///
/// # Examples
/// ```
/// use curlback::{AnyCallbacks, Transfer, handlers::Collect};
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let handler: Box<dyn AnyCallbacks + Send> = Box::new(Collect::new());
/// let mut transfer = Transfer::new(handler)?;
/// transfer.url(&format!("file://{}", file.display()))?;
/// transfer.perform()?;
///
/// let collect = transfer.handler().downcast_ref::<Collect>().expect("it is a `Collect`");
/// assert!(collect.body().starts_with(b"[package]"));
/// let collect: Box<Collect> = transfer.into_handler().downcast().expect("it is a `Collect`");
/// # drop(collect);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AnyCallbacks: Callbacks + Any {
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;

    #[doc(hidden)]
    fn as_any_mut(&mut self) -> &mut dyn Any;

    #[doc(hidden)]
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<H: Callbacks + Any> AnyCallbacks for H {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

macro_rules! downcasts {
    ($($handler:ty),*) => {$(
        impl fmt::Debug for $handler {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("AnyCallbacks").field("hooks", &self.hooks()).finish_non_exhaustive()
            }
        }

        impl $handler {
            /// Returns whether the handler has the type `H`.
            #[must_use]
            pub fn is<H: Any>(&self) -> bool {
                self.as_any().is::<H>()
            }

            /// Returns the handler if it has the type `H`, else `None`.
            #[must_use]
            pub fn downcast_ref<H: Any>(&self) -> Option<&H> {
                self.as_any().downcast_ref()
            }

            /// Returns the handler, mutably, if it has the type `H`, else `None`.
            #[must_use]
            pub fn downcast_mut<H: Any>(&mut self) -> Option<&mut H> {
                self.as_any_mut().downcast_mut()
            }

            /// Converts the handler to the type `H`.
            ///
            /// # Errors
            /// The handler itself, if it has another type.
            pub fn downcast<H: Any>(self: Box<Self>) -> Result<Box<H>, Box<Self>> {
                match self.is::<H>() {
                    true => Ok(self.into_any().downcast().expect("it was asked for its type")),
                    false => Err(self),
                }
            }
        }
    )*};
}

downcasts!(dyn AnyCallbacks, dyn AnyCallbacks + Send);
