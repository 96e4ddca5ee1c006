//! Answers what must be settled before linking: which libcurl, and so which
//! OpenSSL and which functions, this is.

use std::path::Path;

/// What an older libcurl lacks, with the release that has it: to use a function that is
/// not there would fail at link time.
const FUNCTIONS: &[(&str, u32)] = &[
    ("has_header", 0x07_53_00),
    ("has_ws", 0x07_56_00),
    ("has_ws_start_frame", 0x08_10_00),
    ("has_multi_get_offt", 0x08_10_00),
    ("has_multi_notify", 0x08_11_00),
    // Older ones hand out a copy of the parent, and crash with it.
    ("has_safe_push", 0x08_16_00),
];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe, same_openssl)");
    println!("cargo::rerun-if-changed=build.rs");
    let libcurl = libcurl().unwrap_or(0);
    for (name, since) in FUNCTIONS {
        println!("cargo::rustc-check-cfg=cfg({name})");
        if libcurl >= *since {
            println!("cargo::rustc-cfg={name}");
        }
    }
    let set = |name| std::env::var_os(name).is_some();
    if !set("CARGO_FEATURE_SSL") || !set("CARGO_CFG_UNIX") {
        return;
    }
    // The bundled libcurl knows no place of certificates.
    let bundled = set("DEP_CURL_STATIC");
    if bundled {
        println!("cargo::rustc-cfg=need_openssl_probe");
    }
    // A shared libcurl has an OpenSSL of its own beside one compiled from source.
    if bundled || !set("CARGO_FEATURE_STATIC_SSL") {
        println!("cargo::rustc-cfg=same_openssl");
    }
}

/// Returns the version of libcurl, one byte for each number, where that can be known.
fn libcurl() -> Option<u32> {
    // Without it, `curl-sys` has looked for nothing: it links what macOS has.
    let folder = std::env::var_os("DEP_CURL_INCLUDE")?;
    if std::env::var_os("DEP_CURL_STATIC").is_none() {
        // The folder may be that of another library that libcurl needs.
        let mut config = pkg_config::Config::new();
        if let Ok(found) = config.cargo_metadata(false).probe("libcurl") {
            return parse(&found.version);
        }
    }
    let header = Path::new(&folder).join("curl").join("curlver.h");
    println!("cargo::rerun-if-changed={}", header.display());
    let header = std::fs::read_to_string(header).ok()?;
    let define = "#define LIBCURL_VERSION ";
    let text = header.lines().find_map(|line| line.strip_prefix(define))?;
    parse(text.trim().trim_matches('"'))
}

/// Reads "8.22.0", or "8.22.0-DEV".
fn parse(version: &str) -> Option<u32> {
    let mut numbers = version.split(['.', '-']).map(str::parse::<u8>);
    let mut number = || numbers.next()?.ok();
    let (major, minor, patch) = (number()?, number()?, number()?);
    Some(u32::from_be_bytes([0, major, minor, patch]))
}
