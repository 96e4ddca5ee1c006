//! A random search for secrets in the log.

use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use curlback::handlers::{Log, ReadFrom};
use curlback::{Auth, Callbacks, Transfer};

use crate::handlers::log::{log_of, logged};
use crate::support::built_in::{ftp, speaks};
use crate::support::ftp_server::FtpServer;
use crate::support::h2_server::H2Server;
use crate::support::pulled::Random;
use crate::support::rounds::rounds;
use crate::support::server::{Conn, Request, Server};
use crate::support::skip::is_before;
#[cfg(unix)]
use crate::support::sshd::Sshd;

/// A secret. `marker` consists of letters and digits, and occurs nowhere else. `text` is the marker with
/// other characters around it.
struct Secret {
    marker: String,
    text: String,
}

impl Secret {
    fn new(random: &mut Random) -> Secret {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        const OTHERS: [&str; 10] = ["", "", "'", "!", "$&", "(", ",", "-", "~;", "="];
        let marker: String = (0..12)
            .map(|_| char::from(LETTERS[random.below(LETTERS.len())]))
            .collect();
        let mut other = || OTHERS[random.below(OTHERS.len())];
        let text = format!("{}{marker}{}", other(), other());
        Secret { marker, text }
    }

    /// Returns the strings that must not be in a log: the marker, and the three forms that it can have as a
    /// part of base64.
    fn traces(&self) -> Vec<String> {
        let mut traces = vec![self.marker.clone()];
        for before in 0..3 {
            let bytes = [&vec![0; before], self.marker.as_bytes()].concat();
            let encoded = STANDARD.encode(bytes);
            // Leaves out the letters that also depend on the bytes around the marker.
            let begin = [0, 2, 3][before];
            let end = encoded.trim_end_matches('=').len() - 1;
            traces.push(encoded[begin..end].to_owned());
        }
        traces
    }
}

/// Performs and drops the transfer. Asserts that its log has no secret.
fn assert_hidden<H: Callbacks>(
    what: &str,
    mut transfer: Transfer<Log<Vec<u8>, H>>,
    secrets: &[Secret],
) {
    // The transfer need not succeed: with some options of these tests, libcurl 7.61.1 waits for ever for the
    // answer of a proxy. The log also has what is reported while the transfer is dropped.
    transfer.timeout(Duration::from_secs(5)).unwrap();
    let result = transfer.perform();
    let (writer, _) = transfer.into_handler().into_parts();
    let log = String::from_utf8(writer).unwrap();
    assert!(log.starts_with("* "), "{what}: {result:?}: {log}");
    for trace in secrets.iter().flat_map(Secret::traces) {
        assert!(!log.contains(&trace), "{what}: {trace} is in\n{log}");
    }
}

/// Sets options of an HTTP request at random, some of them with new secrets.
fn fill<H: Callbacks>(
    transfer: &mut Transfer<H>,
    url: &str,
    random: &mut Random,
    secrets: &mut Vec<Secret>,
) {
    let secret = |secrets: &mut Vec<Secret>, random: &mut Random| {
        secrets.push(Secret::new(random));
        secrets.last().unwrap().text.clone()
    };
    let mut url = url.to_owned();
    if random.below(2) == 0 {
        let user = secret(secrets, random);
        let password = secret(secrets, random);
        url = url.replacen("//", &format!("//{user}:{password}@"), 1);
    }
    if random.below(2) == 0 {
        url += &format!("?a={}&b", secret(secrets, random));
    }
    if random.below(3) == 0 {
        url += &format!("#{}", secret(secrets, random));
    }
    transfer.url(&url).unwrap();
    match random.below(4) {
        0 => {
            transfer.username(secret(secrets, random)).unwrap();
            transfer.password(secret(secrets, random)).unwrap();
            let schemes = [Auth::BASIC, Auth::DIGEST, Auth::ANY];
            transfer.http_auth(schemes[random.below(3)]).unwrap();
        }
        1 => {
            let bearer = format!("Authorization: Bearer {}", secret(secrets, random));
            transfer.http_headers([bearer]).unwrap();
        }
        2 => {
            let key = format!("X-Api-Key: {}", secret(secrets, random));
            let referer = format!("Referer: http://a/?b={}", secret(secrets, random));
            transfer.http_headers([key, referer]).unwrap();
        }
        _ => {}
    }
    if random.below(2) == 0 {
        let cookie = format!("name={}", secret(secrets, random));
        transfer.cookie(&cookie).unwrap();
        transfer.cookie_file("").unwrap();
    }
}

