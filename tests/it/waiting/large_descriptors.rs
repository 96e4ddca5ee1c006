//! Descriptors that are too large for a libcurl built without `poll`.

#![cfg(unix)]

use std::fs::File;
use std::os::fd::AsRawFd;
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::multi::MultiCode;
use curlback::{Callbacks, Error, Hooks, Multi, Transfer, WriteResult};

use crate::support::child::{child, in_child};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{needs, skip};

/// Sets this process's limit of descriptors, as far as the system allows.
#[expect(unsafe_code, reason = "the system is asked")]
fn allow(descriptors: libc::rlim_t) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the call writes a limit.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    limit.rlim_cur = descriptors.min(limit.rlim_max);
    // SAFETY: the limit is initialised.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
}

/// Opens files until the next descriptor has at least this number.
fn fill(files: &mut Vec<File>, descriptor: i32) {
    loop {
        let file = File::open("/dev/null").unwrap();
        if file.as_raw_fd() >= descriptor {
            return;
        }
        files.push(file);
    }
}

/// Returns whether the transfer has succeeded. If not, asserts that the error says what is wrong
/// and what to do.
fn is_well(result: &Result<(), Error>) -> bool {
    let Err(error) = result else { return true };
    let text = format!("{error:#}");
    for part in ["descriptor", "below 1024", "poll()", "CFLAGS=-DHAVE_POLL"] {
        assert!(text.contains(part), "{text}");
    }
    false
}

/// Runs the rest of a test in a process of its own. Returns the server's URL in that process, and
/// `None` in the first process.
fn alone(test: &str) -> Option<String> {
    let Some(url) = in_child() else {
        child(
            &format!("waiting::large_descriptors::{test}"),
            &Server::ok("body"),
            b"",
        );
        return None;
    };
    allow(4096);
    Some(url)
}

fn transfer(url: &str, hooks: Hooks) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    transfer.set_hooks(transfer.hooks() & hooks).unwrap();
    transfer.timeout(Duration::from_secs(20)).unwrap();
    transfer
}

/// Hooks with the handler's methods that open sockets and set their options, and hooks without them.
const BOTH: [Hooks; 2] = [
    Hooks::all(),
    Hooks::OPEN_SOCKET.union(Hooks::SOCKOPT).complement(),
];

#[test]
fn descriptor_that_libcurl_cannot_wait_for_is_said_to_be_one() {
    let Some(url) = alone("descriptor_that_libcurl_cannot_wait_for_is_said_to_be_one") else {
        return;
    };
    let named = url.replace("127.0.0.1", "localhost");
    let mut files = Vec::new();
    // In turn, each of the descriptors that libcurl opens is too large for it.
    for descriptor in (1010..1026).chain([1200]) {
        fill(&mut files, descriptor);
        let mut first = None;
        for (url, hooks) in BOTH
            .iter()
            .flat_map(|hooks| [(&url, hooks), (&named, hooks)])
        {
            let well = is_well(&transfer(url, *hooks).perform());
            if descriptor > 1024 {
                assert_eq!(well, *first.get_or_insert(well), "{url} {hooks:?}");
            }
        }
    }
}

#[test]
fn of_many_transfers_those_beyond_say_why() {
    let Some(url) = alone("of_many_transfers_those_beyond_say_why") else {
        return;
    };
    for hooks in BOTH {
        let mut multi = Multi::new().unwrap();
        let mut files = Vec::new();
        fill(&mut files, 1000);
        for _ in 0..200 {
            multi.add(transfer(&url, hooks)).unwrap();
        }
        let (mut well, mut count) = (0, 0);
        let run = multi.run(|_, _, _, result| {
            count += 1;
            well += usize::from(is_well(&result));
            Ok(())
        });
        run.unwrap();
        assert_eq!(count, 200);
        assert!(well > 0);
    }
}

#[test]
fn accepted_socket_beyond_says_why() {
    if !curlback::version().has_protocol("ftp") {
        return skip!("the linked libcurl has no ftp");
    }
    let Some(_) = alone("accepted_socket_beyond_says_why") else {
        return;
    };
    let server = FtpServer::new("file", "contents");
    let mut files = Vec::new();
    for descriptor in 1005..1026 {
        fill(&mut files, descriptor);
        for hooks in BOTH {
            let mut transfer = transfer(&server.url("file"), hooks);
            transfer.ftp_port("127.0.0.1").unwrap();
            is_well(&transfer.perform());
        }
    }
}

/// Allows no more descriptors once a body has begun.
struct Forbids;

impl Callbacks for Forbids {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        allow(0);
        WriteResult::Continue
    }
}

/// The system's `poll` refuses to wait for more descriptors than the process may have.
#[test]
fn wait_that_the_system_refuses_ends_the_transfer() {
    needs!((7, 84, 0), "error for a wait that fails");
    let Some(url) = in_child() else {
        let server = Server::new(|conn| match conn.request().unwrap().line.as_str() {
            "GET /half HTTP/1.1" => {
                conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                conn.drain();
            }
            _ => conn.reply("200 OK", "", "body"),
        });
        let name = "waiting::large_descriptors::wait_that_the_system_refuses_ends_the_transfer";
        child(name, &server, b"");
        return;
    };
    allow(4096);
    let mut files = Vec::new();
    fill(&mut files, 1100);
    if !is_well(&transfer(&url, Hooks::all()).perform()) {
        return skip!("this libcurl waits with select(), which the system never refuses");
    }
    let mut transfer = Transfer::new(Forbids).unwrap();
    transfer.url(&format!("{url}half")).unwrap();
    transfer.timeout(Duration::from_secs(5)).unwrap();
    let error = transfer.perform().unwrap_err();
    allow(4096);
    let Error::Multi { code } = error else {
        panic!("{error:?}");
    };
    assert_eq!(code, MultiCode::UNRECOVERABLE_POLL);
}
