//! Handlers behind a pointer, which are handlers too.

use crate::{Callbacks, callbacks};

#[deny(
    clippy::missing_trait_methods,
    reason = "the attribute must know every method of the trait"
)]
#[callbacks(to = **self)]
impl<H: Callbacks + ?Sized> Callbacks for &mut H {}

#[callbacks(to = **self)]
impl<H: Callbacks + ?Sized> Callbacks for Box<H> {}

/// Every callback by its default: the body is thrown away, nothing is sent.
impl Callbacks for () {}
