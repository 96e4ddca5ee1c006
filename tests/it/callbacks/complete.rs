//! Each callback option of libcurl has a method in this crate, except three options that libcurl 7.82.0 and
//! later do not use.
#![allow(deprecated, reason = "the deprecated ones are callbacks too")]

use std::collections::BTreeSet;

use curlback::multi::{Driver, EventLoop, PushResult};
use curlback::{Callbacks, MimeReader, Multi, ReadBuf, ReadResult, Share, SocketAddress};

/// A reader that gives nothing to its part.
struct Nothing;

impl MimeReader for Nothing {
    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Continue
    }
}

/// Makes a table of the callbacks of libcurl and their methods. The compiler checks that each method
/// exists.
macro_rules! callbacks {
    ($($libcurl:literal => $method:expr;)*) => {
        &[$(($libcurl, { let _ = $method; stringify!($method) })),*]
    };
}

#[rustfmt::skip]
const CALLBACKS: &[(&str, &str)] = callbacks! {
    "CURLOPT_WRITEFUNCTION" => <() as Callbacks>::write;
    "CURLOPT_HEADERFUNCTION" => <() as Callbacks>::header;
    "CURLOPT_READFUNCTION" => <() as Callbacks>::read;
    "CURLOPT_SEEKFUNCTION" => <() as Callbacks>::seek;
    "CURLOPT_IOCTLFUNCTION" => <() as Callbacks>::ioctl;
    "CURLOPT_DEBUGFUNCTION" => <() as Callbacks>::debug;
    "CURLOPT_PROGRESSFUNCTION" => <() as Callbacks>::progress;
    "CURLOPT_XFERINFOFUNCTION" => <() as Callbacks>::xfer_info;
    "CURLOPT_OPENSOCKETFUNCTION" => <() as Callbacks>::open_socket;
    "CURLOPT_OPENSOCKETFUNCTION, another address" => |to: &mut SocketAddress, address: std::net::SocketAddr| to.set_address(address);
    "CURLOPT_CLOSESOCKETFUNCTION" => <() as Callbacks>::close_socket;
    "CURLOPT_SOCKOPTFUNCTION" => <() as Callbacks>::sockopt;
    "CURLOPT_SSH_KEYFUNCTION" => <() as Callbacks>::ssh_key;
    "CURLOPT_SSH_HOSTKEYFUNCTION" => <() as Callbacks>::ssh_hostkey;
    "CURLOPT_SSL_CTX_FUNCTION" => <() as Callbacks>::ssl_ctx;
    "CURLOPT_PREREQFUNCTION" => <() as Callbacks>::prereq;
    "CURLOPT_RESOLVER_START_FUNCTION" => <() as Callbacks>::resolver_start;
    "CURLOPT_TRAILERFUNCTION" => <() as Callbacks>::trailer;
    "CURLOPT_HSTSREADFUNCTION" => <() as Callbacks>::hsts_read;
    "CURLOPT_HSTSWRITEFUNCTION" => <() as Callbacks>::hsts_write;
    "CURLOPT_CHUNK_BGN_FUNCTION" => <() as Callbacks>::chunk_begin;
    "CURLOPT_CHUNK_END_FUNCTION" => <() as Callbacks>::chunk_end;
    "CURLOPT_FNMATCH_FUNCTION" => <() as Callbacks>::fnmatch;
    "CURLOPT_INTERLEAVEFUNCTION" => <() as Callbacks>::interleave;
    "curl_mime_data_cb" => <Nothing as MimeReader>::read;
    "CURLMOPT_SOCKETFUNCTION" => <Driver as EventLoop>::socket;
    "CURLMOPT_TIMERFUNCTION" => <Driver as EventLoop>::timer;
    "CURLMOPT_PUSHFUNCTION" => |multi: &mut Multi<()>| multi.accept_pushes(|_| PushResult::Deny);
    "CURLMOPT_NOTIFYFUNCTION" => <Driver as EventLoop>::notify;
    "CURLSHOPT_LOCKFUNC" => Share::new;
    "curl_ws_meta" => <() as Callbacks>::frame;
};

#[test]
fn complete_callbacks_each_have_a_method() {
    let listed = include_str!("../../libcurl-8.22/options.txt");
    let listed = listed.lines().filter_map(|line| {
        let (_, option) = line.split_once(" function ")?;
        Some(format!("CURLOPT_{option}"))
    });
    let mut missing: BTreeSet<_> = listed.collect();
    // Each `CURLOPT_` row is in libcurl's list. A row with a comma is a second method for an option
    // that has its own row.
    for (name, _) in CALLBACKS.iter().filter(|(name, _)| !name.contains(',')) {
        assert!(
            missing.remove(*name) || !name.starts_with("CURLOPT_"),
            "{name}"
        );
    }
    // libcurl 7.82.0 and later have no code that calls these callbacks.
    let removed = [
        "CURLOPT_CONV_FROM_NETWORK_FUNCTION",
        "CURLOPT_CONV_FROM_UTF8_FUNCTION",
        "CURLOPT_CONV_TO_NETWORK_FUNCTION",
    ];
    assert_eq!(Vec::from_iter(missing), removed);
}
