//! Whether a message of a WebSocket goes on.

/// Says whether a message of a WebSocket goes on after one of its fragments.
///
/// # Examples
/// ```
/// use curlback::Fragment;
///
/// let parts = ["one ", "two ", "three"];
/// let fragments = (1..=parts.len()).map(|count| Fragment::last_if(count == parts.len()));
/// assert!(fragments.eq([Fragment::More, Fragment::More, Fragment::Last]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fragment {
    /// The message goes on with another fragment.
    #[doc(alias = "CURLWS_CONT")]
    More,
    /// The message ends with this fragment, which may be its only one.
    Last,
}

impl Fragment {
    /// Returns [`Last`](Fragment::Last) if the message ends, or else [`More`](Fragment::More).
    #[must_use]
    pub const fn last_if(ends: bool) -> Fragment {
        match ends {
            true => Fragment::Last,
            false => Fragment::More,
        }
    }
}
