//! What the search does with a transfer between two runs: it sets options to random and refused values,
//! changes hooks and shares, resets, and calls methods for information and for an open connection.

use std::time::Duration;

use curlback::{AltSvc, Auth, ConnectOnly, Hooks, Hsts, HttpVersion, ProxyType, SslVersion, Unset};

use crate::failure::{catch, drop_it, expected_panic};
use crate::handler::Actor;
use crate::journal::note;
use crate::request::{Request, apply, set};
use crate::rng::Rng;

/// Makes a few random changes to a transfer.
pub(crate) fn tinker(transfer: &mut Actor, rng: &mut Rng) {
    for _ in 0..1 + rng.below(6) {
        match rng.below(12) {
            0 | 1 => hsts(transfer, rng),
            2 | 3 => share(transfer, rng),
            4 => reset(transfer),
            5 => refused(transfer, rng),
            6 => odd(transfer, rng),
            7 => hooks(transfer, rng),
            _ => harmless(transfer, rng),
        }
    }
}

pub(crate) fn share(transfer: &mut Actor, rng: &mut Rng) {
    let round = transfer.handler().round.clone();
    match round.share(rng) {
        Some(share) if rng.percent(65) => {
            let is_set = apply(transfer, "share", |transfer| transfer.share(&share));
            note!("    share {share:?}: {is_set}");
        }
        _ => {
            let is_set = apply(transfer, "unshare", |transfer| transfer.unshare());
            note!("    unshare: {is_set}");
        }
    }
}

pub(crate) fn reset(transfer: &mut Actor) {
    let is_set = apply(transfer, "reset", |transfer| transfer.reset());
    note!("    reset: {is_set}");
    transfer.handler_mut().request = Request::default();
    // A reset that fails may have restored only some of the defaults.
    transfer.handler_mut().request.is_odd = !is_set;
}

fn hsts(transfer: &mut Actor, rng: &mut Rng) {
    let dir = transfer.handler().round.dir.clone();
    let file = rng.pick(&["", "hsts", "hsts-2", "missing/hsts"]);
    let path = match file {
        "" => std::path::PathBuf::new(),
        file => dir.join(file),
    };
    match rng.below(4) {
        0 => set! { transfer; hsts_ctrl(Hsts::ENABLE); },
        1 => set! { transfer; hsts_ctrl(Hsts::empty()); },
        _ => set! { transfer; hsts(&path); },
    };
    note!("    hsts {file:?}");
}

fn hooks(transfer: &mut Actor, rng: &mut Rng) {
    let hook = rng.pick(&[
        Hooks::HEADER,
        Hooks::DEBUG,
        Hooks::XFER_INFO,
        Hooks::CLOSE_SOCKET,
        Hooks::OPEN_SOCKET,
        Hooks::PREREQ,
    ]);
    let hooks = transfer.hooks() ^ hook;
    set! { transfer; set_hooks(hooks); };
    if !transfer.hooks().contains(Hooks::DEBUG) {
        // Without the hook, libcurl itself would print to standard error.
        set! { transfer; verbose(false); };
    }
}

fn harmless(transfer: &mut Actor, rng: &mut Rng) {
    let dir = transfer.handler().round.dir.clone();
    let has_debug = transfer.hooks().contains(Hooks::DEBUG);
    let flag = rng.percent(50);
    let size = rng.pick(&[1024, 16 << 10, 20_000, 64 << 10, 1 << 20]);
    match rng.below(18) {
        0 => set! { transfer; verbose(flag && has_debug); },
        1 => set! { transfer; fresh_connect(flag); },
        2 => set! { transfer; forbid_reuse(flag); },
        3 => set! { transfer; max_connects(1 + u32::from(flag)); },
        4 => set! { transfer; buffer_size(size); },
        5 => set! { transfer; upload_buffer_size(size); },
        6 => set! { transfer; cookie_file(""); },
        7 => set! { transfer; cookie_list("Set-Cookie: name=value; domain=127.0.0.1"); },
        8 => set! { transfer; cookie_jar(dir.join("jar")); },
        9 => set! { transfer; accept_encoding(""); },
        10 => set! { transfer; useragent("chaos"); referer("http://chaos.example/"); },
        11 => set! { transfer; altsvc(dir.join("altsvc")); },
        12 => set! { transfer; dns_cache_timeout(Duration::ZERO); },
        13 => set! { transfer; maxage_conn(Duration::from_secs(1)); },
        14 => set! { transfer; progress(flag); },
        15 => set! { transfer; cookie_list(rng.pick(&["ALL", "SESS", "FLUSH", "RELOAD"])); },
        16 => set! { transfer; max_recv_speed(if flag { 50_000_000 } else { 0 }); },
        _ => set! { transfer; expect_100_timeout(Duration::from_millis(1)); },
    };
}

