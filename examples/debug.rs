//! Fetches a URL, throws its body away, and prints what libcurl does, one line for each report.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use curlback::{CallbackResult, Callbacks, DebugKind, Transfer, callbacks};

const USAGE: &str = "\
usage: debug [URL]

Fetches URL, throws its body away, and prints what libcurl does, one line for
each report. Without a URL, fetches from a server of its own.";

struct Trace;

#[callbacks]
impl Callbacks for Trace {
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> CallbackResult {
        let mut out = stdout();
        match kind {
            DebugKind::Text | DebugKind::HeaderIn | DebugKind::HeaderOut => {
                let text = String::from_utf8_lossy(data);
                writeln!(out, "{kind:?}: {}", text.trim_end()).into()
            }
            _ => writeln!(out, "{kind:?}: {} bytes", data.len()).into(),
        }
    }
}

fn fetch(url: &str) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Trace)?;
    transfer.url(url)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.verbose(true)?;
    transfer.perform()?;
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => fetch(&local_server::serve(|conn| {
            conn.reply("200 OK", "the body\n")
        })?),
        [url] => fetch(url),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
