//! Servers of line-based protocols, which stop answering at a point where the client waits.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

/// A server for one client. It sends a greeting, and then only what its closure sends, until the client
/// closes.
pub(crate) struct Silent {
    port: u16,
    thread: Option<JoinHandle<Vec<String>>>,
}

impl Silent {
    /// Sends `greeting` to one client, and calls `reply` for each of the client's lines.
    pub(crate) fn new(
        greeting: &'static str,
        mut reply: impl FnMut(&str, &mut TcpStream) + Send + 'static,
    ) -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(greeting.as_bytes()).unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut seen = Vec::new();
            for line in lines.map_while(Result::ok) {
                reply(&line, &mut stream);
                seen.push(line);
            }
            seen
        });
        Silent {
            port,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://127.0.0.1:{}/{path}", self.port)
    }

    /// Waits until the client has closed, and returns the lines that it has sent.
    pub(crate) fn seen(mut self) -> Vec<String> {
        self.thread.take().unwrap().join().unwrap()
    }
}

/// Sends a file over FTP, but never the reply that ends the transfer. Sends a message through `tell` when
/// the file is sent.
pub(crate) fn ftp(tell: Sender<()>) -> Silent {
    let mut data = None;
    Silent::new("220 hi\r\n", move |line, control| {
        let reply = match line.split(' ').next().unwrap() {
            "USER" => "331 password".to_owned(),
            "PASS" => "230 in".to_owned(),
            "PWD" => "257 \"/\"".to_owned(),
            "EPSV" => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let port = listener.local_addr().unwrap().port();
                data = Some(listener);
                format!("229 (|||{port}|)")
            }
            "SIZE" => "213 5".to_owned(),
            "RETR" => {
                control.write_all(b"150 now\r\n").unwrap();
                let (mut stream, _) = data.take().unwrap().accept().unwrap();
                stream.write_all(b"hello").unwrap();
                tell.send(()).unwrap();
                return;
            }
            "QUIT" => return,
            _ => "200 ok".to_owned(),
        };
        control
            .write_all(format!("{reply}\r\n").as_bytes())
            .unwrap();
    })
}

/// Takes a mail, but never replies to its end. Sends a message through `tell` when the mail has ended.
pub(crate) fn smtp(tell: Sender<()>) -> Silent {
    Silent::new("220 hi\r\n", move |line, stream| {
        let reply = match line.split([' ', ':']).next().unwrap() {
            "DATA" => "354 go\r\n",
            "EHLO" | "MAIL" | "RCPT" => "250 ok\r\n",
            "." => return tell.send(()).unwrap(),
            _ => return,
        };
        stream.write_all(reply.as_bytes()).unwrap();
    })
}

/// Sends a mail, but never the line that ends the reply. Sends a message through `tell` at that point.
pub(crate) fn imap(tell: Sender<()>) -> Silent {
    Silent::new("* OK hi\r\n", move |line, stream| {
        let mut words = line.split(' ');
        let (tag, command) = (words.next().unwrap(), words.next().unwrap_or_default());
        let reply = match command {
            "CAPABILITY" => format!("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"),
            "FETCH" => "* 1 FETCH (BODY[TEXT] {5}\r\nhello)\r\n".to_owned(),
            _ => format!("{tag} OK\r\n"),
        };
        stream.write_all(reply.as_bytes()).unwrap();
        if command == "FETCH" {
            tell.send(()).unwrap();
        }
    })
}

/// Sends the beginning of a mail. Sends a message through `tell` at that point.
pub(crate) fn pop3(tell: Sender<()>) -> Silent {
    Silent::new("+OK hi\r\n", move |line, stream| match line {
        "CAPA" => stream.write_all(b"-ERR\r\n").unwrap(),
        "RETR 1" => {
            stream.write_all(b"+OK\r\nhal").unwrap();
            tell.send(()).unwrap();
        }
        _ => stream.write_all(b"+OK\r\n").unwrap(),
    })
}
