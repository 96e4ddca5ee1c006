//! The suite itself: which libcurl is linked, that skipped tests are counted, and the table of tests. Also the
//! names by which a search of the documentation finds items.

mod aliases;
pub(crate) mod corpus;
pub(crate) mod linked_libcurl;
pub(crate) mod skips;
