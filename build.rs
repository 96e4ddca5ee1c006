//! Answers what must be settled before linking: which libcurl, and so which
//! OpenSSL, this is.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe, same_openssl, curl_has_header)");
    println!("cargo::rerun-if-changed=build.rs");
    // A function that is not there would not link; what is not known is not asked for.
    if libcurl().is_some_and(|version| version >= 0x07_53_00) {
        println!("cargo::rustc-cfg=curl_has_header");
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

/// Returns the release whose headers are there, as `LIBCURL_VERSION_NUM`.
fn libcurl() -> Option<u32> {
    let folder = std::path::PathBuf::from(std::env::var_os("DEP_CURL_INCLUDE")?);
    let text = std::fs::read_to_string(folder.join("curl/curlver.h")).ok()?;
    let line = |line: &str| {
        let number = line.strip_prefix("#define LIBCURL_VERSION_NUM")?.trim();
        u32::from_str_radix(number.strip_prefix("0x")?, 16).ok()
    };
    text.lines().find_map(line)
}
