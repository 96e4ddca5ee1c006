//! Reads a body as lines while it arrives, and prints each with its number.
//!
//! `cargo run --example pull -- URL`

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Duration;

use curlback::{Transfer, handlers::Collect};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(url) = std::env::args().nth(1) else {
        return Err("give me a URL".into());
    };
    // It keeps the headers; the body goes to the reader below.
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(&url)?;
    transfer.follow_location(true)?;
    transfer.accept_encoding("")?; // whatever libcurl can decode
    transfer.fail_on_error(true)?;

    let mut response = transfer.open()?;
    response.set_read_timeout(Some(Duration::from_secs(30)));
    eprintln!("status {}", response.status());
    for (name, value) in response.transfer().handler().headers() {
        eprintln!("{name}: {}", value.escape_ascii());
    }

    let mut out = std::io::stdout().lock();
    let (mut line, mut number) = (Vec::new(), 0);
    // A body that is cut short is an error here, and never just an end.
    while response.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        writeln!(out, "{number}: {}", line.trim_ascii_end().escape_ascii())?;
        line.clear();
    }
    response.finish()?;
    Ok(())
}
