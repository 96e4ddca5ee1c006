//! Which libcurl is linked, and what it is built with.

use curlback::Version;

#[test]
fn linked_libcurl_is_the_expected_one() {
    let linked = Version::linked().to_string();
    match std::env::var("CURLBACK_EXPECT_LIBCURL") {
        Ok(expected) => assert!(
            linked == expected || linked.starts_with(&format!("{expected}.")),
            "libcurl {linked} is linked, not {expected}"
        ),
        Err(_) => eprintln!("libcurl {linked} is linked"),
    }
}

#[test]
fn linked_version_is_the_one_that_libcurl_states() {
    let version = curl::Version::get();
    // A libcurl that was built between two releases states a version with a suffix, such as `-DEV`.
    let stated = version.version().split('-').next();
    assert_eq!(stated, Some(Version::linked().to_string().as_str()));
}

#[test]
fn linked_libcurl_says_what_it_is_built_with() {
    use curlback::{Features, Version};

    let libcurl = curlback::version();
    assert_eq!(libcurl.number(), Version::linked());
    assert!(libcurl.text().starts_with(&libcurl.number().to_string()));
    assert!(!libcurl.host().is_empty());
    assert!(libcurl.has_protocol("HTTP") && !libcurl.has_protocol("nonsense"));
    let old = curl::Version::get();
    let protocols: Vec<_> = old.protocols().collect();
    assert_eq!(libcurl.protocols().collect::<Vec<_>>(), protocols);
    assert_eq!(libcurl.ssl(), old.ssl_version());
    assert_eq!(libcurl.libz(), old.libz_version());
    assert_eq!(libcurl.libssh(), old.libssh_version());
    assert_eq!(libcurl.nghttp2(), old.nghttp2_version());
    assert_eq!(libcurl.cainfo(), old.cainfo());
    let features = libcurl.features();
    assert_eq!(features.contains(Features::IPV6), old.feature_ipv6());
    assert_eq!(features.contains(Features::HTTP2), old.feature_http2());
    assert_eq!(
        features.contains(Features::ASYNCH_DNS),
        old.feature_async_dns()
    );
    assert_eq!(libcurl.has_feature("ipv6"), old.feature_ipv6());
    assert_eq!(libcurl.has_feature("AsynchDNS"), old.feature_async_dns());
    assert_eq!(libcurl.has_feature("libz"), old.feature_libz());
    assert!(libcurl.feature_names().count() > 3);
}
