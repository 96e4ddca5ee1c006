//! Transfers that are awaited: by tokio, by an executor of `futures-lite`, and by one written by hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use curlback::handlers::Collect;
use curlback::{Agent, Error};

use crate::support::executor::block_on;
use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;

fn server() -> Server {
    Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.body.is_empty() {
                true => conn.reply("200 OK", "", pattern(3_000_000)),
                false => conn.reply("200 OK", "", request.body),
            }
        }
    })
}

/// Receives a body into a handler, one through a reader and one in parts, and uploads a body that the
/// server sends back.
async fn transfers(agent: &Agent, server: &Server) {
    use futures_lite::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};

    let get = || transfer(Collect::new(), &server.url("/"));
    let (transfer, result) = agent.start(get()).await;
    result.unwrap();
    assert!(transfer.handler().body() == pattern(3_000_000));

    let mut response = agent.open(transfer).await.unwrap();
    let mut body = Vec::new();
    response.read_to_end(&mut body).await.unwrap();
    assert!(body == pattern(3_000_000));
    let (transfer, result) = response.finish().await;
    result.unwrap();

    let mut response = agent.open(transfer).await.unwrap();
    let mut body = Vec::new();
    while let Some(part) = response.next().await {
        body.extend_from_slice(&part.unwrap());
    }
    assert!(body == pattern(3_000_000));
    let (mut transfer, result) = response.finish().await;
    result.unwrap();

    transfer.http_headers(["Expect:"]).unwrap();
    let (mut writer, opening) = agent.open_upload(transfer).unwrap();
    let sent = pattern(1_000_000);
    let write = async {
        writer.write_all(&sent).await.unwrap();
        writer.flush().await.unwrap();
        writer.close().await.unwrap();
    };
    let read = async {
        let mut response = opening.await.unwrap();
        let mut body = Vec::new();
        response.read_to_end(&mut body).await.unwrap();
        body
    };
    let ((), received) = futures_lite::future::zip(write, read).await;
    assert!(received == sent);
}

#[test]
fn each_executor_awaits_transfers() {
    let server = server();
    let agent = Agent::new().unwrap();
    block_on(transfers(&agent, &server));
    futures_lite::future::block_on(transfers(&agent, &server));
    let mut current = tokio::runtime::Builder::new_current_thread();
    let multi = tokio::runtime::Builder::new_multi_thread().build();
    for runtime in [current.build(), multi] {
        runtime.unwrap().block_on(transfers(&agent, &server));
    }
}

#[test]
fn traits_of_tokio_read_and_write() {
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            conn.reply("200 OK", "", request.body);
        }
    });
    let agent = Agent::new().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut upload = transfer((), &server.url("/"));
        upload.http_headers(["Expect:"]).unwrap();
        let (mut writer, opening) = agent.open_upload(upload).unwrap();
        writer.write_all(b"one\ntwo\n").await.unwrap();
        writer.flush().await.unwrap();
        writer.shutdown().await.unwrap();
        assert!(writer.write_all(b"x").await.is_err());
        let mut response = opening.await.unwrap();
        let mut line = String::new();
        response.read_line(&mut line).await.unwrap();
        assert_eq!(line, "one\n");
        let mut rest = String::new();
        response.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "two\n");
    });
}

#[test]
fn five_hundred_tasks_share_an_agent() {
    let server = Server::ok("body");
    let agent = Agent::builder().max_host_connections(20).build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let task = |_| {
            let started = agent.start(transfer(Collect::new(), &server.url("/")));
            tokio::spawn(async move {
                let (transfer, result) = started.await;
                result.unwrap();
                assert_eq!(transfer.handler().body(), b"body");
            })
        };
        for task in (0..500).map(task).collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    assert_eq!(server.requests().len(), 500);
}

#[test]
fn select_with_a_timeout_cancels_and_runtimes_may_end() {
    let (sender, gone) = channel();
    let server = Server::new(move |conn| {
        if conn.request().is_some() {
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
            conn.drain();
            let _ = sender.send(());
        }
    });
    let agent = Agent::new().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut response = agent.open(transfer((), &server.url("/"))).await.unwrap();
        let mut body = Vec::new();
        let read = tokio::io::AsyncReadExt::read_to_end(&mut response, &mut body);
        assert!(
            tokio::time::timeout(Duration::from_millis(30), read)
                .await
                .is_err()
        );
        let remote = response.remote().clone();
        remote.cancel();
        let (_, result) = response.finish().await;
        assert!(matches!(result, Err(Error::Cancelled)));
    });
    gone.recv_timeout(Duration::from_secs(20)).unwrap();
    // The runtime drops this task when it ends.
    let started = agent.start(transfer((), &server.url("/")));
    runtime.spawn(async move {
        let _ = started.await;
        unreachable!("the runtime ends before");
    });
    drop(runtime);
    agent.shutdown();
}

/// A task that polls its future inside `wake`, on the thread that calls `wake`.
#[derive(Default)]
struct Inline {
    future: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    is_woken: AtomicBool,
}

impl Inline {
    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        let task = Arc::new(Inline::default());
        *task.future.lock().unwrap() = Some(Box::pin(future));
        task.wake();
    }
}

impl Wake for Inline {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::SeqCst);
        // If another call already polls the future, perhaps further up this stack, its loop sees
        // `is_woken`.
        while self.is_woken.load(Ordering::SeqCst) {
            let Ok(mut future) = self.future.try_lock() else {
                return;
            };
            self.is_woken.store(false, Ordering::SeqCst);
            let waker = Waker::from(self.clone());
            let mut cx = Context::from_waker(&waker);
            if let Some(Poll::Ready(())) =
                future.as_mut().map(|future| future.as_mut().poll(&mut cx))
            {
                *future = None;
            }
        }
    }
}

#[test]
fn executor_may_poll_inside_wake_and_drop_what_panics() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let server = server();
    let agent = Agent::new().unwrap();
    let (done, is_done) = channel();
    let opening = agent.open(transfer((), &server.url("/")));
    Inline::spawn(async move {
        let mut started = opening.await.unwrap().finish();
        let waker = Waker::from(Arc::new(Bomb));
        let polled = Pin::new(&mut started).poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        // After this, the last waker and the transfer belong to the agent's thread, which is also the
        // one that wakes this task.
        drop((waker, started));
        done.send(()).unwrap();
    });
    is_done.recv_timeout(Duration::from_secs(20)).unwrap();

    // The agent still works. `Inline` can do all that other executors can.
    let (done, is_done) = channel();
    Inline::spawn(async move {
        transfers(&agent, &server).await;
        done.send(()).unwrap();
    });
    is_done.recv_timeout(Duration::from_secs(60)).unwrap();
}
