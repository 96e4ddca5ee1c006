use super::Redactor;
use crate::DebugKind::{self, HeaderIn, HeaderOut, Text};

fn report(redactor: &mut Redactor, kind: DebugKind, data: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let print = |mark, line: &str| {
        lines.push(format!("{mark} {line}"));
        Ok::<(), ()>(())
    };
    redactor.report(kind, data, print).unwrap();
    lines
}

#[track_caller]
fn assert_shown(kind: DebugKind, data: &str, expected: &str) {
    let lines = report(
        &mut Redactor::default(),
        kind,
        format!("{data}\r\n").as_bytes(),
    );
    assert_eq!(lines, [expected]);
}

#[test]
fn messages_keep_all_but_secrets() {
    for (message, expected) in [
        (
            "Connection #0 to host 127.0.0.1 left intact",
            "* Connection #0 to host 127.0.0.1 left intact",
        ),
        (
            "Issue another request to this URL: 'http://me:pw@host/a?b=c&d#e'",
            "* Issue another request to this URL: 'http://[redacted]@host/a?b=[redacted]&[redacted]#[redacted]'",
        ),
        (
            "Issue another request to this URL: 'http://q7x9token55@host/'",
            "* Issue another request to this URL: [redacted]",
        ),
        (
            "Issue another request to this URL: 'http://a%3atoken:x@host/'",
            "* Issue another request to this URL: [redacted]",
        ),
        ("Bytes of a\u{a0}secretive kind", "* Bytes of a [redacted]"),
        (
            "[HTTP/2] [1] [:path: /a b?c=d]",
            "* [HTTP/2] [1] [:path: /a b?c=[redacted]]",
        ),
        (
            "[HTTP/2] [1] [authorization: Basic bWU6cHc=]",
            "* [HTTP/2] [1] [authorization: [redacted]]",
        ),
        ("h2h3 [cookie: a=[b]; c]", "* h2h3 [cookie: [redacted]]"),
        (
            "[HTTP/2] [1] [user-agent: me/1]",
            "* [HTTP/2] [1] [user-agent: me/1]",
        ),
        (
            "[HTTP/2] [1] [cookie: a=b...",
            "* [HTTP/2] [1] [cookie: [redacted]",
        ),
        (
            "Added cookie sid=\"abc\" for domain host",
            "* Added cookie [redacted]",
        ),
        (
            "Server auth using Basic with user 'me'",
            "* Server auth using Basic with user [redacted]",
        ),
        ("SSH: password two\nlines", "* SSH: password [redacted]"),
        (
            "Uses proxy env variable http_proxy == 'http://me:p w@host:1'",
            "* Uses proxy env variable http_proxy == '[redacted]@host:1'",
        ),
        (
            "  Proxy-Authorization: Basic bWU6cHc=",
            "* Proxy-Authorization: [redacted]",
        ),
        (
            "Unknown 'http://me:1 pw@host'",
            "* Unknown 'http://[redacted]@host'",
        ),
        ("URL 'http://me:pw...", "* URL 'http://[redacted]"),
        ("two\nlines \x1b[0m", "* two\\nlines \\u{1b}[0m"),
        ("Connected to [::1] port 80", "* Connected to [::1] port 80"),
        ("see http://host:80, please", "* see http://host:80, please"),
    ] {
        assert_shown(Text, message, expected);
    }
}

#[test]
fn requests_keep_all_but_secrets() {
    for (line, expected) in [
        (
            "GET /a?b=c d&&YWJj== HTTP/1.1",
            "> GET /a?b=[redacted]&&[redacted] HTTP/1.1",
        ),
        (
            "GET http://me:p/w@host/?q HTTP/1.1",
            "> GET http://me:p/w@host/?[redacted] HTTP/1.1",
        ),
        (
            "GET ftp://me:pw@host/@x HTTP/1.1",
            "> GET ftp://[redacted]@host/@x HTTP/1.1",
        ),
        ("Host: host:80", "> Host: host:80"),
        (
            "authorization: Bearer abc",
            "> authorization: Bearer [redacted]",
        ),
        ("Authorization: my secret", "> Authorization: [redacted]"),
        ("Cookie: a=b; c=d", "> Cookie: [redacted]"),
        ("X-Auth-Token: abc", "> X-Auth-Token: [redacted]"),
        (
            "Referer: https://me@host/a?b c",
            "> Referer: https://[redacted]@host/a?[redacted]",
        ),
        ("USER me", "> USER [redacted]"),
        ("pass me: x", "> pass [redacted]"),
        ("RETR dir/file", "> RETR dir/file"),
        ("A001 LOGIN \"me\" \"pw\"", "> A001 LOGIN [redacted]"),
        ("A002 SELECT INBOX", "> A002 SELECT INBOX"),
        ("AUTH PLAIN bWU6cHc=", "> AUTH PLAIN [redacted]"),
        ("AUTH bWU6cHc=", "> AUTH [redacted]"),
        (
            "A003 AUTHENTICATE XOAUTH2 abc",
            "> A003 AUTHENTICATE XOAUTH2 [redacted]",
        ),
        (
            "MAIL FROM:<me@host> SIZE=1",
            "> MAIL [redacted]@host> SIZE=1",
        ),
        ("bWU6cHc=", "> [redacted]"),
        ("X-Own: a\x01b", "> [redacted]"),
    ] {
        assert_shown(HeaderOut, line, expected);
    }
}

