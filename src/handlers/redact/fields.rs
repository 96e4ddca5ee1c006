//! Header fields: how they are parsed, and which of them are secret.

use super::REDACTED;

/// A header field, which may be a pseudo-header of HTTP/2.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

impl<'a> Field<'a> {
    /// Parses `name: value`; `None` for any other text. The name of a pseudo-header of HTTP/2 begins with a colon.
    pub(super) fn parse(line: &'a str) -> Option<Field<'a>> {
        let own = line.strip_prefix(':').unwrap_or(line);
        let end = own.find(':')? + (line.len() - own.len());
        let (name, value) = line.split_at(end);
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let token = name.strip_prefix(':').unwrap_or(name);
        let is_token = !token.is_empty() && token.bytes().all(is_name);
        is_token.then(|| Field {
            name,
            value: value[1..].trim(),
        })
    }
}

/// Finds the first `[name: value]` in a message. Returns the text up to and including `[`, the field, and the text from
/// `]` on.
pub(super) fn in_brackets(message: &str) -> Option<(&str, Field<'_>, &str)> {
    for (at, _) in message.match_indices('[') {
        let (begin, rest) = message.split_at(at + 1);
        let end = rest.rfind(']').unwrap_or(rest.len());
        let (inside, after) = rest.split_at(end);
        match Field::parse(inside) {
            // Without a space after the colon, the text in brackets may be an address, such as `[::1]`, or a time.
            Some(field) if inside[field.name.len()..].starts_with(": ") => {
                return Some((begin, field, after));
            }
            _ => {}
        }
    }
    None
}

/// Returns whether the value of a field with this name is secret. The name must be in lower case.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 17] = [
        "authorization",
        "authentication-info",
        "cookie",
        "token",
        "secret",
        "password",
        "passwd",
        "api-key",
        "apikey",
        "access-key",
        "credential",
        "session",
        "signature",
        "x-auth",
        "csrf",
        "xsrf",
        "jwt",
    ];
    PARTS.iter().any(|part| name.contains(part))
}

/// Returns whether the whole value of a field with this name is treated as a URL.
pub(super) fn is_url(name: &str) -> bool {
    const NAMES: [&str; 7] = [
        ":path",
        "location",
        "content-location",
        "referer",
        "refresh",
        "link",
        "origin",
    ];
    NAMES.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Returns what is shown instead of a secret value. For an authorization with a known scheme, the scheme is shown too.
pub(super) fn scheme_only(field: &Field<'_>) -> String {
    const SCHEMES: [&str; 6] = [
        "Basic",
        "Bearer",
        "Digest",
        "NTLM",
        "Negotiate",
        "AWS4-HMAC-SHA256",
    ];
    let scheme = field.value.split_once(' ').map_or("", |(scheme, _)| scheme);
    match field.name.to_ascii_lowercase().ends_with("authorization") {
        true if SCHEMES.contains(&scheme) => format!("{scheme} {REDACTED}"),
        _ => REDACTED.to_owned(),
    }
}
