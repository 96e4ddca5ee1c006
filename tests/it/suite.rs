//! The suite itself.

pub(crate) mod corpus;
pub(crate) mod linked_libcurl;
pub(crate) mod skips;
