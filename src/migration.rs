//! Explains this crate to users of other libraries.
//!
//! | from | page |
//! | --- | --- |
//! | pycurl | [`pycurl`] |
//! | the `curl` crate | [`curl_crate`] |
//! | reqwest and ureq | [`clients`] |
//!
//! [`peers`] compares these and other libraries with this crate, by facts.
//!
//! Three things are the same for all who come:
//!
//! - A [`Transfer`](crate::Transfer) is a request that can be repeated. It has a handler, which is a value of
//!   your own type, and whose methods libcurl calls. [`Collect`](crate::handlers::Collect) is the handler for a response in memory.
//! - Every option is a method of the transfer, and stays set. A search of this documentation for libcurl's name finds
//!   it, such as `CURLOPT_TIMEOUT_MS`, `CURLINFO_RESPONSE_CODE` or `CURLE_OPERATION_TIMEDOUT`.
//! - libcurl's defaults are the defaults: no redirects, no error for a status such as 404, no time limit.

#[doc = include_str!("migration/clients.md")]
#[doc(alias("retry", "json", "reqwest", "ureq"))]
pub mod clients {}

#[doc = include_str!("migration/curl_crate.md")]
pub mod curl_crate {}

#[doc = include_str!("migration/peers.md")]
pub mod peers {}

#[doc = include_str!("migration/pycurl.md")]
pub mod pycurl {}
