//! Choosing and deploying a libcurl: which one is linked, what it can do, and how to have another.
//!
//! ```
//! use curlback::{Features, Version, version};
//!
//! let libcurl = version(); // asked at run time: a shared libcurl may be replaced after the build
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
//! 2. Else, on macOS: the system's libcurl.
//! 3. Else, on other Unix systems, the libcurl that pkg-config finds, and on Windows the one that vcpkg finds.
//!    `PKG_CONFIG_PATH` names another directory for pkg-config; `LIBCURL_NO_PKG_CONFIG=1` leaves pkg-config out.
//! 4. Else the bundled libcurl.
//!
//! Features of Cargo are additive: a dependency of your program that enables `static-curl` decides for the whole program.
//!
//! | | shared, of the system | bundled (`static-curl`) | bundled, and OpenSSL from source (`vendored`) | of [`.ci/full-libcurl`](https://docs.rs/crate/curlback/latest/source/.ci/full-libcurl) |
//! | --- | --- | --- | --- | --- |
//! | release | the distribution's | 8.22.0 | 8.22.0 | 8.22.0 |
//! | protocols | nearly all, but few with WebSockets | HTTP, WebSockets, MQTT, `file`; FTP by feature | the same | nearly all, WebSockets too; no LDAP |
//! | SSH, mail, RTSP | yes | no | no | yes |
//! | HTTP/2 | yes | by the feature `http2` | by the feature `http2` | yes |
//! | security updates | by the distribution | by `cargo update` and a new build | by `cargo update` and a new build | by you |
//! | the build needs | headers of libcurl and OpenSSL | headers of OpenSSL | perl and make | CMake and headers of OpenSSL, libssh2, nghttp2, zlib |
//! | the program needs | libcurl, and what libcurl needs | OpenSSL and zlib, where the build found them | zlib, where the build found it | the directory of that libcurl |
//!
//! # What distributions have
//!
//! | release | distribution | what to know |
//! | --- | --- | --- |
//! | 7.61.1 | Red Hat Enterprise Linux 8 | the oldest supported release: no `prereq`, no [`Url`]; no SSH with this crate |
//! | 7.68.0 | Ubuntu 20.04 | no `prereq`; no SSH with this crate |
//! | 7.74.0 | Debian 11 | no `prereq` |
//! | 7.81.0 | Ubuntu 22.04 | no [`headers`](Transfer::headers) of the last transfer |
//! | 7.88.1 | Debian 12 | no WebSockets |
//! | 8.5.0 | Ubuntu 24.04 | [a paused transfer goes on receiving](Remote::pause); no [`doh_url`](Transfer::doh_url) |
//! | 8.14.1 | Debian 13 | WebSockets are [`Error::Unsupported`]: they need 8.16.0 |
//!
//! The package with the headers is `libcurl4-openssl-dev` on Debian and Ubuntu, `libcurl-devel` on Fedora and its kin, and
//! `curl-dev` on Alpine. Debian's `libcurl4-gnutls-dev` links GnuTLS: [`ssl_ctx`](Callbacks::ssl_ctx) is
//! [`Error::Unsupported`] then. On Red Hat Enterprise Linux and its kin, the package `libcurl-minimal` has no mail protocols:
//! install `libcurl`. `libssl-dev` or `openssl-devel` is needed beside it unless the feature `ssl` is off.
//!
//! # Limits of the bundled libcurl
//!
//! `curl-sys` compiles libcurl with fixed settings, which do not detect what the system has:
//!
//! - It waits with `select`, so its sockets must be among the first 1,024 descriptors of the process. A socket with a larger
//!   number is refused, and the error says why.
//! - Dates after January 2038 are replaced by the last date that 32 bits can hold.
//! - Dates are formatted by `gmtime`, whose result all threads share: in a time condition, an AWS signature, the files of HSTS
//!   and Alt-Svc, and the `Last-Modified` line that libcurl makes for `file://` and FTP. Two threads that do this at the same
//!   time race, and one may get the date of the other.
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
//! The script builds it with CMake from the sources in `curl-sys`. Run it in the directory of your own package. At its end,
//! it also prints a command that builds a program which finds the library by itself. Options after the directory go to CMake.
//!
//! # TLS by rustls
//!
//! `--no-default-features --features static-curl,rustls` needs no OpenSSL. Servers are verified by the system's authorities, on
//! Windows after [`ssl_options(SslOptions::NATIVE_CA)`](Transfer::ssl_options).
//!
//! - A directory of authorities, pinned keys, a named issuer, [`ssl_ctx`](Callbacks::ssl_ctx) and a client's certificate from
//!   memory are [`Error::Unsupported`]. The key of a client's certificate must not have a password.
//! - [`ssl_verify_host(false)`](Transfer::ssl_verify_host) alone does nothing, and
//!   [`ssl_verify_peer(false)`](Transfer::ssl_verify_peer) accepts every host name, too.
//! - Sessions are not shared between threads, and [`debug`](Callbacks::debug) receives no TLS messages.
//!
//! # Deploying
//!
//! - **A shared libcurl** is chosen by the machine that runs the program. Build on the oldest distribution that you support:
//!   a function that the libcurl of the build has and that of the machine lacks keeps the program from starting. An option
//!   that is too new is [`Error::Unsupported`] instead.
//! - **One file**: `vendored` links libcurl and OpenSSL into the program, which then needs the system's libc and, if the build
//!   has found it, zlib.
//! - **A container** needs `ca-certificates` for HTTPS, with every libcurl.
//!
//! # What to do on an error
//!
//! | error | cause | remedy |
//! | --- | --- | --- |
//! | the build script of `openssl-sys` fails | no headers of OpenSSL | install `libssl-dev` or `openssl-devel`, or use `vendored` |
//! | `undefined symbol: curl_…` at the start of the program | a libcurl older than that of the build | build with the older one |
//! | [`Error::Unsupported`] | too old, or built without | [`versions`](super::versions) |
//! | [`Code::UNSUPPORTED_PROTOCOL`] | built without the protocol | `version().protocols()` lists what there is |

#[cfg(doc)]
use crate::*;
