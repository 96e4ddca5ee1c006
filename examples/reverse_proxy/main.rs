//! A reverse proxy that streams in both directions, in tasks of tokio.
//!
//! The proxy does not read from one side faster than the other side takes the bytes, so bodies of any size need little
//! memory. If a client closes its connection, the proxy cancels the transfer from the backend. The proxy serves one
//! request on each connection.

#[path = "../cli/mod.rs"]
mod cli;
mod demo;
mod request;

use std::error::Error;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use curlback::Agent;
use curlback::agent::{Opening, Writer};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy_buf,
    sink,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use request::is_forwarded;

const USAGE: &str = "\
usage: reverse_proxy [BACKEND_URL]

Prints the URL of the proxy, and forwards requests to BACKEND_URL until it is
killed. Without a URL, has a backend and a client of its own.";

/// Copies the client's body to the backend, and then reads until the client closes the connection.
async fn receive(
    reader: &mut (impl AsyncBufRead + Unpin),
    body: Option<(Writer, u64)>,
) -> io::Result<()> {
    if let Some((mut writer, length)) = body {
        match copy_buf(&mut reader.take(length), &mut writer).await {
            // The backend has answered before the end of the body, and takes no more bytes.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            result => drop(result?),
        }
        // If the client has sent fewer bytes than it has announced, the transfer fails.
        writer.finish();
    }
    copy_buf(reader, &mut sink()).await?;
    Ok(())
}

/// Sends the client a response of the proxy itself, which says what is wrong.
async fn refuse(
    client: &mut (impl AsyncWrite + Unpin),
    status: &str,
    error: impl ToString,
) -> io::Result<()> {
    let text = error.to_string() + "\n";
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        text.len()
    );
    client.write_all((head + &text).as_bytes()).await
}

/// Sends the backend's response to the client.
async fn answer(
    client: &mut (impl AsyncWrite + Unpin),
    opening: Opening<()>,
    is_head: bool,
) -> io::Result<()> {
    let mut response = match opening.await {
        Ok(response) => response,
        Err(error) => return refuse(client, "502 Bad Gateway", error).await,
    };
    let headers = match response.headers() {
        Ok(headers) => headers,
        // libcurl before 7.83.0 does not keep the headers of a response.
        Err(error) => return refuse(client, "502 Bad Gateway", error).await,
    };
    let status = response.status();
    let mut head = format!("HTTP/1.1 {status} \r\nConnection: close\r\n").into_bytes();
    let mut is_chunked = !is_head && status != 204 && status != 304;
    for (name, value) in headers {
        let has_length = name.eq_ignore_ascii_case(b"content-length");
        is_chunked &= !has_length;
        if has_length || is_forwarded(&String::from_utf8_lossy(name)) {
            head.extend([name, b": ", value, b"\r\n"].concat());
        }
    }
    head.extend(if is_chunked {
        &b"Transfer-Encoding: chunked\r\n\r\n"[..]
    } else {
        b"\r\n"
    });
    client.write_all(&head).await?;
    loop {
        // While the client does not read, the transfer from the backend is paused. If the backend's body is cut short,
        // this returns an error.
        let part = response.fill_buf().await?;
        let count = part.len();
        match is_chunked {
            true => {
                let size = format!("{count:x}\r\n");
                client
                    .write_all(&[size.as_bytes(), part, b"\r\n"].concat())
                    .await?;
            }
            false => client.write_all(part).await?,
        }
        if count == 0 {
            return Ok(());
        }
        response.consume(count);
    }
}

/// Serves one request.
async fn serve(agent: &Agent, backend: &str, mut client: TcpStream) -> io::Result<()> {
    let (reader, mut client) = client.split();
    let mut reader = BufReader::new(reader);
    let request = match request::read(&mut reader, backend).await {
        Ok(request) => request,
        Err(error) => return refuse(&mut client, "400 Bad Request", error).await,
    };
    if request.is_waiting {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let (body, opening) = match request.length {
        None => (None, agent.open(request.transfer)),
        Some(length) => {
            let (writer, opening) = agent.open_upload(request.transfer)?;
            (Some((writer, length)), opening)
        }
    };
    let mut received = pin!(receive(&mut reader, body));
    tokio::select! {
        // The client has closed the connection. `select` drops the future of `answer`, which cancels the transfer.
        result = &mut received => return result,
        result = answer(&mut client, opening, request.is_head) => result?,
    }
    // Reads on for a moment: if the proxy closed the connection while the client still sends, the client might lose the
    // answer.
    client.shutdown().await?;
    let _ = timeout(Duration::from_secs(2), received).await;
    Ok(())
}

/// Serves each client in a task.
async fn listen(listener: TcpListener, backend: &str) -> Result<(), Box<dyn Error>> {
    let agent = Agent::new()?;
    loop {
        let (client, address) = listener.accept().await?;
        let (agent, backend) = (agent.clone(), backend.trim_end_matches('/').to_owned());
        tokio::spawn(async move {
            if let Err(error) = serve(&agent, &backend, client).await {
                eprintln!("{address}: {error:#}");
            }
        });
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let values = cli::values(USAGE, [])?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let own = format!("http://{}/", listener.local_addr()?);
    match &values[..] {
        [url] => {
            println!("{own}");
            listen(listener, url).await
        }
        [] => {
            let backend = demo::backend()?;
            tokio::select! {
                result = listen(listener, &backend) => result,
                result = demo::client(&own) => result,
            }
        }
        _ => Err("expected one URL or none; see --help".into()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(run().await)
}