fn head_of(marker: &str, port: u16) -> String {
    format!(
        "Set-Cookie: sid={marker}; Path=/\r\nLocation: \
         http://me:{marker}@127.0.0.1:{port}/new?key={marker}#{marker}\r\n\
         WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\nContent-Location: /?{marker}\r\n"
    )
}

#[test]
fn no_secret_of_http_is_in_the_log() {
    let mut random = Random::new(0x2545_f491_4f6c_dd1d);
    for _ in 0..rounds(60, 2000) {
        let answer = Secret::new(&mut random);
        let marker = answer.marker.clone();
        let status = ["200 OK", "302 Found", "401 No"][random.below(3)];
        let server = Server::new(move |conn: &mut Conn| {
            while let Some(request) = conn.request() {
                let port = request
                    .header("host")
                    .and_then(|host| host.rsplit_once(':'));
                let port = port.and_then(|(_, port)| port.parse().ok()).unwrap_or(80);
                match request.line.contains("/new") || request.line.starts_with("CONNECT") {
                    true => conn.reply("200 OK", "", "new"),
                    false => conn.reply(status, &head_of(&marker, port), "body"),
                }
            }
        });
        let mut secrets = vec![answer];
        let mut transfer = logged((), "http://127.0.0.1/");
        fill(
            &mut transfer,
            &server.url("/path"),
            &mut random,
            &mut secrets,
        );
        transfer.follow_location(true).unwrap();
        transfer.unrestricted_auth(true).unwrap();
        transfer.max_redirections(2).unwrap();
        if random.below(3) == 0 {
            let (user, password) = (Secret::new(&mut random), Secret::new(&mut random));
            let scheme = ["http://", "", "wrong:// "][random.below(3)];
            let address = server.address();
            let proxy = format!("{scheme}{}:{}@{address}", user.text, password.text);
            transfer.proxy(&proxy).unwrap();
            transfer.http_proxy_tunnel(random.below(2) == 0).unwrap();
            secrets.extend([user, password]);
        }
        assert_hidden("http", transfer, &secrets);
    }
}

#[test]
fn no_secret_of_http_2_is_in_the_log() {
    let Some(server) = H2Server::new(b"body") else {
        return;
    };
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds(20, 500) {
        let mut secrets = Vec::new();
        let mut transfer = logged((), "http://127.0.0.1/");
        server.whole(&mut transfer);
        let url = server.url("file");
        fill(&mut transfer, &url, &mut random, &mut secrets);
        let log = {
            transfer.perform().unwrap();
            log_of(&transfer)
        };
        assert!(log.contains("> GET /file"), "{log}");
        // Some releases do not report the headers of HTTP/2 a second time, as messages.
        let reports = log.contains(":path: /file") || is_before((7, 88, 0));
        assert!(reports, "{log}");
        assert_hidden("http 2", transfer, &secrets);
    }
}

#[test]
fn no_secret_of_ftp_is_in_the_log() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "body");
    let mut random = Random::new(0xd1b5_4a32_d192_ed03);
    for round in 0..rounds(10, 200) {
        let secrets: Vec<_> = (0..3).map(|_| Secret::new(&mut random)).collect();
        let mut transfer = logged((), &server.url("file"));
        transfer.username(&secrets[0].text).unwrap();
        transfer.password(&secrets[1].text).unwrap();
        transfer.ftp_account(&secrets[2].text).unwrap();
        transfer
            .quote([format!("SITE {}", secrets[2].text), "NOOP".to_owned()])
            .unwrap();
        if round % 2 == 0 {
            let url = server.url("file").replacen(
                "//",
                &format!("//{}:{}@", secrets[0].marker, secrets[1].marker),
                1,
            );
            transfer.url(&url).unwrap();
        }
        assert_hidden("ftp", transfer, &secrets);
    }
    assert!(
        server
            .commands()
            .iter()
            .any(|line| line.starts_with("PASS "))
    );
}

#[cfg(unix)]
#[test]
fn no_secret_of_ssh_is_in_the_log() {
    let Some(server) = Sshd::start() else { return };
    let mut random = Random::new(0x0bad_5eed_0bad_5eed);
    for _ in 0..rounds(2, 20) {
        let secrets: Vec<_> = (0..2).map(|_| Secret::new(&mut random)).collect();
        let mut transfer = server.transfer(Log::new(Vec::new()), "file");
        transfer.verbose(true).unwrap();
        transfer
            .ssh_auth_types(curlback::SshAuth::PASSWORD)
            .unwrap();
        transfer.username(&secrets[0].text).unwrap();
        transfer.password(&secrets[1].text).unwrap();
        assert_hidden("ssh", transfer, &secrets);
    }
}

