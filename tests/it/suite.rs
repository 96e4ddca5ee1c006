//! The suite itself: which libcurl is linked, that skipped tests count, and the table of tests.

mod aliases;
pub(crate) mod corpus;
pub(crate) mod linked_libcurl;
pub(crate) mod skips;
