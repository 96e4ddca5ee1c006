//! Each descriptor is closed once, counted over thousands of transfers that end in many ways.

#![cfg(unix)]

use std::collections::HashSet;
use std::time::Duration;

use curlback::Callback;

use crate::support::breaks::{How, payload};
use crate::support::child::{child, in_child};
use crate::support::closes::{Then, closes, gives_up_with_a_call};
use crate::support::descriptors::descriptors;
use crate::support::ports::{deaf_port, silent_port};
use crate::support::server::Server;
use crate::support::skip::{needs, prereq};

/// The ways in which connections end.
const KINDS: [&str; 12] = [
    "reuse",
    "forbid",
    "connect only",
    "reset",
    "stall",
    "half",
    "refused",
    "given up",
    "write fails",
    "write panics",
    "prereq aborts",
    "sockopt fails",
];

/// Performs a transfer twice in one of these ways. Returns how many sockets were opened.
fn round(url: &str, n: usize) -> usize {
    let ((_deaf, refusing), (_silent, silent)) = (deaf_port(), silent_port());
    let kind = KINDS[n % KINDS.len()];
    let url = match kind {
        "refused" => format!("http://127.0.0.1:{refusing}/"),
        "given up" => format!("http://127.0.0.1:{silent}/"),
        "reset" | "stall" | "half" => format!("{url}{kind}"),
        _ => url.to_owned(),
    };
    let (mut transfer, log) = closes(&url, Then::Replace);
    let handler = transfer.handler_mut();
    match kind {
        "write fails" => (handler.at, handler.how) = (Callback::Write, How::Fail),
        "write panics" => (handler.at, handler.how) = (Callback::Write, How::Panic),
        "prereq aborts" if prereq().is_empty() => return 0,
        "prereq aborts" => (handler.at, handler.how) = (Callback::Prereq, How::Abort),
        "sockopt fails" => (handler.at, handler.how) = (Callback::Sockopt, How::Fail),
        "forbid" => transfer.forbid_reuse(true).unwrap(),
        "connect only" => transfer.connect_only(true).unwrap(),
        "given up" | "stall" => transfer.timeout(Duration::from_millis(5)).unwrap(),
        _ => {}
    }
    let goes_well = ["reuse", "forbid", "connect only"].contains(&kind);
    for _ in 0..2 {
        match transfer.handler().how {
            How::Panic => drop(payload(&mut transfer)),
            _ => assert_eq!(transfer.perform().is_ok(), goes_well, "{kind}"),
        }
    }
    let handler = transfer.into_handler();
    assert!(handler.files_are_whole(), "closed twice");
    let log = log.lock().unwrap();
    let numbers: HashSet<_> = log.opened.iter().collect();
    assert!(log.closed.iter().all(|closed| numbers.contains(closed)));
    let (opened, calls) = (log.opened.len(), log.closed.len());
    match kind {
        // After a callback has failed, `close_socket` is not called.
        _ if handler.how != How::Not => assert_eq!(calls, 0, "{kind}"),
        // The time may be up while the connection is made, or before.
        "given up" | "stall" if !gives_up_with_a_call() => assert!(calls <= opened, "{kind}"),
        "given up" | "stall" => assert_eq!(calls, opened, "{kind}"),
        _ => assert!(calls > 0 && calls == opened, "{kind}: {calls} of {opened}"),
    }
    opened
}

#[test]
fn each_descriptor_is_closed_once_over_thousands_of_transfers() {
    let Some(url) = in_child() else {
        let server = Server::new(|conn| {
            while let Some(request) = conn.request() {
                match request.line.as_str() {
                    "GET /reset HTTP/1.1" => return conn.reset(),
                    "GET /stall HTTP/1.1" => return conn.drain(),
                    "GET /half HTTP/1.1" => {
                        return conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                    }
                    _ => conn.reply("200 OK", "", "body"),
                }
            }
        });
        let test = "transfer::file_descriptors::each_descriptor_is_closed_once_over_thousands_of_transfers";
        child(test, &server, b"");
        return;
    };
    // The first round of each kind opens what the process opens only once.
    for n in 0..KINDS.len() {
        round(&url, n);
    }
    let before = descriptors();
    let sockets: usize = (0..1008).map(|n| round(&url, n)).sum();
    assert_eq!(descriptors(), before);
    assert!(sockets > 1008, "{sockets}");
}

/// Aborts its transfer in `xfer_info`, at the call with this number.
#[cfg(target_os = "linux")]
struct Stops {
    at: usize,
    calls: usize,
    left: usize,
    pauses: bool,
}

