//! Host keys, as raw bytes and as base64.
#![no_main]

use curlback::KhType;
use curlback::fuzzing::host_key;
use libfuzzer_sys::fuzz_target;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes as base64, without the crate that curlback uses for it.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for bytes in bytes.chunks(3) {
        let number = (0..3).fold(0, |all, at| {
            all << 8 | usize::from(*bytes.get(at).unwrap_or(&0))
        });
        for digit in 0..4 {
            match digit <= bytes.len() {
                true => text.push(DIGITS[number >> (18 - 6 * digit) & 63].into()),
                false => text.push('='),
            }
        }
    }
    text
}

fuzz_target!(|input: (u32, &[u8])| {
    let (kind, bytes) = input;
    let key = host_key(kind, bytes);
    assert_eq!(key.kind() == KhType::Other(kind), kind > 5);
    assert_eq!(key.to_base64(), base64(key.bytes()));
    // The key is the input itself, or the input is the key's base64.
    let text = base64(key.bytes());
    let is_text = bytes.trim_ascii() == text.as_bytes()
        || bytes.trim_ascii() == text.trim_end_matches('=').as_bytes();
    assert!(key.bytes() == bytes || is_text, "{:?}", key.bytes());
    // A real key begins with a zero byte, and is decoded from each of its forms.
    let raw = [&[0], bytes].concat();
    let text = base64(&raw);
    let line = format!(" {text}\n");
    for form in [
        &raw[..],
        text.as_bytes(),
        text.trim_end_matches('=').as_bytes(),
        line.as_bytes(),
    ] {
        assert_eq!(host_key(kind, form).bytes(), raw);
    }
});
