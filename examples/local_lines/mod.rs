//! A little server for line-based protocols, such as SMTP, IMAP and FTP, for the examples.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts a server that runs until the process ends, and returns its address. The server sends `greeting` to each
/// client. For each client, `session` makes the function that answers the client's lines.
pub(crate) fn serve<A>(
    greeting: &'static str,
    session: impl Fn() -> A + Send + 'static,
) -> io::Result<String>
where
    A: FnMut(&str, &mut TcpStream) -> io::Result<()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let mut answer = session();
            thread::spawn(move || -> io::Result<()> {
                socket.write_all(greeting.as_bytes())?;
                for line in BufReader::new(socket.try_clone()?).lines() {
                    answer(&line?, &mut socket)?;
                }
                Ok(())
            });
        }
    });
    Ok(address)
}
