//! An FTP server for one test, on 127.0.0.1 with a port of its own.
//!
//! It keeps its files in memory, and knows active and passive data connections. It stops when it is
//! dropped. A panic in its threads fails the test.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::stop::stop_server;

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The commands to which the server answers that it does not know them.
    refused: &'static [&'static str],
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    /// The directory in which a session begins; `None` means `/`.
    root: Option<&'static str>,
    /// The lines that a listing has before those of the files.
    listed: &'static str,
    /// If set, each name `SIZE-SENT` of two numbers is a file. This function makes its content from the
    /// first number. The server stops sending after as many bytes of the content as the second number says.
    pattern: Option<fn(usize) -> Vec<u8>>,
    /// Whether a listing lasts until the client closes the data connection.
    stalls: AtomicBool,
    commands: Mutex<Vec<String>>,
    data_peers: Mutex<Vec<SocketAddr>>,
    /// The open sessions, whose threads the drop of the server has to wake.
    sockets: Mutex<Vec<TcpStream>>,
}

/// A running server.
pub(crate) struct FtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl FtpServer {
    /// Serves one file.
    pub(crate) fn new(name: &str, contents: impl Into<Vec<u8>>) -> FtpServer {
        FtpServer::without(&[], name, contents)
    }

    /// Serves one file, and does not know the commands `refused`.
    pub(crate) fn without(
        refused: &'static [&'static str],
        name: &str,
        contents: impl Into<Vec<u8>>,
    ) -> FtpServer {
        FtpServer::serve(Shared {
            refused,
            files: Mutex::new(BTreeMap::from([(name.to_owned(), contents.into())])),
            ..Shared::default()
        })
    }

    /// Serves one file, in sessions that begin in this directory.
    pub(crate) fn rooted(root: &'static str, name: &str) -> FtpServer {
        FtpServer::serve(Shared {
            root: Some(root),
            files: Mutex::new(BTreeMap::from([(name.to_owned(), b"contents".to_vec())])),
            ..Shared::default()
        })
    }

    /// Serves these files. Each contains its own name. A listing also has the lines `listed`.
    pub(crate) fn listing(names: &[&str], listed: &'static str) -> FtpServer {
        let file = |name: &&str| ((*name).to_owned(), name.as_bytes().to_vec());
        FtpServer::serve(Shared {
            files: Mutex::new(names.iter().map(file).collect()),
            listed,
            ..Shared::default()
        })
    }

    /// Serves a file for each name `SIZE-SENT`. Its content is `pattern(SIZE)`, of which only the first
    /// `SENT` bytes are sent. Keeps what is uploaded.
    pub(crate) fn patterns(pattern: fn(usize) -> Vec<u8>) -> FtpServer {
        FtpServer::serve(Shared {
            pattern: Some(pattern),
            ..Shared::default()
        })
    }

    fn serve(shared: Shared) -> FtpServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(shared);
        let accepting = shared.clone();
        let thread = thread::spawn(move || accept(&listener, &accepting));
        FtpServer {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("ftp://{}/{name}", self.address)
    }

    pub(crate) fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.shared.files.lock().unwrap().get(name).cloned()
    }

    /// Sets whether listings last until the client closes the data connection.
    pub(crate) fn stall(&self, stalls: bool) {
        self.shared.stalls.store(stalls, Ordering::SeqCst);
    }

    /// Returns the commands so far, in the order in which they came.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }

    /// Returns the addresses of the client's ends of the data connections so far.
    pub(crate) fn data_peers(&self) -> Vec<SocketAddr> {
        self.shared.data_peers.lock().unwrap().clone()
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    thread::scope(|scope| {
        for socket in listener.incoming() {
            if shared.stop.load(Ordering::SeqCst) {
                break;
            }
            let socket = socket.unwrap();
            // Without this option, a reply may wait for the delayed acknowledgement of the reply before.
            let _ = socket.set_nodelay(true);
            let kept = socket.try_clone().unwrap();
            shared.sockets.lock().unwrap().push(kept);
            scope.spawn(move || {
                let Ok(peer) = socket.peer_addr() else {
                    return;
                };
                let mut session = Session {
                    control: BufReader::new(socket),
                    shared,
                    data: Data::None,
                    offset: 0,
                };
                // An error, such as that of a client that has gone, is no failure.
                let _ = session.run();
                let mut sockets = shared.sockets.lock().unwrap();
                // Removes the clone of this socket, which would hold the connection open. Also removes each clone
                // whose client has gone and which therefore has no address.
                sockets.retain(|socket| socket.peer_addr().is_ok_and(|other| other != peer));
            });
        }
    });
}

/// How the next data connection is made.
enum Data {
    None,
    Passive(TcpListener),
    Active(SocketAddr),
}

struct Session<'a> {
    control: BufReader<TcpStream>,
    shared: &'a Shared,
    data: Data,
    offset: usize,
}

