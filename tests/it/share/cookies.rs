//! Cookies that several threads share. Some releases of libcurl unlock shared cookies before they have
//! read them.

use std::sync::{Arc, Barrier};
use std::thread;

use curlback::{Share, ShareData};

use crate::support::server::Server;
use crate::support::sharing::{cookie_server, get, on_thread, on_threads};

/// A new cookie frees the cookie that it replaces. No other thread may be writing that cookie into a
/// request at this time.
#[test]
fn a_thread_does_not_free_the_cookies_that_another_sends() {
    let server = cookie_server();
    let url = server.url("/same");
    let share = Share::new(ShareData::COOKIES).unwrap();
    on_threads(4, |_| {
        for _ in 0..50 {
            let mut transfer = get(&url, Some(&share));
            let line = "Set-Cookie: same=2; domain=127.0.0.1; path=/";
            transfer.cookie_list(line).unwrap();
            transfer.perform().unwrap();
            transfer.cookies().unwrap();
            transfer.cookie_list("ALL").unwrap();
        }
    });
    assert_eq!(server.requests().len(), 4 * 50);
}

/// The drop of a transfer writes its jar, and frees expired cookies for that. With some releases of
/// libcurl, a thread that uses the cookies meanwhile does both instead.
#[test]
fn cookies_are_written_by_a_drop_beside_a_driver() {
    let (arrived, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (at, on) = (arrived.clone(), go.clone());
    let server = Server::new(move |conn| {
        while conn.request().is_some() {
            at.wait();
            on.wait();
            conn.reply("200 OK", "", "");
        }
    });
    let url = server.url("/");
    let dir = tempfile::tempdir().unwrap();
    let jar = dir.path().join("jar");
    let share = Share::new(ShareData::COOKIES).unwrap();
    let with_jar = || {
        let mut transfer = get(&url, Some(&share));
        transfer.cookie_jar(&jar).unwrap();
        transfer
    };
    let transfer = with_jar();
    let mut driver = get(&url, Some(&share));
    let line = "Set-Cookie: name=value; domain=127.0.0.1; path=/";
    driver.cookie_list(line).unwrap();
    thread::scope(|scope| {
        let driving = scope.spawn(move || driver.perform().unwrap());
        arrived.wait();
        on_thread(|| drop(transfer));
        go.wait();
        driving.join().unwrap();
    });
    let written = std::fs::read_to_string(&jar).unwrap();
    assert!(written.contains("name\tvalue"), "{written}");
}
