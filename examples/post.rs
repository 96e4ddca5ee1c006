//! Posts the fields of a form, or JSON, from memory, and prints the answer.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{Read, Write, stdout};
use std::process::ExitCode;

use curlback::handlers::Collect;
use curlback::{Transfer, url_encode};

const USAGE: &str = "\
usage: post [--data TEXT] [--type TYPE] [--method METHOD] [URL [NAME=VALUE...]]

Posts the fields to URL, as a browser does, and prints the answer. Without a
URL, posts to a server of its own. The exit status is 1 if the transfer fails
or if the server refuses the request.

  --data TEXT      send TEXT instead of fields
  --type TYPE      the type of TEXT; application/json by default
  --method METHOD  such as PUT or PATCH instead of POST";

/// Returns the fields percent-encoded, as servers expect the fields of a form: `a=1&b=x%26y`.
fn form(fields: &[String]) -> Result<String, Box<dyn Error>> {
    let mut pairs = Vec::new();
    for field in fields {
        let (name, value) = field.split_once('=').ok_or("a field is NAME=VALUE")?;
        pairs.push(format!("{}={}", url_encode(name)?, url_encode(value)?));
    }
    Ok(pairs.join("&"))
}

fn post(url: &str, kind: &str, method: Option<&str>, body: String) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new().limit(16 << 20))?;
    transfer.url(url)?;
    transfer.post_fields(body)?;
    transfer.http_headers([format!("Content-Type: {kind}")])?;
    if let Some(method) = method {
        transfer.custom_request(method)?;
    }
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    // If the server refuses, the body of the response says why, so it is printed too.
    stdout().write_all(transfer.handler().body())?;
    match transfer.response_code()? {
        status if status >= 400 => Err(format!("the server answered with status {status}").into()),
        _ => Ok(()),
    }
}

/// Starts a server that answers with what it has received.
fn echo() -> std::io::Result<String> {
    local_server::serve(|conn| {
        let mut body = String::new();
        (&mut conn.reader)
            .take(conn.length)
            .read_to_string(&mut body)?;
        conn.reply("200 OK", format!("{}\n\n{body}\n", conn.head.trim_end()))
    })
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut data, mut kind, mut method) = (None, None, None);
    let options = [
        ("data", &mut data),
        ("type", &mut kind),
        ("method", &mut method),
    ];
    let values = cli::values(USAGE, options)?;
    let (kind, method) = (kind.as_deref(), method.as_deref());
    let demo = [
        "name=R\u{e9}mi & co".to_owned(),
        "note=1 + 1 = 2".to_owned(),
    ];
    let (url, fields) = match values.split_first() {
        Some((url, fields)) => (url.clone(), fields),
        None => (echo()?, &demo[..]),
    };
    match data {
        Some(data) => post(&url, kind.unwrap_or("application/json"), method, data),
        None => post(
            &url,
            "application/x-www-form-urlencoded",
            method,
            form(fields)?,
        ),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