/// Sets an option that may make a transfer do something else than its request says.
fn odd(transfer: &mut Actor, rng: &mut Rng) {
    let round = transfer.handler().round.clone();
    let proxy = format!(
        "http://user:password@{}",
        round.servers.http_relay.address()
    );
    let flag = rng.percent(50);
    match rng.below(14) {
        0 => set! { transfer; range("10-19"); },
        1 => set! { transfer; resume_from(7); },
        2 => set! { transfer; max_filesize(1000); },
        3 => set! { transfer; http_09_allowed(flag); },
        4 => set! { transfer; ignore_content_length(flag); },
        5 => set! { transfer; http_transfer_decoding(flag); },
        6 => set! { transfer; show_header(flag); },
        7 => set! { transfer; noproxy(""); proxy(&proxy); http_proxy_tunnel(flag); },
        8 => set! { transfer; custom_request("GET"); },
        9 => set! { transfer; interface("host!127.0.0.2"); },
        10 => set! { transfer; unix_socket_path(round.dir.join("missing")); },
        11 => set! { transfer; protocols_str("file,http"); },
        12 => set! { transfer; in_filesize(5); },
        _ => set! { transfer; low_speed_limit(1_000_000); low_speed_time(Duration::from_secs(1)); },
    };
    transfer.handler_mut().request.is_odd = true;
}

/// Sets an option to a value that the crate or libcurl refuses; some releases accept some of these.
fn refused(transfer: &mut Actor, rng: &mut Rng) {
    let number = rng.next();
    let is_set = match rng.below(12) {
        0 => set! { transfer; url("http://127.0.0.1/\0"); },
        1 => set! { transfer; http_headers(["X=1"]); },
        2 => set! { transfer; http_headers(["X: 1\r\nY: 2"]); },
        3 => set! { transfer; stream_weight(0); },
        4 => set! { transfer; socks5_auth(Auth::DIGEST); },
        5 => set! { transfer; timeout(Duration::MAX); },
        6 => set! { transfer; http_version(HttpVersion::Other(99)); },
        7 => set! { transfer; range("a\r\nb"); },
        8 => set! { transfer; http_auth(Auth::from_bits_retain(number as u32)); },
        9 => set! { transfer; proxy_type(ProxyType::Https2); },
        10 => set! { transfer; ssl_version(SslVersion::Tls1_3..=SslVersion::Tls1_0); },
        _ => set! { transfer; altsvc_ctrl(AltSvc::empty()); unset(Unset::RANGE); },
    };
    note!("    refused: {}", !is_set);
    transfer.handler_mut().request.is_odd = true;
}

/// Asks a transfer for information between two runs.
pub(crate) fn ask(transfer: &Actor) {
    let _ = format!("{transfer:?}");
    let asked = catch(|| {
        let _ = transfer.effective_url().map(|url| url.map(str::len));
        let _ = transfer.ftp_entry_path().map(|path| path.map(str::len));
        let _ = transfer.primary_ip().map(|ip| ip.map(str::len));
        let _ = transfer.active_socket().map(drop);
        let _ = transfer.response_code();
        let _ = transfer.total_time();
        let _ = transfer.cookies().map(|cookies| cookies.len());
        let origin = curlback::HeaderOrigin::HEADER;
        let _ = transfer
            .headers(origin, None)
            .map(|headers| headers.count());
    });
    if let Err(payload) = asked {
        expected_panic(payload, "an information");
    }
}

/// Calls the methods for a connection without a transfer, whether or not such a connection is open.
pub(crate) fn talk(transfer: &mut Actor, rng: &mut Rng) {
    use curlback::{Fragment, FrameKind};

    let mut buffer = vec![0; 1 + rng.below(5000)];
    let kind = rng.pick(&[
        FrameKind::Text,
        FrameKind::Binary,
        FrameKind::Ping,
        FrameKind::Close,
    ]);
    let data = vec![b'd'; rng.pick(&[0, 1, 125, 126, 4000, 70_000])];
    if rng.percent(40) {
        // This option alone opens no connection. Only a run after it does.
        let only = rng.pick(&[ConnectOnly::Yes, ConnectOnly::Yes, ConnectOnly::WebSocket]);
        transfer.handler_mut().request.connects_only |= set! { transfer; connect_only(only); };
    }
    for _ in 0..1 + rng.below(6) {
        transfer.handler_mut().begin();
        let called = catch(|| match rng.below(8) {
            0 => transfer.send(b"GET /ok/10/1 HTTP/1.1\r\n\r\n").map(drop),
            1 | 2 => transfer.recv(&mut buffer).map(drop),
            3 => transfer.ws_send(kind, &data).map(drop),
            4 => transfer
                .ws_send_part(
                    FrameKind::Binary,
                    200,
                    &data[..data.len().min(1)],
                    Fragment::Last,
                )
                .map(drop),
            5 => transfer.ws_send_raw(&data).map(drop),
            6 => transfer.upkeep(),
            _ => transfer.ws_recv(&mut buffer).map(drop),
        });
        match called {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                note!("    talk: {error:?}");
                drop_it(error);
            }
            Err(payload) => drop(expected_panic(payload, "a call on a connection")),
        }
    }
    transfer.handler_mut().begin();
}
