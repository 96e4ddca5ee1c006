//! `chunk_begin`, `chunk_end` and `fnmatch`: the files that a pattern in an FTP URL matches.

#![cfg(unix)]

use std::fs;
use std::panic::panic_any;
use std::time::Duration;

use curlback::{
    Callback, CallbackResult, Callbacks, ChunkResult, Code, Error, FileInfo, FileType,
    FnmatchResult, Hooks, Multi, ProgressResult, Transfer, WriteResult, XferInfo,
};

use crate::support::breaks::{How, Own, payload};
use crate::support::built_in::ftp;
use crate::support::ftp_peer::{Peer, pyftpdlib, vsftpd};
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::transfers::run_in;

// The listing has no line `total …`, because libcurl 8.14.0 to 8.22.0 rejects a listing with this line.
const LISTED: &str = "\
    drwxr-xr-x   2 me       us           4096 Jan  2 2020 folder.txt\r\n\
    lrwxrwxrwx   1 me       us              5 Jan  3 2020 link.txt -> a.txt\r\n";
const NAMES: [&str; 4] = ["a.txt", "b.txt", "c.txt", "d.dat"];

/// The name and the type of a file, and how many files remained, this one included.
type Entry = (String, FileType, u64);

/// Downloads the files that match. If `broken` is set, the callback that it names breaks as it says.
struct Downloads {
    begun: Vec<Entry>,
    /// For each call of `chunk_end`: the name from the last call of `chunk_begin`, and the bytes received since
    /// the last call of `chunk_end`.
    ended: Vec<(String, Vec<u8>)>,
    matched: Vec<(String, String)>,
    skips: &'static [&'static str],
    body: Vec<u8>,
    hooks: Hooks,
    broken: Option<(Callback, How)>,
    stops: bool,
}

impl Downloads {
    fn new() -> Downloads {
        Downloads {
            begun: Vec::new(),
            ended: Vec::new(),
            matched: Vec::new(),
            skips: &[],
            body: Vec::new(),
            hooks: Hooks::default() | Hooks::CHUNK_BEGIN | Hooks::CHUNK_END,
            broken: None,
            stops: false,
        }
    }

    fn clear(&mut self) {
        let hooks = self.hooks;
        *self = Downloads {
            hooks,
            ..Downloads::new()
        };
    }

    fn names(&self) -> Vec<&str> {
        self.begun.iter().map(|entry| entry.0.as_str()).collect()
    }

    fn how(&self, at: Callback) -> How {
        self.broken.map_or(
            How::Not,
            |(own, how)| if own == at { how } else { How::Not },
        )
    }
}

impl Callbacks for Downloads {
    fn hooks(&self) -> Hooks {
        self.hooks
    }

    fn chunk_begin(&mut self, info: &FileInfo<'_>, remains: u64) -> ChunkResult {
        let name = String::from_utf8(info.filename().to_vec()).unwrap();
        assert!(info.uid().is_none() && info.gid().is_none());
        if name == "link.txt" && self.how(Callback::ChunkBegin) == How::Not {
            assert_eq!(info.target(), Some(&b"a.txt"[..]));
            assert_eq!((info.size(), info.perm()), (Some(5), Some(0o777)));
        } else {
            assert_eq!(info.target(), None);
        }
        assert_eq!(info.hardlinks(), Some(1 + u64::from(name == "folder.txt")));
        assert!(info.user().is_some() && info.group().is_some());
        assert!(info.perm_text().is_some() && info.time().is_some());
        let skipped = self.skips.contains(&name.as_str());
        self.begun.push((name, info.filetype(), remains));
        match self.how(Callback::ChunkBegin) {
            How::Not if skipped => ChunkResult::Skip,
            How::Not => ChunkResult::Transfer,
            How::Fail => ChunkResult::Fail(Own(Callback::ChunkBegin).into()),
            How::Abort => ChunkResult::Abort,
            How::Panic => panic_any(Own(Callback::ChunkBegin)),
        }
    }

    fn chunk_end(&mut self) -> CallbackResult {
        let name = self
            .begun
            .last()
            .map_or(String::new(), |entry| entry.0.clone());
        self.ended.push((name, std::mem::take(&mut self.body)));
        self.how(Callback::ChunkEnd).result(Callback::ChunkEnd)
    }

