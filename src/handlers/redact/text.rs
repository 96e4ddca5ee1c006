//! Hides the secrets in messages and in other text: URLs, and values after certain words.

use super::REDACTED;

/// Words in libcurl's messages after which a secret may follow, for example the value of a cookie, the name of a user,
/// the password for SSH, or the text that is signed.
const BEFORE_SECRETS: [&str; 11] = [
    "cookie",
    "password",
    "user",
    "sigv4",
    "httpsig",
    "header part:",
    "credential",
    "secret",
    "token",
    "signature",
    "session id",
];

/// How much of a URL is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Urls {
    pub(super) show_query: bool,
}

impl Urls {
    /// Hides the secrets of a message of libcurl.
    pub(super) fn hide_in_message(&self, message: &str) -> String {
        let lower = message.to_ascii_lowercase();
        let ends = BEFORE_SECRETS
            .iter()
            .filter_map(|word| Some(lower.find(word)? + word.len()));
        if let Some(end) = ends.min() {
            let (shown, hidden) = message.split_at(before_value(message, end));
            let shown = self.hide_in_text(shown.trim_end());
            return match hidden.trim().is_empty() {
                true => shown,
                false => format!("{shown} {REDACTED}"),
            };
        }
        // The message may quote the string of a proxy, which need not be a valid URL. Everything from the
        // quote to the last `@` is hidden.
        if let (true, Some(quote), Some(at)) = (
            lower.contains("proxy"),
            message.find('\''),
            message.rfind('@'),
        ) {
            if quote < at {
                let begin = &message[..=quote];
                return format!(
                    "{begin}{REDACTED}@{}",
                    self.hide_in_text(&message[at + 1..])
                );
            }
        }
        self.hide_in_text(message)
    }

    /// Hides the user information of all URLs in a text and, unless `show_query` is set, their queries and fragments.
    /// In any other word with an `@`, hides what is before the last `@`.
    pub(super) fn hide_in_text(&self, text: &str) -> String {
        let text = hide_users(text);
        let words = text.split_inclusive(char::is_whitespace);
        words
            .map(|word| {
                let (word, space) = word.split_at(word.trim_end().len());
                self.hide_in_word(word) + space
            })
            .collect()
    }

    fn hide_in_word(&self, word: &str) -> String {
        let quote = word.find(|char: char| !"'\"(<".contains(char)).unwrap_or(0);
        let (quote, own) = word.split_at(quote);
        match own.starts_with('/') || own.contains("//") {
            true => format!("{quote}{}", self.hide_query(own, true)),
            false => match own.rfind('@') {
                Some(at) if !own[..at].ends_with(REDACTED) => {
                    let rest = self.hide_query(&own[at..], false);
                    format!("{quote}{REDACTED}{rest}")
                }
                _ => format!("{quote}{}", self.hide_query(own, false)),
            },
        }
    }

    /// Hides the user information and, unless `show_query` is set, the query and the fragment in a text that is treated
    /// as one URL, even if it is not a valid one.
    pub(super) fn hide_in_url(&self, url: &str) -> String {
        self.hide_query(&hide_users(url), true)
    }

    /// Unless `show_query` is set, hides the values of a query, after `?`, and a fragment after it. If `has_fragment`,
    /// also hides a fragment without a query.
    fn hide_query(&self, url: &str, has_fragment: bool) -> String {
        if self.show_query {
            return url.to_owned();
        }
        let is_end = |char| char == '?' || (has_fragment && char == '#');
        let Some(at) = url.find(is_end) else {
            return url.to_owned();
        };
        let (shown, rest) = url.split_at(at);
        let (mark, rest) = rest.split_at(1);
        // In libcurl's messages, a URL may be in quotes or brackets: these stay.
        let end = rest.trim_end_matches(['\'', '"', ')', '>']).len();
        let (rest, quote) = rest.split_at(end);
        if rest.is_empty() {
            return url.to_owned();
        }
        let (query, fragment) = match (mark, rest.split_once('#')) {
            ("?", Some((query, _))) => (query, "#[redacted]"),
            ("?", None) => (rest, ""),
            _ => return format!("{shown}{mark}{REDACTED}{quote}"),
        };
        let pairs: Vec<_> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                _ if pair.is_empty() => String::new(),
                // The whole query may be base64, which may end in `=`.
                Some((_, value)) if value.trim_end_matches('=').is_empty() => REDACTED.to_owned(),
                Some((name, _)) => format!("{name}={REDACTED}"),
                None => REDACTED.to_owned(),
            })
            .collect();
        format!("{shown}?{}{fragment}{quote}", pairs.join("&"))
    }
}

/// Returns where the secret begins, for a word of `BEFORE_SECRETS` that ends at `end`. If the word is part of a URL or
/// of another value, the secret begins where that URL or value begins.
fn before_value(message: &str, end: usize) -> usize {
    let (before, after) = message.split_at(end);
    let last = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let begin = before.len() - last.len();
    let rest = after.find(char::is_whitespace).unwrap_or(after.len());
    let token = &message[begin..end + rest];
    let goes_on = after.starts_with(|char: char| char.is_alphanumeric());
    match goes_on || token.contains("//") || token.contains('@') {
        true => begin,
        false => end,
    }
}

/// Hides the user information of each URL in a text: what is between `//` and `@`.
fn hide_users(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//") {
        let (begin, after) = rest.split_at(at + 2);
        shown.push_str(begin);
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let authority = &after[..end];
        let mut hidden = authority.rfind('@').unwrap_or(0);
        let host = &authority[hidden..];
        let host = host.split_whitespace().next().unwrap_or_default();
        if hidden == 0 && end == after.len() && !is_host(host) {
            // The authority has no `@`, but cannot be a host. It may be user information, if libcurl has cut the
            // message off before the `@`. So all of it is hidden.
            hidden = authority.len();
        }
        if hidden > 0 {
            shown.push_str(REDACTED);
        }
        rest = &after[hidden..];
    }
    shown + rest
}

/// Returns whether a text may be a host with or without a port. If not, it may be the beginning of user information.
fn is_host(text: &str) -> bool {
    let text = text.trim_end_matches(['\'', '"', ')', '>', ',', '.', ';', ':']);
    let port = match text.rfind(']') {
        Some(end) => text[end + 1..].strip_prefix(':'),
        None => text.split_once(':').map(|(_, port)| port),
    };
    let is_port = |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 255 && port.is_none_or(is_port)
}
