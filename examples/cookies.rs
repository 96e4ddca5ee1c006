//! Fetches a URL with the cookies of a file, and prints the cookies that the transfer has afterwards.

mod cli;
mod local_server;

use std::error::Error;
use std::process::ExitCode;

use curlback::Transfer;

const USAGE: &str = "\
usage: cookies [--jar FILE] [--add NAME=VALUE] [URL]

Fetches URL, and prints each cookie: its domain, its path, its name and its
value. Without a URL, asks a server of its own twice.

  --jar FILE        read the cookies from FILE first, and write them back
  --add NAME=VALUE  send this cookie too, to the host of the URL";

fn print(transfer: &Transfer<()>) -> Result<(), Box<dyn Error>> {
    for line in transfer.cookies()? {
        // libcurl returns each cookie as a line of a cookie file: fields with tabs between them.
        let line = String::from_utf8_lossy(&line);
        let fields: Vec<_> = line.trim_start_matches("#HttpOnly_").split('\t').collect();
        if let [domain, _, path, _, _, name, value] = fields[..] {
            println!("{domain} {path} {name}={value}");
        }
    }
    Ok(())
}

fn visit(
    url: &str,
    jar: Option<String>,
    add: Option<String>,
    visits: u32,
) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.fail_on_error(true)?;
    // Turns cookies on, and makes libcurl read the file. If the file does not exist, this is no error.
    transfer.cookie_file(jar.as_deref().unwrap_or_default())?;
    if let Some(cookie) = add {
        let host = curlback::Url::new(url)?.get(curlback::UrlPart::Host)?;
        let host = host.ok_or("the URL has no host")?;
        transfer.cookie_list(format!("Set-Cookie: {cookie}; domain={host}; path=/"))?;
    }
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    for _ in 0..visits {
        transfer.perform()?;
        print(&transfer)?;
    }
    if let Some(jar) = jar {
        transfer.cookie_jar(jar)?;
        // Writes the file now. Without this, libcurl writes it when the transfer is dropped.
        transfer.cookie_list("FLUSH")?;
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut jar, mut add) = (None, None);
    match &cli::values(USAGE, [("jar", &mut jar), ("add", &mut add)])?[..] {
        [] => {
            let url = local_server::serve(|conn| {
                let visits = conn.head.split_once("visits=").map_or("", |(_, rest)| rest);
                let visits: u32 = visits
                    .split(['\r', ';'])
                    .next()
                    .unwrap_or_default()
                    .parse()
                    .unwrap_or(0);
                conn.reply(
                    &format!("200 OK\r\nSet-Cookie: visits={}; path=/", visits + 1),
                    "",
                )
            })?;
            visit(&url, jar, add, 2)
        }
        [url] => visit(url, jar, add, 1),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
