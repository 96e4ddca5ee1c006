//! Takes a URL apart, resolves a link against it, and adds to its query: by libcurl's own parser.

mod cli;

use std::error::Error;
use std::process::ExitCode;

use curlback::{Url, UrlFlags, UrlPart};

const USAGE: &str = "\
usage: parse_url [--add NAME=VALUE] [URL [LINK]]

Prints the parts of URL, decoded, and the URL as a whole. Without a URL, takes
one of its own. The exit status is 1 if it is no URL.

  LINK              follow this link of a page at URL first
  --add NAME=VALUE  add this to the query first, encoded";

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
    // As a browser does, it takes `example.org` for `https://example.org/`.
    let mut url = Url::new_with(url, UrlFlags::DEFAULT_SCHEME)?;
    if let Some(link) = link {
        url.set(UrlPart::Url, link)?;
    }
    if let Some(pair) = add {
        let flags = UrlFlags::APPEND_QUERY | UrlFlags::URL_ENCODE;
        url.set_with(UrlPart::Query, pair, flags)?;
    }
    for (name, part) in PARTS {
        // The port is the one that a transfer would use. A decoded part may not be UTF-8.
        let decoded = url.get_with(part, UrlFlags::DEFAULT_PORT | UrlFlags::URL_DECODE);
        if let Some(value) = decoded.or_else(|_| url.get(part))? {
            println!("{name}: {value}");
        }
    }
    // `Transfer::curlu` takes it without parsing it again.
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
