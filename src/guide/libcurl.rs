//! Choosing and deploying a libcurl: which one is linked, what it can do, and how to link another.
//!
//! ```
//! use curlback::{Features, Version, version};
//!
//! let libcurl = version(); // checked at run time: a shared libcurl may be replaced after the build
//! println!("{libcurl}"); // "libcurl/8.22.0 OpenSSL/3.5.4 zlib/1.3.1 …"
//! assert!(libcurl.number() >= Version::new(7, 61, 1));
//! assert!(libcurl.has_protocol("http"));
//! assert_eq!(libcurl.has_protocol("https"), libcurl.features().contains(Features::SSL));
//! for (needed, there) in [
//!     ("SFTP", libcurl.has_protocol("sftp")),
//!     ("HTTP/2", libcurl.features().contains(Features::HTTP2)),
//!     ("WebSockets", libcurl.number() >= Version::new(8, 16, 0) && libcurl.has_protocol("ws")),
//! ] {
//!     println!("{needed}: {}", if there { "yes" } else { "no" });
//! }
//! ```
//!
//! # Which libcurl is linked
//!
//! 1. With `static-curl`: the bundled libcurl, which the package `curl-sys` compiles.
//! 2. Else, on macOS: the system's libcurl, unless the feature `http2` is on and that libcurl has no HTTP/2.
//! 3. Else, on Unix: the libcurl that pkg-config finds; on Windows: the one that vcpkg finds.
//!    `PKG_CONFIG_PATH` names another directory for pkg-config; `LIBCURL_NO_PKG_CONFIG=1` turns pkg-config off.
//! 4. Else the bundled libcurl.
//!
//! Features of Cargo are additive: if a dependency of your program enables `static-curl`, the whole program gets the
//! bundled libcurl.
//!
//! | | the system's, shared | bundled (`static-curl`) | bundled, with OpenSSL from source (`vendored`) | built by [`.ci/full-libcurl`](https://docs.rs/crate/curlback/latest/source/.ci/full-libcurl) |
//! | --- | --- | --- | --- | --- |
//! | release | the distribution's | 8.22.0 | 8.22.0 | 8.22.0 |
//! | protocols | nearly all; few distributions have WebSockets | HTTP, WebSockets, MQTT, `file`; FTP by feature | HTTP, WebSockets, MQTT, `file`; FTP by feature | nearly all, WebSockets too; no LDAP, no SMB |
//! | SSH, mail, RTSP | yes | no | no | yes |
//! | HTTP/2 | yes | by the feature `http2` | by the feature `http2` | yes |
//! | security updates | by the distribution | by `cargo update` and a new build | by `cargo update` and a new build | by you |
//! | the build needs | headers of libcurl and OpenSSL | headers of OpenSSL | perl and make | CMake and headers of OpenSSL, libssh2, nghttp2, zlib |
//! | the program needs | libcurl and its dependencies | OpenSSL and zlib, if the build has found them | zlib, if the build has found it | the directory of that libcurl |
//!
//! # What distributions have
//!
//! | release | distribution | what to know |
//! | --- | --- | --- |
//! | 7.61.1 | Red Hat Enterprise Linux 8 | the oldest supported release; no `prereq`, no [`Url`]; do not use SSH |
//! | 7.68.0 | Ubuntu 20.04 | no `prereq`; do not use SSH |
//! | 7.74.0 | Debian 11 | no `prereq` |
//! | 7.81.0 | Ubuntu 22.04 | no [`headers`](Transfer::headers) |
//! | 7.88.1 | Debian 12 | no WebSockets |
//! | 8.5.0 | Ubuntu 24.04 | [some pauses cost processor time](Remote::pause); no [`doh_url`](Transfer::doh_url) |
//! | 8.7.1 | macOS since 2024 | [`request_size`](Transfer::request_size) is always zero |
//! | 8.14.1 | Debian 13 | WebSockets are [`Error::Unsupported`]: they need 8.16.0 |
//!
//! Before 7.88.0, and with 8.0.0 and 8.0.1, transfers share no connection of HTTP/2 at a time, since libcurl mixes up their
//! bytes if one of them is paused.
//!
//! The package with libcurl's headers is `libcurl4-openssl-dev` on Debian and Ubuntu, `libcurl-devel` on Fedora and Red Hat
//! systems, and `curl-dev` on Alpine. With Debian's `libcurl4-gnutls-dev`, which links GnuTLS,
//! [`ssl_ctx`](Callbacks::ssl_ctx) is [`Error::Unsupported`]. On Red Hat systems, the package `libcurl-minimal` has no mail
//! protocols: install `libcurl` instead. The build also needs OpenSSL's headers (`libssl-dev` or `openssl-devel`), unless the
//! feature `ssl` is off.
//!
//! # Limits of the bundled libcurl
//!
//! Except for Windows, `curl-sys` compiles libcurl with fixed settings, which do not detect what the system has:
//!
//! - It waits with `select`, so its sockets must be among the first 1,024 descriptors of the process. A socket with a larger
//!   number is refused, and the error says why.
//! - Dates after January 2038 are replaced by the last date that 32 bits can hold.
//! - It formats dates by `gmtime`, whose result all threads share: dates of a time condition, of an AWS signature, in the
//!   files of HSTS and Alt-Svc, and in the `Last-Modified` line that it makes for `file://` and FTP. If two threads format
//!   a date at the same time, this is a data race, and one thread may get the date of the other.
//!
//! On 64-bit Linux, `CFLAGS="-DHAVE_POLL -DHAVE_GMTIME_R -DSIZEOF_TIME_T=8" cargo build` removes these limits.
//!
//! # A libcurl with every protocol
//!
//! ```bash
//! path/to/curlback/.ci/full-libcurl target/libcurl
//! PKG_CONFIG_PATH=$PWD/target/libcurl/lib/pkgconfig cargo build
//! LD_LIBRARY_PATH=$PWD/target/libcurl/lib cargo run
//! ```
//!
//! The script builds libcurl with CMake, from the sources in `curl-sys`. Run it in the directory of your own package. At the
//! end, it prints a build command whose program finds the library without `LD_LIBRARY_PATH`. Further arguments of the script
//! are passed to CMake.
//!
//! # TLS by rustls
//!
//! `--no-default-features --features static-curl,rustls` needs no OpenSSL. Servers are verified by the system's authorities, on
//! Windows after [`ssl_options(SslOptions::NATIVE_CA)`](Transfer::ssl_options).
//!
//! - These are [`Error::Unsupported`]: a directory of authorities, pinned keys, a named issuer,
//!   [`ssl_ctx`](Callbacks::ssl_ctx), and a client's certificate from memory. The key of a client's certificate must not
//!   have a password.
//! - [`ssl_verify_host(false)`](Transfer::ssl_verify_host) alone does nothing, and
//!   [`ssl_verify_peer(false)`](Transfer::ssl_verify_peer) accepts every host name, too.
//! - Sessions are not shared between threads, and [`debug`](Callbacks::debug) receives no TLS messages.
//! - If the server closes the connection without the closing message of TLS, the transfer may fail with
//!   [`Code::RECV_ERROR`], and bytes that have come just before are lost.
//!
//! # Deploying
//!
//! - **A shared libcurl** comes from the machine that runs the program. Build on the oldest distribution that you support:
//!   if the libcurl of the build has a function that the libcurl of the machine lacks, the program does not start. An option
//!   that the libcurl of the machine lacks is [`Error::Unsupported`] instead.
//! - **One file**: `vendored` links libcurl and OpenSSL into the program. The program then needs the system's libc and, if
//!   the build has found it, zlib.
//! - **A container** needs `ca-certificates` for HTTPS, with every libcurl.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | the build script of `openssl-sys` fails | no headers of OpenSSL | install `libssl-dev` or `openssl-devel`, or use `vendored` |
//! | `undefined symbol: curl_…` at the start of the program | the machine's libcurl is older than that of the build | build with the older libcurl |
//! | [`Error::Unsupported`] | the linked libcurl is too old, or was built without the feature | [`versions`](super::versions) |
//! | [`Code::UNSUPPORTED_PROTOCOL`] | the linked libcurl was built without the protocol | `version().protocols()` lists the protocols that it has |

#[cfg(doc)]
use crate::*;
