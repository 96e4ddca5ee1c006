//! What a transfer requests: a URL with the body that it promises, and the options for it.

use std::time::Duration;

use curlback::{Auth, ConnectOnly, Encoder, Error, Mime, Part, ReadBuf, ReadResult, Unset};

use crate::failure::{Temper, catch, drop_it, expected_panic};
use crate::h2;
use crate::handler::Actor;
use crate::journal::note;
use crate::reader::Reader;
use crate::rng::Rng;
use crate::round::{FILE, Round};
use crate::stream::Stream;

/// A time limit that no transfer reaches. It is shorter than the patience of the watchdog.
const LONG: Duration = Duration::from_secs(12);

/// What a transfer requests, and what is known of how it must end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) url: String,
    /// The body that each received byte is compared with; `None` if it is not known.
    pub(crate) body: Option<Stream>,
    /// Whether a transfer that succeeds must have received the whole body.
    pub(crate) is_whole: bool,
    /// Whether the transfer can fail only by its own callbacks or by a cancel.
    pub(crate) is_sure: bool,
    pub(crate) upload: Option<Stream>,
    pub(crate) connects_only: bool,
    /// The time after which the transfer must have ended.
    pub(crate) limit: Duration,
    /// Whether a part of the request's form has a reader, which may fail.
    pub(crate) has_reader: bool,
    /// Whether the transfer may do something else than this request says, because of its options.
    pub(crate) is_odd: bool,
}

/// Calls a method that sets an option, and returns whether the option was set. Notes errors and
/// panics.
pub(crate) fn apply(
    transfer: &mut Actor,
    what: &str,
    call: impl FnOnce(&mut Actor) -> Result<(), Error>,
) -> bool {
    transfer.handler_mut().is_shut = false;
    match catch(|| call(transfer)) {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            note!("    {what}: {error:?}");
            drop_it(error);
            false
        }
        Err(payload) => {
            note!("    {what} panics");
            expected_panic(payload, what);
            false
        }
    }
}

macro_rules! set {
    ($transfer:expr; $($name:ident($($value:expr),*);)*) => {
        [$($crate::request::apply($transfer, stringify!($name), |transfer| transfer.$name($($value),*)),)*]
            .iter()
            .all(|is_set| *is_set)
    };
}
pub(crate) use set;

/// Chooses a request for a transfer at random, and sets its options.
pub(crate) fn choose(transfer: &mut Actor, rng: &mut Rng) {
    let round = transfer.handler().round.clone();
    let is_odd = transfer.handler().request.is_odd;
    let handler = transfer.handler_mut();
    handler.temper = Temper::new(rng, round.is_faulty);
    let temper = handler.temper;
    handler.begin();
    let are_set = set! { transfer;
        timeout(LONG);
        connect_timeout(LONG);
        upload(false);
        get(true);
        nobody(false);
        follow_location(false);
        connect_only(false);
        fail_on_error(false);
        http_headers(std::iter::empty::<&str>());
        http_version(curlback::HttpVersion::V1_1);
        http_auth(Auth::BASIC);
    };
    let mut request = match rng.below(20) {
        0..6 => get(transfer, &round, rng),
        6..9 => send(transfer, &round, rng),
        9 | 10 => file(transfer, &round, rng),
        11..14 => second(transfer, &round, rng),
        14..17 => ftp(transfer, &round, rng),
        17 => web_socket(transfer, &round, rng),
        _ => log_in(transfer, &round, rng),
    };
    if rng.percent(12) {
        // With this option, libcurl may refuse the request, or not send it.
        request.connects_only |= set! { transfer; connect_only(rng_only(rng)); };
        request.is_sure = false;
        request.is_whole = false;
        if request.connects_only {
            request.body = None;
        }
    }
    // A kept connection may be dead. libcurl then sends the body again from its beginning, which
    // needs `seek`.
    request.is_sure &= request.upload.is_none() || transfer.hooks().contains(curlback::Hooks::SEEK);
    request.limit = LONG;
    if !request.is_sure {
        let limit = Duration::from_millis(20 + rng.next() % 200);
        if set! { transfer; timeout(limit); } {
            request.limit = limit;
        }
    }
    request.is_odd = is_odd || !are_set;
    let url = request.url.clone();
    if !apply(transfer, "url", |transfer| transfer.url(&url)) {
        request.is_sure = false;
        request.body = None;
    }
    note!("    {} {temper:?} {request:?}", transfer.handler().number);
    transfer.handler_mut().request = request;
    renew(transfer);
}

fn rng_only(rng: &mut Rng) -> ConnectOnly {
    match rng.percent(70) {
        true => ConnectOnly::Yes,
        false => ConnectOnly::WebSocket,
    }
}