    fn fnmatch(&mut self, pattern: &[u8], name: &[u8]) -> FnmatchResult {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        self.matched.push((text(pattern), text(name)));
        match self.how(Callback::Fnmatch) {
            How::Not => name.starts_with(b"b").into(),
            How::Fail => FnmatchResult::Fail(Own(Callback::Fnmatch).into()),
            How::Abort => FnmatchResult::Abort,
            How::Panic => panic_any(Own(Callback::Fnmatch)),
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        match self.stops && progress.downloaded > 0 {
            true => ProgressResult::Abort,
            false => ProgressResult::Continue,
        }
    }
}

fn transfer(url: &str, handler: Downloads) -> Option<Transfer<Downloads>> {
    match Transfer::new(handler) {
        Err(Error::Unsupported { .. }) => {
            assert!(!ftp());
            None
        }
        transfer => {
            let mut transfer = transfer.unwrap();
            transfer.url(url).unwrap();
            transfer.wildcard_match(true).unwrap();
            // The limit makes a transfer that hangs fail.
            transfer.timeout(Duration::from_secs(20)).unwrap();
            Some(transfer)
        }
    }
}

/// Asserts that every entry that `*.txt` matches was announced, and that the files among them were
/// downloaded unless skipped.
fn assert_all(handler: &Downloads) {
    let names = handler.names();
    assert_eq!(names, ["folder.txt", "link.txt", "a.txt", "b.txt", "c.txt"]);
    let remains: Vec<u64> = handler.begun.iter().map(|entry| entry.2).collect();
    assert_eq!(remains, [5, 4, 3, 2, 1]);
    let ended: Vec<&str> = handler.ended.iter().map(|end| end.0.as_str()).collect();
    assert_eq!(ended, names);
    for (name, body) in &handler.ended {
        let skipped = !name.starts_with(['a', 'b', 'c']) || handler.skips.contains(&name.as_str());
        let expected = if skipped { "" } else { name.as_str() };
        assert_eq!(std::str::from_utf8(body), Ok(expected));
    }
    let kinds: Vec<FileType> = handler.begun.iter().map(|entry| entry.1).collect();
    assert_eq!(kinds[..2], [FileType::Directory, FileType::Symlink]);
    assert_eq!(kinds[2..], [FileType::File; 3]);
}

#[test]
fn every_file_that_matches_is_announced_and_downloaded_every_time() {
    let server = FtpServer::listing(&NAMES, LISTED);
    let Some(mut transfer) = transfer(&server.url("*.txt"), Downloads::new()) else {
        return;
    };
    for _ in 0..3 {
        transfer.perform().unwrap();
        assert_all(transfer.handler());
        transfer.handler_mut().clear();
    }
    transfer.handler_mut().skips = &["a.txt", "c.txt"];
    transfer.perform().unwrap();
    assert_all(transfer.handler());
    let retrieved = server.commands();
    let retrieved = retrieved
        .iter()
        .filter(|command| command.starts_with("RETR"));
    assert_eq!(retrieved.count(), 3 * 3 + 1);

    // Each of the two callbacks works without the other, although both get `CURLOPT_CHUNK_DATA`.
    let hooks = transfer.hooks();
    let (begin, end) = (Hooks::CHUNK_BEGIN, Hooks::CHUNK_END);
    for (own, counts) in [(Hooks::empty(), (0, 0)), (begin, (5, 0)), (end, (0, 5))] {
        transfer.set_hooks((hooks - begin - end) | own).unwrap();
        for _ in 0..2 {
            transfer.handler_mut().clear();
            transfer.perform().unwrap();
            let handler = transfer.handler();
            assert_eq!((handler.begun.len(), handler.ended.len()), counts);
            let ended = handler.ended.iter().flat_map(|end| &end.1);
            let body: Vec<u8> = ended.chain(&handler.body).copied().collect();
            assert_eq!(body, b"a.txtb.txtc.txt");
        }
    }
    transfer.set_hooks(hooks).unwrap();
    transfer.handler_mut().clear();
    transfer.perform().unwrap();
    assert_all(transfer.handler());
}

#[test]
fn own_matcher_takes_the_place_of_libcurls() {
    let server = FtpServer::listing(&NAMES, LISTED);
    let mut handler = Downloads::new();
    handler.hooks |= Hooks::FNMATCH;
    let Some(mut transfer) = transfer(&server.url("*.nothing"), handler) else {
        return;
    };
    for _ in 0..2 {
        transfer.handler_mut().clear();
        transfer.perform().unwrap();
        let handler = transfer.handler();
        assert_eq!(handler.names(), ["b.txt"]);
        let asked: Vec<&str> = handler.matched.iter().map(|(_, name)| &**name).collect();
        assert_eq!(asked.len(), 6);
        assert!(asked.contains(&"d.dat"));
        assert!(handler.matched.iter().all(|(p, _)| p == "*.nothing"));
    }
    // Without the hook, libcurl's own matcher finds no file.
    transfer
        .set_hooks(transfer.hooks() - Hooks::FNMATCH)
        .unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::REMOTE_FILE_NOT_FOUND), "{error:?}");
    assert_eq!(error.callback(), None);
}

