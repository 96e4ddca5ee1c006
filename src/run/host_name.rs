//! Adds to libcurl's message that libcurl could not convert the host name to ASCII, and what to do about it.

use crate::Code;
use crate::error::ErrorDetails;
use crate::ffi::url::public::host;

const UNCONVERTED: &str = "libcurl cannot convert the host name to ASCII: the name is not valid, or \
     the locale of the program is not a UTF-8 locale; write the name in its `xn--` form";
const NO_IDN: &str =
    "the linked libcurl cannot convert host names to ASCII; write the name in its `xn--` form";

/// Returns libcurl's message about a failure, or `None` if there is none. If the cause is probably that
/// libcurl could not convert the host name to ASCII, adds this reason.
pub(crate) fn explain(
    code: Code,
    text: Option<Box<str>>,
    details: &ErrorDetails,
) -> Option<Box<str>> {
    // libcurl before 7.87.0 states this reason in its message (" to ACE"), but not what to do about it. A
    // message without " to ACE" states another reason.
    let is_other = |text: &str| !text.contains(" to ACE");
    let has_other_text = text.as_deref().is_some_and(is_other);
    let reason = match (code, has_other_text) {
        (Code::URL_MALFORMAT | Code::COULDNT_RESOLVE_HOST, _)
            if !crate::version().has_feature("IDN") =>
        {
            NO_IDN
        }
        (Code::URL_MALFORMAT, false) => UNCONVERTED,
        _ => return text,
    };
    if details.url().is_none_or(|url| !has_other_host(url)) {
        return text;
    }
    match text {
        Some(text) => Some(format!("{text} ({reason})").into()),
        None => Some(reason.into()),
    }
}

/// Returns whether the host name of a URL is not ASCII.
fn has_other_host(url: &str) -> bool {
    !url.is_ascii() && host(url).is_some_and(|host| !host.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_counts() {
        assert!(has_other_host("http://t\u{e4}st.invalid/"));
        assert!(!has_other_host("http://test.invalid/\u{e4}"));
        assert!(!has_other_host("http://test.invalid/"));
        assert!(!has_other_host("\u{e4}"));
    }
}
