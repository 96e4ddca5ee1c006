//! What the fuzz targets have in common: a server on the thread of the transfer, without a network.

pub mod frames;
pub mod wire;