#[test]
fn failure_of_each_callback_stops_the_transfer() {
    let server = FtpServer::listing(&NAMES, LISTED);
    for at in [Callback::ChunkBegin, Callback::ChunkEnd, Callback::Fnmatch] {
        for how in [How::Fail, How::Abort, How::Panic] {
            let mut handler = Downloads::new();
            handler.hooks |= Hooks::FNMATCH;
            handler.broken = Some((at, how));
            let Some(mut transfer) = transfer(&server.url("*"), handler) else {
                return;
            };
            if how == How::Panic {
                let payload = payload(&mut transfer);
                assert_eq!(payload.downcast_ref::<Own>(), Some(&Own(at)));
            } else {
                let error = transfer.perform().unwrap_err();
                assert_eq!(error.callback(), Some(at), "{error:?}");
                let own = error.downcast_ref::<Own>();
                assert_eq!(own.is_some(), how == How::Fail);
            }
            let handler = transfer.handler();
            let calls = [handler.begun.len(), handler.ended.len()];
            match at {
                Callback::ChunkBegin => assert_eq!(calls, [1, 0]),
                Callback::ChunkEnd => assert_eq!(calls, [1, 1]),
                _ => assert_eq!((handler.matched.len(), calls), (1, [0, 0])),
            }
            transfer.handler_mut().clear();
            transfer.perform().unwrap();
            assert_eq!(transfer.handler().names(), ["b.txt"]);
        }
    }
}

/// If a listing does not end, libcurl leaves its own write function set in place of the crate's.
/// Whatever follows must not call libcurl's function.
#[test]
fn listing_that_was_stopped_leaves_no_trace() {
    let server = FtpServer::listing(&NAMES, LISTED);
    let http = Server::ok("body");
    for next in 0..7 {
        for multi in [false, true] {
            let mut handler = Downloads::new();
            handler.stops = true;
            let Some(mut transfer) = transfer(&server.url("*.txt"), handler) else {
                return;
            };
            server.stall(true);
            let error = match multi {
                false => transfer.perform().unwrap_err(),
                true => {
                    let (again, result) = in_multi(transfer);
                    transfer = again;
                    result.unwrap_err()
                }
            };
            assert_eq!(
                error.callback(),
                Some(Callback::XferInfo),
                "{next} {multi}: {error:?}"
            );
            assert!(transfer.handler().begun.is_empty());
            server.stall(false);
            transfer.handler_mut().clear();
            match next {
                // The transfer is dropped.
                0 => continue,
                1 => drop(transfer.into_handler()),
                // Performs the same listing again.
                2 => {
                    let transfer = works(transfer, multi);
                    assert_all(transfer.handler());
                }
                // Uses another protocol.
                3 => {
                    transfer.url(&http.url("/")).unwrap();
                    let transfer = works(transfer, multi);
                    assert_eq!(transfer.handler().body, b"body");
                }
                // Uses a URL without a pattern.
                4 => {
                    transfer.wildcard_match(false).unwrap();
                    transfer.url(&server.url("a.txt")).unwrap();
                    let transfer = works(transfer, multi);
                    assert_eq!(transfer.handler().body, b"a.txt");
                }
                5 => {
                    transfer.reset().unwrap();
                    transfer.url(&http.url("/")).unwrap();
                    let transfer = works(transfer, multi);
                    assert_eq!(transfer.handler().body, b"body");
                }
                // The hooks are removed and set again.
                _ => {
                    let hooks = transfer.hooks();
                    transfer.set_hooks(Hooks::empty()).unwrap();
                    transfer.set_hooks(hooks).unwrap();
                    transfer.verbose(false).unwrap();
                    let transfer = works(transfer, multi);
                    assert_all(transfer.handler());
                }
            }
        }
    }
}

