//! The trait for drivers of many transfers at once.

use std::marker::PhantomData;

/// How many connections libcurl may keep. With its own default, it closes connections while the
/// last transfers end.
pub(crate) const CONNECTIONS: u32 = 20_000;

/// Drives many transfers at once.
pub(crate) trait Many: Sized {
    type Transfer;

    fn new() -> Self;
    fn add(&mut self, transfer: Self::Transfer);
    /// Drives the transfers that have something to do.
    fn drive(&mut self);
    /// Waits until a transfer has something to do.
    fn wait(&mut self);
    /// Returns a transfer that has ended; `None` if there is none.
    fn finished(&mut self) -> Option<Self::Transfer>;
}

/// Takes the place of a driver for a client that no row measures with many transfers.
pub(crate) struct None<C>(PhantomData<C>);

impl<C> Many for None<C> {
    type Transfer = C;

    fn new() -> None<C> {
        unreachable!("no row asks for it");
    }

    fn add(&mut self, _: C) {}

    fn drive(&mut self) {}

    fn wait(&mut self) {}

    fn finished(&mut self) -> Option<C> {
        Option::None
    }
}
