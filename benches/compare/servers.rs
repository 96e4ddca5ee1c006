//! The servers, in a process of their own, so that their cost is not measured.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use mio::{Events, Interest, Poll, Token};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::server::Server;

/// What the server sends to a transfer at a time.
pub(crate) const PIECE: &[u8] = b"sixteen bytes...";
/// How many pieces each busy transfer receives.
pub(crate) const ROUNDS: usize = 20;
/// The client sends one acknowledgement for this number of pieces.
pub(crate) const ACKNOWLEDGED: usize = 8;

/// The addresses of the servers. Dropping this value ends the servers.
pub(crate) struct Servers {
    child: Child,
    /// The client writes a byte here for every [`ACKNOWLEDGED`] pieces.
    pub(crate) acknowledge: ChildStdin,
    addresses: Vec<String>,
    nginx: Option<Nginx>,
    directory: TempDir,
}

struct Nginx {
    process: Child,
    tls: u16,
    cleartext: u16,
}

impl Servers {
    /// Starts the servers. The server of [`Servers::held`] waits for `busy` and `idle` transfers of
    /// the two kinds.
    pub(crate) fn start(busy: usize, idle: usize) -> io::Result<Servers> {
        let directory = tempfile::tempdir()?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", &busy.to_string(), &idle.to_string()])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(output).read_line(&mut line)?;
        Ok(Servers {
            acknowledge: child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?,
            child,
            addresses: line.split_whitespace().map(str::to_owned).collect(),
            nginx: nginx(directory.path())?,
            directory,
        })
    }

    /// Returns a URL of the server with a thread for each connection, which sends bodies of any
    /// size.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses[0])
    }

    /// Returns a URL of a server over TLS. Otherwise, it is like the server of [`Servers::url`].
    pub(crate) fn tls(&self, path: &str) -> String {
        format!("https://{}{path}", self.addresses[1])
    }

    /// Returns a URL of the server with one thread for all connections. It sends small bodies, but
    /// the body of `/idle` never ends.
    pub(crate) fn small(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses[2])
    }

    /// Returns a URL of the server that waits until all transfers are connected. It then sends
    /// pieces to the transfers of `/busy`, and no body to the transfers of `/idle`.
    pub(crate) fn held(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses[3])
    }

    /// Returns a URL of nginx with HTTP/2 over TLS; `None` if nginx is not installed.
    pub(crate) fn http_2(&self) -> Option<String> {
        let port = self.nginx.as_ref()?.tls;
        Some(format!("https://127.0.0.1:{port}/file"))
    }

    /// Returns a URL of nginx with HTTP/2 without TLS; `None` if nginx is not installed.
    pub(crate) fn http_2_cleartext(&self) -> Option<String> {
        let port = self.nginx.as_ref()?.cleartext;
        Some(format!("http://127.0.0.1:{port}/file"))
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.path().join("authority")
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(nginx) = &mut self.nginx {
            let _ = nginx.process.kill();
            let _ = nginx.process.wait();
        }
    }
}

/// The main function of the servers' process: prints the addresses, and serves until its input
/// ends.
pub(crate) fn serve(busy: usize, idle: usize, directory: &Path) -> io::Result<()> {
    let (key, certificate) = identity()?;
    fs::write(directory.join("authority"), certificate.to_pem()?)?;
    fs::write(directory.join("key"), key.private_key_to_pem_pkcs8()?)?;
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    acceptor.set_private_key(&key)?;
    acceptor.set_certificate(&certificate)?;
    let acceptor = acceptor.build();
    let plain = Server::start()?;
    let tls = Server::with(move |socket| acceptor.accept(socket).map_err(io::Error::other))?;
    let (small, held) = (listen()?, listen()?);
    println!(
        "{} {} {} {}",
        plain.address(),
        tls.address(),
        small.local_addr()?,
        held.local_addr()?
    );
    let (acknowledge, acknowledged) = channel();
    thread::spawn(move || serve_small(small));
    thread::spawn(move || hold(&held, busy, idle, &acknowledged));
    for byte in io::stdin().lock().bytes() {
        byte?;
        let _ = acknowledge.send(());
    }
    std::process::exit(0);
}

/// Listens with a queue for thousands of connections that come at once.
fn listen() -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

/// Makes a self-signed certificate for 127.0.0.1.
fn identity() -> Result<(PKey<Private>, X509), ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut name = X509Name::builder()?;
    name.append_entry_by_text("CN", "127.0.0.1")?;
    let name = name.build();
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(&key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    let alternative = SubjectAlternativeName::new()
        .ip("127.0.0.1")
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(alternative)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok((key, builder.build()))
}

