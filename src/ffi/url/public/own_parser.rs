//! A parser that returns the parts of a URL that are not secret, for a libcurl that offers no parser.
//!
//! This parser understands fewer URLs than libcurl does. A URL that it does not understand is not shown.

/// The parts of a URL that are not secret.
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    /// The port with its colon, or nothing.
    port: &'a str,
    path: &'a str,
}

/// Returns a URL without user name, password, query and fragment, which may be secret; `None` if
/// it is not certain where these parts are.
pub(crate) fn public_url(text: &str) -> Option<Box<str>> {
    let Parts {
        scheme,
        host,
        port,
        path,
    } = parse(text)?;
    Some(format!("{scheme}://{host}{port}{path}").into())
}

/// Returns the host of a URL, or `None` if the URL has no scheme or is not understood.
pub(crate) fn host(text: &str) -> Option<String> {
    let url = text.contains("://").then_some(text)?;
    parse(url).map(|parts| parts.host.to_owned())
}

fn parse(text: &str) -> Option<Parts<'_>> {
    if text
        .bytes()
        .any(|b| b.is_ascii_whitespace() || b.is_ascii_control() || b == b'\\')
    {
        return None;
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    // Whichever of several `@` libcurl takes, everything that may be secret is before the last one.
    let server = authority.rsplit_once('@').map_or(authority, |(_, s)| s);
    let after = server.rfind(']').map_or(0, |at| at + 1);
    let colon = server[after..]
        .find(':')
        .map_or(server.len(), |at| after + at);
    let (host, port) = server.split_at(colon);
    let is_number = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_name = !host.contains(['[', ']']);
    if !port.strip_prefix(':').is_none_or(is_number) || !(is_bracketed || is_name) {
        return None;
    }
    let scheme = scheme.unwrap_or_else(|| guess(host));
    if host.is_empty() && !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let path = match &rest[..end] {
        "" => "/",
        path => path,
    };
    Some(Parts {
        scheme,
        host,
        port,
        path,
    })
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// Returns the scheme that libcurl guesses for a URL without a scheme.
fn guess(host: &str) -> &'static str {
    let name = host.to_ascii_lowercase();
    let known = ["ftp", "dict", "ldap", "imap", "smtp", "pop3"];
    let is_of = |scheme: &&str| {
        name.strip_prefix(scheme)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    known.into_iter().find(is_of).unwrap_or("http")
}
