//! Splits a URL into its parts, resolves a link against it, and adds to its query, with libcurl's own parser.

mod cli;

use std::error::Error;
use std::process::ExitCode;

use curlback::{Url, UrlFlags, UrlPart};

const USAGE: &str = "\
usage: parse_url [--add NAME=VALUE] [URL [LINK]]

Prints the parts of URL, decoded, and the URL as a whole. Without a URL, uses
one of its own. The exit status is 1 if URL cannot be parsed.

  LINK              first replace URL by this link, relative to URL
  --add NAME=VALUE  first add this to the query, encoded";

const PARTS: [(&str, UrlPart); 8] = [
    ("scheme", UrlPart::Scheme),
    ("user", UrlPart::User),
    ("password", UrlPart::Password),
    ("host", UrlPart::Host),
    ("port", UrlPart::Port),
    ("path", UrlPart::Path),
    ("query", UrlPart::Query),
    ("fragment", UrlPart::Fragment),
];

fn parse(url: &str, link: Option<&str>, add: Option<&str>) -> Result<(), Box<dyn Error>> {
    // As in a browser, `example.org` means `https://example.org/`.
    let mut url = Url::new_with(url, UrlFlags::DEFAULT_SCHEME)?;
    if let Some(link) = link {
        url.set(UrlPart::Url, link)?;
    }
    if let Some(pair) = add {
        let flags = UrlFlags::APPEND_QUERY | UrlFlags::URL_ENCODE;
        url.set_with(UrlPart::Query, pair, flags)?;
    }
    for (name, part) in PARTS {
        // Returns the port that a transfer would use, even if the URL has none. A decoded part may not be UTF-8.
        let decoded = url.get_with(part, UrlFlags::DEFAULT_PORT | UrlFlags::URL_DECODE);
        if let Some(value) = decoded.or_else(|_| url.get(part))? {
            println!("{name}: {value}");
        }
    }
    // To use the `Url` in a transfer without parsing it again, pass it to `Transfer::curlu`.
    println!("URL: {}", url.get(UrlPart::Url)?.unwrap_or_default());
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut add = None;
    let values = cli::values(USAGE, [("add", &mut add)])?;
    match &values[..] {
        [] => {
            let url = "https://me@example.org/a%20directory/page?x=1#top";
            parse(url, Some("../other?q=a"), Some("name=R\u{e9}mi & co"))
        }
        [url] => parse(url, None, add.as_deref()),
        [url, link] => parse(url, Some(link), add.as_deref()),
        _ => Err("expected URL and LINK; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
