//! Uploads a file in a task of tokio, and prints the answer.

mod cli;
mod local_server;

use std::error::Error;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use curlback::agent::{Opening, Writer};
use curlback::{Agent, Transfer};
use tokio::fs::File;
use tokio::io::{copy_buf, stdout};

const USAGE: &str = "\
usage: async_upload [URL FILE]

Uploads FILE to URL, and prints the answer. Without arguments, uploads a file of
4 MiB to a server of its own.";

/// Copies the file to the writer. If the file cannot be read, this also ends the transfer.
async fn send(file: File, writer: Writer) -> io::Result<()> {
    match writer.copy_from_tokio(file).await {
        // The transfer has ended, or the server takes no more bytes: `receive` says why.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map(drop),
    }
}

/// Prints the answer, and returns its status.
async fn receive(answer: Opening<()>) -> Result<u16, Box<dyn Error>> {
    let mut response = answer.await?;
    copy_buf(&mut response, &mut stdout()).await?;
    Ok(response.status())
}

async fn upload(url: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let named = |error| format!("{}: {error}", path.display());
    let file = File::open(path).await.map_err(named)?;
    let about = file.metadata().await.map_err(named)?;
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.connect_timeout(Duration::from_secs(30))?;
    // A pipe has no size, so HTTP/1.1 sends it in chunks.
    if about.is_file() {
        transfer.in_filesize(about.len())?;
    }
    if url.starts_with("http://127.0.0.1:") {
        transfer.proxy("")?;
    }
    let (writer, answer) = Agent::new()?.open_upload(transfer)?;
    // Sends and receives at the same time: a server may answer before it has received everything.
    let (sent, received) = tokio::join!(send(file, writer), receive(answer));
    sent.map_err(named)?;
    match received? {
        200..=299 => Ok(()),
        status => Err(format!("the server answered with status {status}").into()),
    }
}

async fn demo() -> Result<(), Box<dyn Error>> {
    let server = local_server::serve(|conn| {
        let received = io::copy(&mut (&mut conn.reader).take(conn.length), &mut io::sink())?;
        conn.reply("201 Created", format!("received {received} bytes\n"))
    })?;
    let file = tempfile::NamedTempFile::new()?;
    file.as_file().set_len(4 << 20)?;
    upload(&server, file.path()).await
}

async fn run() -> Result<(), Box<dyn Error>> {
    match &cli::values(USAGE, [])?[..] {
        [] => demo().await,
        [url, path] => upload(url, Path::new(path)).await,
        _ => Err("expected URL and FILE, or neither; see --help".into()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    cli::exit_code(run().await)
}
