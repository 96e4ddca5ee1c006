//! `Remote::cancel` while libcurl waits inside a call, and does not return to the driver.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use curlback::{
    Callbacks, Error, Hooks, Multi, ProgressResult, ReadBuf, ReadResult, Remote, Transfer,
    WriteResult, XferInfo, callbacks,
};

use crate::support::driving::{LONG, WAYS, until};
use crate::support::line_servers::{Silent, ftp, imap, pop3, smtp};
use crate::support::server::Server;
use crate::support::skip::{needs, skip};
use crate::support::sshd::Sshd;
use crate::support::transfers::transfer;

/// The longest time that a cancel may take. libcurl calls its progress function about once a
/// second, and once more when it closes the connection.
const SOON: Duration = Duration::from_secs(6);

/// How the handler gets progress reports, if at all. It must not matter for a cancel.
#[derive(Clone, Copy, Debug)]
enum Hears {
    Reports,
    Old,
    Unset,
    Off,
}

const HEARS: [Hears; 4] = [Hears::Reports, Hears::Old, Hears::Unset, Hears::Off];

/// Sends a short mail. Aborts in `write` if a test lasts too long.
struct Waits {
    hears: Hears,
    tell: Sender<()>,
    tells: bool,
    /// The flag that makes the server stop answering.
    stalls: Option<Arc<AtomicBool>>,
    sent: usize,
    begun: Instant,
}

impl Callbacks for Waits {
    fn hooks(&self) -> Hooks {
        match self.hears {
            Hears::Reports | Hears::Off => Hooks::default(),
            Hears::Old => (Hooks::default() - Hooks::XFER_INFO) | Hooks::PROGRESS,
            Hears::Unset => Hooks::default() - Hooks::XFER_INFO,
        }
    }

    fn write(&mut self, _: &[u8]) -> WriteResult {
        if std::mem::take(&mut self.tells) {
            if let Some(stalls) = &self.stalls {
                stalls.store(true, Ordering::SeqCst);
            }
            self.tell.send(()).unwrap();
        }
        match self.begun.elapsed() > LONG {
            true => WriteResult::Abort,
            false => WriteResult::Continue,
        }
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&b"Subject: hi\r\n\r\nhello\r\n"[self.sent..]);
        ReadResult::Continue
    }
}

fn waits(hears: Hears, tell: Sender<()>, url: &str) -> Transfer<Waits> {
    let handler = Waits {
        hears,
        tell,
        tells: false,
        stalls: None,
        sent: 0,
        begun: Instant::now(),
    };
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(url).unwrap();
    transfer.timeout(LONG).unwrap();
    if let Hears::Off = hears {
        transfer.progress(false).unwrap();
    }
    transfer
}

fn has(scheme: &str) -> bool {
    curlback::version().has_protocol(scheme)
}

/// Asserts that a cancel ends the transfer from `make`, with each driver. Each driver has another kind of
/// progress reports.
fn is_cancelled(make: impl Fn(Hears, Sender<()>) -> (Transfer<Waits>, Option<Silent>)) {
    for (way, hears) in WAYS.into_iter().zip(HEARS) {
        let (tell, told) = channel();
        let (transfer, server) = make(hears, tell);
        let remote = transfer.remote();
        let (end, ended) = channel::<()>();
        let canceller = thread::spawn(move || {
            told.recv_timeout(LONG).unwrap();
            // The transfer must still be in progress after this time.
            assert!(ended.recv_timeout(Duration::from_millis(200)).is_err());
            assert!(remote.cancel());
            (Instant::now(), remote)
        });
        let (transfer, result) = way.drive(vec![transfer]).only();
        drop(transfer);
        drop(end);
        let (cancelled, remote) = canceller.join().unwrap();
        let took = cancelled.elapsed();
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{way:?} {hears:?}: {result:?}"
        );
        assert!(took < SOON, "{way:?} {hears:?}: {took:?}");
        assert!(remote.is_finished() && !remote.cancel());
        drop(server);
    }
}

