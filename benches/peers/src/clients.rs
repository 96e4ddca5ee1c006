//! What the other clients do for each row.

use std::io::Read;
use std::thread;

use futures_lite::AsyncReadExt;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use isahc::config::{Configurable, VersionNegotiation};

use crate::row::{Job, LARGE};
use crate::servers::PIECE;
use crate::upload::Upload;
use crate::ways::{PART, runtime, tasks};

/// How a row uses a client.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    /// So many requests for small bodies at a time, over HTTP/1.1.
    Small(usize),
    /// So many requests at a time, over HTTP/2 without TLS.
    Http2(usize),
    /// A new client for each request.
    Fresh,
    Down,
    Up,
}

/// Runs a blocking job once for each operation.
fn each<'a>(mut once: impl FnMut() + 'a) -> Job<'a> {
    Box::new(move |count| (0..count).for_each(|_| once()))
}

fn new_isahc(is_http_2: bool) -> isahc::HttpClient {
    let mut builder = isahc::HttpClient::builder()
        .proxy(None)
        .connection_cache_size(20_000);
    if is_http_2 {
        builder = builder.version_negotiation(VersionNegotiation::http2());
    }
    builder.build().unwrap()
}

async fn isahc_get(client: &isahc::HttpClient, url: &str) {
    let mut response = client.get_async(url).await.unwrap();
    let mut body = Vec::new();
    response.body_mut().read_to_end(&mut body).await.unwrap();
    assert_eq!(body.len(), PIECE.len());
}

pub(crate) fn isahc<'a>(how: Use, url: String) -> Job<'a> {
    let runtime = runtime();
    match how {
        Use::Small(at_a_time) | Use::Http2(at_a_time) => {
            let client = new_isahc(matches!(how, Use::Http2(_)));
            tasks(at_a_time, move |count| {
                let (client, url) = (client.clone(), url.clone());
                async move {
                    for _ in 0..count {
                        isahc_get(&client, &url).await;
                    }
                }
            })
        }
        Use::Fresh => each(move || runtime.block_on(isahc_get(&new_isahc(false), &url))),
        Use::Down => {
            let (client, mut part) = (new_isahc(false), vec![0; PART]);
            each(move || {
                let sum = runtime.block_on(async {
                    let mut response = client.get_async(&url).await.unwrap();
                    let mut sum = 0;
                    loop {
                        match response.body_mut().read(&mut part).await.unwrap() {
                            0 => return sum,
                            len => sum += len as u64,
                        }
                    }
                });
                assert_eq!(sum, LARGE);
            })
        }
        Use::Up => {
            let client = new_isahc(false);
            each(move || {
                let body = isahc::AsyncBody::from_reader_sized(Upload::new(), LARGE);
                let response = runtime.block_on(client.put_async(&url, body)).unwrap();
                assert_eq!(response.status(), 200);
            })
        }
    }
}

fn new_ureq() -> ureq::Agent {
    ureq::Agent::config_builder()
        .proxy(None)
        .max_idle_connections(1000)
        .max_idle_connections_per_host(1000)
        .build()
        .new_agent()
}

fn ureq_get(client: &ureq::Agent, url: &str) {
    let mut response = client.get(url).call().unwrap();
    let body = response.body_mut().read_to_vec().unwrap();
    assert_eq!(body.len(), PIECE.len());
}

/// ureq blocks, so each request that is made at the same time has a thread.
pub(crate) fn ureq<'a>(how: Use, url: String) -> Job<'a> {
    let client = new_ureq();
    match how {
        Use::Small(1) => each(move || ureq_get(&client, &url)),
        Use::Small(at_a_time) => Box::new(move |count| {
            thread::scope(|scope| {
                for place in 0..at_a_time {
                    let own = count / at_a_time + usize::from(place < count % at_a_time);
                    let (client, url) = (&client, &url);
                    scope.spawn(move || (0..own).for_each(|_| ureq_get(client, url)));
                }
            });
        }),
        Use::Http2(_) => unreachable!("ureq does not have HTTP/2"),
        Use::Fresh => each(move || ureq_get(&new_ureq(), &url)),
        Use::Down => {
            let mut part = vec![0; PART];
            each(move || {
                let mut body = client.get(&url).call().unwrap().into_body().into_reader();
                let mut sum = 0;
                loop {
                    match Read::read(&mut body, &mut part).unwrap() {
                        0 => break,
                        len => sum += len as u64,
                    }
                }
                assert_eq!(sum, LARGE);
            })
        }
        Use::Up => each(move || {
            let mut body = Upload::new();
            let request = client.put(&url).header("content-length", LARGE.to_string());
            let response = request.send(ureq::SendBody::from_reader(&mut body));
            assert_eq!(response.unwrap().status(), 200);
        }),
    }
}

