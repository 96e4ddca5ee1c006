// An HTTPS server on 127.0.0.1 for the examples of the guide. An authority of its own signs its certificate.

use std::error::Error;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod, SslStream};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};

type Identity = (X509, PKey<Private>);

/// Starts a server that calls `serve` for each connection. Returns its URL without a path, and the certificate of its
/// authority as PEM.
pub fn https(
    serve: impl Fn(SslStream<TcpStream>) -> io::Result<()> + Send + Sync + 'static,
) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let authority = certify("an authority of the guide", None)?;
    let (certificate, key) = certify("127.0.0.1", Some(&authority))?;
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    acceptor.set_private_key(&key)?;
    acceptor.set_certificate(&certificate)?;
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("https://{}", listener.local_addr()?);
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let (acceptor, serve) = (acceptor.clone(), serve.clone());
            thread::spawn(move || {
                // A client that does not trust the certificate ends the handshake.
                acceptor.accept(socket).map(|stream| serve(stream))
            });
        }
    });
    Ok((url, authority.0.to_pem()?))
}

/// Makes a certificate that `authority` signs, or, with `None`, the certificate of a new authority.
fn certify(name: &str, authority: Option<&Identity>) -> Result<Identity, Box<dyn Error>> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut subject = X509Name::builder()?;
    subject.append_entry_by_text("CN", name)?;
    let subject = subject.build();
    let mut serial = BigNum::new()?;
    serial.rand(64, MsbOption::ONE, false)?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_subject_name(&subject)?;
    builder.set_pubkey(&key)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    match authority {
        Some((issuer, issuer_key)) => {
            builder.set_issuer_name(issuer.subject_name())?;
            let context = builder.x509v3_context(Some(issuer), None);
            let names = SubjectAlternativeName::new().ip(name).build(&context)?;
            builder.append_extension(names)?;
            builder.sign(issuer_key, MessageDigest::sha256())?;
        }
        None => {
            builder.set_issuer_name(&subject)?;
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().build()?)?;
            builder.sign(&key, MessageDigest::sha256())?;
        }
    }
    Ok((builder.build(), key))
}
