//! Resolver threads that nobody waits for. The slow resolver is a library, which is preloaded into
//! a child process.

#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::{Duration, Instant};

use curlback::{CallbackResult, Callbacks, Code, Error, Multi, Remote, Transfer, Version};

use crate::support::child::{child_preloading, in_child};
use crate::support::server::Server;
use crate::support::skip::skip;

/// How long the resolver takes. A transfer gives up after [`LIMIT`].
const SLOW: Duration = Duration::from_secs(20);
const LIMIT: Duration = Duration::from_millis(100);

const RESOLVER: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int function(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list) {
    if (name && strstr(name, ".slow")) {
        sleep(20);
        return EAI_AGAIN;
    }
    return ((function *)dlsym(RTLD_NEXT, "getaddrinfo"))(name, service, hints, list);
}
"#;

fn slow() -> Transfer<()> {
    let mut transfer = Transfer::new(()).unwrap();
    transfer.url("http://name.slow/").unwrap();
    transfer.noproxy("*").unwrap();
    transfer.timeout(LIMIT).unwrap();
    transfer
}

fn assert_timed_out(result: Result<(), Error>) {
    assert_eq!(result.unwrap_err().code(), Some(Code::OPERATION_TIMEDOUT));
}

fn quick(what: &str, run: impl FnOnce()) {
    let begun = Instant::now();
    run();
    assert!(begun.elapsed() < SLOW / 2, "{what} waited for the resolver");
}

/// Runs a test in a child process with the slow resolver. Returns whether this process is the
/// child.
fn in_slow_child(test: &str) -> bool {
    if in_child().is_none() {
        let dir = tempfile::tempdir().unwrap();
        let (source, library) = (dir.path().join("slow.c"), dir.path().join("slow.so"));
        std::fs::write(&source, RESOLVER).unwrap();
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", "-o"]).arg(&library);
        match compile.arg(&source).arg("-ldl").status() {
            Ok(status) if status.success() => {}
            _ => {
                skip!("there is no C compiler");
                return false;
            }
        }
        child_preloading(test, &Server::ok(""), b"", Some(&library));
        return false;
    }
    true
}

#[test]
fn nobody_waits_for_a_resolver_that_is_to_be_left() {
    if !in_slow_child("waiting::resolver::nobody_waits_for_a_resolver_that_is_to_be_left") {
        return;
    }
    let mut before = slow();
    match before.quick_exit(true) {
        Err(Error::Unsupported { .. }) => return skip!("libcurl cannot leave resolvers"),
        result => result.unwrap(),
    }
    let mut copy = before.try_clone().unwrap();
    for (what, transfer) in [("the first", &mut before), ("a copy", &mut copy)] {
        quick(what, || assert_timed_out(transfer.perform()));
    }
    quick("their drop", || drop((before, copy)));
    if Version::linked() < Version::new(8, 20, 0) {
        // In a `Multi`, libcurl before 8.20.0 also uses the option of the transfer. It reads the option
        // before the transfer ends.
        quick("a Multi", || {
            let mut multi = Multi::new().unwrap();
            let mut transfer = slow();
            transfer.quick_exit(true).unwrap();
            multi.add(transfer).unwrap();
            let run = multi.run(|_, _, _, result| {
                assert_timed_out(result);
                Ok(())
            });
            run.unwrap();
        });
        return;
    }
    quick("an option that is set afterwards", || {
        let mut transfer = slow();
        assert_timed_out(transfer.perform());
        transfer.quick_exit(true).unwrap();
        drop(transfer);
    });
    quick("a Multi", || {
        let mut multi = Multi::new().unwrap();
        multi.quick_exit(true).unwrap();
        multi.add(slow()).unwrap();
        let run = multi.run(|_, _, _, result| {
            assert_timed_out(result);
            Ok(())
        });
        run.unwrap();
    });
}

#[test]
fn cancelled_and_removed_transfers_leave_their_resolver() {
    if !in_slow_child("waiting::resolver::cancelled_and_removed_transfers_leave_their_resolver") {
        return;
    }
    if Version::linked() < Version::new(7, 87, 0) {
        return skip!("libcurl cannot leave resolvers");
    }
    let unlimited = || {
        let mut transfer = slow();
        transfer.timeout(Duration::ZERO).unwrap();
        transfer
    };
    quick("a cancelled transfer", || {
        /// Cancels its own transfer once a name is to be resolved.
        struct Cancels(Option<Remote>);

        impl Callbacks for Cancels {
            fn resolver_start(&mut self) -> CallbackResult {
                assert!(self.0.as_ref().unwrap().cancel());
                CallbackResult::Continue
            }
        }

        let mut transfer = unlimited().try_clone_with(Cancels(None)).unwrap();
        let remote = transfer.remote();
        transfer.handler_mut().0 = Some(remote);
        assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
    });
    for removes in [true, false] {
        quick("a removed or dropped one", || {
            let mut multi = Multi::new().unwrap();
            let id = multi.add(unlimited()).unwrap();
            multi.perform().unwrap();
            if removes {
                drop(multi.remove(id).unwrap());
            }
        });
    }
}
