//! Fetches a URL over a socket that the program opens itself, with a local address and options of your choice.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{self, Write, stderr, stdout};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use curlback::{
    CallbackResult, Callbacks, Connection, SockType, SockoptResult, Transfer, WriteResult,
    callbacks,
};
use socket2::SockRef;

const USAGE: &str = "\
usage: bind_socket [--local ADDRESS] [--mark TOS] [--rcvbuf BYTES] [URL]

  --local ADDRESS   send from this address of this machine
  --mark TOS        mark what is sent with this IPv4 type of service: 0 to 255
  --rcvbuf BYTES    ask for a receive buffer of this size

Prints both addresses of the connection to standard error, and the body to
standard output.
Without a URL, fetches from a server of its own.";

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
    let (mut local, mut mark, mut rcvbuf) = (None, None, None);
    let options = [
        ("local", &mut local),
        ("mark", &mut mark),
        ("rcvbuf", &mut rcvbuf),
    ];
    let values = cli::values(USAGE, options)?;
    let mut transfer = Transfer::new(Bind {
        local: local.map(|local| local.parse()).transpose()?,
        mark: mark.map(|mark| mark.parse()).transpose()?,
        rcvbuf: rcvbuf.map(|size| size.parse()).transpose()?,
    })?;
    match &values[..] {
        [] => {
            let url = local_server::serve(|conn| conn.reply("200 OK", "the body\n"))?;
            transfer.url(&url)?;
            transfer.proxy("")?;
        }
        [url] => transfer.url(url)?,
        _ => return Err("expected one URL or none; see --help".into()),
    }
    transfer.follow_location(true)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
