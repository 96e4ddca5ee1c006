//! An HTTPS server for one test, and the certificate authority that signs its certificate.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use curlback::{Error, Transfer};
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslAcceptorBuilder, SslMethod, SslStream, SslVerifyMode};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509Builder, X509Name};

use super::stop::stop_server;

/// A certificate and its key.
pub(crate) struct Identity {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

impl Identity {
    /// Makes a self-signed authority with a unique name.
    pub(crate) fn authority() -> Identity {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("authority {}", COUNT.fetch_add(1, Ordering::Relaxed));
        build(&name, None, |builder, _| {
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().build()?)
        })
        .unwrap()
    }

    /// Makes a certificate for the server or client at this IP address, signed by this authority.
    pub(crate) fn vouch_for(&self, ip: &str) -> Identity {
        build(ip, Some(self), |builder, authority| {
            let context = builder.x509v3_context(authority.map(|a| &*a.certificate), None);
            let name = SubjectAlternativeName::new().ip(ip).build(&context)?;
            builder.append_extension(name)
        })
        .unwrap()
    }

    /// Makes a certificate for the server of this name, signed by this authority.
    pub(crate) fn vouch_for_name(&self, name: &str) -> Identity {
        build(name, Some(self), |builder, authority| {
            let context = builder.x509v3_context(authority.map(|a| &*a.certificate), None);
            let name = SubjectAlternativeName::new().dns(name).build(&context)?;
            builder.append_extension(name)
        })
        .unwrap()
    }

    /// Returns the builder of a server's acceptor with this certificate.
    pub(crate) fn acceptor(&self) -> SslAcceptorBuilder {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&self.key).unwrap();
        acceptor.set_certificate(&self.certificate).unwrap();
        acceptor
    }

    /// Returns the certificate as PEM.
    pub(crate) fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }
}

fn build(
    name: &str,
    authority: Option<&Identity>,
    extend: impl FnOnce(&mut X509Builder, Option<&Identity>) -> Result<(), ErrorStack>,
) -> Result<Identity, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut subject = X509Name::builder()?;
    subject.append_entry_by_text("CN", name)?;
    let subject = subject.build();
    let mut serial = BigNum::new()?;
    serial.rand(64, MsbOption::ONE, false)?;
    let issuer = authority.map_or(&*subject, |a| a.certificate.subject_name());

    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_subject_name(&subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(&key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    extend(&mut builder, authority)?;
    builder.sign(authority.map_or(&key, |a| &a.key), MessageDigest::sha256())?;
    Ok(Identity {
        certificate: builder.build(),
        key,
    })
}

/// A running server. It answers one request on each connection, one connection at a time.
pub(crate) struct TlsServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    bodies: Mutex<Vec<Vec<u8>>>,
    resumed: Mutex<Vec<bool>>,
}

impl TlsServer {
    /// Answers every request with `200 OK`, `Strict-Transport-Security` and this body.
    pub(crate) fn ok(identity: &Identity, body: impl Into<Vec<u8>>) -> TlsServer {
        let strict = "Strict-Transport-Security: max-age=60\r\n";
        TlsServer::new(identity, None, strict, body.into())
    }

    /// Answers every request with `200 OK` and these header lines.
    pub(crate) fn saying(identity: &Identity, fields: &'static str) -> TlsServer {
        TlsServer::new(identity, None, fields, Vec::new())
    }

    /// Serves only clients with a certificate that `authority` has signed.
    pub(crate) fn for_clients_of(authority: &Identity, identity: &Identity) -> TlsServer {
        TlsServer::new(identity, Some(authority), "", Vec::new())
    }

    fn new(
        identity: &Identity,
        clients: Option<&Identity>,
        fields: &'static str,
        body: Vec<u8>,
    ) -> TlsServer {
        let mut acceptor = identity.acceptor();
        if let Some(authority) = clients {
            let mut store = X509StoreBuilder::new().unwrap();
            store.add_cert(authority.certificate.clone()).unwrap();
            acceptor.set_verify_cert_store(store.build()).unwrap();
            acceptor.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        }
        let acceptor = acceptor.build();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        let thread = thread::spawn(move || {
            for socket in listener.incoming() {
                if serving.stop.load(Ordering::SeqCst) {
                    break;
                }
                // A client that does not trust the server closes the connection, which is no failure.
                if let Ok(stream) = acceptor.accept(socket.unwrap()) {
                    let resumed = stream.ssl().session_reused();
                    serving.resumed.lock().unwrap().push(resumed);
                    let _ = serve(stream, fields, &body, &serving);
                }
            }
        });
        TlsServer {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// Returns, for each connection so far whose handshake succeeded, whether it resumed a TLS session.
    pub(crate) fn resumed(&self) -> Vec<bool> {
        self.shared.resumed.lock().unwrap().clone()
    }

    /// Returns the bodies of the requests so far.
    pub(crate) fn bodies(&self) -> Vec<Vec<u8>> {
        self.shared.bodies.lock().unwrap().clone()
    }
}

/// Reads a request, and the body whose length the request announces. Keeps the body in `shared`, and
/// answers.
fn serve(
    stream: SslStream<TcpStream>,
    fields: &str,
    answer: &[u8],
    shared: &Shared,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut len = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        match line.split_once(": ") {
            Some(("content-length", value)) => len = value.parse().unwrap(),
            Some(("expect", _)) => stream
                .get_mut()
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let mut body = Vec::new();
    (&mut stream).take(len).read_to_end(&mut body)?;
    // The body is kept before the answer is sent, because the test may look at it after the answer.
    shared.bodies.lock().unwrap().push(body);
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n{fields}Content-Length: {}\r\n\r\n",
        answer.len()
    );
    stream.get_mut().write_all(head.as_bytes())?;
    stream.get_mut().write_all(answer)?;
    let _ = stream.get_mut().shutdown();
    Ok(())
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        stop_server(
            &self.shared.stop,
            &Mutex::default(),
            self.address,
            &mut self.thread,
        );
    }
}

/// Makes a transfer trust an authority. libcurl before 7.77.0 has no option for an authority in memory, so
/// this function then writes the authority to a file.
pub(crate) fn trust<H>(transfer: &mut Transfer<H>, authority: &[u8]) {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    match transfer.ssl_cainfo_blob(authority) {
        Err(Error::Unsupported { .. }) => {
            let number = FILES.fetch_add(1, Ordering::Relaxed);
            let name = format!("authority-{}-{number}.pem", std::process::id());
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            std::fs::write(&path, authority).unwrap();
            transfer.cainfo(&path).unwrap();
        }
        result => result.unwrap(),
    }
}
