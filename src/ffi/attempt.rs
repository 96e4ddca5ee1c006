//! The result of a call that does not wait for the connection.

/// The result of a call that does not wait for the connection.
///
/// To wait until the call can make progress, call [`wait_socket`](crate::Transfer::wait_socket). An event loop
/// of your own waits for the socket that [`active_socket`](crate::Transfer::active_socket) returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Attempt<T> {
    /// The call has done something, and returned this result.
    Done(T),
    /// The call could do nothing without waiting for the connection.
    #[doc(alias = "CURLE_AGAIN")]
    WouldBlock,
}

impl<T> Attempt<T> {
    /// Returns the result of the call, or `None` if the call would block.
    #[must_use]
    pub fn done(self) -> Option<T> {
        match self {
            Attempt::Done(value) => Some(value),
            Attempt::WouldBlock => None,
        }
    }
}