fn new_reqwest(is_http_2: bool) -> reqwest::Client {
    let mut builder = reqwest::Client::builder().no_proxy();
    if is_http_2 {
        builder = builder.http2_prior_knowledge();
    }
    builder.build().unwrap()
}

async fn reqwest_get(client: &reqwest::Client, url: &str) {
    let body = client.get(url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(body.len(), PIECE.len());
}

pub(crate) fn reqwest<'a>(how: Use, url: String) -> Job<'a> {
    let (client, runtime) = (new_reqwest(matches!(how, Use::Http2(_))), runtime());
    match how {
        Use::Small(at_a_time) | Use::Http2(at_a_time) => tasks(at_a_time, move |count| {
            let (client, url) = (client.clone(), url.clone());
            async move {
                for _ in 0..count {
                    reqwest_get(&client, &url).await;
                }
            }
        }),
        Use::Fresh => each(move || runtime.block_on(reqwest_get(&new_reqwest(false), &url))),
        Use::Down => each(move || {
            let sum = runtime.block_on(async {
                let mut response = client.get(&url).send().await.unwrap();
                let mut sum = 0;
                while let Some(chunk) = response.chunk().await.unwrap() {
                    sum += chunk.len() as u64;
                }
                sum
            });
            assert_eq!(sum, LARGE);
        }),
        Use::Up => each(move || {
            let body = reqwest::Body::wrap(Upload::new());
            let response = runtime.block_on(client.put(&url).body(body).send());
            assert_eq!(response.unwrap().status(), 200);
        }),
    }
}

type Hyper<B> = hyper_util::client::legacy::Client<HttpConnector, B>;

fn new_hyper<B: Body + Send>(is_http_2: bool) -> Hyper<B>
where
    B::Data: Send,
{
    hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .http2_only(is_http_2)
        .build_http()
}

async fn hyper_get(client: &Hyper<Empty<Bytes>>, url: &Uri) {
    let response = client.get(url.clone()).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body.len(), PIECE.len());
}

pub(crate) fn hyper<'a>(how: Use, url: String) -> Job<'a> {
    let url: Uri = url.parse().unwrap();
    let runtime = runtime();
    match how {
        Use::Small(at_a_time) | Use::Http2(at_a_time) => {
            let client = new_hyper(matches!(how, Use::Http2(_)));
            tasks(at_a_time, move |count| {
                let (client, url) = (client.clone(), url.clone());
                async move {
                    for _ in 0..count {
                        hyper_get(&client, &url).await;
                    }
                }
            })
        }
        Use::Fresh => each(move || runtime.block_on(hyper_get(&new_hyper(false), &url))),
        Use::Down => {
            let client: Hyper<Empty<Bytes>> = new_hyper(false);
            each(move || {
                let sum = runtime.block_on(async {
                    let mut body = client.get(url.clone()).await.unwrap().into_body();
                    let mut sum = 0;
                    while let Some(frame) = body.frame().await {
                        sum += frame.unwrap().data_ref().map_or(0, Bytes::len) as u64;
                    }
                    sum
                });
                assert_eq!(sum, LARGE);
            })
        }
        Use::Up => {
            let client = new_hyper(false);
            each(move || {
                let mut request = Request::new(Upload::new());
                *request.method_mut() = Method::PUT;
                *request.uri_mut() = url.clone();
                let response = runtime.block_on(client.request(request)).unwrap();
                assert_eq!(response.status(), 200);
            })
        }
    }
}
