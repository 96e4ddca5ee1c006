//! Fetches a URL from an address and over a socket of your choice.

use std::error::Error;
use std::io::{self, Write, stderr, stdout};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use curlback::{
    CallbackResult, Callbacks, Connection, SockType, SockoptResult, Transfer, WriteResult,
    callbacks,
};
use lexopt::prelude::*;
use socket2::SockRef;

const USAGE: &str = "\
usage: bind_socket [--local ADDRESS] [--mark TOS] [--rcvbuf BYTES] URL

  --local ADDRESS   send from this address of this machine
  --mark TOS        mark what is sent with this IPv4 type of service: 0 to 255
  --rcvbuf BYTES    ask for a receive buffer of this size

The two ends of the connection go to standard error, the body to standard output.";

#[derive(Default)]
struct Bind {
    local: Option<IpAddr>,
    mark: Option<u8>,
    rcvbuf: Option<usize>,
}

#[callbacks]
impl Callbacks for Bind {
    fn sockopt(&mut self, socket: SockRef<'_>, _: SockType) -> SockoptResult {
        let set = || -> io::Result<()> {
            if let Some(local) = self.local {
                socket.bind(&SocketAddr::new(local, 0).into())?;
            }
            if let Some(mark) = self.mark {
                socket.set_tos_v4(mark.into())?;
            }
            self.rcvbuf
                .map_or(Ok(()), |size| socket.set_recv_buffer_size(size))
        };
        set().into()
    }

    fn prereq(&mut self, connection: &Connection<'_>) -> CallbackResult {
        let (local, remote) = (connection.local(), connection.remote());
        writeln!(stderr(), "from {local} to {remote}").into()
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        stdout().write_all(data).into()
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut bind, mut url) = (Bind::default(), None);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("local") => bind.local = Some(args.value()?.parse()?),
            Long("mark") => bind.mark = Some(args.value()?.parse()?),
            Long("rcvbuf") => bind.rcvbuf = Some(args.value()?.parse()?),
            Short('h') | Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            Value(value) if url.is_none() => url = Some(value.string()?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    let mut transfer = Transfer::new(bind)?;
    transfer.url(&url.ok_or(USAGE)?)?;
    transfer.follow_location(true)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn main() -> ExitCode {
    if let Err(error) = run() {
        eprintln!("bind_socket: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