impl Session<'_> {
    fn run(&mut self) -> io::Result<()> {
        self.reply("220 ready")?;
        loop {
            let mut line = String::new();
            if self.control.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            self.shared.commands.lock().unwrap().push(line.to_owned());
            let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
            if self.shared.refused.contains(&verb) {
                self.reply("500 what?")?;
                continue;
            }
            match verb {
                "USER" => self.reply("331 and the password?")?,
                "PASS" => self.reply("230 welcome")?,
                "PWD" => {
                    let root = self.shared.root.unwrap_or("/");
                    self.reply(&format!("257 \"{root}\""))?;
                }
                "CWD" | "TYPE" => self.reply("200 yes")?,
                "EPSV" | "PASV" => self.listen(verb)?,
                "EPRT" | "PORT" => self.take_address(verb, argument)?,
                "SIZE" => match self.file(argument) {
                    Some(contents) => self.reply(&format!("213 {}", contents.len()))?,
                    None => self.reply("550 no such file")?,
                },
                "REST" => {
                    self.offset = argument.parse().unwrap();
                    self.reply("350 from there")?;
                }
                "LIST" => self.list()?,
                "RETR" => self.send(argument)?,
                "STOR" => self.receive(argument, Vec::new())?,
                "APPE" => self.receive(argument, self.file(argument).unwrap_or_default())?,
                "QUIT" => return self.reply("221 bye"),
                _ => self.reply("502 not here")?,
            }
        }
    }

    fn reply(&mut self, line: &str) -> io::Result<()> {
        self.control
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        let file = self.shared.files.lock().unwrap().get(name).cloned();
        file.or_else(|| Some(self.shared.pattern?(self.sizes(name)?.0)))
    }

    /// Returns the size of a file of `pattern`, and after how many bytes of it the server stops sending.
    /// Returns `None` if the name is not two numbers.
    fn sizes(&self, name: &str) -> Option<(usize, usize)> {
        let (size, sent) = name.split_once('-')?;
        Some((size.parse().ok()?, sent.parse().ok()?))
    }

    fn listen(&mut self, verb: &str) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        // Limits the time of `accept`: a client that never comes must not hold the session.
        let limit = Some(Duration::from_secs(5));
        socket2::SockRef::from(&listener).set_read_timeout(limit)?;
        let port = listener.local_addr()?.port();
        self.data = Data::Passive(listener);
        match verb {
            "EPSV" => self.reply(&format!("229 here (|||{port}|)")),
            _ => self.reply(&format!(
                "227 here (127,0,0,1,{},{})",
                port >> 8,
                port & 255
            )),
        }
    }

    fn take_address(&mut self, verb: &str, argument: &str) -> io::Result<()> {
        let (ip, port) = match verb {
            "EPRT" => {
                let fields: Vec<&str> = argument.split('|').collect();
                (fields[2].to_owned(), fields[3].parse().unwrap())
            }
            _ => {
                let fields: Vec<&str> = argument.split(',').collect();
                let [high, low] = [4, 5].map(|at: usize| fields[at].parse::<u16>().unwrap());
                (fields[..4].join("."), high << 8 | low)
            }
        };
        self.data = Data::Active(SocketAddr::new(ip.parse().unwrap(), port));
        self.reply("200 yes")
    }

    fn connect(&mut self) -> io::Result<TcpStream> {
        let stream = match std::mem::replace(&mut self.data, Data::None) {
            Data::None => return Err(io::ErrorKind::NotConnected.into()),
            Data::Passive(listener) => listener.accept()?.0,
            Data::Active(address) => TcpStream::connect(address)?,
        };
        let mut peers = self.shared.data_peers.lock().unwrap();
        peers.push(stream.peer_addr()?);
        Ok(stream)
    }

    fn list(&mut self) -> io::Result<()> {
        self.reply("150 coming")?;
        let mut data = self.connect()?;
        let mut lines = self.shared.listed.to_owned();
        for (name, contents) in self.shared.files.lock().unwrap().iter() {
            let len = contents.len();
            lines += &format!("-rw-r--r--   1 me       us       {len:8} Jan  1 2020 {name}\r\n");
        }
        data.write_all(lines.as_bytes())?;
        if self.shared.stalls.load(Ordering::SeqCst) {
            // Waits until the client closes the data connection.
            let _ = io::copy(&mut data, &mut io::sink());
        }
        drop(data);
        self.reply("226 done")
    }

    fn send(&mut self, name: &str) -> io::Result<()> {
        let Some(contents) = self.file(name) else {
            return self.reply("550 no such file");
        };
        self.reply("150 coming")?;
        let is_active = matches!(self.data, Data::Active(_));
        let Ok(mut data) = self.connect() else {
            return self.reply("425 no data connection");
        };
        let to = (self.sizes(name)).map_or(contents.len(), |(_, sent)| sent.min(contents.len()));
        let from = std::mem::take(&mut self.offset).min(to);
        let mut sent = data.write_all(&contents[from..to]);
        if to < contents.len() {
            sent = Err(io::ErrorKind::UnexpectedEof.into());
        }
        if is_active {
            // Waits until the client closes its end. Some releases of libcurl fail if they see the reply
            // before they have accepted the connection.
            let _ = data.shutdown(Shutdown::Write);
            let _ = io::copy(&mut data, &mut io::sink());
        }
        drop(data);
        match sent {
            Ok(()) => self.reply("226 done"),
            Err(_) => self.reply("426 cut"),
        }
    }

    fn receive(&mut self, name: &str, mut contents: Vec<u8>) -> io::Result<()> {
        self.reply("150 go on")?;
        let Ok(mut data) = self.connect() else {
            return self.reply("425 no data connection");
        };
        data.read_to_end(&mut contents)?;
        let mut files = self.shared.files.lock().unwrap();
        files.insert(name.to_owned(), contents);
        drop(files);
        self.reply("226 done")
    }
}

impl Drop for FtpServer {
    fn drop(&mut self) {
        stop_server(
            &self.shared.stop,
            &self.shared.sockets,
            self.address,
            &mut self.thread,
        );
    }
}
