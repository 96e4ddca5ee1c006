//! FTP beside other transfers: an address that a data connection uses must not be freed by them.

use std::num::NonZeroUsize;

use curlback::handlers::Collect;
use curlback::{
    Agent, CallbackResult, Callbacks, Code, Error, Multi, Share, ShareData, Transfer, callbacks,
};

use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::server::Server;
use crate::support::skip::{is_before, skip};
use crate::support::transfers::{collecting, run_in, transfer};

/// Returns whether the linked libcurl may free addresses that are in use.
fn frees_addresses() -> bool {
    is_before((8, 14, 0))
}

fn assert_refused(result: Result<(), Error>) {
    let option = "CURLOPT_SHARE";
    match result {
        Err(Error::Option {
            option: refused, ..
        }) => assert_eq!(refused, option),
        other => panic!("{other:?}"),
    }
}

/// Counts how often a host is resolved whose address is in no cache.
#[derive(Default)]
struct Resolutions(usize);

#[callbacks]
impl Callbacks for Resolutions {
    fn resolver_start(&mut self) -> CallbackResult {
        self.0 += 1;
        CallbackResult::Continue
    }
}

#[test]
fn ftp_has_addresses_of_its_own() {
    if !ftp() {
        return;
    }
    if !frees_addresses() {
        skip!("the linked libcurl keeps addresses that are in use");
        return;
    }
    let server = FtpServer::new("file", "body");
    let mut multi = Multi::new().unwrap();
    let mut resolve = || {
        let mut get = transfer(Resolutions::default(), &server.url("file"));
        get.fresh_connect(true).unwrap();
        let (get, result) = run_in(&mut multi, get);
        result.unwrap();
        get.handler().0
    };
    let first = resolve();
    assert!(first > 0);
    assert_eq!(resolve(), first);
}

#[test]
fn copy_of_a_transfer_has_addresses_of_its_own_too() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "body");
    let mut multi = Multi::new().unwrap();
    let mut get = transfer(Resolutions::default(), &server.url("file"));
    get.fresh_connect(true).unwrap();
    let (mut get, result) = run_in(&mut multi, get);
    result.unwrap();
    let copy = get.try_clone_with(Resolutions::default()).unwrap();
    let (copy, result) = run_in(&mut multi, copy);
    result.unwrap();
    if frees_addresses() {
        assert_eq!(copy.handler().0, get.handler().0);
    }
}

#[test]
fn ftp_with_the_addresses_of_others_is_refused_where_they_may_be_freed() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "body");
    let check = |result: Result<(), Error>| match frees_addresses() {
        true => assert_refused(result),
        false => result.unwrap(),
    };
    let mut get = collecting(&server.url("file"));
    get.share(&Share::new(ShareData::DNS).unwrap()).unwrap();
    check(get.perform());

    // A transfer of a `Multi` has the addresses of the `Multi` if not those of its share.
    let mut multi = Multi::new().unwrap();
    get.share(&Share::new(ShareData::COOKIES).unwrap()).unwrap();
    get.handler_mut().clear();
    get.perform().unwrap();
    assert_eq!(get.handler().body(), b"body");
    let mut get = match multi.add(get) {
        Ok(id) => multi.remove(id).unwrap(),
        Err(error) => {
            let (error, get) = error.into_parts();
            check(Err(error));
            get
        }
    };
    get.unshare().unwrap();
    let (mut get, result) = run_in(&mut multi, get);
    result.unwrap();
    get.url(&Server::ok("page").url("/")).unwrap();
    get.share(&Share::new(ShareData::DNS).unwrap()).unwrap();
    let (_, result) = run_in(&mut multi, get);
    assert!(!matches!(result, Err(Error::Option { .. })), "{result:?}");
}

#[test]
fn ftp_by_an_agent_of_several_threads_needs_no_share() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "body");
    let threads = NonZeroUsize::new(2).unwrap();
    let agent = Agent::builder().threads(threads).build().unwrap();
    let web = Server::ok("page");
    // The share of the agent must not stay with a transfer that leaves the agent.
    let (mut get, result) = agent.start(collecting(&web.url("/"))).wait();
    result.unwrap();
    get.url(&server.url("file")).unwrap();
    get.handler_mut().clear();
    get.perform().unwrap();
    assert_eq!(get.handler().body(), b"body");
    get.handler_mut().clear();
    let (get, result) = agent.start(get).wait();
    result.unwrap();
    assert_eq!(get.handler().body(), b"body");
}

#[test]
fn redirect_leads_to_ftp_if_that_is_allowed() {
    if !ftp() {
        return;
    }
    let server = FtpServer::new("file", "body");
    let to = server.url("file");
    let web = Server::new(move |conn| {
        while conn.request().is_some() {
            conn.reply("302 Found", &format!("Location: {to}\r\n"), "");
        }
    });
    let get = |allow: bool| {
        let mut get: Transfer<Collect> = collecting(&web.url("/"));
        get.follow_location(true).unwrap();
        if allow {
            get.redir_protocols_str("http,ftp").unwrap();
        }
        get
    };
    let mut allowed = get(true);
    allowed.perform().unwrap();
    assert_eq!(allowed.handler().body(), b"body");
    let mut multi = Multi::new().unwrap();
    run_in(&mut multi, get(true)).1.unwrap();

    let result = get(false).perform();
    match frees_addresses() {
        true => assert_eq!(result.unwrap_err().code(), Some(Code::UNSUPPORTED_PROTOCOL)),
        false => result.unwrap(),
    }
}
