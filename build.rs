//! Sets the cfgs that must be known before linking: which functions the linked libcurl has, and
//! whether libcurl and the crate `openssl` use the same OpenSSL.

use std::path::Path;

/// Functions that some libcurls lack: the name of the cfg, the first release whose functions are
/// used, and their symbols, if a static libcurl of that release may lack them. Code that
/// uses such a function has its cfg, since linking with a libcurl that lacks the function would fail.
const FUNCTIONS: &[(&str, u32, &[&str])] = &[
    ("has_url", 0x07_3E_00, &[]),
    ("has_multi_wakeup", 0x07_44_00, &[]),
    ("has_url_strerror", 0x07_50_00, &[]),
    ("has_upkeep", 0x08_0A_00, &[]),
    (
        "has_header",
        0x07_53_00,
        &["curl_easy_header", "curl_easy_nextheader"],
    ),
    (
        "has_ws",
        0x07_56_00,
        &["curl_ws_meta", "curl_ws_recv", "curl_ws_send"],
    ),
    ("has_ws_start_frame", 0x08_10_00, &["curl_ws_start_frame"]),
    ("has_multi_get_offt", 0x08_10_00, &["curl_multi_get_offt"]),
    (
        "has_multi_notify",
        0x08_11_00,
        &["curl_multi_notify_disable", "curl_multi_notify_enable"],
    ),
    ("has_get_handles", 0x08_04_00, &["curl_multi_get_handles"]),
    // Before 8.22.0, a pushed handle is a copy of its parent, and accepting the push crashes.
    (
        "has_safe_push",
        0x08_16_00,
        &["curl_pushheader_byname", "curl_pushheader_bynum"],
    ),
];

/// The systems, besides Apple's, whose event queue is a file descriptor.
const WITH_QUEUE: &[&str] = &[
    "linux",
    "android",
    "solaris",
    "illumos",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe, same_openssl)");
    println!("cargo::rustc-check-cfg=cfg(has_pollable_queue)");
    // `curlback_no_pools` turns `src/ffi/pool.rs` off, to show that the thread sanitizer then finds data races.
    println!("cargo::rustc-check-cfg=cfg(curlback_no_pools)");
    println!("cargo::rerun-if-changed=build.rs");
    let set = |name| std::env::var_os(name).is_some();
    // The version is unknown on macOS if there is no header that states it. The libcurl of macOS is not older than
    // 7.80.0.
    let libcurl = libcurl().unwrap_or(0x07_50_00);
    let compiled = set("DEP_CURL_STATIC").then(|| index().unwrap_or_default());
    for (name, since, symbols) in FUNCTIONS {
        println!("cargo::rustc-check-cfg=cfg({name})");
        let has = |symbol: &&str| match &compiled {
            Some(index) => defines(index, symbol),
            None => true,
        };
        if libcurl >= *since && symbols.iter().all(has) {
            println!("cargo::rustc-cfg={name}");
        }
    }
    if !set("CARGO_CFG_UNIX") {
        return;
    }
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let vendor = std::env::var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    if vendor == "apple" || WITH_QUEUE.contains(&&*os) {
        println!("cargo::rustc-cfg=has_pollable_queue");
    }
    // The bundled libcurl has no built-in path of certificates, whatever its TLS library is.
    let bundled = set("DEP_CURL_STATIC");
    if bundled {
        println!("cargo::rustc-cfg=need_openssl_probe");
    }
    // With `static-ssl`, the crate `openssl` uses an OpenSSL compiled from source, and a shared
    // libcurl uses another one.
    if set("CARGO_FEATURE_SSL") && (bundled || !set("CARGO_FEATURE_STATIC_SSL")) {
        println!("cargo::rustc-cfg=same_openssl");
    }
}

/// Returns the index of the static library that `curl-sys` has compiled: the symbols that it
/// defines. `curl-sys` leaves out the source files of features that are not enabled, and the
/// features of this package do not tell which ones other packages have enabled.
fn index() -> Option<Vec<u8>> {
    let root = std::env::var_os("DEP_CURL_ROOT")?;
    let path = Path::new(&root).join("build").join("libcurl.a");
    println!("cargo::rerun-if-changed={}", path.display());
    let archive = std::fs::read(path).ok()?;
    // The index is the first member, after a header of 60 bytes whose last field is the size.
    let member = archive.strip_prefix(b"!<arch>\n")?;
    let size = std::str::from_utf8(member.get(48..58)?).ok()?;
    let index = member.get(60..)?.get(..size.trim().parse().ok()?)?;
    Some(index.to_vec())
}

/// Returns whether a library's index has a symbol. Symbols end with a NUL, and may have a number
/// or an underscore before them.
fn defines(index: &[u8], symbol: &str) -> bool {
    let mut names = index.split(|byte| *byte == 0);
    names.any(|name| name.ends_with(symbol.as_bytes()))
}

/// Returns the version of libcurl with one byte for each number, or `None` if it is not known.
fn libcurl() -> Option<u32> {
    // Without this variable, `curl-sys` has looked for no libcurl: it links the one of macOS.
    let directory = std::env::var_os("DEP_CURL_INCLUDE")?;
    if std::env::var_os("DEP_CURL_STATIC").is_none() {
        // pkg-config is asked first: the directory may be that of another library that libcurl needs.
        let mut config = pkg_config::Config::new();
        if let Ok(found) = config.cargo_metadata(false).probe("libcurl") {
            return parse(&found.version);
        }
    }
    let header = Path::new(&directory).join("curl").join("curlver.h");
    println!("cargo::rerun-if-changed={}", header.display());
    let header = std::fs::read_to_string(header).ok()?;
    let define = "#define LIBCURL_VERSION ";
    let text = header.lines().find_map(|line| line.strip_prefix(define))?;
    parse(text.trim().trim_matches('"'))
}

/// Parses a version such as "8.22.0" or "8.22.0-DEV".
fn parse(version: &str) -> Option<u32> {
    let mut numbers = version.split(['.', '-']).map(str::parse::<u8>);
    let mut number = || numbers.next()?.ok();
    let (major, minor, patch) = (number()?, number()?, number()?);
    Some(u32::from_be_bytes([0, major, minor, patch]))
}
