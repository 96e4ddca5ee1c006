//! Bodies that the program reads or writes.

pub(crate) mod chaos;
pub(crate) mod ends;
pub(crate) mod failures;
pub(crate) mod orders;
pub(crate) mod reading;
pub(crate) mod writing;