/// Makes a transfer ready for another run of the same request.
pub(crate) fn renew(transfer: &mut Actor) {
    let remote = transfer.remote();
    let handler = transfer.handler_mut();
    handler.begin();
    handler.remote = Some(remote);
    if handler.request.is_odd {
        handler.request.is_sure = false;
        handler.request.is_whole = false;
        handler.request.body = None;
        // The server does not know which body comes, so it must not check the body.
        let url = handler.request.url.replace("/put/", "/ok/");
        let url = url.replace("/form/", "/ok/");
        if url != handler.request.url {
            handler.request.url.clone_from(&url);
            apply(transfer, "url", |transfer| transfer.url(&url));
        }
    }
}

fn size(rng: &mut Rng) -> usize {
    match rng.below(6) {
        0 => 0,
        1 => 1 + rng.below(20),
        2 | 3 => rng.below(5000),
        4 => rng.below(70_000),
        _ => rng.below(250_000),
    }
}

fn stream(rng: &mut Rng) -> Stream {
    Stream::new(size(rng), rng.next() % 50)
}

/// Returns a request to the HTTP server, or to the relay in front of it.
fn http(round: &Round, kind: &str, stream: Stream, relays: bool) -> Request {
    let Stream { len, seed } = stream;
    let servers = &round.servers;
    let address = match relays {
        true => servers.http_relay.address(),
        false => servers.http.address(),
    };
    Request {
        url: format!("http://{address}/{kind}/{len}/{seed}"),
        body: Some(stream),
        // The relay may cut a response within its headers, which libcurl reports as success.
        is_whole: !relays && kind != "head",
        is_sure: !relays,
        ..Request::default()
    }
}

fn get(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let good = ["ok", "drip", "hints", "many", "chunked", "close"];
    let bad = [
        "short", "torn", "chunk", "head", "noise", "stall", "mute", "gone",
    ];
    let stream = stream(rng);
    let mut relays = rng.percent(8);
    let kind = rng.below(100);
    let mut request = match kind {
        0..60 => http(round, rng.pick(&good), stream, relays),
        60..68 => {
            set! { transfer; follow_location(true); };
            http(round, "redirect", stream, relays)
        }
        68..72 => {
            // The server sends more than the body. libcurl must not take the surplus for the answer to
            // the next request. A relay might pass the surplus on later than the body, so this transfer
            // uses no relay.
            relays = false;
            http(
                round,
                "surplus",
                Stream::new(stream.len % 2000, stream.seed),
                relays,
            )
        }
        72..76 => {
            let mut request = http(round, "missing", stream, relays);
            request.body = Some(Stream::new(0, 0));
            request
        }
        _ => {
            let mut request = http(round, rng.pick(&bad), stream, relays);
            request.is_sure = false;
            request
        }
    };
    if kind < 60 && rng.percent(5) {
        set! { transfer; nobody(true); };
        request.is_whole = false;
    }
    request
}

fn log_in(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let kinds = [
        ("basic", Auth::BASIC),
        ("digest", Auth::DIGEST),
        ("ntlm", Auth::NTLM),
    ];
    let (kind, method) = rng.pick(&kinds);
    let stream = stream(rng);
    let relays = rng.percent(5);
    let mut request = http(round, kind, stream, relays);
    let method = if rng.percent(30) { Auth::ANY } else { method };
    let user = rng.pick(&["user:password", "user:password", "other:secret"]);
    let is_set = set! { transfer; http_auth(method); userpwd(user); };
    if kind == "ntlm" && !round.libcurl.has_ntlm {
        // Without NTLM, the transfer ends with the challenge.
        request.is_whole = false;
    }
    if !is_set {
        // After a value was refused, `perform` is refused too, until another value is set.
        set! { transfer; http_auth(Auth::BASIC); };
        request.is_whole &= kind == "basic";
    }
    request
}

/// Chooses an upload, in one of several ways.
fn send(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let upload = stream(rng);
    let relays = rng.percent(5);
    let kind = rng.below(10);
    if kind >= 6 {
        return form(
            transfer,
            round,
            rng,
            Stream::new(upload.len % 20_000, upload.seed),
        );
    }
    let name = if kind == 5 { "early" } else { "put" };
    let mut request = http(round, name, upload, relays);
    request.upload = Some(upload);
    request.body = Some(Stream::new(100, upload.seed));
    if name == "early" {
        request.body = Some(Stream::new(0, 0));
        request.is_sure = false;
        request.is_whole = false;
    }
    let len = upload.len as u64;
    match rng.below(4) {
        0 => set! { transfer; upload(true); in_filesize(len); },
        1 => {
            set! { transfer; upload(true); unset(Unset::IN_FILESIZE);
            http_headers(["Transfer-Encoding: chunked"]); }
        }
        2 => set! { transfer; post(true); post_fields_copy(upload.all()); },
        _ => set! { transfer; upload(true); in_filesize(len); http_headers(["Expect:"]); },
    };
    request
}

