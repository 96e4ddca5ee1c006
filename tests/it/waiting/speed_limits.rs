//! Speed limits, and the buffer sizes that they need.

use std::io::Cursor;
use std::time::{Duration, Instant};

use curlback::handlers::{Collect, ReadFrom};
use curlback::{Multi, Transfer, Version};

use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{needs, skip, skip_case};

const SIZE: usize = 600_000;
/// The limit in bytes per second. It is half of `SIZE`, the size of a download.
const SPEED: u64 = 300_000;

fn download(url: &str) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    transfer.max_recv_speed(SPEED).unwrap();
    transfer
}

#[test]
fn download_keeps_to_its_speed_with_every_buffer() {
    let server = Server::ok(vec![b'x'; SIZE]);
    for size in [1 << 20, 64 << 10, 16 << 10, 1] {
        let mut transfer = download(&server.url("/"));
        transfer.buffer_size(size).unwrap();
        let start = Instant::now();
        transfer.perform().unwrap();
        // libcurl does not wait after the last bytes, so this takes less time than the size and the
        // speed suggest.
        assert!(start.elapsed() > Duration::from_millis(900), "{size}");
        assert_eq!(transfer.handler().body().len(), SIZE);
    }
    let mut multi = Multi::new().unwrap();
    multi.add(download(&server.url("/"))).unwrap();
    let start = Instant::now();
    multi.run(|_, _, _, result| result).unwrap();
    assert!(start.elapsed() > Duration::from_millis(900));

    let mut transfer = download(&server.url("/"));
    transfer.max_recv_speed(0).unwrap();
    let start = Instant::now();
    transfer.perform().unwrap();
    assert!(start.elapsed() < Duration::from_millis(900));
}

/// Uploads a body that needs two seconds at the limit, but is smaller than a buffer of 256 KiB.
fn upload_slowly(url: &str) {
    const SIZE: usize = 240_000;
    let body = ReadFrom::new(Cursor::new(vec![b'x'; SIZE]));
    let mut transfer = Transfer::new(body).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(SIZE as u64).unwrap();
    transfer.max_send_speed(SIZE as u64 / 2).unwrap();
    let start = Instant::now();
    transfer.perform().unwrap();
    assert!(start.elapsed() > Duration::from_millis(900), "{url}");
    assert_eq!(transfer.upload_size().unwrap(), SIZE as u64);
}

#[test]
fn upload_keeps_to_its_speed() {
    upload_slowly(&Server::ok("").url("/"));
}

#[test]
fn upload_by_ftp_keeps_to_its_speed() {
    if !curlback::version().has_protocol("ftp") {
        return skip!("the linked libcurl has no ftp");
    }
    upload_slowly(&FtpServer::new("file", "").url("file"));
}

#[test]
fn buffer_of_a_slow_transfer_that_failed_is_not_that_of_the_next() {
    let server = Server::ok(vec![b'x'; SIZE]);
    // This transfer fails before it has a connection. Before 8.7.0, libcurl keeps its buffer.
    let mut transfer = download("nothing://127.0.0.1/");
    transfer.max_recv_speed(1000).unwrap();
    transfer.perform().unwrap_err();
    transfer.reset().unwrap();
    // Some releases refuse a size while they have a buffer.
    if let Err(error) = transfer.buffer_size(32 << 10) {
        let linked = Version::linked();
        assert!(linked < Version::new(7, 87, 0) || linked >= Version::new(8, 5, 0));
        skip_case!("the buffer that this libcurl keeps is no smaller than its own: {error}");
    }
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body(), vec![b'x'; SIZE]);
}

#[test]
fn line_ends_fit_into_a_buffer_that_has_grown() {
    needs!((7, 62, 0), "CURLOPT_UPLOAD_BUFFERSIZE");
    if !curlback::version().has_protocol("ftp") {
        return skip!("the linked libcurl has no ftp");
    }
    let server = FtpServer::new("file", "");
    let lines = vec![b'\n'; SIZE];
    let mut transfer = Transfer::new(ReadFrom::new(Cursor::new(lines))).unwrap();
    for sizes in [[16 << 10, 256 << 10], [16 << 10, 1 << 20]] {
        for size in sizes {
            transfer.url(&server.url("file")).unwrap();
            transfer.upload(true).unwrap();
            transfer.crlf(true).unwrap();
            transfer.upload_buffer_size(size).unwrap();
            transfer.handler_mut().rewind().unwrap();
            transfer.perform().unwrap();
            assert!(server.file("file").unwrap() == b"\r\n".repeat(SIZE));
        }
        transfer.reset().unwrap();
    }
}
