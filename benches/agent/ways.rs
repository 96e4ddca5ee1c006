//! What this crate does for each row, by `perform`, by a `Multi` and by an `Agent`.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{Read, Write};
use std::sync::Arc;

use curlback::{Agent, Callbacks, Multi, ReadBuf, ReadResult, Transfer, WriteResult, callbacks};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::row::{Job, LARGE};

/// How many connections libcurl may keep. With its own default, it closes connections while the
/// last transfers end.
const CONNECTIONS: u32 = 20_000;
/// How much of a body a program reads or writes at a time.
pub(crate) const PART: usize = 64 << 10;

/// The data that `read` sends.
static BODY: [u8; 2 << 20] = [b'x'; 2 << 20];

/// Counts the bytes of the response, and sends a body.
pub(crate) struct Count {
    pub(crate) written: u64,
    /// The number of bytes that are still to be sent.
    left: u64,
}

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.written += data.len() as u64;
        WriteResult::Continue
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = buffer.remaining().min(BODY.len()).min(left);
        self.left -= buffer.append(&BODY[..len]) as u64;
        ReadResult::Continue
    }
}

pub(crate) fn get(url: &str) -> Transfer<Count> {
    let (written, left) = (0, 0);
    let mut transfer = Transfer::new(Count { written, left }).unwrap();
    transfer.url(url).unwrap();
    transfer
}

fn put(url: &str) -> Transfer<Count> {
    let mut transfer = get(url);
    transfer.handler_mut().left = LARGE;
    transfer.upload(true).unwrap();
    transfer.in_filesize(LARGE).unwrap();
    transfer
}

/// Makes a transfer.
pub(crate) type Make = Arc<dyn Fn() -> Transfer<Count> + Send + Sync>;

pub(crate) fn simple(url: String) -> Make {
    Arc::new(move || get(&url))
}

pub(crate) fn new_multi() -> Multi<Count> {
    let mut multi = Multi::new().unwrap();
    multi.max_connects(CONNECTIONS).unwrap();
    multi
}

pub(crate) fn new_agent() -> Agent {
    let builder = Agent::builder().max_connects(CONNECTIONS);
    builder.build().unwrap()
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Opens the connections. The first request goes alone, and opens the one connection of HTTP/2.
fn warm_up(job: &mut Job<'_>, at_a_time: usize) {
    job(1);
    job(at_a_time);
}

pub(crate) fn perform<'a>(make: &Make) -> Job<'a> {
    let mut transfer = make();
    Box::new(move |count| {
        for _ in 0..count {
            transfer.perform().unwrap();
        }
    })
}

/// Makes transfers, `at_a_time` at once. Each transfer that ends begins again.
pub(crate) fn multi<'a>(make: Make, at_a_time: usize) -> Job<'a> {
    let mut multi = new_multi();
    let mut job: Job<'a> = Box::new(move |count| {
        let first = at_a_time.min(count);
        for _ in 0..first {
            multi.add(make()).unwrap();
        }
        let mut left = count - first;
        multi
            .run(|multi, _, transfer, result| {
                result?;
                if left > 0 {
                    left -= 1;
                    multi.add(transfer)?;
                }
                Ok(())
            })
            .unwrap();
    });
    warm_up(&mut job, at_a_time);
    job
}

/// One thread starts all transfers, and waits for each in turn.
pub(crate) fn agent<'a>(make: Make, at_a_time: usize) -> Job<'a> {
    let agent = new_agent();
    let mut job: Job<'a> = Box::new(move |count| {
        let first = at_a_time.min(count);
        let mut running: VecDeque<_> = (0..first).map(|_| agent.start(make())).collect();
        let mut left = count - first;
        while let Some(first) = running.pop_front() {
            let (transfer, result) = first.wait();
            result.unwrap();
            if left > 0 {
                left -= 1;
                running.push_back(agent.start(transfer));
            }
        }
    });
    warm_up(&mut job, at_a_time);
    job
}