fn form(transfer: &mut Actor, round: &Round, rng: &mut Rng, upload: Stream) -> Request {
    let mut request = http(round, "form", upload, false);
    request.body = Some(Stream::new(100, upload.seed));
    // The reader of the part may fail.
    request.is_sure = false;
    request.has_reader = true;
    let reader = Reader::new(transfer, rng, upload);
    let mut part = Part::reader(reader).name("part");
    if rng.percent(50) {
        part = part.size(upload.len as u64);
    }
    let mut mime = Mime::new().part(part);
    if rng.percent(30) {
        mime = mime.part(Part::data("data").name("data").encoder(Encoder::Base64));
    }
    if rng.percent(20) {
        let ending = |_: &mut ReadBuf<'_>| ReadResult::Continue;
        let inner = Mime::new().part(Part::reader(ending).name("empty"));
        mime = mime.part(Part::parts(inner).name("inner"));
    }
    if rng.percent(20) {
        mime = mime.part(Part::file(round.dir.join("file")).hide_filename());
    }
    if rng.percent(10) {
        mime = mime.part(Part::file(round.dir.join("missing")));
    }
    if !apply(transfer, "mime", |transfer| transfer.mime(mime)) {
        request.url = request.url.replace("/form/", "/ok/");
        request.body = Some(upload);
    }
    request
}

fn file(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    // libcurl cannot pause the transfer of a file. A pause makes this transfer fail.
    let is_sure = transfer.handler().temper.pauses == 0;
    if rng.percent(30) {
        let upload = stream(rng);
        let place = round
            .dir
            .join(format!("stored.{}", transfer.handler().number));
        let len = upload.len as u64;
        set! { transfer; upload(true); in_filesize(len); };
        return Request {
            url: format!("file://{}", place.display()),
            upload: Some(upload),
            body: Some(Stream::new(0, 0)),
            is_sure,
            is_whole: true,
            ..Request::default()
        };
    }
    Request {
        url: format!("file://{}", round.dir.join("file").display()),
        body: Some(FILE),
        is_sure,
        is_whole: true,
        ..Request::default()
    }
}

fn second(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let stream = Stream::new(size(rng) % 100_000, rng.next() % 50);
    let (Some(server), Some(relay)) = (&round.servers.h2, &round.servers.h2_relay) else {
        return http(round, "ok", stream, false);
    };
    let version = curlback::HttpVersion::V2PriorKnowledge;
    set! { transfer; http_version(version); pipewait(rng.percent(50)); };
    let kinds = [
        "ok", "ok", "ok", "push", "push", "push", "reset", "goaway", "torn", "stall",
    ];
    let (kind, relays) = (rng.pick(&kinds), rng.percent(8));
    // With an `http` URL, libcurl sends the request despite this option, and the server may push.
    let connects_only = kind == "push"
        && rng.percent(15)
        && set! { transfer; connect_only(ConnectOnly::WebSocket); };
    let address = if relays { relay } else { server }.address();
    Request {
        url: format!("http://{address}{}", h2::path(kind, stream)),
        body: Some(stream),
        is_whole: kind == "ok" || kind == "push",
        connects_only,
        // Another stream of the same connection may break the connection.
        is_sure: false,
        ..Request::default()
    }
}

fn ftp(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let (Some(server), Some(relay)) = (&round.servers.ftp, &round.servers.ftp_relay) else {
        return http(round, "ok", stream(rng), false);
    };
    let relays = rng.percent(15);
    let address = if relays {
        relay.address()
    } else {
        server.address()
    };
    let user = rng.pick(&["", "user:password@", "other:secret@"]);
    let mut request = Request {
        url: format!("ftp://{user}{address}/file"),
        body: Some(FILE),
        is_whole: true,
        // The transfer may use a connection on which another transfer has failed.
        is_sure: false,
        ..Request::default()
    };
    match rng.below(10) {
        0..6 => {}
        6 => {
            request.url = format!("ftp://{user}{address}/");
            request.body = None;
        }
        7 => {
            request.url = format!("ftp://{user}{address}/missing");
            request.is_whole = false;
        }
        8 => {
            set! { transfer; ftp_port("-"); };
        }
        _ => {
            let upload = stream(rng);
            request.url = format!("ftp://{user}{address}/stored");
            request.body = Some(Stream::new(0, 0));
            request.upload = Some(upload);
            let len = upload.len as u64;
            set! { transfer; upload(true); in_filesize(len); };
        }
    }
    if rng.percent(10) {
        request.url = request.url.replace("/file", "/*");
        request.body = None;
        set! { transfer; wildcard_match(true); };
    } else {
        set! { transfer; wildcard_match(false); };
    }
    request
}

fn web_socket(transfer: &mut Actor, round: &Round, rng: &mut Rng) -> Request {
    let (Some(server), Some(relay)) = (&round.servers.ws, &round.servers.ws_relay) else {
        return http(round, "ok", stream(rng), false);
    };
    let relays = rng.percent(20);
    let address = if relays {
        relay.address()
    } else {
        server.address()
    };
    let only = rng.percent(60);
    if only {
        set! { transfer; connect_only(ConnectOnly::WebSocket); };
    }
    Request {
        url: format!("ws://{address}/"),
        connects_only: only,
        ..Request::default()
    }
}
