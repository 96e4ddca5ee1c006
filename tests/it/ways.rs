//! The ways in which other programs use libcurl, each by the public API alone.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use curlback::handlers::{Closures, Collect};
use curlback::{
    Agent, Callbacks, Error, Multi, ProgressResult, Response, Transfer, Upload, WriteResult,
    XferInfo, callbacks,
};

use crate::support::pulled::{pattern, transfer};
use crate::support::server::Server;
use crate::support::skip::{is_between, skip};

/// rustup: one handle for the process, and for each download closures that borrow the caller's
/// state. A download continues an earlier one, reports, and stops with the caller's own error.
#[test]
fn one_handle_downloads_with_closures_that_borrow() {
    if is_between((8, 7, 0), (8, 9, 0)) {
        return skip!("libcurl does not know the size when the headers come");
    }
    #[derive(Debug, PartialEq)]
    enum Event {
        Length(u64),
        Data(usize),
    }
    fn download(
        handle: &RefCell<Transfer<()>>,
        url: &str,
        from: u64,
        event: &dyn Fn(Event) -> io::Result<()>,
    ) -> Result<(), Error> {
        let mut handle = handle.borrow_mut();
        handle.url(url)?;
        handle.resume_from(Some(from))?;
        handle.fail_on_error(true)?;
        handle.progress(true)?;
        let closures = Closures::new()
            .final_head(|info| {
                let length = info.content_length_download().ok().flatten();
                length.map_or(Ok(()), |length| event(Event::Length(length)))
            })
            .write(|data| event(Event::Data(data.len())));
        handle.perform_with(closures)
    }
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.header("range") {
                Some(range) => {
                    assert_eq!(range, "bytes=4-");
                    conn.reply(
                        "206 Partial Content",
                        "Content-Range: bytes 4-7/8\r\n",
                        "load",
                    );
                }
                None if request.line.contains("missing") => conn.reply("404 Not Found", "", "no"),
                None => conn.reply("200 OK", "", "download"),
            }
        }
    });
    thread_local! {
        static HANDLE: RefCell<Transfer<()>> = RefCell::new(transfer((), ""));
    }
    HANDLE.with(|handle| {
        for (from, whole) in [(0, 8), (4, 4)] {
            let events = RefCell::new(Vec::new());
            let note = |event| {
                events.borrow_mut().push(event);
                Ok(())
            };
            download(handle, &server.url("/"), from, &note).unwrap();
            let expected = [Event::Length(whole), Event::Data(whole as usize)];
            assert_eq!(events.into_inner(), expected);
        }
        let full = |_| Err(io::Error::from(io::ErrorKind::StorageFull));
        let error = download(handle, &server.url("/"), 0, &full).unwrap_err();
        let cause: Option<&io::Error> = error.downcast_ref();
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::StorageFull));
        let missing = download(handle, &server.url("/missing"), 0, &|_| Ok(())).unwrap_err();
        assert!(missing.code().is_some(), "{missing}");
        assert_eq!(handle.borrow().response_code().unwrap(), 404);
    });
}

/// cargo: many downloads in flight from one thread, keyed by number, retried, with one report of progress
/// for all.
#[test]
fn many_in_flight_from_one_thread_are_retried() {
    struct Download {
        token: usize,
        data: Vec<u8>,
        progress: Rc<RefCell<BTreeMap<usize, u64>>>,
    }
    #[callbacks]
    impl Callbacks for Download {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            self.data.extend_from_slice(data);
            WriteResult::Continue
        }
        fn xfer_info(&mut self, info: &XferInfo<'_>) -> ProgressResult {
            let mut progress = self.progress.borrow_mut();
            progress.insert(self.token, info.downloaded);
            ProgressResult::Continue
        }
    }
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            let tries = request.header("x-try").unwrap().to_owned();
            match request.line.contains("/7 ") && tries != "2" {
                true => conn.reply("503 Service Unavailable", "", "later"),
                false => conn.reply("200 OK", "", pattern(10_000)),
            }
        }
    });
    let progress = Rc::<RefCell<BTreeMap<usize, u64>>>::default();
    let mut multi = Multi::new().unwrap();
    multi.max_host_connections(4).unwrap();
    for token in 0..20 {
        let handler = Download {
            token,
            data: Vec::new(),
            progress: progress.clone(),
        };
        let mut transfer = transfer(handler, &server.url(&format!("/{token}")));
        transfer.http_headers(["X-Try: 0"]).unwrap();
        multi.add(transfer).unwrap();
    }
    let mut done = BTreeMap::new();
    let mut tries = 0;
    multi
        .run(|multi, _, mut transfer, result| {
            result?;
            if transfer.response_code()? == 503 {
                tries += 1;
                transfer.http_headers([format!("X-Try: {tries}")])?;
                transfer.handler_mut().data.clear();
                multi.add(transfer)?;
                return Ok(());
            }
            let handler = transfer.into_handler();
            done.insert(handler.token, handler.data);
            Ok(())
        })
        .unwrap();
    assert_eq!(tries, 2);
    assert!(done.keys().copied().eq(0..20));
    assert!(done.values().all(|data| *data == pattern(10_000)));
    assert_eq!(progress.borrow().values().sum::<u64>(), 20 * 10_000);
}

