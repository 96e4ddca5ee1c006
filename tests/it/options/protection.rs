//! Options that protect a transfer, and refuse a value.

use curlback::{Auth, Error, Multi, ProxyType, SslVersion, Transfer, UseSsl, Version};

use crate::support::results::assert_option;
use crate::support::server::Server;

type Set = fn(&mut Transfer<()>) -> Result<(), Error>;

#[test]
fn nothing_is_sent_with_less_protection_than_was_asked_for() {
    let server = Server::ok("");
    let unknown = Auth::from_bits_retain(1 << 20);
    let no_range = SslVersion::Tls1_3..=SslVersion::Tls1_2;
    let range = no_range.clone();
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.userpwd("user:secret").unwrap();

    transfer.http_auth(unknown).unwrap_err();
    assert_option(transfer.perform(), "CURLOPT_HTTPAUTH");
    // A copy has the same options, and a `Multi` the same rules.
    assert_option(transfer.try_clone().unwrap().perform(), "CURLOPT_HTTPAUTH");
    let error = Multi::new().unwrap().add(transfer).unwrap_err();
    let mut transfer = error.into_parts().1;
    assert!(server.requests().is_empty());
    transfer.http_auth(Auth::BASIC).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests().len(), 1);

    // Each refused option stops the transfer by itself.
    transfer.proxy_auth(unknown).unwrap_err();
    transfer.ssl_version(range).unwrap_err();
    assert_option(transfer.perform(), "CURLOPT_PROXYAUTH");
    transfer.proxy_auth(Auth::BASIC).unwrap();
    assert_option(transfer.perform(), "CURLOPT_SSLVERSION");
    transfer.reset().unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    // An option that protects nothing may refuse a value: the transfer runs without it.
    let unprotected: Set = |t| t.tcp_keepidle(std::time::Duration::MAX);
    unprotected(&mut transfer).unwrap_err();
    transfer.perform().unwrap();
    // A libcurl without TLS refuses each value of this option.
    if transfer.use_ssl(UseSsl::None).is_err() {
        assert_option(transfer.perform(), "CURLOPT_USE_SSL");
        transfer.reset().unwrap();
        transfer.url(&server.url("/")).unwrap();
    }
    drop(transfer.proxy_ssl_version(no_range));
    assert_option(transfer.perform(), "CURLOPT_PROXY_SSLVERSION");
}

#[test]
fn password_of_a_proxy_goes_to_no_proxy_of_another_type() {
    let proxy = Server::ok("");
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url("http://example.test/").unwrap();
    transfer.proxy(&proxy.url("")).unwrap();
    transfer.noproxy("").unwrap();
    transfer.proxy_userpwd("user:secret").unwrap();
    let linked = Version::linked();
    match transfer.proxy_type(ProxyType::Https3) {
        Ok(()) => assert!(linked >= Version::new(8, 21, 0)),
        Err(Error::Unsupported { what, .. }) => {
            assert_eq!(what, "CURLPROXY_HTTPS3");
            assert_option(transfer.perform(), "CURLOPT_PROXYTYPE");
            assert!(proxy.requests().is_empty());
            transfer.proxy_type(ProxyType::Http).unwrap();
            transfer.perform().unwrap();
        }
        Err(error) => panic!("{error:?}"),
    }
}
