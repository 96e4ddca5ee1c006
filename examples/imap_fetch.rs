//! Fetches a mail over IMAP, searches a mailbox, or lists the mailboxes.

mod cli;
mod local_lines;

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use curlback::handlers::WriteTo;
use curlback::{Transfer, UseSsl};

const USAGE: &str = "\
usage: imap_fetch [--user NAME:PASSWORD] [--tls all|try|none] [URL]

Prints what the URL names:

  imaps://HOST/                    the names of the mailboxes
  imaps://HOST/INBOX?UNSEEN        the numbers of the mails that are unseen
  imaps://HOST/INBOX/;MAILINDEX=1  the first mail
  imaps://HOST/INBOX/;UID=7        the mail with this identifier

With imap://, the connection changes to TLS, or the program fails. With --tls
try, it only changes if the server can; with --tls none, it does not change.
Without a URL, asks a server of its own.";

fn fetch(url: &str, user: Option<&str>, tls: UseSsl) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(WriteTo::new(stdout()))?;
    transfer.url(url)?;
    transfer.use_ssl(tls)?;
    if let Some(user) = user {
        transfer.userpwd(user)?;
    }
    transfer.timeout(Duration::from_secs(120))?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

/// Starts a server that has one mailbox with one mail.
fn serve() -> std::io::Result<String> {
    const MAIL: &str = "Subject: hello\r\n\r\nThis is the first mail.\r\n";
    let address = local_lines::serve("* OK ready\r\n", || {
        |line: &str, client: &mut std::net::TcpStream| {
            let mut words = line.split(' ');
            let tag = words.next().unwrap_or_default();
            let data = match words.next().unwrap_or_default() {
                "CAPABILITY" => "* CAPABILITY IMAP4rev1\r\n".to_owned(),
                "LIST" => "* LIST () \"/\" INBOX\r\n".to_owned(),
                "SELECT" => "* 1 EXISTS\r\n".to_owned(),
                "SEARCH" => "* SEARCH 1\r\n".to_owned(),
                "FETCH" => format!("* 1 FETCH (BODY[] {{{}}}\r\n{MAIL})\r\n", MAIL.len()),
                _ => String::new(),
            };
            client.write_all(format!("{data}{tag} OK\r\n").as_bytes())
        }
    })?;
    Ok(format!("imap://{address}"))
}

fn demo() -> Result<(), Box<dyn Error>> {
    let server = serve()?;
    for path in ["/", "/INBOX?ALL", "/INBOX/;MAILINDEX=1"] {
        println!("{path}");
        fetch(&format!("{server}{path}"), None, UseSsl::None)?;
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut user, mut tls) = (None, None);
    let values = cli::values(USAGE, [("user", &mut user), ("tls", &mut tls)])?;
    if !curlback::version().has_protocol("imap") {
        return Err("the linked libcurl has no IMAP; README.md tells how to build one".into());
    }
    let tls = match tls.as_deref() {
        Some("none") => UseSsl::None,
        Some("try") => UseSsl::Try,
        Some("all") | None => UseSsl::All,
        Some(other) => return Err(format!("--tls {other}: see --help").into()),
    };
    match &values[..] {
        [] => demo(),
        [url] => fetch(url, user.as_deref(), tls),
        _ => Err("expected one URL or none; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
