//! Answers what must be settled before linking: which libcurl, and so which
//! OpenSSL, this is.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe, same_openssl)");
    println!("cargo::rerun-if-changed=build.rs");
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