/// Makes a server that speaks as much of SMTP, POP3 or IMAP as a login needs.
fn mail_server(scheme: &'static str, mechanism: &'static str) -> Server {
    Server::new(move |conn| {
        let step = if scheme == "smtp" { "334 " } else { "+ " };
        conn.send(match scheme {
            "smtp" => "220 hi\r\n",
            "pop3" => "+OK hi\r\n",
            _ => "* OK hi\r\n",
        });
        let mut tag = String::new();
        // How many steps of the login are still to come.
        let mut steps = 0;
        while let Some(line) = conn.line() {
            conn.keep(&Request {
                line: line.clone(),
                ..Request::default()
            });
            let mut words = line.split(' ');
            if scheme == "imap" && steps == 0 {
                tag = words.next().unwrap_or_default().to_owned();
            }
            let command = words.next().unwrap_or_default();
            let begins = steps == 0 && command.starts_with("AUTH");
            if begins {
                steps = if mechanism == "LOGIN" { 3 } else { 2 };
                // If the client has sent its first answer with the command, there is one step less.
                steps -= words.count() - 1;
            }
            steps = usize::saturating_sub(steps, 1);
            let answer = match (scheme, command) {
                _ if steps > 0 => step.to_owned(),
                ("smtp", "EHLO") => format!("250-hi\r\n250 AUTH {mechanism}"),
                ("smtp", "DATA") => "354 go".to_owned(),
                ("smtp", _) => "235 in".to_owned(),
                ("pop3", "CAPA") if mechanism.is_empty() => "+OK\r\nUSER\r\n.".to_owned(),
                ("pop3", "CAPA") => format!("+OK\r\nSASL {mechanism}\r\n."),
                ("pop3", _) => "+OK\r\n.".to_owned(),
                (_, "CAPABILITY") if mechanism.is_empty() => {
                    format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done")
                }
                (_, "CAPABILITY") => {
                    format!("* CAPABILITY IMAP4rev1 AUTH={mechanism}\r\n{tag} OK done")
                }
                _ => format!("{tag} OK done"),
            };
            conn.send(format!("{answer}\r\n"));
        }
    })
}

#[test]
fn no_secret_of_mail_is_in_the_log() {
    let mut random = Random::new(0x1234_5678_9abc_def1);
    for (scheme, mechanism) in [
        ("smtp", "PLAIN"),
        ("smtp", "LOGIN"),
        ("smtp", "XOAUTH2"),
        ("smtp", "CRAM-MD5"),
        ("pop3", ""),
        ("pop3", "PLAIN"),
        ("pop3", "LOGIN"),
        ("imap", ""),
        ("imap", "PLAIN"),
        ("imap", "LOGIN"),
    ] {
        if !speaks(scheme) {
            return;
        }
        let server = mail_server(scheme, mechanism);
        for round in 0..rounds(4, 50) {
            let secrets: Vec<_> = (0..3).map(|_| Secret::new(&mut random)).collect();
            let body = ReadFrom::new(Cursor::new("Subject: hello\r\n\r\nthere\r\n"));
            let url = format!("{scheme}://{}/1", server.address());
            let mut transfer = logged(body, &url);
            transfer.username(&secrets[0].text).unwrap();
            transfer.password(&secrets[1].text).unwrap();
            if mechanism == "XOAUTH2" {
                transfer.xoauth2_bearer(&secrets[2].text).unwrap();
            }
            transfer.sasl_ir(round % 2 == 0).unwrap();
            if scheme == "smtp" {
                transfer.mail_from("me@host.test").unwrap();
                transfer.mail_rcpt(["you@host.test"]).unwrap();
            }
            transfer.upload(scheme == "smtp").unwrap();
            let lines = server.requests().len();
            assert_hidden(scheme, transfer, &secrets);
            // The login has gone far enough for the client to send the secret.
            let sent: String = server.requests()[lines..]
                .iter()
                .map(|request| format!("{}\n", request.line))
                .collect();
            let secret = &secrets[if mechanism == "XOAUTH2" { 2 } else { 1 }];
            let is_sent = secret.traces().iter().any(|trace| sent.contains(trace));
            let is_sent = is_sent || mechanism == "CRAM-MD5";
            let in_steps = decoded(&sent).contains(&secret.marker);
            assert!(is_sent || in_steps, "{scheme} {mechanism}: {sent}");
        }
    }
}

/// Returns all words that are base64, decoded and joined.
fn decoded(sent: &str) -> String {
    let words = sent.split_whitespace();
    let decoded = words.filter_map(|word| STANDARD.decode(word).ok());
    decoded
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}