/// Performs a transfer that has failed: alone if it failed in a `Multi`, and in a `Multi` if it failed
/// alone.
fn works(mut transfer: Transfer<Downloads>, multi: bool) -> Transfer<Downloads> {
    if multi {
        transfer.perform().unwrap();
        return transfer;
    }
    let (transfer, result) = in_multi(transfer);
    result.unwrap();
    transfer
}

fn in_multi(transfer: Transfer<Downloads>) -> (Transfer<Downloads>, Result<(), Error>) {
    run_in(&mut Multi::new().unwrap(), transfer)
}

#[test]
fn transfer_may_be_taken_out_in_the_middle_of_a_listing() {
    let server = FtpServer::listing(&NAMES, LISTED);
    server.stall(true);
    let Some(transfer) = transfer(&server.url("*.txt"), Downloads::new()) else {
        return;
    };
    let mut multi = Multi::new().unwrap();
    let id = multi.add(transfer).unwrap();
    while !server.commands().iter().any(|command| command == "LIST") {
        multi.perform().unwrap();
        multi.poll(&mut [], Duration::from_millis(10)).unwrap();
    }
    // Waits for the lines of the listing, which the server sends before it stalls.
    multi.poll(&mut [], Duration::from_secs(1)).unwrap();
    multi.perform().unwrap();
    let mut transfer = multi.remove(id).unwrap();
    server.stall(false);
    transfer.perform().unwrap();
    assert_all(transfer.handler());
}

fn downloads_with(start: impl Fn(&[u8]) -> Option<Peer>) {
    if !ftp() {
        return;
    }
    let Some(peer) = start(b"contents") else {
        return;
    };
    let files = peer.dir.path().join("files");
    for name in ["one.txt", "two.txt", "other.dat"] {
        fs::write(files.join(name), name).unwrap();
    }
    fs::create_dir(files.join("sub.txt")).unwrap();
    let url = format!("ftp://127.0.0.1:{}/*.txt", peer.port);
    let mut handler = Downloads::new();
    handler.skips = &["two.txt"];
    // Does not check the other details of a file, which depend on the server.
    struct Loose(Downloads);
    impl Callbacks for Loose {
        fn hooks(&self) -> Hooks {
            self.0.hooks
        }
        fn chunk_begin(&mut self, info: &FileInfo<'_>, remains: u64) -> ChunkResult {
            let name = String::from_utf8(info.filename().to_vec()).unwrap();
            if info.filetype() == FileType::File {
                assert_eq!(info.size(), Some(7), "{info:?}");
            }
            let skipped = self.0.skips.contains(&name.as_str());
            self.0.begun.push((name, info.filetype(), remains));
            match skipped {
                true => ChunkResult::Skip,
                false => ChunkResult::Transfer,
            }
        }
        fn chunk_end(&mut self) -> CallbackResult {
            self.0.chunk_end()
        }
        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.0.write(data)
        }
    }
    let mut transfer = Transfer::new(Loose(handler)).unwrap();
    transfer.url(&url).unwrap();
    transfer.wildcard_match(true).unwrap();
    for _ in 0..2 {
        transfer.perform().unwrap();
        let handler = &mut transfer.handler_mut().0;
        let mut begun: Vec<_> = handler.begun.drain(..).map(|e| (e.0, e.1)).collect();
        begun.sort_by(|a, b| a.0.cmp(&b.0));
        let own = |name: &str, kind| (name.to_owned(), kind);
        let (file, folder) = (FileType::File, FileType::Directory);
        assert_eq!(
            begun,
            [
                own("one.txt", file),
                own("sub.txt", folder),
                own("two.txt", file)
            ]
        );
        let bodies: Vec<u8> = handler.ended.drain(..).flat_map(|end| end.1).collect();
        assert_eq!(bodies, b"one.txt");
    }
}

#[test]
fn files_are_matched_in_the_listing_of_vsftpd() {
    downloads_with(vsftpd);
}

#[test]
fn files_are_matched_in_the_listing_of_pyftpdlib() {
    downloads_with(pyftpdlib);
}
