//! A backend and a client for the proxy.

#[path = "../local_server/mod.rs"]
mod local_server;

use std::error::Error;
use std::io::{self, Read, Write};

use curlback::agent::{Opening, Writer};
use curlback::{Agent, Transfer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Starts a backend that sends back what it receives, and returns its URL.
pub(crate) fn backend() -> io::Result<String> {
    local_server::serve(|conn| {
        if conn.length == 0 {
            return conn.reply("200 OK", "send something\n");
        }
        let mut socket = conn.reader.get_ref().try_clone()?;
        write!(
            socket,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            conn.length
        )?;
        io::copy(&mut (&mut conn.reader).take(conn.length), &mut socket)?;
        Ok(())
    })
}

async fn send(mut writer: Writer, body: &[u8]) -> Result<(), Box<dyn Error>> {
    AsyncWriteExt::write_all(&mut writer, body).await?;
    writer.finish();
    Ok(())
}

async fn receive(opening: Opening<()>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut body = Vec::new();
    AsyncReadExt::read_to_end(&mut opening.await?, &mut body).await?;
    Ok(body)
}

/// Sends 4 MiB, and checks that they come back.
pub(crate) async fn client(url: &str) -> Result<(), Box<dyn Error>> {
    let sent: Vec<u8> = (0..1_u32 << 20).flat_map(u32::to_le_bytes).collect();
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.proxy("")?;
    transfer.in_filesize(sent.len() as u64)?;
    let (writer, opening) = Agent::new()?.open_upload(transfer)?;
    let ((), received) = tokio::try_join!(send(writer, &sent), receive(opening))?;
    if received != sent {
        return Err("other bytes came back".into());
    }
    println!("{} bytes went there and came back", sent.len());
    Ok(())
}
