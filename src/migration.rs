//! Explains this crate to users of other libraries.
//!
//! | library | page |
//! | --- | --- |
//! | pycurl | [`pycurl`] |
//! | the `curl` crate | [`curl_crate`] |
//! | reqwest and ureq | [`clients`] |
//!
//! [`peers`] compares these and other libraries with this crate, by facts.
//!
//! Three things to know first:
//!
//! - A [`Transfer`](crate::Transfer) is a request that can be repeated. It has a handler, a value of your own type.
//!   libcurl calls the methods of the handler. The handler [`Collect`](crate::handlers::Collect) keeps the response in memory.
//! - Every option is a method of the transfer, and stays set. To find the method, search this documentation for libcurl's
//!   name, such as `CURLOPT_TIMEOUT_MS`, `CURLINFO_RESPONSE_CODE` or `CURLE_OPERATION_TIMEDOUT`.
//! - The defaults are those of libcurl. It does not follow redirects, and a status such as 404 is no error. The only time
//!   limit is 300 seconds for connecting.

#[doc = include_str!("migration/clients.md")]
#[doc(alias("retry", "json", "reqwest", "ureq"))]
pub mod clients {}

#[doc = include_str!("migration/curl_crate.md")]
pub mod curl_crate {}

#[doc = include_str!("migration/peers.md")]
pub mod peers {}

#[doc = include_str!("migration/pycurl.md")]
pub mod pycurl {}
