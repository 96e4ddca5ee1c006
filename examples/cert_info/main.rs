//! Prints the certificates of a TLS server.

#[path = "../cli/mod.rs"]
mod cli;
mod demo;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use curlback::Transfer;

const USAGE: &str = "\
usage: cert_info [--cacert FILE] [--field NAME] [URL]

Prints subject, issuer, dates and names of each certificate that the server of
an https:// URL has sent. Without a URL, asks a server of its own. The exit
status is 1 if the server is not trusted.

  --cacert FILE  trust the certificates in FILE instead of the system's
  --field NAME   print only this field, such as Cert, which is PEM";

/// The fields to print: those that all TLS libraries call by the same names, and the names of the server.
const FIELDS: [&str; 5] = [
    "Subject",
    "Issuer",
    "Start date",
    "Expire date",
    "X509v3 Subject Alternative Name",
];

fn print(url: &str, cacert: Option<&str>, field: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.certinfo(true)?;
    transfer.nobody(true)?; // the handshake is enough
    transfer.timeout(Duration::from_secs(30))?;
    if let Some(cacert) = cacert {
        transfer.cainfo(cacert)?;
    }
    if url.starts_with("https://127.0.0.1:") {
        transfer.proxy("")?;
    }
    transfer.perform()?;
    let chain = transfer.info().certinfo()?;
    if chain.is_empty() {
        return Err("the TLS library of this libcurl tells nothing about certificates".into());
    }
    for (number, certificate) in chain.iter().enumerate() {
        if field.is_none() {
            println!("certificate {number}");
        }
        for (name, value) in certificate.fields() {
            let value = String::from_utf8_lossy(value);
            match field {
                Some(field) if field == name => println!("{}", value.trim_end()),
                None if FIELDS.contains(&name) => println!("  {name}: {value}"),
                _ => {}
            }
        }
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut cacert, mut field) = (None, None);
    let values = cli::values(USAGE, [("cacert", &mut cacert), ("field", &mut field)])?;
    if !curlback::version().has_protocol("https") {
        return Err("the linked libcurl has no TLS".into());
    }
    match &values[..] {
        [] => {
            let (url, authority) = demo::serve()?;
            print(&url, authority.path().to_str(), field.as_deref())
        }
        [url] => print(url, cacert.as_deref(), field.as_deref()),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