#[test]
fn cancel_ends_a_file_without_end() {
    is_cancelled(|hears, tell| {
        let mut transfer = waits(hears, tell, "file:///dev/zero");
        transfer.handler_mut().tells = true;
        (transfer, None)
    });
}

/// Without `write`, the body of a file is thrown away, and the cancel ends that too.
#[test]
fn cancel_ends_a_file_without_end_that_nobody_reads() {
    struct TellsProgress(Sender<()>);

    #[callbacks]
    impl Callbacks for TellsProgress {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            let _ = self.0.send(());
            ProgressResult::Continue
        }
    }

    for way in WAYS {
        let (tell, told) = channel();
        let transfer = transfer(TellsProgress(tell), "file:///dev/zero");
        let remote = transfer.remote();
        let canceller = thread::spawn(move || {
            told.recv_timeout(LONG).unwrap();
            assert!(remote.cancel());
        });
        let (_, result) = way.drive(vec![transfer]).only();
        canceller.join().unwrap();
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{way:?}: {result:?}"
        );
    }
}

/// A transfer that performs alone sets `CURLOPT_NOPROGRESS` if it has no remote and its handler needs no
/// reports. A remote that is made afterwards must cancel the next transfer.
#[test]
fn remote_that_is_made_after_a_transfer_cancels_the_next_one() {
    let server = Server::ok("body");
    for hears in HEARS {
        let (tell, told) = channel();
        let mut transfer = waits(hears, tell, &server.url("/"));
        transfer.perform().unwrap();
        let remote = transfer.remote();
        transfer.url("file:///dev/zero").unwrap();
        transfer.handler_mut().tells = true;
        let canceller = thread::spawn(move || {
            told.recv_timeout(LONG).unwrap();
            assert!(remote.cancel());
            Instant::now()
        });
        let result = transfer.perform();
        let took = canceller.join().unwrap().elapsed();
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{hears:?}: {result:?}"
        );
        assert!(took < SOON, "{hears:?}: {took:?}");
    }
}

#[test]
fn cancel_ends_the_wait_for_the_last_reply_of_ftp() {
    if !has("ftp") {
        return skip!("the linked libcurl has no FTP");
    }
    is_cancelled(|hears, tell| {
        let server = ftp(tell.clone());
        (waits(hears, tell, &server.url("ftp", "file")), Some(server))
    });
}

fn mail(hears: Hears, tell: Sender<()>, server: &Silent) -> Transfer<Waits> {
    let mut transfer = waits(hears, tell, &server.url("smtp", ""));
    transfer.mail_from("a@example.com").unwrap();
    transfer.mail_rcpt(["b@example.com"]).unwrap();
    transfer.upload(true).unwrap();
    transfer
}

#[test]
fn cancel_ends_the_wait_for_the_answer_to_a_mail() {
    if !has("smtp") {
        return skip!("the linked libcurl has no SMTP");
    }
    is_cancelled(|hears, tell| {
        let server = smtp(tell.clone());
        (mail(hears, tell, &server), Some(server))
    });
}

#[test]
fn cancel_ends_the_wait_for_what_ends_a_fetch() {
    needs!((7, 68, 0), "wait for the end of a FETCH");
    if !has("imap") {
        return skip!("the linked libcurl has no IMAP");
    }
    is_cancelled(|hears, tell| {
        let server = imap(tell.clone());
        let url = server.url("imap", "INBOX/;MAILINDEX=1/;SECTION=TEXT");
        (waits(hears, tell, &url), Some(server))
    });
}

#[test]
fn cancel_ends_a_mail_that_comes_in_part() {
    if !has("pop3") {
        return skip!("the linked libcurl has no POP3");
    }
    is_cancelled(|hears, tell| {
        let server = pop3(tell.clone());
        (waits(hears, tell, &server.url("pop3", "1")), Some(server))
    });
}