/// Each of `at_a_time` tasks makes transfers, one after another.
pub(crate) fn awaited<'a>(make: Make, at_a_time: usize) -> Job<'a> {
    let agent = new_agent();
    tasks(at_a_time, move |count| {
        let (agent, mut transfer) = (agent.clone(), make());
        async move {
            for _ in 0..count {
                let (back, result) = agent.start(transfer).await;
                result.unwrap();
                transfer = back;
            }
        }
    })
}

/// Runs `at_a_time` tasks on one thread. `task` makes a task that makes as many requests as its argument says.
pub(crate) fn tasks<'a, F>(at_a_time: usize, task: impl Fn(usize) -> F + 'a) -> Job<'a>
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = runtime();
    let mut job: Job<'a> = Box::new(move |count| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for place in 0..at_a_time {
                let own = count / at_a_time + usize::from(place < count % at_a_time);
                tasks.spawn(task(own));
            }
            tasks.join_all().await;
        });
    });
    warm_up(&mut job, at_a_time);
    job
}

/// Downloads or uploads one large body for each operation.
fn repeat<'a>(mut once: impl FnMut() -> u64 + 'a) -> Job<'a> {
    Box::new(move |count| {
        for _ in 0..count {
            assert_eq!(once(), LARGE);
        }
    })
}

pub(crate) fn down_by_callback<'a>(url: &str) -> Job<'a> {
    let mut transfer = get(url);
    repeat(move || {
        transfer.handler_mut().written = 0;
        transfer.perform().unwrap();
        transfer.handler().written
    })
}

pub(crate) fn down_by_read<'a>(url: String) -> Job<'a> {
    let (agent, mut part) = (new_agent(), vec![0; PART]);
    repeat(move || {
        let mut response = agent.open(get(&url)).wait().unwrap();
        let mut sum = 0;
        loop {
            match Read::read(&mut response, &mut part).unwrap() {
                0 => return sum,
                len => sum += len as u64,
            }
        }
    })
}

pub(crate) fn down_by_async_read<'a>(url: String) -> Job<'a> {
    let (agent, mut part, runtime) = (new_agent(), vec![0; PART], runtime());
    repeat(move || {
        runtime.block_on(async {
            let mut response = agent.open(get(&url)).await.unwrap();
            let mut sum = 0;
            loop {
                match AsyncReadExt::read(&mut response, &mut part).await.unwrap() {
                    0 => return sum,
                    len => sum += len as u64,
                }
            }
        })
    })
}

pub(crate) fn up_by_callback<'a>(url: &str) -> Job<'a> {
    let mut transfer = put(url);
    repeat(move || {
        transfer.handler_mut().left = LARGE;
        transfer.perform().unwrap();
        LARGE - transfer.handler().left
    })
}

pub(crate) fn up_by_write<'a>(url: String) -> Job<'a> {
    let agent = new_agent();
    repeat(move || {
        let (mut writer, opening) = agent.open_upload(put(&url)).unwrap();
        for part in parts() {
            Write::write_all(&mut writer, part).unwrap();
        }
        writer.finish();
        let (transfer, result) = opening.wait().unwrap().finish().wait();
        result.unwrap();
        transfer.upload_size().unwrap()
    })
}

pub(crate) fn up_by_async_write<'a>(url: String) -> Job<'a> {
    let (agent, runtime) = (new_agent(), runtime());
    repeat(move || {
        runtime.block_on(async {
            let (mut writer, opening) = agent.open_upload(put(&url)).unwrap();
            for part in parts() {
                AsyncWriteExt::write_all(&mut writer, part).await.unwrap();
            }
            writer.finish();
            let (transfer, result) = opening.await.unwrap().finish().await;
            result.unwrap();
            transfer.upload_size().unwrap()
        })
    })
}

/// Returns the parts of a large body.
pub(crate) fn parts() -> impl Iterator<Item = &'static [u8]> {
    (0..LARGE / PART as u64).map(|_| &BODY[..PART])
}
