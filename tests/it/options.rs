//! The options: what the server or libcurl sees of them, and which values they refuse.

pub(crate) mod auth;
pub(crate) mod buffers;
pub(crate) mod cookies;
pub(crate) mod every_option;
pub(crate) mod http;
pub(crate) mod method;
pub(crate) mod network;
pub(crate) mod numbers;
pub(crate) mod octets;
pub(crate) mod post_fields;
pub(crate) mod protection;
pub(crate) mod proxy;
pub(crate) mod redirects;
pub(crate) mod refused_values;
pub(crate) mod reset;
pub(crate) mod texts;
pub(crate) mod unset;
pub(crate) mod values;