#[test]
fn cancel_ends_a_session_of_telnet() {
    if !has("telnet") {
        return skip!("the linked libcurl has no TELNET");
    }
    is_cancelled(|hears, tell| {
        let server = Silent::new("login: ", |_, _| ());
        let mut transfer = waits(hears, tell, &server.url("telnet", ""));
        transfer.handler_mut().tells = true;
        (transfer, Some(server))
    });
}

/// A remote that is made while the transfer runs must work like one made before.
#[test]
fn remote_of_a_running_transfer_cancels_it_too() {
    let (tell, told) = channel();
    let mut transfer = waits(Hears::Unset, tell, "file:///dev/zero");
    transfer.handler_mut().tells = true;
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    let remote = multi.get(id).unwrap().remote();
    let canceller = thread::spawn(move || {
        told.recv_timeout(LONG).unwrap();
        assert!(remote.cancel());
    });
    multi.perform().unwrap();
    canceller.join().unwrap();
    let (_, _, result) = multi.take_finished().unwrap();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
}

/// libcurl may end the transfer before it calls the progress function. The cancel is the result all
/// the same.
#[test]
fn accepted_cancel_is_the_result_whatever_libcurl_says() {
    struct Cancels(Option<Remote>);

    impl Callbacks for Cancels {
        fn write(&mut self, _: &[u8]) -> WriteResult {
            if let Some(remote) = &self.0 {
                assert!(remote.cancel());
            }
            WriteResult::Continue
        }
    }

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "body").unwrap();
    let server = Server::ok("body");
    for url in [server.url("/"), format!("file://{}", file.path().display())] {
        for way in WAYS {
            let mut transfer = Transfer::new(Cancels(None)).unwrap();
            transfer.url(&url).unwrap();
            let remote = transfer.remote();
            transfer.handler_mut().0 = Some(remote);
            let (mut transfer, result) = way.drive(vec![transfer]).only();
            assert!(
                matches!(result, Err(Error::Cancelled)),
                "{way:?} {url}: {result:?}"
            );
            transfer.handler_mut().0 = None;
            transfer.perform().unwrap();
        }
    }
}