#[cfg(target_os = "linux")]
impl curlback::Callbacks for Stops {
    fn header(&mut self, _: &curlback::HeaderLine<'_>) -> curlback::WriteResult {
        match std::mem::take(&mut self.pauses) {
            true => curlback::WriteResult::Pause,
            false => curlback::WriteResult::Continue,
        }
    }

    fn read(&mut self, buffer: &mut curlback::ReadBuf<'_>) -> curlback::ReadResult {
        self.left -= buffer.append(&vec![7; self.left]);
        curlback::ReadResult::Continue
    }

    fn xfer_info(&mut self, _: &curlback::XferInfo<'_>) -> curlback::ProgressResult {
        self.calls += 1;
        match self.calls == self.at {
            true => curlback::ProgressResult::Abort,
            false => curlback::ProgressResult::Resume(curlback::Direction::Receive),
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn file_is_closed_wherever_progress_stops_its_transfer() {
    use curlback::{Multi, Transfer};

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, vec![7; 200_000]).unwrap();
    let url = format!("file://{}", path.display());
    let open = || {
        let fds = std::fs::read_dir("/proc/self/fd").unwrap();
        let links = fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok());
        links.filter(|link| *link == path).count()
    };
    for (upload, nobody, pauses, multi) in [
        (false, false, false, false),
        (false, false, false, true),
        (false, true, false, false),
        (true, false, false, false),
        (true, false, false, true),
        (false, false, true, false),
        (false, false, true, true),
    ] {
        let mut at = 0;
        loop {
            at += 1;
            let handler = Stops {
                at,
                calls: 0,
                left: 200_000,
                pauses,
            };
            let mut transfer = Transfer::new(handler).unwrap();
            transfer.url(&url).unwrap();
            transfer.upload(upload).unwrap();
            transfer.nobody(nobody).unwrap();
            let (mut result, mut ended) = (Ok(()), None);
            if multi {
                let mut multi = Multi::new().unwrap();
                multi.add(transfer).unwrap();
                let all = multi.run(|_, _, transfer, outcome| {
                    (result, ended) = (outcome, Some(transfer));
                    Ok(())
                });
                all.unwrap();
                transfer = ended.unwrap();
            } else {
                result = transfer.perform();
            }
            assert_eq!(open(), 0, "call {at} of {upload} {nobody} {pauses} {multi}");
            if transfer.handler().calls < at {
                break;
            }
            assert_eq!(result.unwrap_err().callback(), Some(Callback::XferInfo));
        }
        assert!(at > 2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn descriptor_of_others_is_left_alone_after_a_file_was_connected_to() {
    needs!((7, 63, 0), "CURLOPT_CURLU");
    use curlback::{Multi, Transfer, Url};

    type Choose = fn(&mut Transfer<()>, &str) -> Result<(), curlback::Error>;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, "abc").unwrap();
    let path = path.to_str().unwrap();
    let server = Server::ok("");
    // Returns the file of the descriptor 0. By itself, libcurl 7.88.1 closes this descriptor.
    let input = || std::fs::read_link("/proc/self/fd/0").ok();
    let before = input();
    let with_default: Choose = |t, path| {
        t.default_protocol("file")?;
        t.url(path)
    };
    let urls: [Choose; 3] = [
        |t, path| t.url(&format!("FILE://{path}")),
        |t, path| t.curlu(Url::new(&format!("file://{path}"))?),
        with_default,
    ];
    for choose in urls {
        let mut transfer = Transfer::new(()).unwrap();
        choose(&mut transfer, path).unwrap();
        transfer.connect_only(true).unwrap();
        transfer.perform().unwrap();
        transfer.connect_only(false).unwrap();
        transfer.url(&server.url("/")).unwrap();
        transfer.perform().unwrap();
        assert_eq!(input(), before);
        // Nothing else has changed for the next transfer: it reuses the connection.
        transfer.perform().unwrap();
        assert_eq!(transfer.num_connects().unwrap(), 0);

        let mut multi = Multi::new().unwrap();
        choose(&mut transfer, path).unwrap();
        transfer.connect_only(true).unwrap();
        multi.add(transfer).unwrap();
        let mut others = 1;
        let ran = multi.run(|multi, _, mut transfer, result| {
            result?;
            if others > 0 {
                others -= 1;
                transfer.connect_only(false)?;
                transfer.url(&server.url("/"))?;
                multi.add(transfer)?;
            }
            Ok(())
        });
        ran.unwrap();
        assert_eq!(input(), before);
    }
}
