//! Fetches a URL, throws its body away, and prints what libcurl does, one line for each report.

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use curlback::{CallbackResult, Callbacks, DebugKind, Transfer, callbacks};

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

fn run() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).filter(|url| !url.starts_with('-'));
    let url = url.ok_or("usage: debug URL")?;
    let mut transfer = Transfer::new(Trace)?;
    transfer.url(&url)?;
    transfer.verbose(true)?;
    transfer.perform()?;
    Ok(())
}

fn main() -> ExitCode {
    if let Err(error) = run() {
        eprintln!("debug: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
