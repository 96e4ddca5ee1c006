//! Random bodies in both directions, many at a time. Some are read in small pieces, and some readers are
//! dropped.

use std::io::{ErrorKind, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use curlback::agent::{Opened, Started};
use curlback::{Agent, Callback, Code, Error, HttpVersion, Transfer};
use tempfile::NamedTempFile;

use crate::support::built_in::{ftp, https};
use crate::support::child::{child_at, in_child};
use crate::support::descriptors::descriptors;
use crate::support::ftp_server::FtpServer;
use crate::support::h2_server::H2Server;
use crate::support::pulled::{Notes, Random, pattern, transfer};
use crate::support::rounds::rounds;
use crate::support::server::Server;
use crate::support::skip::{is_between, skip};
use crate::support::tls_server::Identity;

/// For `/LEN-SENT`, announces a body of `LEN` bytes and sends the first `SENT` of them. Sends the
/// body of an upload back.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            if !request.line.starts_with("GET ") {
                conn.reply("200 OK", "", request.body);
                continue;
            }
            let mut numbers = (request.line)
                .split(['/', '-', ' '])
                .filter_map(|number| number.parse().ok());
            let (len, sent): (usize, usize) = (numbers.next().unwrap(), numbers.next().unwrap());
            conn.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n"));
            conn.send(&pattern(len)[..sent]);
            if sent < len {
                return;
            }
        }
    })
}

#[test]
fn random_transfers_lose_no_byte_and_leave_nothing_behind() {
    let test = "agent::chaos::random_transfers_lose_no_byte_and_leave_nothing_behind";
    search(test, Protocol::Http1, || {
        let server = server();
        Some((server.url("/"), server))
    });
}

#[test]
fn random_streams_lose_no_byte_and_leave_nothing_behind() {
    let test = "agent::chaos::random_streams_lose_no_byte_and_leave_nothing_behind";
    search(test, Protocol::Http2, || {
        let server = server();
        let front = H2Server::before(&server)?;
        Some((front.url(""), (front, server)))
    });
}

#[test]
fn random_streams_over_tls_lose_no_byte_and_leave_nothing_behind() {
    let test = "agent::chaos::random_streams_over_tls_lose_no_byte_and_leave_nothing_behind";
    if !https() {
        return;
    }
    search(test, Protocol::Http2Tls, || {
        let server = server();
        let front = H2Server::before(&server)?;
        Some((front.tls_url(""), (front, server)))
    });
}

#[test]
fn random_files_lose_no_byte_and_leave_nothing_behind() {
    let test = "agent::chaos::random_files_lose_no_byte_and_leave_nothing_behind";
    if !ftp() {
        return;
    }
    if is_between((7, 69, 0), (7, 77, 0)) {
        return skip!("the linked libcurl cannot resume FTP");
    }
    search(test, Protocol::Ftp, || {
        let server = FtpServer::patterns(pattern);
        Some((server.url(""), server))
    });
}

