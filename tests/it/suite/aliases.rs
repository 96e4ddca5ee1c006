//! A search of the documentation finds an item by the names that other libraries have for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Adds the names of all `doc(alias …)` attributes in a directory.
fn collect(dir: &Path, aliases: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, aliases);
            continue;
        }
        let source = fs::read_to_string(path).unwrap();
        for attribute in source.split("doc(alias").skip(1) {
            let (names, _) = attribute.split_once(")]").unwrap_or_default();
            aliases.extend(names.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
}

fn aliases() -> BTreeSet<String> {
    let mut aliases = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    collect(&source, &mut aliases);
    assert!(aliases.contains("curl_easy_perform"));
    aliases
}

/// Functions for which this crate has nothing, or for which Rust has something.
const OTHERS: &[&str] = &[
    // Each option is a method of `Transfer`.
    "curl_easy_option_by_id",
    "curl_easy_option_by_name",
    "curl_easy_option_next",
    // The crate does not export TLS sessions.
    "curl_easy_ssls_export",
    "curl_easy_ssls_import",
    // The `curl` crate initialises libcurl. This crate does not choose what libcurl traces.
    "curl_global_init_mem",
    "curl_global_sslset",
    "curl_global_trace",
    // Rust has `io::Read`, `Drop`, `SystemTime`, `std::env`, `format!` and `eq_ignore_ascii_case`.
    "curl_formget",
    "curl_free",
    "curl_getdate",
    "curl_getenv",
    "curl_maprintf",
    "curl_mfprintf",
    "curl_mprintf",
    "curl_msnprintf",
    "curl_msprintf",
    "curl_mvaprintf",
    "curl_mvfprintf",
    "curl_mvprintf",
    "curl_mvsnprintf",
    "curl_mvsprintf",
    "curl_strequal",
    "curl_strnequal",
];

#[test]
fn each_function_of_libcurl_is_found_or_left_out_with_a_reason() {
    let aliases = aliases();
    let listed = include_str!("../../libcurl-8.22/functions.txt").lines();
    let missing: Vec<_> = listed.filter(|name| !aliases.contains(*name)).collect();
    assert_eq!(missing, sorted(OTHERS));
}

#[test]
fn each_former_name_of_an_option_is_found() {
    let aliases = aliases();
    let listed = include_str!("../../libcurl-8.22/options.txt").lines();
    let former = listed.filter(|line| line.contains(" = "));
    let former: Vec<_> = former.map(|line| line.split(' ').nth(2).unwrap()).collect();
    assert_eq!(former.len(), 15);
    for name in former {
        // The option sets the data of a callback, which is the handler here.
        let is_data = name == "WRITEHEADER" || name == "PROGRESSDATA";
        let alias = format!("CURLOPT_{name}");
        assert!(
            is_data || aliases.contains(&alias),
            "no search finds {alias}"
        );
    }
}

fn sorted(names: &[&'static str]) -> Vec<&'static str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// Names in the `curl` crate, in pycurl and in reqwest for what has another name here.
#[test]
fn names_of_other_bindings_are_found() {
    let aliases = aliases();
    let names = [
        "Easy",
        "Easy2",
        "Easy2Handle",
        "EasyHandle",
        "Events",
        "Form",
        "Handler",
        "InfoType",
        "List",
        "Message",
        "MultiWaker",
        "ReadError",
        "SocketEvents",
        "SslOpt",
        "WriteError",
        "action",
        "add2",
        "assign",
        "fast_open",
        "get_mut",
        "get_ref",
        "get_timeout",
        "http_pipewait",
        "messages",
        "remove2",
        "set_max_connects",
        "set_max_total_connections",
        "ssl_min_max_version",
        "take_error_buf",
        "transfer",
        "unpause_read",
        "unpause_write",
        "wait",
        "wakeup",
        "CurlShare",
        "CurlUrl",
        "add_handle",
        "errstr",
        "info_read",
        "perform_rb",
        "remove_handle",
        "select",
        "set_ca_certs",
        "strerror",
        "unpause",
        "unsetopt",
        "AsyncCurlMulti",
        "bearer_auth",
        "error_for_status",
    ];
    for name in names {
        assert!(aliases.contains(name), "no search finds {name}");
    }
}
