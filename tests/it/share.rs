//! `Share`: what several transfers have in common.

pub(crate) mod cookies;
pub(crate) mod kinds;
pub(crate) mod pools;
pub(crate) mod protection;
pub(crate) mod threads;
pub(crate) mod turns;
pub(crate) mod unshared;
