//! The request on the wire, compared with a model of the options that make it.
#![no_main]

use arbitrary::Arbitrary;
use curlback::{Callbacks, Error, Transfer, Unset};
use curlback_fuzz::wire::{self, Near};
use curlback_fuzz::wired;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Set(Name, &'a [u8]),
    Unset(Name),
    Headers(Vec<&'a [u8]>),
    Post(&'a [u8]),
    Get,
    Reset,
    /// With `true`, the copy takes the place of the original; with `false`, the copy performs.
    Clone(bool),
    Perform,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    UserAgent,
    Referer,
    Cookie,
    Method,
    Target,
    Range,
}

/// The options that are set.
#[derive(Clone, Default)]
struct Model {
    /// The values, indexed by [`Name`].
    values: [Option<Vec<u8>>; 6],
    headers: Vec<Vec<u8>>,
    body: Option<Vec<u8>>,
}

#[derive(Clone, Default)]
struct Handler(Near);

impl Callbacks for Handler {
    wired!(0);
}

type T = Transfer<Handler>;

fn set(transfer: &mut T, name: Name, value: &[u8]) -> Result<(), Error> {
    match name {
        Name::UserAgent => transfer.useragent(value),
        Name::Referer => transfer.referer(value),
        Name::Cookie => transfer.cookie(value),
        Name::Method => transfer.custom_request(value),
        Name::Target => transfer.request_target(value),
        Name::Range => transfer.range(value),
    }
}

fn unset(transfer: &mut T, name: Name) -> Result<(), Error> {
    transfer.unset(match name {
        Name::UserAgent => Unset::USERAGENT,
        Name::Referer => Unset::REFERER,
        Name::Cookie => Unset::COOKIE,
        Name::Method => Unset::CUSTOM_REQUEST,
        Name::Target => Unset::REQUEST_TARGET,
        Name::Range => Unset::RANGE,
    })
}

fn is_line(value: &[u8]) -> bool {
    !value.iter().any(|byte| b"\r\n\0".contains(byte))
}

/// Returns whether the model can tell how the header is sent: `X-`, a digit, a colon and a value.
fn is_modelled(header: &[u8]) -> bool {
    header.len() > 4
        && header.starts_with(b"X-")
        && header[2].is_ascii_digit()
        && header[3] == b':'
        && !header[4..].trim_ascii().is_empty()
        && is_line(header)
}

impl Model {
    fn expected(&self) -> Vec<u8> {
        let value = |name: Name| self.values[name as usize].as_deref();
        let default = if self.body.is_some() { "POST" } else { "GET" };
        let method = value(Name::Method).unwrap_or(default.as_bytes());
        let target = value(Name::Target).unwrap_or(b"/");
        let mut lines = vec![
            [method, b" ", target, b" HTTP/1.1"].concat(),
            b"Host: 127.0.0.1".to_vec(),
        ];
        // With a body, libcurl sends the range as `Content-Range`.
        match (value(Name::Range), &self.body) {
            (Some(range), None) => lines.push([b"Range: bytes=", range].concat()),
            (Some(range), Some(body)) => {
                let len = format!("/{}", body.len());
                lines.push([b"Content-Range: bytes ", range, len.as_bytes()].concat());
            }
            (None, _) => {}
        }
        if let Some(agent) = value(Name::UserAgent).filter(|agent| !agent.is_empty()) {
            lines.push([b"User-Agent: ", agent].concat());
        }
        lines.push(b"Accept: */*".to_vec());
        if let Some(referer) = value(Name::Referer) {
            lines.push([b"Referer: ", referer].concat());
        }
        if let Some(cookie) = value(Name::Cookie) {
            lines.push([b"Cookie: ", cookie].concat());
        }
        lines.extend(self.headers.iter().cloned());
        if let Some(body) = &self.body {
            lines.push(format!("Content-Length: {}", body.len()).into());
            lines.push(b"Content-Type: application/x-www-form-urlencoded".to_vec());
        }
        let mut bytes = lines.join(&b"\r\n"[..]);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

fn perform(transfer: &mut T, model: &Model) {
    let (near, mut far) = wire::pair();
    far.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody");
    transfer.handler_mut().0 = near;
    transfer.url("http://127.0.0.1/").unwrap();
    transfer.proxy("").unwrap();
    transfer.perform().unwrap();
    let (sent, expected) = (far.received(), model.expected());
    assert!(
        sent == expected,
        "\n{}\n{}",
        sent.escape_ascii(),
        expected.escape_ascii()
    );
}

fuzz_target!(|steps: Vec<Step<'_>>| {
    let mut transfer = Transfer::new(Handler::default()).unwrap();
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Set(name, value) => {
                let result = set(&mut transfer, name, value);
                assert_eq!(result.is_ok(), is_line(value));
                if result.is_ok() {
                    model.values[name as usize] = Some(value.to_vec());
                }
            }
            Step::Unset(name) => {
                unset(&mut transfer, name).unwrap();
                model.values[name as usize] = None;
            }
            Step::Headers(headers) => {
                if headers.iter().all(|header| is_modelled(header)) {
                    transfer.http_headers(&headers).unwrap();
                    model.headers = headers.into_iter().map(<[u8]>::to_vec).collect();
                } else if !headers.iter().all(|header| is_line(header)) {
                    assert!(transfer.http_headers(&headers).is_err());
                }
            }
            Step::Post(body) => {
                transfer.post(true).unwrap();
                transfer.post_fields_copy(body).unwrap();
                model.body = Some(body.to_vec());
            }
            Step::Get => {
                transfer.get(true).unwrap();
                model.body = None;
            }
            Step::Reset => {
                transfer.reset().unwrap();
                model = Model::default();
            }
            Step::Clone(go_on) => {
                let mut copy = transfer.try_clone().unwrap();
                if go_on {
                    transfer = copy;
                } else {
                    perform(&mut copy, &model);
                }
            }
            Step::Perform => perform(&mut transfer, &model),
        }
    }
    perform(&mut transfer, &model);
});