/// Runs a test again in a process of its own. The servers run in the parent process.
fn search<S>(test: &str, protocol: Protocol, servers: impl FnOnce() -> Option<(String, S)>) {
    if let Some(url) = in_child() {
        run(&Aim::new(url, protocol));
    } else if let Some((url, _servers)) = servers() {
        child_at(test, &url);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
    Http2Tls,
    Ftp,
}

/// The URL of the servers, and the protocol.
struct Aim {
    url: String,
    protocol: Protocol,
    /// How many transfers the server has ended for a reason of its own.
    lost: AtomicU64,
    /// How many file names uploads have taken.
    uploads: AtomicU64,
    /// A file with one authority, which no server has. libcurl before 7.80.0 parses the authorities for each connection,
    /// although nothing is verified, and those of the system would take most of the time.
    authority: NamedTempFile,
}

impl Aim {
    fn new(url: String, protocol: Protocol) -> Aim {
        let mut authority = NamedTempFile::new().unwrap();
        authority.write_all(&Identity::authority().pem()).unwrap();
        Aim {
            url,
            protocol,
            lost: AtomicU64::new(0),
            uploads: AtomicU64::new(0),
            authority,
        }
    }

    /// Returns whether the server has ended the transfer for a reason of its own, and counts it. An HTTP/2 server closes
    /// a connection after a thousand streams. libcurl then sends an upload again, but the crate no longer has the body.
    /// The FTP server gives up if a data connection takes too long.
    fn is_lost(&self, error: &Error) -> bool {
        let is_lost = match self.protocol {
            Protocol::Http1 => false,
            Protocol::Http2 | Protocol::Http2Tls => error.callback() == Some(Callback::Seek),
            Protocol::Ftp => error.code() == Some(Code::SEND_ERROR),
        };
        self.lost.fetch_add(is_lost.into(), Ordering::Relaxed);
        is_lost
    }

    /// Checks that a transfer has failed if its body is cut, and otherwise only if the server has ended it.
    fn check(&self, result: Result<(), Error>, cut: bool) {
        let codes = [Code::PARTIAL_FILE, Code::HTTP2_STREAM];
        match result {
            Ok(()) => assert!(!cut),
            Err(error) if cut && error.code().is_some_and(|code| codes.contains(&code)) => {}
            Err(error) => assert!(self.is_lost(&error), "{error}"),
        }
    }

    fn transfer(&self, path: &str) -> Transfer<Notes> {
        let mut transfer = transfer(Notes::default(), &format!("{}{path}", self.url));
        let version = match self.protocol {
            Protocol::Http1 => return transfer,
            Protocol::Ftp => {
                // With this option, libcurl removes old addresses whenever a transfer ends.
                transfer.dns_cache_timeout(Some(Duration::ZERO)).unwrap();
                return transfer;
            }
            Protocol::Http2 => HttpVersion::V2PriorKnowledge,
            Protocol::Http2Tls => {
                transfer.ssl_verify_peer(false).unwrap();
                transfer.cainfo(self.authority.path()).unwrap();
                HttpVersion::V2Tls
            }
        };
        transfer.http_version(version).unwrap();
        transfer
    }
}

fn run(aim: &Aim) {
    let agent = Agent::new().unwrap();
    agent.shutdown();
    let before = descriptors();
    let agent = Agent::builder().max_connects(10).build().unwrap();
    let left = AtomicU64::new(rounds(240, 4000) as u64);
    thread::scope(|scope| {
        // With `CURLBACK_LONG`, 200 threads make transfers at a time.
        let begin = |seed: u64| {
            let (agent, left) = (&agent, &left);
            scope.spawn(move || {
                let mut random = Random::new(0x9e37_79b9_7f4a_7c15 ^ (seed << 20));
                let take = |left: u64| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    match random.below(3) {
                        0 => send(agent, aim, &mut random),
                        _ => receive(agent, aim, &mut random),
                    }
                }
            })
        };
        let threads: Vec<_> = (1..=rounds(24, 200) as u64).map(begin).collect();
        // ThreadSanitizer sees how a `join` waits, but not how the end of the scope does.
        threads.into_iter().for_each(|it| it.join().unwrap());
    });
    agent.shutdown();
    drop(agent);
    assert_eq!(descriptors(), before);
    let lost = aim.lost.load(Ordering::Relaxed);
    // The FTP server gives up more often if the machine is busy.
    let part = if aim.protocol == Protocol::Ftp { 2 } else { 20 };
    assert!(lost < rounds(240, 4000) as u64 / part, "{lost}");
}

fn length(random: &mut Random) -> usize {
    match random.below(4) {
        0 => random.below(50),
        1 => random.below(100_000),
        _ => random.below(3 << 20),
    }
}

