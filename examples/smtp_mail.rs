//! Sends a mail over SMTP: the text comes from standard input.

mod cli;
mod local_lines;

use std::error::Error;
use std::io::{Cursor, Write, read_to_string, stdin};
use std::process::ExitCode;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use curlback::handlers::ReadFrom;
use curlback::{Transfer, UseSsl};

const USAGE: &str = "\
usage: smtp_mail [--user NAME:PASSWORD] [--subject TEXT] [--tls all|try|none]
                 [URL FROM TO...]

Sends standard input as a mail over smtp://HOST:587 or smtps://HOST. FROM and TO
are addresses, such as me@example.org. With smtp://, the connection changes to
TLS, or the program fails. With --tls try, it only changes if the server can;
with --tls none, it does not change. Without a URL, sends a mail to a server of
its own, which prints what it receives.";

struct Mail {
    from: String,
    to: Vec<String>,
    subject: String,
    text: String,
}

impl Mail {
    /// Returns the mail with its headers. Each line ends with CR and LF.
    fn message(&self) -> String {
        // The subject may not be ASCII, so it is encoded. An encoded value cannot contain the end of a line.
        let subject = STANDARD.encode(&self.subject);
        let mut message = format!(
            "From: <{}>\r\nTo: <{}>\r\nSubject: =?utf-8?B?{subject}?=\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
            self.from,
            self.to.join(">, <")
        );
        for line in self.text.lines() {
            message += line;
            message += "\r\n";
        }
        message
    }
}

fn send(url: &str, user: Option<&str>, tls: UseSsl, mail: &Mail) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new(mail.message())))?;
    transfer.url(url)?;
    transfer.upload(true)?;
    // The setters refuse an address that contains the end of a line.
    transfer.mail_from(&mail.from)?;
    transfer.mail_rcpt(&mail.to)?;
    transfer.use_ssl(tls)?;
    if let Some(user) = user {
        transfer.userpwd(user)?;
    }
    transfer.timeout(Duration::from_secs(120))?;
    transfer.perform()?;
    println!("sent to {}", mail.to.join(", "));
    Ok(())
}

/// Starts a server that prints the lines of its clients.
fn serve() -> std::io::Result<String> {
    let address = local_lines::serve("220 ready\r\n", || {
        let mut in_message = false;
        move |line: &str, client: &mut std::net::TcpStream| {
            println!("> {line}");
            let reply = match line {
                "." if in_message => "250 accepted",
                _ if in_message => return Ok(()),
                "DATA" => "354 go on, and end with a dot",
                "QUIT" => "221 bye",
                _ => "250 yes",
            };
            in_message = line == "DATA";
            client.write_all(format!("{reply}\r\n").as_bytes())
        }
    })?;
    Ok(format!("smtp://{address}"))
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut user, mut subject, mut tls) = (None, None, None);
    let options = [
        ("user", &mut user),
        ("subject", &mut subject),
        ("tls", &mut tls),
    ];
    let values = cli::values(USAGE, options)?;
    if !curlback::version().has_protocol("smtp") {
        return Err("the linked libcurl has no SMTP; README.md tells how to build one".into());
    }
    let tls = match tls.as_deref() {
        Some("none") => UseSsl::None,
        Some("try") => UseSsl::Try,
        Some("all") | None => UseSsl::All,
        Some(other) => return Err(format!("--tls {other}: see --help").into()),
    };
    let subject = subject.unwrap_or_else(|| "a mail by curlback".to_owned());
    match &values[..] {
        [] => {
            let text = "Hello,\n.\nthis line comes after a dot, which ends nothing.\n".to_owned();
            let (from, to) = ("me@host.test".to_owned(), vec!["you@host.test".to_owned()]);
            let mail = Mail {
                from,
                to,
                subject,
                text,
            };
            send(&serve()?, None, UseSsl::None, &mail)
        }
        [url, from, to @ ..] if !to.is_empty() => {
            let (from, to, text) = (from.clone(), to.to_vec(), read_to_string(stdin())?);
            let mail = Mail {
                from,
                to,
                subject,
                text,
            };
            send(url, user.as_deref(), tls, &mail)
        }
        _ => Err("expected URL, FROM and TO, or nothing; see --help".into()),
    }
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
