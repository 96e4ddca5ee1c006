//! Implements `Callbacks` for a handler behind a `&mut` or in a `Box`, and for `()`.

use crate::{Callbacks, callbacks};

#[deny(
    clippy::missing_trait_methods,
    reason = "the attribute must know every method of the trait"
)]
#[callbacks(to = **self)]
impl<H: Callbacks + ?Sized> Callbacks for &mut H {}

#[callbacks(to = **self)]
impl<H: Callbacks + ?Sized> Callbacks for Box<H> {}

/// Has the default of every callback: a received body is thrown away, and an upload can send only an
/// empty body.
impl Callbacks for () {}
