//! Random bodies, both ways, many at a time, with readers that are slow and a third that are dropped.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use curlback::agent::{Opened, Started};
use curlback::{Agent, Code, Error};

use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::pulled::{Notes, Random, pattern, transfer};
use crate::support::rounds::rounds;
use crate::support::server::Server;

/// Serves the numbers in the path, as many bytes of so many, or else the body of the request.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            if !request.line.starts_with("GET ") {
                conn.reply("200 OK", "", request.body);
                continue;
            }
            let mut numbers = (request.line)
                .split(['/', ' '])
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
    let Some(url) = in_child() else {
        let test = "agent::chaos::random_transfers_lose_no_byte_and_leave_nothing_behind";
        child(test, &server(), b"");
        return;
    };
    let agent = Agent::new().unwrap();
    agent.shutdown();
    let before = descriptors();
    let agent = Agent::builder().max_connects(10).build().unwrap();
    let left = AtomicU64::new(rounds(240, 4000) as u64);
    thread::scope(|scope| {
        for seed in 1..=24 {
            let (agent, left, url) = (&agent, &left, url.as_str());
            scope.spawn(move || {
                let mut random = Random::new(0x9e37_79b9_7f4a_7c15 ^ (seed << 20));
                let take = |left: u64| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    match random.below(3) {
                        0 => send(agent, url, &mut random),
                        _ => receive(agent, url, &mut random),
                    }
                }
            });
        }
    });
    agent.shutdown();
    drop(agent);
    assert_eq!(descriptors(), before);
}

fn length(random: &mut Random) -> usize {
    match random.below(4) {
        0 => random.below(50),
        1 => random.below(100_000),
        _ => random.below(3 << 20),
    }
}

/// Downloads, in one of all ways.
fn receive(agent: &Agent, url: &str, random: &mut Random) {
    let len = length(random);
    let cut = random.below(5) == 0 && len > 0;
    let sent = if cut { random.below(len) } else { len };
    let get = transfer(Notes::default(), &format!("{url}{len}/{sent}"));
    if random.below(4) == 0 {
        let started: Started<Notes> = agent.start(get);
        if random.below(3) == 0 {
            return;
        }
        let (get, result) = started.wait();
        assert_eq!(result.is_err(), cut);
        assert!(get.handler().written <= sent);
        return;
    }
    let limit = [1, 1000, 1 << 18][random.below(3)];
    let opening = agent.open_with_limit(get, limit);
    if random.below(10) == 0 {
        return;
    }
    let mut response: Opened<Notes> = match opening.wait() {
        Ok(response) => response,
        Err(error) => return assert!(cut, "{error}"),
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
                let error: &Error = error.get_ref().unwrap().downcast_ref().unwrap();
                let codes = [Code::PARTIAL_FILE, Code::RECV_ERROR];
                assert!(cut && codes.contains(&error.code().unwrap()), "{error}");
                failed = true;
                break;
            }
        }
    }
    let ended = at < stop && !failed;
    assert!(!ended || at == len && !cut, "{at} of {len}");
    match random.below(3) {
        0 => {}
        1 => {
            response.drain_on_drop(random.below(1 << 20) as u64);
        }
        _ => {
            let (_, result) = response.finish().wait();
            assert_eq!(result.is_err(), cut, "{result:?}");
        }
    }
}

/// Uploads a body that comes back.
fn send(agent: &Agent, url: &str, random: &mut Random) {
    let len = length(random);
    let mut post = transfer(Notes::default(), url);
    post.http_headers(["Expect:"]).unwrap();
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
        writer.write_all(&rest[..count]).unwrap();
        rest = &rest[count..];
    }
    if stop < len {
        drop(writer);
        if random.below(2) == 0 {
            let error = opening.wait().unwrap_err();
            assert!(matches!(error.error(), Error::Cancelled), "{error}");
        }
        return;
    }
    writer.finish();
    let mut response = opening.wait().unwrap();
    let mut echoed = Vec::new();
    response.read_to_end(&mut echoed).unwrap();
    assert!(echoed == body);
    response.finish().wait().1.unwrap();
}
