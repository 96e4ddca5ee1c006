//! Fetches a URL that a stranger has chosen, and refuses internal addresses.

mod cli;

use std::error::Error;
use std::io::{BufRead, BufReader, Write, stdout};
use std::net::TcpListener;
use std::process::ExitCode;
use std::thread;

use curlback::Transfer;
use curlback::handlers::{AddressPolicy, Refused, Restricted, WriteTo};

const USAGE: &str = "\
usage: public_only [URL]

Fetches URL to standard output. Refuses internal addresses, even if a redirect
or a name server leads to them. Without a URL, shows that with a server of its
own, which redirects to an internal address.";

fn fetch(url: &str, policy: AddressPolicy) -> Result<(), Box<dyn Error>> {
    let mut transfer = Transfer::new(Restricted::with(policy).and(WriteTo::new(stdout())))?;
    // No proxy: a proxy, even one from the environment, would bypass the policy.
    transfer.proxy("")?;
    let https = curlback::version().has_protocol("https");
    transfer.protocols_str(if https { "http,https" } else { "http" })?;
    transfer.url(url)?;
    transfer.follow_location(true)?;
    transfer.max_redirections(10)?;
    transfer.fail_on_error(true)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || -> std::io::Result<()> {
        let (mut socket, _) = listener.accept()?;
        let request = BufReader::new(socket.try_clone()?).lines();
        request
            .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
            .for_each(drop);
        socket.write_all(
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        )
    });
    println!("{url} is allowed, and redirects to http://169.254.169.254/");
    match fetch(&url, AddressPolicy::public().allow("127.0.0.1/32".parse()?)) {
        Ok(()) => Err("the redirect was followed".into()),
        Err(error) => match Refused::find(&*error) {
            None => Err(error),
            Some(refused) => Ok(writeln!(stdout(), "{refused}")?),
        },
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let result = match &cli::values(USAGE, [])?[..] {
        [] => demo(),
        [url] => fetch(url, AddressPolicy::public()),
        _ => Err("expected one URL or none; see --help".into()),
    };
    // Prints the refusal alone, without the error of libcurl that it causes.
    result.map_err(|error| match Refused::find(&*error) {
        Some(refused) => refused.to_string().into(),
        None => error,
    })
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
