//! Time limits that libcurl does not check, but the driver does.

#![cfg(unix)]

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use curlback::handlers::Collect;
use curlback::multi::EventLoop;
use curlback::{Code, ConnectOnly, Error, Multi, Transfer};

use crate::support::driving::{LONG, Loop, WAYS, Way, turn_within};
use crate::support::server::Server;
use crate::support::skip::{skip, skip_case};
use crate::support::transfers::{collecting, finished};

const LIMIT: Duration = Duration::from_millis(150);

type Limits = fn(&mut Transfer<Collect>, Duration) -> Result<(), Error>;

/// The options that limit the wait for a connection.
const LIMITS: [Limits; 2] = [|t, time| t.timeout(time), |t, time| t.connect_timeout(time)];

fn drive_own(multi: &mut Multi<Collect>) -> Result<(), Error> {
    multi.perform()?;
    multi.poll(&mut [], LIMIT).map(drop)
}

fn drive_loop(multi: &mut Multi<Collect, Loop>) -> Result<(), Error> {
    turn_within(multi, LIMIT).map(drop)
}

/// Makes a server that reads a request and never answers.
fn silent() -> Server {
    Server::new(|conn| {
        conn.head();
        conn.drain();
    })
}

/// Asserts that a transfer which waits for the connection of another transfer ends in time.
fn waits_no_longer<L: EventLoop>(
    make: impl Fn() -> Multi<Collect, L>,
    drive: impl Fn(&mut Multi<Collect, L>) -> Result<(), Error>,
) {
    let server = silent();
    for limit in LIMITS {
        for (total, host) in [(1, 0), (0, 1)] {
            let mut multi = make();
            multi.max_total_connections(total).unwrap();
            multi.max_host_connections(host).unwrap();
            let holds = multi.add(collecting(&server.url("/"))).unwrap();
            let mut transfer = collecting(&server.url("/"));
            limit(&mut transfer, LIMIT).unwrap();
            // While `wildcard_match` is on, the crate leaves the limit of `timeout` to libcurl. Here, the
            // option is turned on and off again.
            match transfer.wildcard_match(true) {
                Err(Error::Unsupported { .. }) => {}
                set => set.and_then(|()| transfer.wildcard_match(false)).unwrap(),
            }
            let waits = multi.add(transfer).unwrap();
            let begun = Instant::now();
            let (id, _, result) = loop {
                drive(&mut multi).unwrap();
                if let Some(finished) = multi.take_finished() {
                    break finished;
                }
                assert!(begun.elapsed() < LONG, "its time is over");
            };
            assert_eq!(id, waits);
            assert_eq!(result.unwrap_err().code(), Some(Code::OPERATION_TIMEDOUT));
            assert!(begun.elapsed() >= LIMIT);
            assert!(begun.elapsed() < LIMIT + Duration::from_secs(5));
            assert!(multi.get(holds).is_some(), "the other goes on");
        }
    }
}

#[test]
fn transfer_that_waits_for_a_free_connection_ends_at_its_time() {
    waits_no_longer(|| Multi::new().unwrap(), drive_own);
    waits_no_longer(|| Multi::with_event_loop(Loop::new()).unwrap(), drive_loop);
}

/// The clock of a transfer starts when it is first driven.
#[test]
fn time_begins_with_the_first_drive() {
    // On a busy machine, even an answer takes a while.
    const LIMIT: Duration = Duration::from_secs(1);
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    for limit in LIMITS {
        let mut transfer = collecting(&server.url("/"));
        limit(&mut transfer, LIMIT).unwrap();
        multi.add(transfer).unwrap();
    }
    let (listener, other) = (silent(), Instant::now());
    let mut waits = collecting(&listener.url("/"));
    waits.timeout(LIMIT + LIMIT / 10).unwrap();
    waits.perform().unwrap_err();
    assert!(other.elapsed() > LIMIT);
    multi.run(|_, _, _, result| result).unwrap();
}

