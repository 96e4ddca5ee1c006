//! Fetches a URL, and prints the headers of each response, redirects included.

mod cli;
mod local_server;

use std::error::Error;
use std::process::ExitCode;

use curlback::{HeaderOrigin, Transfer};

const USAGE: &str = "\
usage: response_headers [--name NAME] [URL]

Prints the headers of each response: of the redirects, and of the last response.
Without a URL, asks a server of its own.

  --name NAME  print only the values of this header in the last response";

fn fetch(url: &str, name: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    if let Some(name) = name {
        let mut index = 0;
        while let Some(header) = transfer.header(name, index, HeaderOrigin::HEADER, None)? {
            println!("{}", header.value().escape_ascii());
            index += 1;
        }
        return match index {
            0 => Err(format!("the response has no {name}").into()),
            _ => Ok(()),
        };
    }
    for request in 0..=transfer.redirect_count()? {
        println!("response {}", request + 1);
        for header in transfer.headers(HeaderOrigin::HEADER, Some(request))? {
            let name = header.name_bytes().escape_ascii();
            println!("  {name}: {}", header.value().escape_ascii());
        }
    }
    println!("status {}", transfer.response_code()?);
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut name = None;
    let values = cli::values(USAGE, [("name", &mut name)])?;
    match &values[..] {
        [] => {
            let url = local_server::serve(|conn| match conn.path.as_str() {
                "/" => conn.reply("301 Moved\r\nLocation: /there", ""),
                _ => conn.reply("200 OK\r\nVia: one\r\nVia: two", "hello"),
            })?;
            fetch(&url, name.as_deref())
        }
        [url] => fetch(url, name.as_deref()),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
