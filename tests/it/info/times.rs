//! Times: of the steps of a transfer, and of documents.

use std::time::{Duration, Instant, UNIX_EPOCH};

use curlback::{Error, TimeCondition};

use crate::support::server::Server;
use crate::support::servers::answering;
use crate::support::skip::{is_before, known, needs};
use crate::support::transfers::collecting;

#[test]
fn times_come_in_order() {
    let server = Server::ok("body");
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    let times = [
        Duration::ZERO,
        transfer.namelookup_time().unwrap(),
        transfer.connect_time().unwrap(),
        transfer.pretransfer_time().unwrap(),
        transfer.starttransfer_time().unwrap(),
        transfer.total_time().unwrap(),
    ];
    assert!(times.is_sorted(), "{times:?}");
    assert!(times[2] > Duration::ZERO, "{times:?}");
    assert!(times[5] < Duration::from_secs(60), "{times:?}");
    // There is no TLS.
    assert_eq!(transfer.appconnect_time().unwrap(), Duration::ZERO);
}

#[test]
fn total_time_is_as_long_as_the_limit_that_ended_it() {
    let server = Server::new(|conn| {
        conn.head();
        conn.drain();
    });
    let mut transfer = collecting(&server.url("/"));
    transfer.timeout(Duration::from_millis(30)).unwrap();
    let start = Instant::now();
    transfer.perform().unwrap_err();
    let elapsed = start.elapsed();
    let total = transfer.total_time().unwrap();
    assert!(total > Duration::from_millis(20), "{total:?}");
    assert!(total <= elapsed, "{total:?} of {elapsed:?}");
}

#[test]
fn date_of_the_document_is_a_time() {
    needs!((7, 66, 0), "CURLINFO_RETRY_AFTER");
    let server = answering("Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\nRetry-After: 120\r\n");
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.filetime().unwrap(), None);
    assert_eq!(
        transfer.retry_after().unwrap(),
        Some(Duration::from_secs(120))
    );
    transfer.fetch_filetime(true).unwrap();
    transfer.perform().unwrap();
    let new_year = UNIX_EPOCH + Duration::from_secs(946_684_800);
    assert_eq!(transfer.filetime().unwrap(), Some(new_year));
    assert!(!transfer.time_condition_unmet().unwrap());
    transfer
        .time_condition(TimeCondition::IfModifiedSince)
        .unwrap();
    transfer.time_value(new_year).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.time_condition_unmet().unwrap());

    let server = answering("Last-Modified: Wed, 31 Dec 1969 23:59:00 GMT\r\n");
    transfer.url(&server.url("/")).unwrap();
    transfer.time_condition(TimeCondition::None).unwrap();
    transfer.perform().unwrap();
    let before = transfer.filetime().unwrap();
    // Some releases ignore a date before 1970.
    assert!(before.is_none_or(|time| time == UNIX_EPOCH - Duration::from_secs(60)));
    // Some releases keep the value of an earlier response.
    assert!(transfer.retry_after().unwrap().is_none() || is_before((7, 74, 0)));
}

#[test]
#[allow(deprecated)]
fn inexact_information_is_near_the_exact() {
    let server = Server::ok("body");
    let mut transfer = collecting(&server.url("/"));
    transfer.perform().unwrap();
    let info = transfer.info();
    let near = |inexact: Result<f64, Error>, exact: f64| {
        let inexact = inexact.unwrap();
        assert!((inexact - exact).abs() < 1e-5, "{inexact} {exact}");
    };
    let seconds = |time: Result<Duration, Error>| time.unwrap().as_secs_f64();
    near(info.total_time_f64(), seconds(info.total_time()));
    near(info.namelookup_time_f64(), seconds(info.namelookup_time()));
    near(info.connect_time_f64(), seconds(info.connect_time()));
    near(info.appconnect_time_f64(), seconds(info.appconnect_time()));
    near(
        info.pretransfer_time_f64(),
        seconds(info.pretransfer_time()),
    );
    near(
        info.starttransfer_time_f64(),
        seconds(info.starttransfer_time()),
    );
    near(info.redirect_time_f64(), seconds(info.redirect_time()));
    near(info.download_size_f64(), 4.0);
    near(info.upload_size_f64(), 0.0);
    near(info.content_length_download_f64(), 4.0);
    let length = info.content_length_upload().unwrap();
    near(
        info.content_length_upload_f64(),
        length.map_or(-1.0, |length| length as f64),
    );
    let whole = |inexact: Result<f64, Error>, exact: Result<u64, Error>| {
        let (inexact, exact) = (inexact.unwrap(), exact.unwrap() as f64);
        assert!((inexact - exact).abs() < 1.0, "{inexact} {exact}");
    };
    whole(info.download_speed_f64(), info.download_speed());
    whole(info.upload_speed_f64(), info.upload_speed());
    if let Some(sent) = known(info.posttransfer_time()) {
        assert!(sent <= info.total_time().unwrap());
    }
}
