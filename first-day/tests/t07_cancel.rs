//! A transfer that another thread cancels, and one that Ctrl-C cancels.

mod server;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::{env, thread};

use curlback::{Error, Transfer};
use server::{LIMIT, Server, wait_for_close};

/// Performs a transfer. A message from `stop` cancels it.
fn get_until(url: &str, stop: mpsc::Receiver<()>) -> Result<(), Error> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    let remote = transfer.remote();
    thread::spawn(move || stop.recv().is_ok() && remote.cancel());
    transfer.perform()
}

/// Runs the whole program, and returns its exit status. Ctrl-C ends the transfer, and makes the status
/// 130.
fn program(url: &str) -> Result<u8, Box<dyn std::error::Error>> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    let remote = transfer.remote();
    ctrlc::set_handler(move || {
        remote.cancel();
    })?;
    match transfer.perform() {
        Ok(()) => Ok(0),
        Err(Error::Cancelled) => {
            eprintln!("stopped");
            Ok(130)
        }
        Err(error) => Err(error.into()),
    }
}

/// Sends half of a body, says so, and waits until the client has gone.
fn half_a_body(asked: mpsc::Sender<()>) -> Server {
    Server::start(move |_, to| {
        to.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ")?;
        asked.send(()).unwrap();
        wait_for_close(to)
    })
}

#[test]
fn another_thread_cancels() {
    let (asked, requests) = mpsc::channel();
    let server = half_a_body(asked);
    let (stops, stop) = mpsc::channel();
    let url = server.url("/endless");
    let transfer = thread::spawn(move || get_until(&url, stop));
    requests.recv_timeout(LIMIT).unwrap();
    stops.send(()).unwrap();
    assert!(matches!(transfer.join().unwrap(), Err(Error::Cancelled)));
}

#[test]
#[cfg(unix)]
fn ctrl_c_cancels() {
    let (asked, requests) = mpsc::channel();
    let server = half_a_body(asked);
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", "runs_the_program"])
        .env("FIRST_DAY_URL", server.url("/endless"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    requests.recv_timeout(LIMIT).unwrap();
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());

    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(errors.contains("stopped\n"), "{errors}");
    // A program that the signal has killed has no code.
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
#[ignore = "a part of ctrl_c_cancels, which sets the variable"]
fn runs_the_program() {
    let Ok(url) = env::var("FIRST_DAY_URL") else {
        return;
    };
    std::process::exit(program(&url).unwrap().into());
}
