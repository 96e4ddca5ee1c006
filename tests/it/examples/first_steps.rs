//! The examples of what most programs do first, as programs that a user runs.

use crate::support::built_in::https_by_openssl;
use crate::support::example::{assert_failure, assert_success, run};
use crate::support::server::Server;
use crate::support::servers::redirecting_to;
use crate::support::skip::{needs, skip};
use crate::support::tls_server::{Identity, TlsServer};

/// Runs the example without arguments, asserts that it succeeds, and returns what it prints.
/// Returns `None` if the example is not built.
fn alone(name: &str) -> Option<String> {
    let output = run(name, &[])?;
    let stdout = assert_success(&output);
    assert!(
        output.stderr.iter().filter(|byte| **byte == b'\n').count() < 50,
        "{output:?}"
    );
    Some(stdout)
}

fn not_found() -> Server {
    Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("404 Not Found", "", "nothing here");
        }
    })
}

#[test]
fn simple_prints_the_body() {
    let Some(stdout) = alone("simple") else {
        return;
    };
    assert_eq!(stdout, "hello\n");
    let server = Server::ok("the body");
    let redirects = redirecting_to(server.url("/"));
    let output = run("simple", &[&redirects.url("/")]).unwrap();
    assert_eq!(assert_success(&output), "the body");
    let output = run("simple", &[&not_found().url("/")]).unwrap();
    assert_failure(&output, "404");
    assert_eq!(output.stdout, b"");
}

#[test]
fn simple_trusts_the_certificates_of_a_file() {
    if !https_by_openssl() {
        return;
    }
    let authority = Identity::authority();
    let server = TlsServer::ok(&authority.vouch_for("127.0.0.1"), "a secret");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, authority.pem()).unwrap();
    let path = file.path().to_str().unwrap();
    let Some(output) = run("simple", &["--cacert", path, &server.url("/")]) else {
        return;
    };
    assert_eq!(assert_success(&output), "a secret");
    let output = run("simple", &[&server.url("/")]).unwrap();
    assert_failure(&output, "certificate");
}

#[test]
fn get_in_memory_tells_what_the_response_is() {
    let Some(stdout) = alone("get_in_memory") else {
        return;
    };
    assert!(stdout.starts_with("status 200 from http://127"), "{stdout}");
    let rest = "/greeting\n23 bytes of text/plain; charset=utf-8\nyou asked for /greeting\n";
    assert!(stdout.ends_with(&rest), "{stdout}");

    let output = run("get_in_memory", &[&not_found().url("/x")]).unwrap();
    let stdout = assert_success(&output);
    assert!(stdout.starts_with("status 404 from "), "{stdout}");
    assert!(stdout.ends_with("\n12 bytes of unknown type\nnothing here\n"));

    let binary = Server::ok([0xff, 0xfe]);
    let output = run("get_in_memory", &[&binary.url("/")]).unwrap();
    assert!(assert_success(&output).ends_with("2 bytes of unknown type\n(not text)\n"));

    let large = Server::ok(vec![b'x'; (16 << 20) + 1]);
    let output = run("get_in_memory", &[&large.url("/")]).unwrap();
    assert_failure(&output, "more than 16777216 bytes");
}

#[test]
fn post_sends_fields_and_json() {
    let Some(stdout) = alone("post") else {
        return;
    };
    assert!(stdout.starts_with("POST / HTTP/1.1\r\n"), "{stdout}");
    let form = "\nname=R%C3%A9mi%20%26%20co&note=1%20%2B%201%20%3D%202\n";
    assert!(stdout.ends_with(form), "{stdout}");

    let server = Server::ok("thanks");
    let url = server.url("/");
    let output = run("post", &[&url, "a=b=c", "d=&"]).unwrap();
    assert_eq!(assert_success(&output), "thanks");
    let output = run("post", &["--data", "{\"a\": 1}", "--method", "PUT", &url]).unwrap();
    assert_success(&output);
    let xml = ["--data", "<a/>", "--type", "text/xml", &url];
    assert_success(&run("post", &xml).unwrap());
    let requests = server.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| {
            let method = request.line.split(' ').next().unwrap();
            let kind = request.header("content-type").unwrap();
            (method, kind, std::str::from_utf8(&request.body).unwrap())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("POST", "application/x-www-form-urlencoded", "a=b%3Dc&d=%26"),
            ("PUT", "application/json", "{\"a\": 1}"),
            ("POST", "text/xml", "<a/>"),
        ]
    );

    let output = run("post", &[&url, "field"]).unwrap();
    assert_failure(&output, "a field is NAME=VALUE");
    let output = run("post", &[&not_found().url("/"), "a=b"]).unwrap();
    assert_failure(&output, "the server answered with status 404");
    assert_eq!(output.stdout, b"nothing here");
}

