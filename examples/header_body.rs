//! Fetches a URL: its headers to standard error, its body to standard output.

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use curlback::{Callbacks, HeaderLine, Transfer, WriteResult, callbacks};

struct Print;

#[callbacks]
impl Callbacks for Print {
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        stderr().write_all(line.as_bytes()).into()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        stdout().write_all(data).into()
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).filter(|url| !url.starts_with('-'));
    let url = url.ok_or("usage: header_body URL")?;
    let mut transfer = Transfer::new(Print)?;
    transfer.url(&url)?;
    transfer.follow_location(true)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn main() -> ExitCode {
    if let Err(error) = run() {
        eprintln!("header_body: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