/// Downloads a body, in one of the ways that an agent has.
fn receive(agent: &Agent, aim: &Aim, random: &mut Random) {
    let len = length(random);
    let cut = random.below(5) == 0 && len > 0;
    let sent = if cut { random.below(len) } else { len };
    let get = aim.transfer(&format!("{len}-{sent}"));
    if random.below(4) == 0 {
        let started: Started<Notes> = agent.start(get);
        if random.below(3) == 0 {
            return;
        }
        let (get, result) = started.wait();
        assert!(get.handler().written <= sent);
        aim.check(result, cut);
        return;
    }
    let limit = [1, 1000, 1 << 18][random.below(3)];
    let opening = agent.open_with_limit(get, limit);
    if random.below(10) == 0 {
        return;
    }
    let mut response: Opened<Notes> = match opening.wait() {
        Ok(response) => response,
        Err(error) => return aim.check(Err(error.into()), cut),
    };
    let body = pattern(len);
    let stop = match random.below(3) {
        0 => random.below(len + 1),
        _ => usize::MAX,
    };
    let (mut at, mut failed) = (0, false);
    let mut buffer = vec![0; 1 + random.below(40_000)];
    while at < stop {
        match response.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                assert!(buffer[..count] == body[at..at + count], "at {at}");
                at += count;
            }
            Err(error) => {
                aim.check(Err(inner(error)), cut);
                failed = true;
                break;
            }
        }
    }
    let ended = at < stop && !failed;
    assert!(!ended || at == len && !cut, "{at} of {len}");
    match random.below(3) {
        0 => {}
        1 => response.drain_on_drop(random.below(1 << 20) as u64),
        _ => {
            let (_, result) = response.finish().wait();
            aim.check(result, cut || failed);
        }
    }
}

/// Uploads a body that the server sends back.
fn send(agent: &Agent, aim: &Aim, random: &mut Random) {
    let len = length(random);
    let is_ftp = aim.protocol == Protocol::Ftp;
    let name = match is_ftp {
        true => format!("upload{}", aim.uploads.fetch_add(1, Ordering::Relaxed)),
        false => String::new(),
    };
    let mut post = aim.transfer(&name);
    if !is_ftp {
        post.http_headers(["Expect:"]).unwrap();
    }
    post.upload(true).unwrap();
    if random.below(2) == 0 {
        post.in_filesize(len as u64).unwrap();
    }
    let (mut writer, opening) = agent.open_upload(post).unwrap();
    let body = pattern(len);
    let stop = match random.below(3) {
        0 => random.below(len + 1),
        _ => len,
    };
    let mut rest = &body[..stop];
    while !rest.is_empty() {
        let count = (1 + random.below(50_000)).min(rest.len());
        if let Err(error) = writer.write_all(&rest[..count]) {
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
            return aim.check(opening.wait().map(drop).map_err(Error::from), false);
        }
        rest = &rest[count..];
    }
    if stop < len {
        drop(writer);
        if random.below(2) == 0 {
            let error = opening.wait().unwrap_err();
            let cancelled = matches!(error.error(), Error::Cancelled);
            assert!(cancelled || aim.is_lost(error.error()), "{error}");
        }
        return;
    }
    writer.finish();
    let mut response = match opening.wait() {
        Ok(response) => response,
        Err(error) => return aim.check(Err(error.into()), false),
    };
    let mut echoed = Vec::new();
    if is_ftp {
        assert_eq!(response.read(&mut [0; 16]).unwrap(), 0);
        response.finish().wait().1.unwrap();
        response = agent.open(aim.transfer(&name)).wait().unwrap();
    }
    if let Err(error) = response.read_to_end(&mut echoed) {
        return aim.check(Err(inner(error)), false);
    }
    assert!(echoed == body);
    response.finish().wait().1.unwrap();
}

/// Returns the error of the transfer inside an error of a read.
fn inner(error: std::io::Error) -> Error {
    *error.into_inner().unwrap().downcast().unwrap()
}