#[test]
fn cookies_are_kept_printed_and_stored() {
    let Some(stdout) = alone("cookies") else {
        return;
    };
    assert_eq!(stdout, "127.0.0.1 / visits=1\n127.0.0.1 / visits=2\n");

    needs!((7, 62, 0), "CURLU");
    let server = Server::new(|conn| {
        while conn.request().is_some() {
            conn.reply("200 OK", "Set-Cookie: s=1; Max-Age=60; HttpOnly\r\n", "");
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let jar = directory.path().join("jar");
    let args = [
        "--jar",
        jar.to_str().unwrap(),
        "--add",
        "mine=2",
        &server.url("/"),
    ];
    let output = run("cookies", &args).unwrap();
    let stdout = assert_success(&output);
    // Some releases print a dot before the domain of `mine=2`, which is an IP address here.
    let lines = stdout.lines().map(|line| line.trim_start_matches('.'));
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable();
    assert_eq!(lines, ["127.0.0.1 / mine=2", "127.0.0.1 / s=1"]);
    // The next process reads both cookies from the file.
    let args = ["--jar", jar.to_str().unwrap(), &server.url("/")];
    assert_success(&run("cookies", &args).unwrap());
    let requests = server.requests();
    assert_eq!(requests[0].header("cookie"), Some("mine=2"));
    let sent = requests[1].header("cookie").unwrap();
    assert!(sent.contains("s=1") && sent.contains("mine=2"), "{sent}");
    let stored = std::fs::read_to_string(jar).unwrap();
    assert!(stored.contains("\ts\t1"), "{stored}");
}

#[test]
fn response_headers_prints_those_of_redirects_too() {
    needs!((7, 83, 0), "headers of a response");
    let Some(output) = run("response_headers", &[]) else {
        return;
    };
    let stdout = assert_success(&output);
    assert_eq!(
        stdout,
        "response 1\n  Location: /there\n  Content-Length: 0\n\
         response 2\n  Via: one\n  Via: two\n  Content-Length: 5\nstatus 200\n"
    );
    let server = Server::new(|conn| {
        conn.request();
        conn.reply("200 OK", "X-A: 1\r\nX-B: \x1b\r\nx-a: 2\r\n", "");
    });
    let output = run("response_headers", &["--name", "X-A", &server.url("/")]).unwrap();
    assert_eq!(assert_success(&output), "1\n2\n");
    let output = run("response_headers", &["--name", "x-b", &server.url("/")]).unwrap();
    assert_eq!(assert_success(&output), "\\x1b\n");
    let output = run("response_headers", &["--name", "x-c", &server.url("/")]).unwrap();
    assert_failure(&output, "the response has no x-c");
}

#[test]
fn parse_url_prints_parts_and_follows_links() {
    needs!((7, 62, 0), "CURLU");
    let Some(stdout) = alone("parse_url") else {
        return;
    };
    let url = "URL: https://me@example.org/other?q=a&name=R%c3%a9mi%20%26%20co\n";
    let space = stdout.to_lowercase().replace('+', "%20");
    assert!(space.ends_with(&url.to_lowercase()), "{stdout}");
    assert!(stdout.contains("port: 443\npath: /other\n"), "{stdout}");

    let output = run("parse_url", &["example.test/a%20b#c"]).unwrap();
    assert_eq!(
        assert_success(&output),
        "scheme: https\nhost: example.test\nport: 443\npath: /a b\nfragment: c\n\
         URL: https://example.test/a%20b#c\n"
    );
    let output = run("parse_url", &["http://h.test/a/b", "//i.test:81/%ff"]).unwrap();
    // Some releases write the digits of an escape such as `%ff` in capitals.
    let stdout = assert_success(&output).to_lowercase();
    assert!(
        stdout.contains("host: i.test\nport: 81\npath: /%ff\n"),
        "{stdout}"
    );
    let output = run("parse_url", &["http://a b/"]).unwrap();
    assert_failure(&output, "URL");
}

#[test]
fn check_speed_prints_each_step() {
    let Some(stdout) = alone("check_speed") else {
        return;
    };
    assert!(stdout.contains("\n67108864 bytes, "), "{stdout}");
    let server = Server::ok("12345");
    let output = run("check_speed", &[&server.url("/")]).unwrap();
    let stdout = assert_success(&output);
    for step in ["connected ", "first byte ", "last byte "] {
        assert!(
            stdout.lines().any(|line| line.starts_with(step)),
            "{stdout}"
        );
    }
    assert!(!stdout.contains("TLS"), "{stdout}");
    assert!(
        stdout.lines().last().unwrap().starts_with("5 bytes, "),
        "{stdout}"
    );
    let output = run("check_speed", &[&not_found().url("/")]).unwrap();
    assert_failure(&output, "404");
}

#[test]
fn shared_connections_are_fewer_than_transfers() {
    let Some(stdout) = alone("shared_connections") else {
        return;
    };
    let numbers: Vec<u32> = stdout
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    assert_eq!(numbers.len(), 3, "{stdout}");
    assert_eq!(numbers[0], 20);
    assert!((1..=4).contains(&numbers[1]), "{stdout}");
    assert_eq!(numbers[1], numbers[2], "{stdout}");
    let output = run("shared_connections", &[&not_found().url("/")]).unwrap();
    assert_failure(&output, "404");
}

#[test]
fn cert_info_prints_the_chain() {
    let Some(output) = run("cert_info", &[]) else {
        return;
    };
    if !curlback::version().has_protocol("https") {
        assert_failure(&output, "the linked libcurl has no TLS");
        return skip!("the linked libcurl has no TLS");
    }
    if !https_by_openssl() {
        return;
    }
    let stdout = assert_success(&output);
    assert!(stdout.starts_with("certificate 0\n  Subject: "), "{stdout}");
    assert_eq!(
        stdout.matches("an example of curlback").count(),
        2,
        "{stdout}"
    );
    // Some releases leave the space out.
    let names = stdout.replace("IPAddress:", "IP Address:");
    assert!(names.contains("IP Address:127.0.0.1"), "{stdout}");

    let authority = Identity::authority();
    let identity = authority.vouch_for("127.0.0.1");
    let server = TlsServer::ok(&identity, "");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, authority.pem()).unwrap();
    let path = file.path().to_str().unwrap();
    let args = ["--cacert", path, "--field", "Cert", &server.url("/")];
    let output = run("cert_info", &args).unwrap();
    assert!(assert_success(&output).as_bytes() == identity.pem());
    let output = run("cert_info", &[&server.url("/")]).unwrap();
    assert_failure(&output, "certificate");
}