/// The limit for connecting does not apply to the wait for an answer.
#[test]
fn limit_of_connecting_spares_what_is_connected() {
    let (sender, answers) = mpsc::channel();
    let answers = Mutex::new(answers);
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            answers.lock().unwrap().recv().unwrap();
            conn.reply("200 OK", "", "body");
        }
    });
    let mut multi = Multi::new().unwrap();
    let mut transfer = collecting(&server.url("/"));
    transfer.connect_timeout(LIMIT).unwrap();
    // Uses a new connection first, and then the same one again.
    for _ in 0..2 {
        multi.add(transfer).unwrap();
        let begun = Instant::now();
        while begun.elapsed() < 2 * LIMIT {
            drive_own(&mut multi).unwrap();
        }
        assert_eq!(multi.running(), 1);
        sender.send(()).unwrap();
        transfer = finished(&mut multi);
    }
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

/// Makes a server that accepts connections and says nothing, as long as the listener lives.
fn mute() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

#[test]
fn silent_server_does_not_hold_what_only_connects() {
    let (_listener, address) = mute();
    let bare = ConnectOnly::Yes;
    let kinds = [
        ("ws", ConnectOnly::WebSocket, false),
        ("https", bare, false),
        ("ftp", bare, false),
        ("http", bare, true),
    ];
    for (scheme, only, tunnel) in kinds {
        for way in WAYS {
            let mut transfer = collecting(&format!("{scheme}://{address}/"));
            if let Err(error) = transfer.connect_only(only) {
                skip_case!("{error}");
                break;
            }
            if tunnel {
                transfer.proxy(&format!("http://{address}")).unwrap();
                transfer.noproxy("").unwrap();
                transfer.http_proxy_tunnel(true).unwrap();
            }
            transfer.timeout(LIMIT).unwrap();
            let begun = Instant::now();
            let (_, result) = way.drive(vec![transfer]).only();
            let error = result.expect_err(scheme);
            if error.code() == Some(Code::UNSUPPORTED_PROTOCOL) {
                skip_case!("the linked libcurl has no {scheme}");
                break;
            }
            assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{scheme}");
            let took = begun.elapsed();
            // libcurl counts whole milliseconds.
            let least = LIMIT - Duration::from_millis(1);
            assert!(took >= least, "{scheme}, {way:?}: {took:?}");
            assert!(took < LONG / 2, "{scheme}, {way:?}: {took:?}");
        }
    }
}

/// Makes an FTP server whose last reply comes together with the data. Some releases of libcurl then
/// report no socket to wait for.
fn hasty_ftp() -> Server {
    Server::new(|conn| {
        conn.send("220 hi\r\n");
        let mut data: Option<TcpListener> = None;
        while let Some(line) = conn.line() {
            let reply = match line.split(' ').next().unwrap() {
                "USER" => "331 who?".to_owned(),
                "PASS" => "230 in".to_owned(),
                "PWD" => "257 \"/\"".to_owned(),
                "SIZE" => "213 5".to_owned(),
                "EPSV" => {
                    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                    let port = listener.local_addr().unwrap().port();
                    data = Some(listener);
                    format!("229 (|||{port}|)")
                }
                "RETR" => {
                    conn.send("150 go\r\n");
                    let (mut data, _) = data.take().unwrap().accept().unwrap();
                    data.write_all(b"hello").unwrap();
                    "226 done".to_owned()
                }
                _ => "200 yes".to_owned(),
            };
            conn.send(format!("{reply}\r\n"));
        }
    })
}

#[test]
fn ftp_reply_that_comes_early_does_not_cost_a_second() {
    let server = hasty_ftp();
    for way in [Way::Alone, Way::Run, Way::Poll] {
        let mut slow = 0;
        let mut transfer = collecting(&format!("ftp://{}/f", server.address()));
        for _ in 0..40 {
            transfer.handler_mut().clear();
            let begun = Instant::now();
            let (ended, result) = way.drive(vec![transfer]).only();
            transfer = ended;
            if let Err(error) = &result {
                if error.code() == Some(Code::UNSUPPORTED_PROTOCOL) {
                    skip!("the linked libcurl has no FTP");
                    return;
                }
            }
            result.unwrap();
            assert_eq!(transfer.handler().body(), b"hello");
            slow += usize::from(begun.elapsed() >= Duration::from_secs(1));
        }
        // On a busy machine, one transfer may take longer.
        assert!(slow <= 1, "{way:?}: {slow} of 40 took a second");
    }
}
