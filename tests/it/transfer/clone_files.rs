//! `try_clone` of a transfer that reads and writes files of cookies and hosts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use curlback::{CallbackResult, Callbacks, Error, Hooks, Transfer};

use crate::support::skip::{needs, skip};

struct Hosts(Arc<AtomicUsize>, Hooks);

impl Callbacks for Hosts {
    fn hooks(&self) -> Hooks {
        self.1
    }
    fn hsts_write(&mut self, _: curlback::HstsEntry, _: curlback::HstsIndex) -> CallbackResult {
        self.0.fetch_add(1, Ordering::SeqCst);
        CallbackResult::Continue
    }
    fn hsts_read(&mut self) -> curlback::HstsReadResult {
        self.0.fetch_add(100, Ordering::SeqCst);
        curlback::HstsReadResult::Done
    }
}

/// A copy that cannot be made neither calls its handler nor writes files.
#[test]
fn clone_that_fails() {
    needs!((7, 77, 0), "CURLOPT_HSTSREADFUNCTION");
    let folder = tempfile::tempdir().unwrap();
    let hsts = folder.path().join("hsts");
    let jar = folder.path().join("jar");
    let line =
        "# Netscape HTTP Cookie File\nexample.test\tFALSE\t/\tFALSE\t4102444800\tname\tvalue\n";
    std::fs::write(&hsts, "example.test \"20990101 00:00:00\"\n").unwrap();
    std::fs::write(&jar, line).unwrap();
    let calls = Arc::<AtomicUsize>::default();
    let all = Hooks::default() | Hooks::HSTS_WRITE | Hooks::HSTS_READ;
    let mut t = Transfer::new(Hosts(Arc::default(), all)).unwrap();
    t.hsts_ctrl(curlback_hsts()).unwrap();
    t.hsts(&hsts).unwrap();
    t.cookie_file(&jar).unwrap();
    t.cookie_jar(&jar).unwrap();
    let copy = t.try_clone_with(Hosts(calls.clone(), all | Hooks::TRAILER | Hooks::SSH_KEY));
    if copy.is_ok() {
        return skip!("the linked libcurl has every callback");
    }
    assert_eq!(
        calls.load(Ordering::SeqCst),
        0,
        "called by a clone that was never made"
    );
    assert!(
        std::fs::read_to_string(&jar).unwrap().contains("value"),
        "the jar was emptied"
    );
}

fn curlback_hsts() -> curlback::Hsts {
    curlback::Hsts::ENABLE
}

/// libcurl has a list of the files' names, which must not belong to two handles.
#[test]
fn clone_with_a_file_of_hosts() {
    let folder = tempfile::tempdir().unwrap();
    for performed in [false, true] {
        let mut t = Transfer::new(()).unwrap();
        if let Err(error) = t.hsts_ctrl(curlback::Hsts::ENABLE) {
            return skip!("{error}");
        }
        t.hsts(folder.path().join("hosts")).unwrap();
        if performed {
            t.url("file:///dev/null").unwrap();
            t.perform().unwrap();
        }
        let copy = t.try_clone();
        if curlback::Version::linked() < curlback::Version::new(8, 21, 0) {
            assert!(matches!(
                copy,
                Err(Error::Option {
                    option: "CURLOPT_HSTS",
                    ..
                })
            ));
            continue;
        }
        drop(t);
        drop(copy.unwrap());
    }
}

#[test]
fn clone_with_files_of_cookies() {
    let folder = tempfile::tempdir().unwrap();
    let mut t = Transfer::new(()).unwrap();
    t.cookie_file(folder.path().join("jar")).unwrap();
    t.cookie_jar(folder.path().join("jar")).unwrap();
    let copy = t.try_clone().unwrap();
    drop(t);
    drop(copy);
}