/// A connection, and the bytes of its requests that are not answered yet.
struct Connection {
    socket: mio::net::TcpStream,
    request: Vec<u8>,
}

const LISTENER: Token = Token(usize::MAX);

fn serve_small(listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = mio::net::TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(256);
    let registry = poll.registry().try_clone()?;
    registry.register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut connections: Vec<Option<Connection>> = Vec::new();
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut socket, _)) = listener.accept() {
                    socket.set_nodelay(true)?;
                    let token = Token(connections.len());
                    registry.register(&mut socket, token, Interest::READABLE)?;
                    let request = Vec::new();
                    connections.push(Some(Connection { socket, request }));
                }
                continue;
            }
            let place = &mut connections[event.token().0];
            if place.as_mut().is_some_and(|it| answer(it).is_err()) {
                *place = None;
            }
        }
    }
}

/// Reads what the client has sent so far, and answers each complete request.
fn answer(connection: &mut Connection) -> io::Result<()> {
    let mut part = [0; 4096];
    loop {
        match connection.socket.read(&mut part) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => connection.request.extend_from_slice(&part[..len]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
        while let Some(end) = connection.request.windows(4).position(|w| w == b"\r\n\r\n") {
            let is_idle = connection.request.starts_with(b"GET /idle");
            connection.request.drain(..end + 4);
            connection.socket.write_all(match is_idle {
                true => b"HTTP/1.1 200 OK\r\n\r\nsixteen bytes...",
                false => b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nsixteen bytes...",
            })?;
        }
    }
}

/// Waits for all transfers, and sends pieces to the busy ones in turn.
fn hold(
    listener: &TcpListener,
    busy: usize,
    idle: usize,
    acknowledged: &Receiver<()>,
) -> io::Result<()> {
    let (mut wanted, mut silent) = (Vec::new(), Vec::new());
    while wanted.len() < busy || silent.len() < idle {
        let (mut socket, _) = listener.accept()?;
        let is_busy = read_request(&mut socket)?;
        socket.set_nodelay(true)?;
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        match is_busy {
            true => wanted.push(socket),
            false => silent.push(socket),
        }
    }
    let mut sent = 0;
    for _ in 0..ROUNDS {
        for socket in &mut wanted {
            // Waits if the client has not acknowledged the pieces before the last 2 * ACKNOWLEDGED.
            if sent >= 2 * ACKNOWLEDGED && sent % ACKNOWLEDGED == 0 {
                let _ = acknowledged.recv();
            }
            socket.write_all(PIECE)?;
            sent += 1;
        }
    }
    drop(wanted);
    // The idle connections stay until the process ends.
    loop {
        thread::park();
    }
}

/// Reads a request, and returns whether it is for a busy transfer.
fn read_request(socket: &mut TcpStream) -> io::Result<bool> {
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"\r\n\r\n") {
        let len = socket.read(&mut part)?;
        request.extend_from_slice(&part[..len]);
    }
    Ok(request.starts_with(b"GET /busy"))
}

/// Starts nginx; returns `None` if it is not installed.
fn nginx(directory: &Path) -> io::Result<Option<Nginx>> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let program = directories.map(|d| d.join("nginx")).find(|p| p.is_file());
    let Some(program) = program else {
        return Ok(None);
    };
    let listeners = (
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    );
    let tls = listeners.0.local_addr()?.port();
    let cleartext = listeners.1.local_addr()?.port();
    drop(listeners);
    fs::write(directory.join("file"), PIECE)?;
    let dir = directory.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
        .concat();
    let config = format!(
        "daemon off; master_process off; pid {dir}/pid; error_log stderr emerg;\n\
         events {{}}\n\
         http {{\n\
         access_log off; keepalive_requests 10000000;\n{temporary}\
         server {{ listen 127.0.0.1:{tls} ssl http2; root {dir};\n\
         ssl_certificate {dir}/authority; ssl_certificate_key {dir}/key; }}\n\
         server {{ listen 127.0.0.1:{cleartext} http2; root {dir}; }}\n}}\n"
    );
    let file = directory.join("nginx.conf");
    fs::write(&file, config)?;
    let process = Command::new(program)
        .args(["-e", "stderr", "-p"])
        .args([directory, Path::new("-c"), &file])
        .stderr(Stdio::null())
        .spawn()?;
    // nginx listens soon after it was started.
    while TcpStream::connect(("127.0.0.1", cleartext)).is_err() {
        thread::yield_now();
    }
    Ok(Some(Nginx {
        process,
        tls,
        cleartext,
    }))
}
