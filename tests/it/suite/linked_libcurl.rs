//! Which libcurl these tests are about.

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
    // A release or, with a suffix, what comes before it.
    let stated = version.version().split('-').next();
    assert_eq!(stated, Some(Version::linked().to_string().as_str()));
}
