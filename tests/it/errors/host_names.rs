//! Errors for host names that are not ASCII.

use curlback::{Code, Error};

use crate::support::server::Server;
use crate::support::skip::{is_before, skip_case};
use crate::support::transfers::collecting;

#[test]
fn host_name_that_libcurl_cannot_convert_is_the_reason_that_is_given() {
    for url in ["http://t\u{e4}st.invalid/", "http://t%C3%A4st.invalid/"] {
        let mut transfer = collecting(url);
        transfer.noproxy("*").unwrap();
        let error = transfer.perform().unwrap_err();
        assert!(matches!(error, Error::Libcurl { .. }), "{error:?}");
        let has_idn = curlback::version().has_feature("IDN");
        if error.code() == Some(Code::COULDNT_RESOLVE_HOST) && has_idn {
            skip_case!("this libcurl has converted the name");
            continue;
        }
        if url.is_ascii() && is_before((7, 80, 0)) {
            skip_case!("this libcurl does not decode the name");
            continue;
        }
        let text = error.text().unwrap_or_default();
        assert!(text.contains("ASCII"), "{error:?}");
        assert!(error.to_string().contains("xn--"), "{error}");
    }
}

#[test]
fn path_outside_ascii_says_nothing_of_the_host() {
    let mut transfer = collecting("http://host.invalid/t\u{e4}st");
    transfer.noproxy("*").unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(!error.to_string().contains("ASCII"), "{error}");
}

#[test]
fn converted_host_name_is_found() {
    let server = Server::ok("body");
    let port = server.address().port();
    let mut transfer = collecting(&format!("http://xn--tst-qla.invalid:{port}/"));
    transfer.noproxy("*").unwrap();
    let entry = format!("xn--tst-qla.invalid:{port}:127.0.0.1");
    transfer.resolve([entry]).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), b"body");
}
