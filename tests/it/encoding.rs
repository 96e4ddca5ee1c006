//! Percent-encoding.

use curlback::{Error, url_decode, url_encode};

#[test]
fn every_byte_comes_back() {
    let all: Vec<u8> = (0..=255).collect();
    let encoded = url_encode(&all).unwrap();
    assert!(encoded.starts_with("%00%01"), "{encoded}");
    assert!(encoded.ends_with("%FE%FF"), "{encoded}");
    assert_eq!(url_decode(&encoded).unwrap(), all);
    assert_eq!(url_encode("AZaz09-._~").unwrap(), "AZaz09-._~");
}

#[test]
fn nothing_is_nothing_and_not_looked_for_behind_its_end() {
    let text = "abc";
    assert_eq!(url_encode(&text[..0]).unwrap(), "");
    assert_eq!(url_decode(&text[..0]).unwrap(), b"");
    // If only a part of a string is passed, nothing behind that part is read.
    assert_eq!(url_encode(&text[..1]).unwrap(), "a");
    assert_eq!(url_decode(&"%41%42"[..4]).unwrap(), b"A%");
}

#[test]
fn decoding_is_of_bytes_and_leaves_what_is_not_encoded() {
    assert_eq!(url_decode("%00%ff+%4").unwrap(), b"\0\xff+%4");
    assert_eq!(url_decode("%zz%").unwrap(), b"%zz%");
}

#[test]
#[cfg(target_pointer_width = "64")]
fn too_much_is_an_error() {
    let large = vec![0_u8; (1 << 31) + 1];
    for result in [url_encode(&large).map(drop), url_decode(&large).map(drop)] {
        assert!(
            matches!(
                result,
                Err(Error::Option {
                    reason: "the value is too long",
                    ..
                })
            ),
            "{result:?}"
        );
    }
}

#[test]
fn more_than_some_releases_take_is_encoded_or_refused() {
    match url_encode(vec![b' '; 9_000_000]) {
        Ok(encoded) => assert_eq!(encoded.len(), 27_000_000),
        Err(error) => assert!(matches!(error, Error::Option { .. }), "{error}"),
    }
}
