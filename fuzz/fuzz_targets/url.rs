//! Sets, reads and removes parts of URLs, and checks that parsing a whole URL again gives the same host.
#![no_main]

use arbitrary::Arbitrary;
use curlback::{Error, Url, UrlFlags, UrlPart};
use libfuzzer_sys::fuzz_target;

const PARTS: [UrlPart; 11] = [
    UrlPart::Url,
    UrlPart::Scheme,
    UrlPart::User,
    UrlPart::Password,
    UrlPart::Options,
    UrlPart::Host,
    UrlPart::Port,
    UrlPart::Path,
    UrlPart::Query,
    UrlPart::Fragment,
    UrlPart::ZoneId,
];

/// The index of the zone in [`PARTS`].
const ZONE: usize = 10;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    https: bool,
    flags: u32,
    steps: Vec<Step<'a>>,
    text: &'a str,
}

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Set(u8, u32, &'a str),
    Get(u8, u32),
    Remove(u8),
    Clone,
}

fn part(number: u8) -> UrlPart {
    PARTS[usize::from(number) % PARTS.len()]
}

/// Returns every part as it is stored.
fn parts(url: &Url) -> Vec<Option<String>> {
    let read = |part: &UrlPart| url.get(*part).ok().flatten();
    PARTS.iter().map(read).collect()
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' || byte == 0x7F)
}

/// Sets a part, and checks that control characters are refused and that a refused value changes nothing,
/// except the zone of the host.
fn set(url: &mut Url, part: UrlPart, text: &str, flags: UrlFlags) {
    let before = parts(url);
    match url.set_with(part, text, flags) {
        Ok(()) => assert!(!has_control(text)),
        Err(error) => {
            assert_eq!(matches!(error, Error::Option { .. }), has_control(text));
            let mut after = parts(url);
            if part == UrlPart::Host {
                // libcurl drops the zone of the former host before it looks at the new one.
                after[ZONE].clone_from(&before[ZONE]);
            }
            assert_eq!(after, before, "{part:?} = {text:?} with {flags:?}");
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let text = match input.https {
        true => format!("https://{}", input.text),
        false => input.text.to_owned(),
    };
    let flags = UrlFlags::from_bits_truncate(input.flags);
    let mut url = match Url::new_with(&text, flags) {
        Ok(url) => url,
        Err(error) => {
            assert_eq!(matches!(error, Error::Option { .. }), has_control(&text));
            return;
        }
    };
    assert!(!has_control(&text));
    let mut is_parsed = true;
    for step in input.steps {
        match step {
            Step::Set(number, flags, text) => {
                is_parsed &= part(number) == UrlPart::Url;
                set(
                    &mut url,
                    part(number),
                    text,
                    UrlFlags::from_bits_truncate(flags),
                );
            }
            Step::Get(number, flags) => {
                let flags = UrlFlags::from_bits_truncate(flags);
                let before = parts(&url);
                if let Ok(Some(text)) = url.get_with(part(number), flags) {
                    // Without decoding, no control character is returned.
                    assert!(flags.contains(UrlFlags::URL_DECODE) || !has_control(&text));
                }
                assert_eq!(parts(&url), before);
            }
            Step::Remove(number) => {
                let number = part(number);
                url.remove(number).unwrap();
                assert_eq!(
                    url.get(number).ok().flatten().filter(|text| text != "/"),
                    None
                );
            }
            Step::Clone => {
                let clone = url.clone();
                assert_eq!(parts(&clone), parts(&url));
                url = clone;
            }
        }
    }
    let whole = url.to_string();
    let _ = format!("{url:?}");
    assert!(!has_control(&whole));
    // libcurl does not normalise a part that is set by itself, so only parsed URLs are checked.
    if is_parsed {
        check_whole(&url, &whole);
    }
});

/// Checks that the whole, if libcurl accepts it, has the same host, and that parsing it again changes nothing.
fn check_whole(url: &Url, whole: &str) {
    let host = |url: &Url| {
        let host = url.get(UrlPart::Host).ok().flatten();
        host.filter(|host| !host.is_empty())
    };
    let parse = |whole: &str| Url::new_with(whole, UrlFlags::NON_SUPPORT_SCHEME);
    // A URL without a host is not checked: libcurl takes the beginning of the path for the host.
    let (Ok(once), Some(own)) = (parse(whole), host(url)) else {
        return;
    };
    assert_eq!(host(&once), Some(own), "{whole}");
    let whole = once.to_string();
    assert_eq!(parse(&whole).unwrap().to_string(), whole);
}
