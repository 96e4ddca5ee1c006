//! URLs and messages without the parts that may be secret.

#[cfg(not(has_url))]
mod own_parser;

#[cfg(has_url)]
use crate::ffi::url::{Url, UrlFlags, UrlPart};
#[cfg(not(has_url))]
pub(crate) use own_parser::{host, public_url};

/// Returns a URL without user name, password, login options, query and fragment, which may be secret;
/// `None` if libcurl cannot parse the URL, since it is not known then where these parts are.
#[cfg(has_url)]
pub(crate) fn public_url(text: &str) -> Option<Box<str>> {
    let flags = UrlFlags::GUESS_SCHEME | UrlFlags::NON_SUPPORT_SCHEME;
    let mut url = Url::new_with(text, flags).ok()?;
    let secret = [
        UrlPart::User,
        UrlPart::Password,
        UrlPart::Options,
        UrlPart::Query,
        UrlPart::Fragment,
    ];
    for part in secret {
        url.remove(part).ok()?;
    }
    url.get(UrlPart::Url).ok()?.map(Box::from)
}

/// Returns the host of a URL, or `None` if the URL has no scheme or libcurl cannot parse it.
#[cfg(has_url)]
pub(crate) fn host(text: &str) -> Option<String> {
    let url = Url::new_with(text, UrlFlags::NON_SUPPORT_SCHEME).ok()?;
    url.get(UrlPart::Host).ok()?
}

/// Returns libcurl's message about a failure without credentials: libcurl quotes the URL of a
/// proxy that it cannot use, credentials included. `truncated` says whether the message lacks its end.
pub(crate) fn public_text(text: &str, truncated: bool) -> String {
    // A quoted value begins here. If the message is truncated, the value may lack its `@`, so all of it is
    // left out.
    let quote = text.find(" '").map(|at| at + 2);
    if let (true, Some(quote)) = (truncated, quote) {
        return format!("{}…", &text[..quote]);
    }
    let Some(end) = text.rfind('@') else {
        return text.to_owned();
    };
    let word = text[..end]
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + 1);
    let start = quote.filter(|quote| *quote <= end).unwrap_or(word);
    let scheme = text[start..end].find("://").map_or(0, |at| at + 3);
    format!("{}…{}", &text[..start + scheme], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_loses_what_may_be_secret() {
        let public = |text| public_url(text).map(String::from);
        for (text, expected) in [
            ("http://u:p@host/path?q=s#f", "http://host/path"),
            ("http://u@host:81?q", "http://host:81/"),
            ("http://u:p%40x@host/@scope/name", "http://host/@scope/name"),
            ("ftp://u:p@[::1]:2121/d/f", "ftp://[::1]:2121/d/f"),
            ("unheard-of://u:p@host/#f", "unheard-of://host/"),
            ("u:p@host/", "http://host/"),
        ] {
            assert_eq!(public(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "http://", "http://host:port?s/"] {
            assert_eq!(public(text), None, "{text}");
        }
        // Older releases accept a space in a password.
        let spaced = public("http://u:p w@host/");
        assert!(spaced.is_none_or(|url| url == "http://host/"));
    }

    #[test]
    fn text_loses_credentials() {
        let public = |text| public_text(text, false);
        for (text, expected) in [
            (
                "Could not resolve host: a.invalid",
                "Could not resolve host: a.invalid",
            ),
            ("no proxy 'x://u:p'w@host:1'", "no proxy 'x://…@host:1'"),
            ("no proxy 'u:p@q w@host': why", "no proxy '…@host': why"),
            ("Can't reach u:p@host now", "Can't reach …@host now"),
        ] {
            assert_eq!(public(text), expected);
        }
        assert_eq!(public_text("no proxy 'x://u:ppp@pp", true), "no proxy '…");
        assert_eq!(public_text("it says nothing", true), "it says nothing");
    }
}
