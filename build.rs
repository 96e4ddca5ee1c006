//! Answers the one question that must be settled before linking: whether the
//! bundled libcurl, which knows no certificate path, is the one in use.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(need_openssl_probe)");
    println!("cargo::rerun-if-changed=build.rs");
    let set = |name| std::env::var_os(name).is_some();
    if set("CARGO_FEATURE_SSL") && set("CARGO_CFG_UNIX") && set("DEP_CURL_STATIC") {
        println!("cargo::rustc-cfg=need_openssl_probe");
    }
}