#[test]
fn responses_keep_all_but_secrets() {
    for (line, expected) in [
        ("HTTP/1.1 200 OK", "< HTTP/1.1 200 OK"),
        ("Set-Cookie: a=b", "< Set-Cookie: [redacted]"),
        (
            "Location: /a?b=c d#e",
            "< Location: /a?b=[redacted]#[redacted]",
        ),
        (
            "location: //me:p w@host/a",
            "< location: //[redacted]@host/a",
        ),
        ("334 UGFzc3dvcmQ6", "< 334 [redacted]"),
        ("+ UGFzc3dvcmQ6", "< + [redacted]"),
        ("+OK", "< +OK"),
        ("230 in", "< 230 in"),
    ] {
        assert_shown(HeaderIn, line, expected);
    }
}

#[test]
fn lines_may_come_in_pieces_and_together() {
    let head = "GET /?q=secret HTTP/1.1\r\nCookie: secret\r\n  secret\r\nAccept: */*\r\n\r\n";
    let expected = [
        "> GET /?q=[redacted] HTTP/1.1",
        "> Cookie: [redacted]",
        ">  [redacted]",
        "> Accept: */*",
        "> ",
    ];
    for size in 1..=head.len() {
        let mut redactor = Redactor::default();
        let pieces = head.as_bytes().chunks(size);
        let lines: Vec<_> = pieces
            .flat_map(|piece| report(&mut redactor, HeaderOut, piece))
            .collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn step_of_a_login_is_hidden_whatever_it_looks_like() {
    let mut redactor = Redactor::default();
    report(&mut redactor, HeaderOut, b"AUTH LOGIN\r\n");
    for step in ["DATA", "QUIT", "Accept: x", "GET / HTTP/1.1"] {
        assert_eq!(
            report(&mut redactor, HeaderIn, b"334 abc\r\n"),
            ["< 334 [redacted]"]
        );
        let sent = report(&mut redactor, HeaderOut, format!("{step}\r\n").as_bytes());
        assert_eq!(sent, ["> [redacted]"]);
    }
    report(&mut redactor, HeaderIn, b"235 in\r\n");
    assert_eq!(report(&mut redactor, HeaderOut, b"DATA\r\n"), ["> DATA"]);
}

#[test]
fn line_without_an_end_takes_no_memory() {
    let mut redactor = Redactor::default();
    for _ in 0..40 {
        assert!(report(&mut redactor, HeaderIn, &[b'x'; 100_000]).is_empty());
        assert!(redactor.received.buffer.len() < 1_200_000);
    }
    let lines = report(&mut redactor, HeaderIn, b"\nX: y\n");
    assert_eq!(lines, ["< [a line of more than 1048576 bytes]", "< X: y"]);
}

#[test]
fn whatever_comes_is_printed_in_whole_lines() {
    const PIECES: [&str; 24] = [
        "//", "@", "?", "#", "&", "=", "'", "\"", "[", "]", ": ", ":", " ", "\t", "\r\n", "\n",
        "é", "\u{2028}", "\0", "user", "proxy", "A001 ", "AUTH ", "HTTP/1.1",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).unwrap()
    };
    let mut redactor = Redactor::default();
    for _ in 0..20_000 {
        let text: String = (0..next(12)).map(|_| PIECES[next(PIECES.len())]).collect();
        // The cut may split a character, so that the bytes are not UTF-8.
        let end = next(text.len() + 1);
        let kind = [Text, HeaderIn, HeaderOut][next(3)];
        for line in report(&mut redactor, kind, &text.as_bytes()[..end]) {
            let controls = line
                .chars()
                .filter(|char| char.is_control() && *char != '\t');
            assert_eq!(controls.count(), 0, "{line:?}");
        }
    }
}