/// The short time limits at the end of a cancelled transfer must not apply to the next one.
#[test]
fn limits_are_those_of_the_user_again_after_a_cancel() {
    /// Takes 20 milliseconds for each header line.
    struct Slow;

    impl Callbacks for Slow {
        fn header(&mut self, _: &curlback::HeaderLine<'_>) -> WriteResult {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(20) {}
            WriteResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(Slow).unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert!(transfer.remote().cancel());
    assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
    transfer.perform().unwrap();
    transfer.perform().unwrap();
    // The connection is reused, as it would be without a cancel.
    assert_eq!(transfer.num_connects().unwrap(), 0);
}

/// libcurl waits for the answer to a mail even if it has not sent the whole mail. Before 8.7.0, it
/// also completes the mail.
#[test]
fn mail_that_is_taken_out_half_way_is_not_delivered() {
    /// Sends a part of the mail, and then pauses.
    struct Half(usize);

    impl Callbacks for Half {
        fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
            self.0 += 1;
            match self.0 {
                1 => {
                    // The text does not end with a line end. libcurl would hold a line end back, since it
                    // may belong to the end of the mail.
                    buffer.append(b"Subject: hi\r\n\r\nhalf");
                    ReadResult::Continue
                }
                _ => ReadResult::Pause,
            }
        }
    }

    if !has("smtp") {
        return skip!("the linked libcurl has no SMTP");
    }
    for ends in ["removed", "dropped", "cancelled"] {
        let (tell, told) = channel();
        let server = Silent::new("220 hi\r\n", move |line, stream| {
            let reply = match line.split([' ', ':']).next().unwrap() {
                "DATA" => "354 go\r\n",
                "EHLO" | "MAIL" | "RCPT" => "250 ok\r\n",
                "Subject" => return tell.send(()).unwrap(),
                _ => return,
            };
            stream.write_all(reply.as_bytes()).unwrap();
        });
        let mut transfer = Transfer::new(Half(0)).unwrap();
        transfer.url(&server.url("smtp", "")).unwrap();
        transfer.mail_from("a@example.com").unwrap();
        transfer.mail_rcpt(["b@example.com"]).unwrap();
        transfer.upload(true).unwrap();
        let mut multi = Multi::new().unwrap();
        let id = multi.add(transfer).unwrap();
        let mut half = false;
        until(&mut multi, |_| {
            half |= told.try_recv().is_ok();
            half
        });
        let begun = Instant::now();
        match ends {
            "removed" => drop(multi.remove(id).unwrap()),
            "cancelled" => {
                assert!(multi.get(id).unwrap().remote().cancel());
                multi.perform().unwrap();
                assert!(matches!(
                    multi.take_finished().unwrap().2,
                    Err(Error::Cancelled)
                ));
            }
            _ => {}
        }
        drop(multi);
        assert!(begun.elapsed() < SOON, "{ends}: {:?}", begun.elapsed());
        let seen = server.seen();
        assert!(!seen.contains(&".".to_owned()), "{ends}: {seen:?}");
    }
}

/// Dropping the last connection to a server that does not answer must not block.
#[test]
fn drop_does_not_wait_for_the_farewell_of_a_server() {
    if !has("ftp") {
        return skip!("the linked libcurl has no FTP");
    }
    for in_multi in [false, true] {
        let (tell, _told) = channel();
        let mut server = None;
        let mut transfer = waits(Hears::Reports, tell.clone(), "");
        let ftp = server.insert(ftp(tell));
        // Without a data connection, the transfer ends at once.
        transfer.url(&ftp.url("ftp", "")).unwrap();
        transfer.nobody(true).unwrap();
        let begun;
        if in_multi {
            let mut multi = Multi::new().unwrap();
            multi.add(transfer).unwrap();
            multi.run(|_, _, _, result| result).unwrap();
            begun = Instant::now();
            drop(multi);
        } else {
            transfer.perform().unwrap();
            begun = Instant::now();
            drop(transfer);
        }
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        assert!(server.unwrap().seen().contains(&"QUIT".to_owned()));
    }
}

/// Passes bytes on to a server, and discards them once `stalled` is set.
fn swallowing(server: SocketAddr, stalled: &Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stalled = stalled.clone();
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(server).unwrap();
        let pass = |mut from: &TcpStream, mut to: &TcpStream| {
            let mut buffer = [0; 4096];
            while let Ok(len @ 1..) = from.read(&mut buffer) {
                if !stalled.load(Ordering::SeqCst) && to.write_all(&buffer[..len]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        };
        thread::scope(|scope| {
            scope.spawn(|| pass(&server, &client));
            pass(&client, &server);
        });
    });
    port
}

/// The server keeps the connection open, but no longer answers.
#[test]
fn cancel_does_not_wait_for_a_stalled_sftp_server() {
    needs!((7, 71, 0), "limit for the end of an SSH session");
    let Some(sshd) = Sshd::start() else {
        return;
    };
    let large = std::fs::File::create(sshd.file("large")).unwrap();
    large.set_len(1 << 34).unwrap();
    is_cancelled(|hears, tell| {
        let stalled = Arc::new(AtomicBool::new(false));
        let port = swallowing(sshd.address().parse().unwrap(), &stalled);
        let mut handler = waits(hears, tell, "").into_handler();
        handler.tells = true;
        handler.stalls = Some(stalled);
        let mut transfer = sshd.transfer(handler, "large");
        let to = format!("::127.0.0.1:{port}");
        transfer.connect_to([to.as_str()]).unwrap();
        if let Hears::Off = hears {
            transfer.progress(false).unwrap();
        }
        (transfer, None)
    });
}
