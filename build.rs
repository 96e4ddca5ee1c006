//! Answers what must be settled before linking: which libcurl, and so which
//! OpenSSL and which functions, this is.

use std::path::Path;

/// What an older libcurl lacks, with the release (as `LIBCURL_VERSION_NUM`) that has it.
const FUNCTIONS: &[(&str, u32)] = &[
    ("has_multi_get_offt", 0x08_10_00),
    ("has_multi_notify", 0x08_11_00),
    // Older ones hand out a copy of the parent, and crash with it.
    ("has_safe_push", 0x08_16_00),
];

/// Returns the release of the libcurl that `curl-sys` has found.
fn release() -> Option<u32> {
    let bundled = std::env::var_os("DEP_CURL_STATIC").is_some();
    let mut config = pkg_config::Config::new();
    match config
        .cargo_metadata(false)
        .env_metadata(true)
        .probe("libcurl")
    {
        // With several folders of headers, `DEP_CURL_INCLUDE` is just one of them.
        Ok(library) if !bundled => of_text(&library.version),
        _ => of_headers(),
    }
}

/// Makes `LIBCURL_VERSION_NUM` of `8.22.0` or `8.22.0-DEV`.
fn of_text(version: &str) -> Option<u32> {
    let version = version.split('-').next()?;
    version.split('.').try_fold(0, |number: u32, part| {
        Some(number << 8 | part.parse::<u32>().ok()?)
    })
}

fn of_headers() -> Option<u32> {
    let folder = std::env::var_os("DEP_CURL_INCLUDE")?;
    let header = std::fs::read_to_string(Path::new(&folder).join("curl/curlver.h")).ok()?;
    let number = header
        .lines()
        .find_map(|line| line.strip_prefix("#define LIBCURL_VERSION_NUM"))?;
    u32::from_str_radix(number.trim().trim_start_matches("0x"), 16).ok()
}

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe, same_openssl)");
    println!("cargo::rerun-if-changed=build.rs");
    let release = release().unwrap_or(0);
    for (name, since) in FUNCTIONS {
        println!("cargo::rustc-check-cfg=cfg({name})");
        if release >= *since {
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
