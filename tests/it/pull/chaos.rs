//! Random bodies, readers and ends.

use std::io::Read;

use curlback::Code;

use crate::support::child::{child, in_child};
use crate::support::descriptors::descriptors;
use crate::support::pulled::{Notes, Random, pattern, transfer};
use crate::support::rounds::rounds;
use crate::support::server::Server;
use crate::support::skip::is_between;

/// For `/LEN/SENT`, announces a body of `LEN` bytes and sends the first `SENT` of them.
fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            let mut numbers = request
                .line
                .split(['/', ' '])
                .filter_map(|n| n.parse().ok());
            let (len, sent): (usize, usize) = (numbers.next().unwrap(), numbers.next().unwrap());
            let chunked = len % 2 == 1;
            let body = &pattern(len)[..sent];
            if !chunked {
                conn.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n"));
                conn.send(body);
            } else {
                conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                for part in body.chunks(10_007) {
                    conn.send(format!("{:x}\r\n", part.len()));
                    conn.send(part);
                    conn.send("\r\n");
                }
                if sent == len {
                    conn.send("0\r\n\r\n");
                }
            }
            if sent < len {
                return;
            }
        }
    })
}

#[test]
fn random_readers_lose_no_byte_and_leave_nothing_behind() {
    let Some(url) = in_child() else {
        let test = "pull::chaos::random_readers_lose_no_byte_and_leave_nothing_behind";
        child(test, &server(), b"");
        return;
    };
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    // The first round opens what the process opens only once.
    run(&url, &mut random, 5);
    let before = descriptors();
    run(&url, &mut random, rounds(150, 3000));
    assert_eq!(descriptors(), before);
}

/// Reads `rounds` bodies, each in a random way.
fn run(url: &str, random: &mut Random, rounds: usize) {
    let mut own = transfer(Notes::default(), url);
    for round in 0..rounds {
        let len = match random.below(4) {
            0 => random.below(50),
            1 => random.below(100_000),
            _ => random.below(3 << 20),
        };
        let cut = random.below(5) == 0 && len > 0;
        let sent = if cut { random.below(len) } else { len };
        own.url(&format!("{url}{len}/{sent}")).unwrap();
        let limit = [1, 1000, 1 << 18][random.below(3)];
        let mut response = match own.open_with_limit(limit) {
            Ok(response) => response,
            Err(error) => panic!("round {round}, {len}, {sent}: {error}"),
        };
        let body = pattern(len);
        let stop = match random.below(3) {
            0 => random.below(len + 1),
            _ => usize::MAX,
        };
        let (mut at, mut failed) = (0, false);
        let mut buffer = vec![0; 1 + random.below(40_000)];
        while at < stop {
            let size = 1 + random.below(buffer.len());
            match response.read(&mut buffer[..size]) {
                Ok(0) => break,
                Ok(count) => {
                    assert!(
                        buffer[..count] == body[at..at + count],
                        "round {round} at {at}"
                    );
                    at += count;
                }
                Err(error) => {
                    let inner = error.get_ref().unwrap();
                    let inner: &curlback::Error = inner.downcast_ref().unwrap();
                    let cut_short = [Code::PARTIAL_FILE, Code::RECV_ERROR];
                    assert!(
                        cut_short.contains(&inner.code().unwrap()),
                        "round {round}: {error}"
                    );
                    failed = true;
                    break;
                }
            }
        }
        let ended = at < stop && !failed;
        assert!(!ended || !cut, "round {round}: a cut body ends at {at}");
        assert!(!ended || at == len, "round {round}: {at} of {len}");
        // If the body is cut, libcurl 8.8.0 to 8.14.1 loses the bytes that it holds back while the transfer is
        // paused. The condition also includes 8.7.
        let loses = is_between((8, 7, 0), (8, 15, 0));
        assert!(
            !failed || at == sent || loses && at < sent,
            "round {round}: {at} of {sent}"
        );
        own = match random.below(3) {
            0 => response.cancel(),
            1 => {
                drop(response);
                transfer(Notes::default(), "")
            }
            _ => match response.finish() {
                Ok(own) => {
                    assert!(!cut, "round {round}");
                    own
                }
                Err(error) => {
                    assert!(cut, "round {round}: {error}");
                    error.into_parts().1
                }
            },
        };
    }
    assert_eq!(own.handler().written, 0);
}