/// git2: a subtransport is a reader and writer that another library calls: it writes a request whenever it
/// likes, and reads the answer when it wants.
#[test]
fn body_is_pulled_and_written_as_another_library_wants() {
    enum Subtransport {
        Idle(Option<Transfer<()>>),
        Writing(Option<Upload<()>>),
        Reading(Response<()>),
    }
    impl Write for Subtransport {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            if let Subtransport::Idle(transfer) = self {
                let transfer = transfer.take().expect("it is idle");
                *self = Subtransport::Writing(Some(transfer.open_upload()?));
            }
            match self {
                Subtransport::Writing(Some(upload)) => upload.write(data),
                _ => Err(io::Error::other("the answer has begun")),
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Read for Subtransport {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let response = match self {
                Subtransport::Idle(transfer) => transfer.take().expect("it is idle").open()?,
                Subtransport::Writing(upload) => {
                    upload.take().expect("it is written to").finish()?
                }
                Subtransport::Reading(response) => return response.read(buffer),
            };
            if response.status() != 200 {
                return Err(io::Error::other(format!("status {}", response.status())));
            }
            *self = Subtransport::Reading(response);
            self.read(buffer)
        }
    }
    fn library(mut io: Box<dyn Read + '_>) -> io::Result<Vec<u8>> {
        let mut pack = Vec::new();
        io.read_to_end(&mut pack)?;
        Ok(pack)
    }
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.starts_with("GET ") {
                true => conn.reply("200 OK", "", "refs"),
                false => conn.reply("200 OK", "", [b"pack of ", &*request.body].concat()),
            }
        }
    });
    let handle = transfer((), &server.url("/info/refs"));
    let mut refs = Subtransport::Idle(Some(handle));
    assert_eq!(library(Box::new(&mut refs)).unwrap(), b"refs");
    let Subtransport::Reading(response) = refs else {
        panic!("it was read");
    };
    let mut handle = response.finish().unwrap();
    handle.url(&server.url("/git-upload-pack")).unwrap();
    let mut service = Subtransport::Idle(Some(handle));
    for want in ["want 1 ", "want 2"] {
        service.write_all(want.as_bytes()).unwrap();
    }
    assert_eq!(
        library(Box::new(service)).unwrap(),
        b"pack of want 1 want 2"
    );
}

/// isahc: an agent thread, requests that are futures, bodies that are asynchronous readers, and a blocking
/// client over the same.
#[test]
fn requests_are_futures_and_bodies_asynchronous_readers() {
    use futures_lite::AsyncReadExt as _;

    #[derive(Clone)]
    struct Client(Agent);
    impl Client {
        async fn get(&self, url: String) -> io::Result<(u16, impl futures_lite::AsyncRead)> {
            let response = self.0.open(transfer((), &url)).await?;
            Ok((response.status(), response))
        }
    }
    let server = Server::ok(pattern(100_000));
    let client = Client(Agent::new().unwrap());
    futures_lite::future::block_on(async {
        let get = || client.get(server.url("/"));
        let (one, two) = futures_lite::future::zip(get(), get()).await;
        for answer in [one, two] {
            let (status, mut body) = answer.unwrap();
            let mut bytes = Vec::new();
            body.read_to_end(&mut bytes).await.unwrap();
            assert!(status == 200 && bytes == pattern(100_000));
        }
    });
    let (transfer, result) = client
        .0
        .start(transfer(Collect::new(), &server.url("/")))
        .wait();
    result.unwrap();
    assert_eq!(transfer.handler().body().len(), 100_000);
}

/// tornado: the program has an event loop of its own, with callbacks for results, a queue, and a limit of
/// requests at a time; handles are kept and used again.
#[test]
fn event_loop_of_the_program_drives_a_queue_of_requests() {
    type Done = Box<dyn FnOnce(Result<Vec<u8>, Error>)>;
    let server = Server::ok("body");
    let mut multi = Multi::new().unwrap();
    let mut free: Vec<Transfer<Collect>> = Vec::new();
    let mut waiting: VecDeque<(String, Done)> = VecDeque::new();
    let mut running: BTreeMap<curlback::multi::Id, Done> = BTreeMap::new();
    let answers = Rc::<Cell<usize>>::default();
    let most = Rc::<Cell<usize>>::default();
    for _ in 0..30 {
        let answers = answers.clone();
        let done = move |result: Result<Vec<u8>, Error>| {
            assert_eq!(result.unwrap(), b"body");
            answers.set(answers.get() + 1);
        };
        waiting.push_back((server.url("/"), Box::new(done)));
    }
    let mut made = 0;
    while answers.get() < 30 {
        while running.len() < 5 {
            let Some((url, done)) = waiting.pop_front() else {
                break;
            };
            let mut handle = free.pop().unwrap_or_else(|| {
                made += 1;
                transfer(Collect::new(), "")
            });
            handle.url(&url).unwrap();
            running.insert(multi.add(handle).unwrap(), done);
        }
        most.set(most.get().max(running.len()));
        multi.perform().unwrap();
        while let Some((id, mut handle, result)) = multi.take_finished() {
            let body = handle.handler_mut().take_body();
            free.push(handle);
            running.remove(&id).unwrap()(result.map(|()| body));
        }
        multi.poll(&mut [], Duration::from_secs(1)).unwrap();
    }
    assert!(most.get() == 5 && made <= 5, "{} {made}", most.get());
}
