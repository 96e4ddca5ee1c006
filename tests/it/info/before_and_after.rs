//! Information before the first transfer, and information that outlives the options from which it
//! came.

use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{Auth, HttpVersion, Transfer, Url};

use crate::support::server::Server;
use crate::support::skip::needs;
use crate::support::transfers::Get;

#[test]
fn nothing_is_known_before_a_transfer() {
    let transfer = Transfer::new(()).unwrap();
    assert_eq!(transfer.response_code().unwrap(), 0);
    assert_eq!(transfer.http_connectcode().unwrap(), 0);
    assert_eq!(transfer.content_type().unwrap(), None);
    assert_eq!(transfer.redirect_count().unwrap(), 0);
    assert_eq!(transfer.redirect_url().unwrap(), None);
    assert_eq!(transfer.http_auth_avail().unwrap(), Auth::empty());
    assert_eq!(transfer.header_size().unwrap(), 0);
    assert_eq!(transfer.request_size().unwrap(), 0);
    assert_eq!(transfer.upload_size().unwrap(), 0);
    assert_eq!(transfer.download_size().unwrap(), 0);
    assert_eq!(transfer.upload_speed().unwrap(), 0);
    assert_eq!(transfer.download_speed().unwrap(), 0);
    assert_eq!(transfer.num_connects().unwrap(), 0);
    assert_eq!(transfer.os_errno().unwrap(), 0);
    assert_eq!(transfer.total_time().unwrap(), Duration::ZERO);
    assert_eq!(transfer.info().http_version().unwrap(), HttpVersion::Any);
}

#[test]
fn information_outlives_the_options_that_it_came_from() {
    needs!((7, 76, 0), "CURLINFO_REFERER");
    let server = Server::ok("");
    let mut transfer: Get = Transfer::new(Collect::new()).unwrap();
    transfer
        .curlu(Url::new(&server.url("/a")).unwrap())
        .unwrap();
    transfer.custom_request("LIST").unwrap();
    transfer.referer("http://before.invalid/").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.effective_method().unwrap(), Some("LIST"));
    transfer.reset().unwrap();
    let text = |text: Option<&str>| text.map(str::to_owned);
    let (url, referer) = (transfer.effective_url(), transfer.info().referer());
    let (url, referer) = (text(url.unwrap()), text(referer.unwrap()));
    assert!(url.is_none_or(|url| url.is_empty() || url == server.url("/a")));
    assert!(referer.is_none_or(|r| r.is_empty() || r == "http://before.invalid/"));
    assert_eq!(transfer.effective_method().unwrap(), Some("GET"));
}
