//! What an agent costs: the CPU time of the whole process for the same requests by `perform`, by a
//! `Multi` and by an `Agent`. The server is another process. Prints a line for each way, with its
//! ratio to the way that it is compared with.

#![expect(unsafe_code, reason = "the clock of a process is libc's")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use curlback::{Agent, Callbacks, Multi, Transfer, WriteResult, callbacks};

const SMALL: usize = 10_000;
const LARGE: u64 = 1 << 30;
/// The number of runs of each measurement. The run with the least CPU time counts.
const RUNS: usize = 3;

/// Answers each request with a body of as many bytes as its path says.
fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for socket in listener.incoming() {
        let socket = socket?;
        thread::spawn(move || answer(socket));
    }
    Ok(())
}

fn answer(mut socket: TcpStream) -> io::Result<()> {
    let part = vec![b'x'; 1 << 16];
    socket.set_nodelay(true)?;
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let len: u64 = (line.split(['/', ' ']).nth(2))
            .and_then(|len| len.parse().ok())
            .unwrap_or_default();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line)?;
        }
        let mut reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n").into_bytes();
        if len < 1000 {
            reply.resize(reply.len() + len as usize, b'x');
            socket.write_all(&reply)?;
            continue;
        }
        socket.write_all(&reply)?;
        let mut left = len;
        while left > 0 {
            let count = left.min(part.len() as u64);
            socket.write_all(&part[..count as usize])?;
            left -= count;
        }
    }
}

/// The process of the server. Dropping it ends the process.
struct Server(Child, SocketAddr);

impl Server {
    fn start() -> Server {
        let program = std::env::current_exe().expect("it has a path");
        let mut child = Command::new(program)
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        let read = BufReader::new(stdout).read_line(&mut line);
        read.expect("it prints its address");
        Server(child, line.trim().parse().expect("it is an address"))
    }

    fn transfer(&self, len: u64) -> Transfer<Count> {
        let mut transfer = Transfer::new(Count(0)).expect("there is memory");
        let url = format!("http://{}/{len}", self.1);
        transfer.url(&url).expect("it is a URL");
        transfer.noproxy("*").expect("it is a list");
        transfer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Count(u64);

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.0 += data.len() as u64;
        WriteResult::Continue
    }
}

/// Returns the CPU time of this process.
fn cpu() -> Duration {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place is valid, and every system has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn measure(mut run: impl FnMut()) -> Duration {
    let times = (0..RUNS).map(|_| {
        let begun = cpu();
        run();
        cpu() - begun
    });
    times.min().expect("it runs")
}

fn print(name: &str, own: Duration, first: Duration) {
    let ratio = own.as_secs_f64() / first.as_secs_f64();
    println!("{name:40} {:9.1} ms  {ratio:.3}", own.as_secs_f64() * 1e3);
}

fn multi(server: &Server, at_a_time: usize) {
    let mut multi = Multi::new().expect("there is a queue");
    for _ in 0..at_a_time {
        multi.add(server.transfer(100)).expect("it suits");
    }
    let mut left = SMALL - at_a_time;
    multi
        .run(|multi, _, transfer, result| {
            result.expect("the server answers");
            if left > 0 {
                left -= 1;
                multi.add(transfer).expect("it suits");
            }
            Ok(())
        })
        .expect("it drives");
}

fn agent(server: &Server, at_a_time: usize) {
    let agent = Agent::new().expect("there is a thread");
    let start = |transfer| agent.start(transfer);
    let mut running: std::collections::VecDeque<_> = (0..at_a_time)
        .map(|_| start(server.transfer(100)))
        .collect();
    let mut left = SMALL - at_a_time;
    while let Some(first) = running.pop_front() {
        let (transfer, result) = first.wait();
        result.expect("the server answers");
        if left > 0 {
            left -= 1;
            running.push_back(start(transfer));
        }
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "serve") {
        serve().expect("it serves");
        return;
    }
    let server = Server::start();
    let mut transfer = server.transfer(100);
    let perform = measure(|| {
        for _ in 0..SMALL {
            transfer.perform().expect("the server answers");
        }
    });
    print("10,000 small: perform", perform, perform);
    let one = measure(|| agent(&server, 1));
    print("10,000 small: agent, one after another", one, perform);
    for at_a_time in [16, 200] {
        let by_hand = measure(|| multi(&server, at_a_time));
        print(
            &format!("10,000 small: Multi, {at_a_time} at a time"),
            by_hand,
            by_hand,
        );
        let by_agent = measure(|| agent(&server, at_a_time));
        print(
            &format!("10,000 small: agent, {at_a_time} at a time"),
            by_agent,
            by_hand,
        );
    }
    let mut large = server.transfer(LARGE);
    let write = measure(|| large.perform().expect("the server answers"));
    print("1 GiB: write", write, write);
    let open = measure(|| {
        let mut response = server.transfer(LARGE).open().expect("the server answers");
        let len = read_all(&mut response);
        assert_eq!(len, LARGE);
    });
    print("1 GiB: open", open, write);
    let agent = Agent::new().expect("there is a thread");
    let opened = measure(|| {
        let opening = agent.open(server.transfer(LARGE));
        let len = read_all(&mut opening.wait().expect("the server answers"));
        assert_eq!(len, LARGE);
    });
    print("1 GiB: agent, open", opened, write);
}

fn read_all(reader: &mut impl Read) -> u64 {
    let mut buffer = vec![0; 1 << 16];
    let mut len = 0;
    loop {
        match reader.read(&mut buffer).expect("the body comes") {
            0 => return len,
            count => len += count as u64,
        }
    }
}
