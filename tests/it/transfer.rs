//! One transfer, from its making to its end.

pub(crate) mod announced_size;
pub(crate) mod clone;
pub(crate) mod clone_files;
pub(crate) mod connect_only;
pub(crate) mod file_descriptors;
pub(crate) mod kept_state;
pub(crate) mod lifetimes;
pub(crate) mod perform_with;
pub(crate) mod sigpipe;
pub(crate) mod upkeep;
pub(crate) mod upload;
