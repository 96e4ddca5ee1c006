//! `xfer_info`, and the deprecated `progress`, which the default `xfer_info` calls.

use curlback::{
    Callbacks, Hooks, Progress, ProgressResult, ReadBuf, ReadResult, Transfer, XferInfo,
};

use crate::support::server::Server;

const UPLOAD: &[u8] = &[1; 70_000];
const DOWNLOAD: usize = 40_000;

/// Sends a body and records the counters of all calls.
#[derive(Default)]
struct Counters {
    sent: usize,
    /// Download total and done, upload total and done.
    seen: Vec<[u64; 4]>,
    codes: Vec<u32>,
    urls: Vec<String>,
}

impl Callbacks for Counters {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&UPLOAD[self.sent..]);
        ReadResult::Continue
    }

    fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
        let XferInfo {
            download_total,
            downloaded,
            upload_total,
            uploaded,
            ..
        } = *p;
        let counters = [download_total, downloaded, upload_total, uploaded];
        self.seen.push(counters);
        self.codes.push(p.info().response_code().unwrap());
        let url = p.info().effective_url().unwrap();
        self.urls.push(url.unwrap_or_default().to_owned());
        ProgressResult::Continue
    }
}

fn transfer<H: Callbacks>(server: &Server, handler: H) -> Transfer<H> {
    let mut transfer = Transfer::new(handler).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(UPLOAD.len() as u64).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer
}

/// Asserts that the counters never decrease, and that the last ones are `last`.
fn add_up<T: PartialOrd + Copy + std::fmt::Debug>(seen: &[[T; 4]], last: [T; 4]) {
    for pair in seen.windows(2) {
        for (before, after) in pair[0].iter().zip(&pair[1]) {
            assert!(before <= after, "{pair:?}");
        }
    }
    assert_eq!(*seen.last().unwrap(), last);
}

#[test]
fn xfer_info_counts_both_directions() {
    let server = Server::ok([2; DOWNLOAD]);
    let mut transfer = transfer(&server, Counters::default());
    transfer.perform().unwrap();
    let Counters {
        seen, codes, urls, ..
    } = transfer.handler();
    let (up, down) = (UPLOAD.len() as u64, DOWNLOAD as u64);
    add_up(seen, [down, down, up, up]);
    assert_eq!(codes.last(), Some(&200));
    assert!(urls.last().unwrap().starts_with(&server.url("/")));
}

#[test]
fn unknown_totals_are_zero() {
    let server = Server::new(|conn| {
        conn.request();
        conn.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody");
    });
    let mut transfer = Transfer::new(Counters::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().seen.last(), Some(&[0, 4, 0, 0]));
}

#[test]
fn counters_above_4_gib_are_whole() {
    let server = Server::new(|conn| {
        conn.head();
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\nbody");
    });
    let mut transfer = Transfer::new(Counters::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    assert!(transfer.perform().is_err());
    let last = transfer.handler().seen.last();
    assert_eq!(last, Some(&[5_000_000_000, 4, 0, 0]));
}

#[test]
fn progress_option_turns_it_off_and_on() {
    let server = Server::ok("body");
    let mut transfer = Transfer::new(Counters::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.progress(false).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().seen.is_empty());
    transfer.progress(true).unwrap();
    transfer.perform().unwrap();
    assert!(!transfer.handler().seen.is_empty());
}

/// Implements `progress` and not `xfer_info`, as a handler does that is older than `xfer_info`.
#[derive(Default)]
struct Old {
    sent: usize,
    seen: Vec<[f64; 4]>,
}

impl Callbacks for Old {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        self.sent += buffer.append(&UPLOAD[self.sent..]);
        ReadResult::Continue
    }

    fn progress(&mut self, p: &Progress) -> ProgressResult {
        let counters = [p.download_total, p.downloaded, p.upload_total, p.uploaded];
        self.seen.push(counters);
        ProgressResult::Continue
    }
}

#[test]
fn progress_counts_both_directions() {
    let server = Server::ok([2; DOWNLOAD]);
    // libcurl reaches `progress` through the default `xfer_info`, or directly.
    for way in [Hooks::XFER_INFO, Hooks::PROGRESS] {
        let mut transfer = transfer(&server, Old::default());
        let hooks = (transfer.hooks() - Hooks::XFER_INFO) | way;
        transfer.set_hooks(hooks).unwrap();
        transfer.perform().unwrap();
        let (up, down) = (UPLOAD.len() as f64, DOWNLOAD as f64);
        add_up(&transfer.handler().seen, [down, down, up, up]);
    }
}

/// While a transfer has neither hook, a progress function of the crate's own is set in libcurl. It must
/// not stay set when a hook is set again.
#[test]
fn progress_is_called_after_a_transfer_without_it() {
    let server = Server::ok([2; DOWNLOAD]);
    let mut transfer = transfer(&server, Old::default());
    let without = transfer.hooks() - Hooks::XFER_INFO;
    for way in [Hooks::PROGRESS, Hooks::XFER_INFO, Hooks::PROGRESS] {
        transfer.set_hooks(without).unwrap();
        *transfer.handler_mut() = Old::default();
        transfer.perform().unwrap();
        assert!(transfer.handler().seen.is_empty());

        let mut clone = transfer.try_clone_with(Old::default()).unwrap();
        for transfer in [&mut transfer, &mut clone] {
            transfer.set_hooks(without | way).unwrap();
            *transfer.handler_mut() = Old::default();
            transfer.perform().unwrap();
            let (up, down) = (UPLOAD.len() as f64, DOWNLOAD as f64);
            add_up(&transfer.handler().seen, [down, down, up, up]);
        }
    }
}

#[test]
fn xfer_info_hides_progress() {
    #[derive(Default)]
    struct Both {
        new: usize,
        old: usize,
    }

    impl Callbacks for Both {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            self.new += 1;
            ProgressResult::Continue
        }

        fn progress(&mut self, _: &Progress) -> ProgressResult {
            self.old += 1;
            ProgressResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(Both::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer
        .set_hooks(Hooks::default() | Hooks::IOCTL | Hooks::PROGRESS)
        .unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().new > 0);
    assert_eq!(transfer.handler().old, 0);

    // libcurl has one data pointer for both callbacks. Unsetting one must not harm the other.
    *transfer.handler_mut() = Both::default();
    transfer
        .set_hooks((Hooks::default() | Hooks::IOCTL | Hooks::PROGRESS) - Hooks::XFER_INFO)
        .unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().old > 0);
    assert_eq!(transfer.handler().new, 0);

    *transfer.handler_mut() = Both::default();
    transfer
        .set_hooks((Hooks::default() | Hooks::IOCTL | Hooks::PROGRESS) - Hooks::PROGRESS)
        .unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().new > 0);
    assert_eq!(transfer.handler().old, 0);
}

#[test]
fn result_of_any_operation_converts() {
    let go: ProgressResult = Ok::<(), std::io::Error>(()).into();
    assert!(matches!(go, ProgressResult::Continue));
    let stop: ProgressResult = Err::<(), _>(std::io::Error::other("full")).into();
    assert!(matches!(stop, ProgressResult::Fail(_)));
}

#[test]
fn progress_can_be_turned_off() {
    #[derive(Default)]
    struct Reports(usize);

    impl Callbacks for Reports {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            self.0 += 1;
            ProgressResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = Transfer::new(Reports::default()).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.progress(false).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().0, 0);
    transfer.progress(true).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().0 > 0);
}
